"""A run that continues another is really killed, at many steps, and finished either way: nothing is lost or doubled."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.filing_kit import digests, sha, tree
from fakes.killable import Killable
from fakes.models import use_colours
from fakes.walls import first, models, walls

from photosort.errors import Unfinished
from photosort.filing.plan.model import Mode
from photosort.photos.files.own_files import is_about_name
from photosort.settings.settings import load_settings
from photosort.store.history import open_history
from photosort.store.journals.journal import unfinished
from photosort.store.runs.runs import Runs
from photosort.workflows.earlier_runs.continuing import Unchanged
from photosort.workflows.explaining.explain import explain_run
from photosort.workflows.history import resume_run, undo_run
from photosort.workflows.organize import organize

pytestmark = pytest.mark.slow

EVERY = 23
"""Steps between two deaths: filing has a test that dies at each."""


@pytest.fixture
def killable() -> Iterator[Killable]:
    process = Killable()
    yield process
    process.close()


@pytest.mark.parametrize("mode", Mode)
def test_a_continued_run_that_is_killed_ends_either_way(
    tmp_path: Path, own_folders: Path, killable: Killable, monkeypatch: pytest.MonkeyPatch, mode: Mode
) -> None:
    use_colours(monkeypatch)
    root = tmp_path / "now"
    source, out, data_dir = root / "in", root / "out", load_settings().data_dir
    for colour in ("red", "blue"):
        walls(source, colour, range(8))
    (source / "blue-1.xmp").write_text("<x:xmpmeta/>")
    first(source, out, mode=mode.value)
    (out / "Red").rename(out / "Our barn")
    (out / "Our barn" / "red-1.png").rename(out / "Blue" / "red-1.png")
    walls(source, "red", range(20, 22))
    walls(source, "green", range(30, 36))
    (source / "red-20.xmp").write_text("<x:xmpmeta>red</x:xmpmeta>")
    (source / "red-21.nef").write_bytes(b"raw of red")
    (source / "green-30.mov").write_bytes(b"the film of a Live Photo")
    before, contents = tree(source, out), digests(source, out)
    contents -= Counter(sha(path) for path in out.rglob("*") if is_about_name(path.name))
    for folder, copy in ((root, "root"), (own_folders, "home")):
        shutil.copytree(folder, tmp_path / copy, symlinks=True)

    def begin_anew(die_at: int) -> bool:
        for folder, copy in ((root, "root"), (own_folders, "home")):
            shutil.rmtree(folder)
            shutil.copytree(tmp_path / copy, folder, symlinks=True)
        return killable.run("continue", die_at=die_at, source=str(source), destination=str(out), mode=mode.value)

    assert begin_anew(-1)
    whole = sorted(path.relative_to(out) for path in out.rglob("*"))
    assert len(whole) > len([name for name in before if name.startswith("1/")])
    died = 0
    for way in (resume_run, undo_run):
        step = 0
        while not begin_anew(step):
            died += 1
            assert digests(source, out).keys() >= contents.keys()
            with open_history(data_dir) as connection:
                begun = bool(unfinished(connection))
            if begun:
                with pytest.raises(Unfinished):
                    organize(source, out, models(mode=mode.value))
                way(data_dir)
                if way is undo_run:
                    assert tree(source, out) == before, f"killed at step {step}"
                else:
                    assert sorted(path.relative_to(out) for path in out.rglob("*")) == whole
            assert digests(source, out).keys() >= contents.keys()
            step += EVERY
    assert died > 4
    done = organize(source, out, models(mode=mode.value))
    assert isinstance(done, Unchanged) or way is undo_run
    seen = explain_run(data_dir)
    assert seen.yours == 1 and seen.before == 16
    with open_history(data_dir) as connection:
        assert sum(Runs(connection).sizes(seen.run.id).values()) == 24
