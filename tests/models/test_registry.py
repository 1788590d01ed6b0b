"""Names in settings become models, and unknown ones say which are known."""

import pytest

from photosort.errors import ModelMissing, SettingsError
from photosort.models import registry
from photosort.models.protocols import Captioner, ImageEncoder, TextEncoder
from photosort.settings import load_settings


def test_every_builtin_name_gives_its_model_without_loading_it() -> None:
    settings = load_settings()
    image: ImageEncoder = registry.image_encoder(settings)
    text: TextEncoder = registry.text_encoder(settings)
    captioner: Captioner = registry.captioner(settings)
    joint = registry.joint_encoder(settings, text)
    names = [model.identity.model for model in (image, text, captioner, joint)]
    assert names == ["efficientnet-lite2", "minilm", "tags", "conse"]
    assert not (settings.cache_dir / "models").exists()


@pytest.mark.parametrize("role", ["image_encoder", "text_encoder", "captioner", "writer"])
def test_an_unknown_name_lists_the_known_ones(role: str) -> None:
    with pytest.raises(SettingsError, match=f"{role} = 'nonsense' is not known. Choose one of: "):
        getattr(registry, role)(load_settings(**{role: "nonsense"}))


def test_tags_get_less_weight_than_what_a_captioner_sees() -> None:
    assert registry.default_weight(load_settings()) == 0.3
    assert registry.default_weight(load_settings(captioner="blip")) == 0.5


def test_keywords_name_where_no_language_model_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert registry.writer(load_settings(writer="auto")) is None
    assert registry.writer(load_settings(names="keywords", writer="smollm2")) is None
    assert registry.writer_name(load_settings()) == "keywords"


def test_a_language_model_that_was_asked_for_and_is_missing_is_an_error() -> None:
    with pytest.raises(ModelMissing, match=r"photosort models pull smollm2|photosort\[llm\]"):
        registry.writer(load_settings(writer="smollm2"))
