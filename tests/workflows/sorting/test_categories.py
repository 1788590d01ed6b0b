"""The categories of a run: from a list, a file, a folder of examples, an earlier run; and who puts photos into them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.photos import crops
from fakes.writer import ScriptedWriter

from photosort.errors import NoSuchRun, SettingsError, SourceMissing, TooExpensive
from photosort.methods.conversation import Bill, as_proposed
from photosort.models.protocols import Category
from photosort.models.selected import select_models
from photosort.settings.settings import Settings
from photosort.store.cache import Cache, open_cache
from photosort.store.history import open_history
from photosort.store.runs.runs import ClusterRecord, Runs
from photosort.workflows.sorting import categories as module
from photosort.workflows.sorting.categories import (
    CATEGORIES,
    categories_of,
    check_assignment,
    read_categories,
    wanted_categories,
)
from photosort.workflows.sorting.folders import ASIDE

PHOTOS = Path("/no/photos")


def photo(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    next(iter(crops("flower.jpg", 1))).save(path)


def test_a_path_is_a_file_or_a_folder_and_anything_else_a_list(tmp_path: Path) -> None:
    lines, toml = tmp_path / "mine", tmp_path / "mine.toml"
    lines.write_text("\ufeffPets: cats\nBeach\n", encoding="utf-8")
    toml.write_text('[Animals]\nPets = "cats"\n')
    assert read_categories(str(lines), PHOTOS).categories == (Category("Pets", "cats"), Category("Beach"))
    assert read_categories(str(toml), PHOTOS).categories == (Category("Pets", "cats", above="Animals"),)
    assert read_categories("Pets, Beach", PHOTOS).categories == (Category("Pets"), Category("Beach"))


@pytest.mark.parametrize("into", ["./mine", "mine.txt", "~/no/such/folder", "a/b.toml"])
def test_a_path_to_nothing_is_no_list(into: str) -> None:
    with pytest.raises(SourceMissing, match="neither a file nor a folder"):
        read_categories(into, PHOTOS)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "photo.txt").write_bytes(b"\xff\xd8\xff")
    with pytest.raises(SettingsError, match="UTF-8"):
        read_categories(str(tmp_path / "photo.txt"), PHOTOS)


def test_the_subfolders_of_a_folder_are_categories_with_examples(tmp_path: Path) -> None:
    for name in ("Dogs/a.jpg", "Dogs/b.jpg", "Trips/Rome/c.jpg", "Other/d.jpg", "Unsorted/e.jpg", "loose.jpg"):
        photo(tmp_path / name)
    (tmp_path / "Empty").mkdir()
    wanted = read_categories(str(tmp_path), PHOTOS, other="Other")
    assert wanted.categories == (Category("Dogs"), Category("Rome", above="Trips"))
    assert [[found.path.name for found in photos] for photos in wanted.examples] == [["a.jpg", "b.jpg"], ["c.jpg"]]


def test_of_many_examples_some_are_taken_from_the_whole_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EXAMPLES", 2)
    for number in range(6):
        photo(tmp_path / "Dogs" / f"{number}.jpg")
    assert [found.path.stem for found in read_categories(str(tmp_path), PHOTOS).examples[0]] == ["0", "3"]


def test_a_folder_without_subfolders_of_photos_says_what_it_needs(tmp_path: Path) -> None:
    photo(tmp_path / "loose.jpg")
    with pytest.raises(SettingsError, match="no subfolder with photos"):
        read_categories(str(tmp_path), PHOTOS)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with open_history(tmp_path / "data") as connection:
        yield connection


def test_the_folders_of_an_earlier_run_are_taken_again(history: sqlite3.Connection) -> None:
    named = [("Calm", "openai:tiny"), ("Loud", "openai:tiny"), ("Unsorted", ASIDE)]
    clusters = [ClusterRecord(n, f"{t} x", t, t, (), by, 1.0) for n, (t, by) in enumerate(named)]
    run = Runs(history).add(
        source=Path("a"), destination=Path("b"), mode="copy", settings={}, clusters=clusters, members=(), left=()
    )
    settings = Settings(by=("the mood",), names_from=run)
    wanted = wanted_categories(settings, PHOTOS, history)
    assert wanted.categories == (Category("Calm"), Category("Loud")) and wanted.named_by == "openai:tiny"
    kept = {CATEGORIES: [["Calm", "lakes", "", "Moods"], ["Empty", "", "", ""]]}
    other = Runs(history).add(
        source=Path("a"), destination=Path("b"), mode="copy", settings=kept, clusters=clusters, members=(), left=()
    )
    again = wanted_categories(Settings(by=("the mood",), names_from=other), PHOTOS, history)
    assert again.categories == (Category("Calm", "lakes", above="Moods"), Category("Empty")), (
        "those without a photo too"
    )
    with pytest.raises(NoSuchRun):
        wanted_categories(Settings(by=("the mood",), names_from=99), PHOTOS, history)
    assert wanted_categories(Settings(), PHOTOS, history).categories == ()


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"into": "a, b", "assign": "llm"}, "needs a language model"),
        ({"by": ("mood",), "assign": "llm"}, "needs a language model"),
        ({"by": ("mood",), "assign": "joint"}, "needs names for its folders"),
        ({"by": ("mood",), "into": "a, b", "assign": "joint"}, "reads no criterion"),
    ],
)
def test_an_assignment_that_the_models_cannot_make_is_refused(settings: dict[str, object], problem: str) -> None:
    with pytest.raises(SettingsError, match=problem):
        check_assignment(select_models(Settings(**settings)))  # type: ignore[arg-type]


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with open_cache(tmp_path / "cache") as cache:
        yield cache


class Priced(ScriptedWriter):
    def cost(self, tokens_in: int, tokens_out: int) -> float | None:
        return (tokens_in + 2 * tokens_out) / 1000


def test_a_bill_above_the_limit_ends_the_run_before_anything_is_asked(cache: Cache) -> None:
    shown: list[tuple[Bill, float | None]] = []

    def announce(bill: Bill, cost: float | None) -> None:
        shown.append((bill, cost))

    models = select_models(Settings(by=("mood",), max_cost=1.0))
    found = categories_of(module.Wanted(), models, cache, Priced([]), announce, as_proposed)
    cheap = Bill("llm", 3, 400, 300)
    found.announce(cheap)
    assert shown == [(cheap, 1.0)]
    with pytest.raises(TooExpensive, match=r"9 questions would cost about \$1\.2000, more than --max-cost 1"):
        found.announce(Bill("llm", 9, 800, 200))
    assert len(shown) == 1


def test_examples_are_looked_at_and_those_that_cannot_be_read_are_left_out(
    tmp_path: Path, cache: Cache, own_folders: Path, shared_models: Path
) -> None:
    (own_folders / "cache").mkdir()
    (own_folders / "cache" / "models").symlink_to(shared_models)
    for name in ("Dogs/a.jpg", "Lakes/b.jpg", "Lakes/c.jpg"):
        photo(tmp_path / "mine" / name)
    (tmp_path / "mine" / "Dogs" / "broken.jpg").write_bytes(b"\xff\xd8 no photo")
    wanted = read_categories(str(tmp_path / "mine"), PHOTOS)
    models = select_models(Settings(into=os.fspath(tmp_path / "mine")))
    found = categories_of(wanted, models, cache, None, lambda bill, cost: None, as_proposed)
    assert found.examples is not None and found.examples.vectors.shape == (3, 1280)
    assert found.owner == (0, 1, 1)


def test_a_category_called_like_the_folder_for_the_rest_is_that_folder(history: sqlite3.Connection) -> None:
    assert wanted_categories(Settings(into="Dogs, other"), PHOTOS, history).categories == (Category("Dogs"),)
    both = (Category("Dogs"), Category("other"))
    assert wanted_categories(Settings(into="Dogs, other", other=""), PHOTOS, history).categories == both
    with pytest.raises(SettingsError, match="nothing but Other"):
        wanted_categories(Settings(into="Other"), PHOTOS, history)


@pytest.mark.parametrize("into", ["~pets, dogs", "~pets", ", ".join(f"category number {n}" for n in range(30))])
def test_what_looks_like_an_odd_path_is_a_list(into: str) -> None:
    assert read_categories(into, PHOTOS).categories[0].name in ("~pets", "category number 0")


def test_the_photos_to_sort_are_no_examples(tmp_path: Path) -> None:
    for name in ("Dogs/a.jpg", "new/Cats/b.jpg"):
        photo(tmp_path / name)
    found = read_categories(str(tmp_path), tmp_path / "new")
    assert found.categories == (Category("Dogs"),)
    with pytest.raises(SettingsError, match="holds the photos to sort"):
        read_categories(str(tmp_path), tmp_path)
