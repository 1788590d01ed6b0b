"""A photo that tags were embedded into is the photo that it was to a run that continues others."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fakes.filing_kit import sha
from fakes.models import use_colours
from fakes.walls import again, coming, first, models, walls

from photosort.filing.tagging.write import TagOutcome
from photosort.photos.tags.xmp import Tags
from photosort.settings.settings import load_settings
from photosort.store.cache import open_cache
from photosort.workflows.earlier_runs.continuing import TAKEN_OUT, Unchanged
from photosort.workflows.history import resume_run
from photosort.workflows.organize import organize
from photosort.workflows.prepared import Organized
from photosort.workflows.tagging import tag as tagging
from photosort.workflows.tagging.tag import TagWish, tag

pytestmark = pytest.mark.skipif(shutil.which("exiftool") is None, reason="exiftool is not installed")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for colour in ("red", "blue"):
        walls(tmp_path / "in", colour, range(4))
    return tmp_path / "in"


@pytest.fixture
def out(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the first run has put the photos: a folder for each colour."""
    use_colours(monkeypatch)
    monkeypatch.setattr(tagging, "tags_for", lambda said, photo: Tags("a wall", ("wall",), ()))
    first(source, tmp_path / "out")
    return tmp_path / "out"


@pytest.mark.parametrize("where", [["in"], ["out"], ["in", "out"]])
def test_tags_inside_photos_make_no_new_photos(source: Path, out: Path, tmp_path: Path, where: list[str]) -> None:
    for folder in where:
        _embed(tmp_path / folder, 8)
    done = organize(source, out, models())
    assert isinstance(done, Unchanged) and (done.photos, done.left) == (8, ())
    (out / "Red").rename(out / "Barn")
    walls(source / "new", "red", range(20, 23))
    added = again(source, out)
    assert coming(added) == {"Barn": ["red-20.png", "red-21.png", "red-22.png"]} and added.prepared.plan.left == ()
    assert isinstance(organize(source, out, models()), Unchanged)
    (out / "Barn" / "red-1.png").unlink()
    done = organize(source, out, models())
    assert isinstance(done, Unchanged) and done.left[0].reason == TAKEN_OUT and len(done.left) == 1


def test_new_photos_are_filed_with_their_tags(source: Path, out: Path, tmp_path: Path) -> None:
    walls(source, "red", range(20, 22))
    assert isinstance(organize(source, out, models(), dry_run=True), Organized)
    _embed(source, 10)
    assert coming(again(source, out)) == {"Red": ["red-20.png", "red-21.png"]}
    assert sha(out / "Red" / "red-20.png") == sha(source / "red-20.png")
    assert isinstance(organize(source, out, models()), Unchanged)
    for old in range(4):
        (out / "Red" / f"red-{old}.png").unlink()
    (out / "Red").rename(out / "Barn")
    (out / "Barn" / "red-21.png").unlink()
    walls(source, "red", range(30, 31))
    done = again(source, out)
    assert coming(done) == {"Barn": ["red-30.png"]}
    assert {(left.path.name, left.reason) for left in done.prepared.plan.left} == {
        (f"red-{taken}.png", TAKEN_OUT) for taken in (0, 1, 2, 3, 21)
    }


def test_a_fresh_run_counts_photos_with_tags_that_would_lie_twice(source: Path, out: Path) -> None:
    (out / "Red").rename(out / "Barn")
    (out / "Blue").rename(out / "Sea")
    _embed(out, 8)
    done = organize(source, out, models(k=2), fresh=True, dry_run=True)
    assert isinstance(done, Organized) and done.prepared.twice.total() == 8


def test_what_models_said_of_a_photo_is_known_of_it_with_tags(source: Path, out: Path) -> None:
    photo = source / "red-0.png"
    before = sha(photo)
    _embed(source, 8)
    with open_cache(load_settings().cache_dir) as cache:
        known = [identity for identity in cache.models() if before in cache.keys(identity)]
        assert known and all(sha(photo) in cache.keys(identity) for identity in known)


def test_a_run_that_was_cut_off_writes_the_rest_and_leaves_all_of_it_known(
    source: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [sha(photo) for photo in sorted(source.iterdir())]
    monkeypatch.setattr(tagging, "write_tags", lambda journal, **_: _cut_off())
    with pytest.raises(KeyboardInterrupt):
        _embed(source, 8)
    settings = load_settings()
    _, outcome = resume_run(settings.data_dir, cache_dir=settings.cache_dir)
    assert isinstance(outcome, TagOutcome) and (outcome.written, outcome.failed) == (8, ())
    after = [sha(photo) for photo in sorted(source.iterdir())]
    assert set(after).isdisjoint(before)
    with open_cache(settings.cache_dir) as cache:
        known = [identity for identity in cache.models() if set(before) <= cache.keys(identity)]
        assert known and all(set(after) <= cache.keys(identity) for identity in known)


def _cut_off() -> TagOutcome:
    raise KeyboardInterrupt


def _embed(folder: Path, photos: int) -> None:
    result = tag(load_settings(), TagWish(str(folder), embed=True), review=lambda plan: None)
    assert result.outcome and (result.outcome.written, result.outcome.failed) == (photos, ())
