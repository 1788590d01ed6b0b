"""Why a photo lies where it does: in the space of its run, rebuilt from the cache and compared with what was kept."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import small_history
from fakes.models import ColourCaptioner, LetterTexts
from fakes.photos import crops
from PIL import Image

from photosort.errors import NotInRun
from photosort.models import registry
from photosort.models.selected import select_models
from photosort.settings.settings import Settings
from photosort.store.cache import open_cache
from photosort.store.history import open_history
from photosort.store.runs.runs import MemberRecord, Runs
from photosort.workflows import described
from photosort.workflows import organize as workflow
from photosort.workflows.earlier_runs.recalled import settings_of
from photosort.workflows.explaining.explain import explain_photo
from photosort.workflows.explaining.photo import Reasons, reasons, without_word
from photosort.workflows.explaining.stranger import explain_stranger

SHADES = {"red": (200, 30, 30), "green": (30, 200, 30), "blue": (30, 30, 200)}


class Placing(LetterTexts):
    """A joint space in which a photo lies where the name of its colour lies."""

    def place(self, vectors: np.ndarray) -> np.ndarray:
        return self.encode_texts([f"{ColourCaptioner().caption(row[None], [()], None)[0]}" for row in vectors])


@pytest.fixture
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models that see colours, with captions that are embedded as they are."""
    small_history.use_letters(monkeypatch)
    monkeypatch.setattr(registry, "captioner", lambda settings, question: ColourCaptioner())
    monkeypatch.setattr(registry, "subject_reader", lambda settings, texts: None)
    monkeypatch.setattr(registry, "joint_encoder", lambda settings, texts: Placing())
    monkeypatch.setattr(described, "engine_for", lambda models: None)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Seven shades of each of three colours, hardly two of them equal."""
    rng = np.random.default_rng(2)
    (tmp_path / "in").mkdir()
    for name, colour in SHADES.items():
        for number in range(7):
            shade = tuple((np.array(colour) + rng.integers(-25, 25, 3)).clip(0, 255).tolist())
            Image.new("RGB", (20, 20), shade).save(tmp_path / "in" / f"{name}{number}.png")
    return tmp_path / "in"


def organized(source: Path, **chosen: Any) -> None:
    settings = Settings(**{"k": 3, "captioner": "blip", "facts": False, "names": "keywords", **chosen})
    workflow.organize(source, source.with_name("out"), select_models(settings), dry_run=True)


def why(home: Path, photo: Path) -> Reasons:
    data = home / "data"
    return reasons(data, explain_photo(data, photo), home / "cache")


def members(home: Path) -> list[MemberRecord]:
    with open_history(home / "data") as connection:
        return Runs(connection).members(1)


@pytest.mark.parametrize(
    "chosen",
    [
        {"fusion": "concat"},
        {"fusion": "concat", "weight": 0.2},
        {"fusion": "text"},
        {"fusion": "image"},
        {"fusion": "sum"},
        {"method": "text", "vectors": "sbert"},
    ],
)
def test_the_space_is_that_of_the_run(own_folders: Path, source: Path, colours: None, chosen: dict[str, Any]) -> None:
    organized(source, **chosen)
    for member in members(own_folders)[::4]:
        found = why(own_folders, member.path)
        (own, similarity), (following, second), *_ = found.clusters
        assert own.number == member.cluster
        assert similarity == pytest.approx(member.similarity, abs=2e-3)
        assert second == pytest.approx(member.runner_up_similarity, abs=2e-3)
        assert following.number == member.runner_up or second == pytest.approx(found.clusters[2][1], abs=1e-3)
        assert len(found.neighbours) == 3
        assert all(neighbour.lying.photo.path != member.path for neighbour in found.neighbours)
        assert not found.by_picture
        assert bool(found.pulls) == (chosen.get("fusion") != "image")


def test_the_word_that_tells_the_folder_pulls_to_it(own_folders: Path, source: Path, colours: None) -> None:
    organized(source, fusion="text")
    found = why(own_folders, source / "blue0.png")
    pulls = {pull.word: pull.change for pull in found.pulls}
    assert not found.are_nouns and set(pulls) == {"blue", "wall"}
    assert pulls["blue"] > 0.01 and pulls["blue"] > abs(pulls["wall"])
    assert found.pulls[0].word == "blue"
    assert found.untold == ""


def test_the_very_text_without_the_word_is_encoded(own_folders: Path, source: Path, colours: None) -> None:
    organized(source, fusion="text")
    found = why(own_folders, source / "blue3.png")
    red = next(pull for pull in found.pulls if pull.word == "blue")
    with open_history(own_folders / "data") as connection:
        captions = [member.caption for member in Runs(connection).members(1)]
        labels = np.array([member.cluster for member in Runs(connection).members(1)])
    encode = LetterTexts().encode_texts
    centres = np.stack([encode(captions)[labels == label].sum(axis=0) for label in range(3)])
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    own = int(labels[captions.index("a photo of a blue wall")])

    def margin(caption: str) -> float:
        cosines = centres @ encode([caption])[0]
        rival = max((label for label in range(3) if label != own), key=lambda label: (centres @ whole)[label])
        return float(cosines[own] - cosines[rival])

    whole = encode(["a photo of a blue wall"])[0]
    assert red.change == pytest.approx(margin("a photo of a blue wall") - margin("a photo of a wall"), abs=1e-3)


def test_picture_and_caption_alone_are_told(own_folders: Path, source: Path, colours: None) -> None:
    organized(source)
    found = why(own_folders, source / "green1.png")
    own = found.clusters[0][0].number
    assert [(side.side, side.cluster.number) for side in found.sides] == [("picture", own), ("caption", own)]
    assert all(side.similarity == side.own for side in found.sides)
    assert found.deciding(own) == ()


def test_a_stray_photo_is_held_by_its_caption(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_history.use_letters(monkeypatch)
    small_history.stored(own_folders)
    found = why(own_folders, small_history.paths()[small_history.STRAY])
    assert [pull.word for pull in found.deciding(0)] == ["dogs"]
    picture, caption = found.sides
    assert (picture.cluster.folder, caption.cluster.folder) == ("Lakes", "Dogs at play")
    assert picture.similarity > picture.own


@pytest.mark.parametrize(
    ("chosen", "reason"),
    [
        ({"fusion": "image"}, "compared by their pictures alone"),
        ({"method": "text", "vectors": "tfidf"}, "this run counted words by TF-IDF"),
        ({"into": "red things, blue things"}, "the picture was compared with the names of the folders"),
        ({"into": "red, blue", "assign": "text"}, "the whole description was compared with the names"),
    ],
)
def test_where_words_cannot_be_weighed_it_is_said(
    own_folders: Path, source: Path, colours: None, monkeypatch: pytest.MonkeyPatch, chosen: dict[str, Any], reason: str
) -> None:
    class Scores:
        def scores(self, vectors: np.ndarray, categories: Sequence[Any]) -> np.ndarray:
            return np.stack([vectors[:, number % 3] / 255 for number in range(len(categories))], axis=1)

    monkeypatch.setattr(registry, "category_reader", lambda settings, texts: Scores())
    organized(source, **{"k": None if "into" in chosen else 3, **chosen})
    found = why(own_folders, source / "red0.png")
    assert reason in found.untold and found.pulls == ()
    assert found.neighbours[0].lying.photo.path.name.startswith("red")
    assert found.by_picture == (chosen.get("fusion") != "image")


def test_what_the_cache_has_forgotten_is_said(own_folders: Path, source: Path, colours: None) -> None:
    organized(source)
    with open_cache(own_folders / "cache") as cache:
        cache._db.execute("DELETE FROM vectors")
    found = why(own_folders, source / "red0.png")
    assert found == Reasons(untold="the cache does not know this photo any more; organize its folder again")


def test_models_that_see_otherwise_today_do_not_explain_yesterday(
    own_folders: Path, source: Path, colours: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other(LetterTexts):
        def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
            return super().encode_texts(["abcdefgh"[number] for number in range(len(texts))])

    organized(source, fusion="text")
    with open_cache(own_folders / "cache") as cache:
        cache._db.execute("DELETE FROM vectors WHERE identity <> (SELECT id FROM identities WHERE model = 'colour')")
    monkeypatch.setattr(registry, "text_encoder", lambda settings: Other())
    found = why(own_folders, source / "red0.png")
    assert (found.pulls, found.untold) == ((), "the models of today see these photos in another way")


@pytest.mark.parametrize(
    ("texts", "word", "without"),
    [
        (("a dog on a beach",), "dog", ("a on a beach",)),
        (("Dogs, a dog; hotdog", "dog"), "dog", ("Dogs, a ; hotdog", "")),
        (("c++ and c",), "c++", ("and c",)),
        (("été, l’été",), "été", (", l’",)),
    ],
)
def test_a_word_is_left_out_wherever_it_stands(texts: tuple[str, ...], word: str, without: tuple[str, ...]) -> None:
    assert without_word(texts, word) == without


def test_a_photo_of_no_run_goes_where_its_like_are(own_folders: Path, source: Path, colours: None) -> None:
    for chosen in ({}, {"fusion": "image"}, {"fusion": "sum"}, {"method": "text", "vectors": "sbert"}):
        organized(source, **chosen)
        new = source.with_name("new.png")
        Image.new("RGB", (20, 20), (190, 40, 40)).save(new)
        found = explain_stranger(own_folders / "data", new, cache_dir=own_folders / "cache")
        assert found.caption == "a photo of a red wall"
        own = explain_photo(own_folders / "data", source / "red0.png", found.run.id).own
        assert found.folders[0][0] == own
        assert found.folders[0][1] > 0.9
        assert [one.lying.photo.path.name[:3] for one in found.neighbours] == ["red"] * 3
        assert found.remark == ""


def test_a_photo_of_no_run_is_sent_to_no_server(
    own_folders: Path, source: Path, colours: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    organized(source)
    with open_history(own_folders / "data") as connection:
        run = Runs(connection).get(1)
        settings = select_models(settings_of(run).model_copy(update={"captioner": "server:seer"})).settings
        connection.execute("UPDATE runs SET settings = ?", (settings.model_dump_json(),))
        connection.commit()

    def asked(settings: Settings, question: str) -> None:
        raise AssertionError("the captioner was made")

    monkeypatch.setattr(registry, "captioner", asked)
    new = source.with_name("new.png")
    Image.new("RGB", (20, 20), (30, 40, 190)).save(new)
    found = explain_stranger(own_folders / "data", new, cache_dir=own_folders / "cache")
    assert (found.caption, found.folders[0][0].number) == (
        "",
        explain_photo(own_folders / "data", source / "blue0.png").own.number,
    )
    assert "its caption would have to come from a server (server:seer)" in found.remark


def test_what_is_no_photo_is_said_to_be_none(own_folders: Path, source: Path, colours: None) -> None:
    organized(source)
    broken = source.with_name("broken.png")
    broken.write_text("no picture")
    with pytest.raises(NotInRun, match=r"was not in any run, and cannot be read \(not an image"):
        explain_stranger(own_folders / "data", broken, cache_dir=own_folders / "cache")
    with pytest.raises(NotInRun, match="the cache does not know the photos of run 1 any more"):
        explain_stranger(own_folders / "data", broken, cache_dir=own_folders / "empty")


@pytest.mark.slow
def test_the_builtin_models_explain_by_the_nouns_behind_the_tags(
    own_folders: Path, tmp_path: Path, shared_models: Path
) -> None:
    (own_folders / "cache").mkdir()
    (own_folders / "cache" / "models").symlink_to(shared_models)
    source = tmp_path / "in"
    source.mkdir()
    for name in ("china.jpg", "flower.jpg"):
        for number, picture in enumerate(crops(name, 24)):
            picture.save(source / f"{name[:-4]}{number}.png")
    settings = Settings(k=2, writer="keywords", device="cpu", profile="builtin", facts=False)
    workflow.organize(source, tmp_path / "out", select_models(settings), dry_run=True)
    for member in members(own_folders)[::12]:
        found = why(own_folders, member.path)
        assert found.are_nouns and len(found.pulls) > 1
        assert found.clusters[0][1] == pytest.approx(member.similarity, abs=2e-3)
        assert found.clusters[1][1] == pytest.approx(member.runner_up_similarity, abs=2e-3)
    new = tmp_path / "new.png"
    crops("flower.jpg", 1, seed=77)[0].save(new)
    stranger = explain_stranger(own_folders / "data", new, cache_dir=own_folders / "cache")
    own = explain_photo(own_folders / "data", source / "flower0.png").own
    assert stranger.folders[0][0] == own and stranger.caption
    assert all(one.lying.photo.path.name.startswith("flower") for one in stranger.neighbours)
