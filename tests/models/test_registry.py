"""Names in settings become models, and unknown ones say which are known."""

import pickle
from pathlib import Path

import pytest

from photosort.errors import ModelMissing, SettingsError
from photosort.models import registry
from photosort.models.language import writers
from photosort.models.protocols import Captioner, ImageEncoder, TextEncoder
from photosort.models.selected import select_models
from photosort.settings.settings import load_settings


def test_every_builtin_name_gives_its_model_without_loading_it() -> None:
    settings = load_settings()
    image: ImageEncoder = registry.image_encoder(settings)
    text: TextEncoder = registry.text_encoder(settings)
    captioner: Captioner = registry.captioner(settings)
    joint = registry.joint_encoder(settings, text)
    names = [model.identity.model for model in (image, text, captioner, joint)]
    assert names == ["efficientnet-lite2", "minilm", "tags", "conse"]
    assert not (settings.cache_dir / "models").exists()


def test_writers_by_setting_string(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    for name in ("openai:gpt-4o-mini", f"t5:{tmp_path}"):
        assert select_models(load_settings(writer=name)).named_by == name


def test_what_is_sent_is_said_for_a_server_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    said = "openai:gpt-4o-mini gets captions and keywords, no pixels and no file names, sent to "
    assert select_models(load_settings(writer="openai:gpt-4o-mini")).texts_sent == said + "api.openai.com"
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:11434/v1")
    assert (
        select_models(load_settings(writer="openai:gpt-4o-mini")).texts_sent
        == said + "localhost:11434, on this machine"
    )
    assert select_models(load_settings(writer="keywords")).texts_sent == ""


@pytest.mark.parametrize("wish", [{"language": "de"}, {"style": "playful"}])
def test_a_wish_that_the_writer_cannot_grant_is_refused(
    wish: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for writer in ("keywords", f"t5:{tmp_path}"):
        with pytest.raises(
            SettingsError, match=f"--{next(iter(wish))} needs a language model that follows instructions"
        ):
            writers.writer(load_settings(writer=writer, **wish))
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:1/v1")
    assert writers.writer(load_settings(writer="openai:tiny", **wish)) is not None


@pytest.mark.parametrize("role", ["image_encoder", "text_encoder", "captioner", "writer"])
def test_an_unknown_name_lists_the_known_ones(role: str) -> None:
    with pytest.raises(SettingsError, match=f"Unknown {role} 'nonsense'. Choose one of: "):
        select_models(load_settings(**{role: "nonsense"})).make_all()


def test_tags_get_less_weight_than_what_a_captioner_sees() -> None:
    assert select_models(load_settings()).text_weight == 0.2
    assert select_models(load_settings(captioner="blip")).text_weight == 0.5


def test_keywords_name_where_no_language_model_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert writers.writer(load_settings(writer="auto")) is None
    assert writers.writer(load_settings(names="keywords", writer="smollm2")) is None
    assert select_models(load_settings()).named_by == "keywords"


def test_a_missing_language_model_is_an_error() -> None:
    with pytest.raises(ModelMissing, match=r"photosort models pull smollm2|-m pip install xllamacpp"):
        writers.writer(load_settings(writer="smollm2"))


def test_each_model_is_made_once_when_it_is_first_used() -> None:
    models = select_models(load_settings())
    assert models.settings.captioner == "tags" and "captioners" not in vars(models)
    encoder = models.image_encoder
    models.make_all()
    assert models.captioners is models.captioners and models.image_encoder is encoder
    copy = pickle.loads(pickle.dumps(models))
    assert copy.settings == models.settings and "image_encoder" not in vars(copy)
    each = models.on_each(["cuda:0", "cuda:1"])
    assert [one.settings.device for one in each] == ["cuda:0", "cuda:1"]
    assert [one.settings.in_flight for one in each] == [None, None], "no server is asked"


@pytest.mark.parametrize(
    ("wanted", "devices", "each"), [(8, 2, [4, 4]), (7, 3, [2, 2, 2]), (1, 4, [1]), (None, 2, [128, 128])]
)
def test_the_processes_of_several_devices_share_the_requests_to_a_server(
    wanted: int | None, devices: int, each: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:9/v1")
    models = select_models(load_settings(captioner="server:tiny", in_flight=wanted, method="fusion"))
    on_each = models.on_each([f"cuda:{number}" for number in range(devices)])
    assert [one.captioners[0].in_flight for one in on_each] == each
    assert models.captioners[0].in_flight == (wanted or 256)
