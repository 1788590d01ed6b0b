"""A text about a folder takes the place of an earlier one, and an undo gives that back, with its time.

A text that somebody has edited is not touched. A process that is killed at any step leaves one of both texts, whole.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from filing_kit import open_runs, plan_for, rewriting, tree, write
from killable import Killable

from photosort.filing.journaled.apply import Outcome, apply
from photosort.filing.journaled.resume import resume
from photosort.filing.journaled.undo import undo
from photosort.store.journals.journal import Journal, unfinished
from photosort.store.journals.operation import State
from photosort.store.journals.own_texts import packed_text, plain_text

FOLDER = "Dogs at play"


class Scene:
    """A folder with a text about it, which later runs write anew."""

    def __init__(self, root: Path) -> None:
        self.out, self.database = root / "out", root / "runs"
        self.connection = open_runs(self.database)
        source = write(root / "in", {"a.JPG": "one"})
        apply(plan_for(source, self.out, labels=[0], about=True), 1, self.connection)
        self.text = self.out / FOLDER / "ABOUT.txt"
        self.before = tree(self.out)

    def rewrite(self, run: int) -> Outcome:
        open_runs(self.database, run).close()
        content = f"the text of run {run}".encode()
        return apply(rewriting(self.connection, self.out, content), run, self.connection)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    with closing(scene.connection):
        yield scene


def test_undo_gives_back_the_text_from_before(scene: Scene) -> None:
    scene.text.chmod(0o600)
    before = tree(scene.out)
    assert scene.rewrite(2).written == 1
    assert scene.text.read_text() == "the text of run 2" and scene.text.stat().st_mode & 0o777 == 0o600
    assert undo(scene.connection, 2).kept == ()
    assert tree(scene.out) == before


def test_an_edited_text_is_replaced_neither_forth_nor_back(scene: Scene) -> None:
    scene.rewrite(2)
    scene.text.write_text("mine")
    (kept,) = undo(scene.connection, 2).kept
    assert (kept.path, kept.reason) == (scene.text, "changed since") and scene.text.read_text() == "mine"
    (failed,) = scene.rewrite(3).failed
    assert (failed.path, failed.reason) == (scene.text, "changed since") and scene.text.read_text() == "mine"
    scene.text.unlink()
    (gone,) = scene.rewrite(4).failed
    assert gone.reason == "was no longer there" and not scene.text.exists()


@pytest.mark.parametrize("order", [(3, 2, 1), (2, 3, 1), (1, 2, 3), (2, 1, 3), (1, 3, 2), (3, 1, 2)])
def test_runs_taken_back_in_any_order_leave_nothing(scene: Scene, order: tuple[int, ...]) -> None:
    scene.rewrite(2)
    scene.rewrite(3)
    for run in order:
        assert undo(scene.connection, run).kept == ()
    assert not scene.out.exists()


def test_the_middle_run_taken_back_leaves_the_last_text_and_then_the_first(scene: Scene) -> None:
    scene.rewrite(2)
    scene.rewrite(3)
    undo(scene.connection, 2)
    assert scene.text.read_text() == "the text of run 3"
    undo(scene.connection, 3)
    assert tree(scene.out) == scene.before


def test_the_journal_keeps_each_text_once_and_packed(scene: Scene) -> None:
    text = ("photo.jpg  /from/photo.jpg\n" * 1000).encode()
    assert plain_text(packed_text(text)) == text and len(packed_text(text) or b"") < len(text) / 50
    for older in (b"an older text, kept as it is", "x\u0680 begins as a packed text does".encode()):
        assert plain_text(older) == older
    assert plain_text(packed_text(None)) is None
    first = scene.text.read_bytes()
    scene.rewrite(2)
    (operation,) = Journal(scene.connection, 2).operations(State.DONE)
    assert (operation.content, operation.before) == (b"the text of run 2", first)


@pytest.mark.slow
@pytest.mark.parametrize("by_links", [False, True])
@pytest.mark.parametrize("job", ["rewrite", "undo"])
def test_killed_at_any_step_one_of_both_texts_is_there_whole(tmp_path: Path, job: str, by_links: bool) -> None:
    scene = Scene(tmp_path / "now")
    first = scene.text.read_bytes()
    if job == "undo":
        scene.rewrite(2)
        scene.before = tree(scene.out)
    scene.connection.close()
    shutil.copytree(tmp_path / "now", tmp_path / "kept")
    killable = Killable()
    try:
        for step in count():
            shutil.rmtree(tmp_path / "now")
            shutil.copytree(tmp_path / "kept", tmp_path / "now")
            arguments = {"destination": str(scene.out)} if job == "rewrite" else {}
            ended = killable.run(job, die_at=step, database=str(scene.database), run=2, by_links=by_links, **arguments)
            if not by_links:
                assert scene.text.read_bytes() in (first, b"the text of run 2")
            _finish(scene, job, first)
            if ended:
                break
        assert step > 10
    finally:
        killable.close()


def _finish(scene: Scene, job: str, first: bytes) -> None:
    connection: sqlite3.Connection = open_runs(scene.database, 2)
    with closing(connection):
        begun = bool(unfinished(connection))
        if begun:
            resume(connection, 2)
        assert not unfinished(connection)
        if job == "undo":
            assert scene.text.read_bytes() == (first if begun else scene.text.read_bytes())
        elif begun:
            assert scene.text.read_bytes() == b"the text of run 2"
            assert undo(connection, 2).kept == ()
            assert tree(scene.out) == scene.before
        assert list(scene.out.rglob(".photosort*")) == []
