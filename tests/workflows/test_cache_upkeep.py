"""What the cache holds, and that cleaning takes out what it says, and never a run or what a photo still needs."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from fakes.filing_kit import plan_for, write
from typer.testing import CliRunner, Result

from photosort.cli.app import app
from photosort.errors import SettingsError, StoreDamaged, StoreError
from photosort.filing.journaled.apply import apply
from photosort.filing.plan.model import Mode
from photosort.photos.files.digest import digest_of
from photosort.settings.settings import load_settings
from photosort.store import upkeep
from photosort.store.cache import cache_file, open_cache, text_key
from photosort.store.history import history_file, open_history
from photosort.store.identity import Identity
from photosort.store.runs.runs import Runs
from photosort.workflows.cache_upkeep import _is_away, clean, in_words, look, plan_cleaning

TAGS, CLIP = Identity("tags", "1"), Identity("clip", "abc")
NOUN = text_key("dog")


def photosort(*words: str) -> Result:
    return CliRunner().invoke(app, ["cache", *words])


def remember(root: Path, files: dict[str, bytes | str]) -> dict[str, str]:
    """Put files on disk and into the cache, with a text and a vector each; name -> digest."""
    write(root, files)
    digests = {name: digest_of(root / name) for name in files}
    with open_cache(load_settings().cache_dir) as cache:
        for name in files:
            cache.digest_of(root / name, read=digest_of)
        cache.put_texts(TAGS, dict.fromkeys(digests.values(), "a dog"))
        keys = [*dict.fromkeys(digests.values()), NOUN]
        cache.put_vectors(CLIP, keys, np.ones((len(keys), 512), dtype=np.float32))
    return digests


def kept() -> tuple[set[str], set[str]]:
    with open_cache(load_settings().cache_dir) as cache:
        return set(cache.all_texts(TAGS)), cache.keys(CLIP)


def test_an_empty_cache_is_shown_and_cleaned_without_making_one() -> None:
    settings = load_settings()
    assert look(settings).files == 0 and "0 photos in 0 files" in photosort("info").stdout
    assert "There is nothing to delete." in photosort("clean", "all").stderr
    assert not cache_file(settings.cache_dir).exists()


def test_info_counts_photos_and_what_is_kept_of_each_model(tmp_path: Path) -> None:
    remember(tmp_path, {"a.jpg": "a", "copy.jpg": "a", "b.jpg": "b"})
    found = json.loads(photosort("info", "--json").stdout)
    assert (found["files"], found["photos"]) == (3, 2)
    assert {one["model"]: (one["texts"], one["vectors"]) for one in found["models"]} == {"tags": (2, 0), "clip": (0, 3)}
    assert found["models"][0]["bytes"] == 3 * (512 * 2 + 32)
    said = photosort("info").stdout
    assert "2 photos in 3 files" in said and "CLIP ViT-B/32" in said
    assert in_words("hf:a/b") == ""


def test_photos_that_are_gone_are_forgotten_and_copies_are_not(tmp_path: Path) -> None:
    digests = remember(tmp_path, {"gone.jpg": "gone", "copy-gone.jpg": "a", "a.jpg": "a", "b.jpg": "b"})
    for name in ("gone.jpg", "copy-gone.jpg"):
        (tmp_path / name).unlink()
    planned = plan_cleaning(load_settings(), ["gone"])
    assert {path.name for path in planned.paths} == {"gone.jpg", "copy-gone.jpg"}
    assert planned.digests == {digests["gone.jpg"]} and planned.size == 32 + len("a dog") + 32 + 1024
    done = photosort("clean")
    assert done.exit_code == 14 and "Run it again with --yes." in done.stderr
    assert digests["gone.jpg"] in kept()[0]
    done = photosort("clean", "--yes")
    assert done.exit_code == 0 and "results for 1 photo: 2 files gone" in done.stderr
    living = {digests["a.jpg"], digests["b.jpg"]}
    assert kept() == (living, living | {NOUN})
    assert "There is nothing to delete." in photosort("clean", "--yes").stderr


def test_paths_that_are_gone_are_not_worth_a_question_where_their_photo_is_not(tmp_path: Path) -> None:
    remember(tmp_path, {"a.jpg": "a", "copy.jpg": "a"})
    (tmp_path / "copy.jpg").unlink()
    done = photosort("clean")
    assert done.exit_code == 0 and "There is nothing to delete." in done.stderr and "Delete about" not in done.stderr


def test_photos_that_a_run_moved_are_not_gone(tmp_path: Path) -> None:
    settings, source, out = load_settings(), tmp_path / "source", tmp_path / "sorted"
    digests = remember(source, {"a.jpg": "a", "b.jpg": "b"})
    with open_history(settings.data_dir) as connection:
        run = Runs(connection).add(
            source=source, destination=out, mode="move", settings={}, clusters=[], members=[], left=[]
        )
        apply(plan_for(source, out, Mode.MOVE, labels=[0, 0], folders=("Dogs",)), run, connection)
    assert not (source / "a.jpg").exists()
    before = history_file(settings.data_dir).read_bytes()
    planned = plan_cleaning(settings, ["gone"])
    assert len(planned.paths) == 2 and planned.digests == frozenset()
    clean(settings, planned)
    assert kept()[0] == set(digests.values())
    assert history_file(settings.data_dir).read_bytes() == before


def test_a_folder_that_is_no_mount_may_be_a_disk_that_is_away(tmp_path: Path) -> None:
    assert _is_away(Path("/media/anna/no-such-disk/a.jpg")) and _is_away(Path("/mnt/no-such-disk/a.jpg"))
    assert not _is_away(tmp_path / "a.jpg") and not _is_away(Path("/mediathek/a.jpg"))


def test_models_that_are_not_named_are_forgotten_when_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    remember(tmp_path, {"a.jpg": "a"})
    monkeypatch.setenv("PHOTOSORT_IMAGE_ENCODER", "clip")
    assert plan_cleaning(load_settings(), ["models"]).nothing
    monkeypatch.delenv("PHOTOSORT_IMAGE_ENCODER")
    done = photosort("clean", "models", "--yes", "--json")
    assert json.loads(done.stdout)["models"] == ["clip"]
    texts, vectors = kept()
    assert len(texts) == 1 and vectors == set()


def test_all_gives_the_disk_back_and_keeps_weights_and_runs(tmp_path: Path) -> None:
    settings = load_settings()
    remember(tmp_path, {f"{number}.jpg": str(number) for number in range(300)})
    weights = settings.model_folder / "weights.bin"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"w")
    with open_history(settings.data_dir):
        pass
    damaged = cache_file(settings.cache_dir).with_name("cache.sqlite.damaged-1")
    damaged.write_bytes(b"nonsense")
    done = json.loads(photosort("clean", "all", "--yes", "--json").stdout)
    assert done["freed_bytes"] > 300 * 1024 and done["damaged"] == 1
    assert kept() == (set(), set()) and look(settings).files == 0
    assert weights.exists() and history_file(settings.data_dir).exists() and not damaged.exists()


def test_damaged_ones_are_counted_and_taken_out() -> None:
    folder = load_settings().cache_dir
    folder.mkdir(parents=True)
    for name in ("cache.sqlite.damaged-1", "cache.sqlite.damaged-1-wal"):
        (folder / name).write_bytes(b"nonsense")
    assert "photosort cache clean damaged" in photosort("info").stdout
    assert photosort("clean", "damaged", "--yes").exit_code == 0
    assert list(folder.iterdir()) == []


def test_a_damaged_cache_is_one_line() -> None:
    file = cache_file(load_settings().cache_dir)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"nonsense" * 1000)
    done = photosort("clean", "all", "--yes")
    assert done.exit_code == StoreDamaged.exit_code and len(done.stderr.splitlines()) == 1


def test_a_cache_that_another_program_writes_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remember(tmp_path, {"a.jpg": "a"})
    (tmp_path / "a.jpg").unlink()
    settings = load_settings()
    planned = plan_cleaning(settings, ["gone"])
    monkeypatch.setattr(upkeep, "PATIENCE_MS", 10)
    with closing(sqlite3.connect(cache_file(settings.cache_dir), isolation_level=None)) as other:
        with upkeep_of(settings.cache_dir) as opened:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(StoreError, match="Another program holds it"):
                opened.forget_photos(planned.paths, planned.digests)
        other.execute("ROLLBACK")
    assert len(kept()[0]) == 1


def upkeep_of(folder: Path) -> closing[upkeep.Upkeep]:
    return closing(upkeep.Upkeep(folder))


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(SettingsError, match="Choose one of: gone, models, damaged, all"):
        plan_cleaning(load_settings(), ["runs"])
