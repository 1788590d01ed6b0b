"""The process is really killed, at every step, and what is left is finished either way.

SAFETY in one sentence: the contents on disk after any of this are those before it, and more at most.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from filing_kit import digests, names, open_runs, plan_for, tree, write
from killable import Killable

from photosort.filing.journaled.apply import Outcome
from photosort.filing.journaled.resume import resume
from photosort.filing.journaled.undo import undo
from photosort.filing.plan.model import Mode
from photosort.store.journals.journal import FilingState, Journal, unfinished
from photosort.store.journals.operation import State

pytestmark = pytest.mark.slow

FILES = {
    "a/IMG_1.JPG": "one",
    "a/IMG_1.xmp": "sidecar of one",
    "b/IMG_1.JPG": "two",
    "b/IMG_1.NEF": "raw of two",
    "c/IMG_1.JPG": "one",
    "notes.txt": "not a photo",
}


class Case:
    """One run that can be begun again and again."""

    def __init__(self, root: Path, far: Path | None, mode: Mode, files: dict[str, str], killable: Killable) -> None:
        self.root, self.far, self.mode, self.files, self.killable = root, far, mode, files, killable
        self.source, self.out, self.database = root / "in", (far or root) / "out", root / "data" / "runs"
        self.reset()
        self.before = tree(self.source)
        self.contents = digests(self.source)
        self.plan = plan_for(self.source, self.out, mode)

    def reset(self) -> None:
        for folder in (self.source, self.out, self.root / "data"):
            shutil.rmtree(folder, ignore_errors=True)
        write(self.source, self.files)

    def begin(self, die_at: int, **options: object) -> bool:
        return self.killable.run(
            "file",
            die_at=die_at,
            source=str(self.source),
            destination=str(self.out),
            database=str(self.database),
            mode=self.mode,
            **options,
        )

    def check_nothing_is_lost(self) -> None:
        assert {*self.contents} <= {*digests(self.source, self.out)}

    def check_finished(self) -> None:
        placed = [file for file in self.plan.files if not file.there]
        assert sorted(str(file.destination.relative_to(self.out)) for file in placed) == names(self.out)
        for file in placed:
            assert (self.mode is Mode.MOVE) != file.source.exists()
        if self.mode is Mode.MOVE:
            assert digests(self.source, self.out) == self.contents
        else:
            assert tree(self.source) == self.before

    def check_back(self) -> None:
        assert tree(self.source) == self.before
        assert not self.out.exists()

    def begun(self) -> bool:
        connection = open_runs(self.database)
        found = connection.execute("SELECT count(*) FROM filings").fetchone()[0]
        connection.close()
        return bool(found)

    def state(self) -> FilingState:
        connection = open_runs(self.database)
        state = Journal(connection, 1).filing.state
        connection.close()
        return state

    def middle(self) -> int:
        """The step at which half of the work on the files is done."""
        steps = []
        for step in count():
            self.reset()
            ended = self.begin(step)
            if self.begun():
                connection = open_runs(self.database)
                if State.PLACING in Journal(connection, 1).counts():
                    steps.append(step)
                connection.close()
            if ended:
                return steps[len(steps) // 2]
        raise AssertionError

    def resume(self) -> None:
        connection = open_runs(self.database)
        if unfinished(connection):
            resume(connection, 1)
        assert not unfinished(connection)
        connection.close()

    def undo(self) -> None:
        connection = open_runs(self.database)
        assert undo(connection, 1).kept == ()
        assert not unfinished(connection)
        connection.close()


@pytest.fixture(
    params=[(mode, far) for mode in Mode for far in (False, True)],
    ids=lambda p: f"{p[0]}-{'far' if p[1] else 'near'}",
)
def case(request: pytest.FixtureRequest, tmp_path: Path, memory: Path, killable: Killable) -> Iterator[Case]:
    mode, far = request.param
    if far and mode is Mode.HARDLINK:
        pytest.skip("hard links do not reach other disks")
    yield Case(memory, _far(tmp_path, memory) if far else None, mode, FILES, killable)


def _far(tmp_path: Path, memory: Path) -> Path:
    if tmp_path.stat().st_dev == memory.stat().st_dev:
        pytest.skip("there is no second file system")
    return tmp_path


def test_killed_at_any_step_then_resumed(case: Case) -> None:
    for step in count():
        case.reset()
        ended = case.begin(step)
        case.check_nothing_is_lost()
        if case.begun():
            case.resume()
            case.check_finished()
        else:
            assert tree(case.source) == case.before
        if ended:
            break
    assert step > 20


def test_killed_at_any_step_then_undone(case: Case) -> None:
    for step in count():
        case.reset()
        ended = case.begin(step)
        if case.begun():
            case.undo()
            case.check_back()
        if ended:
            break
    assert step > 20


@pytest.mark.parametrize("then", ["resume", "undo"])
def test_a_move_by_links_killed_at_any_step(memory: Path, killable: Killable, then: str) -> None:
    """Where the system has no exclusive rename, a file has both names for a moment."""
    case = Case(memory, None, Mode.MOVE, FILES, killable)
    for step in count():
        case.reset()
        ended = case.begin(step, by_links=True)
        case.check_nothing_is_lost()
        if case.begun():
            case.resume() if then == "resume" else case.undo()
            case.check_finished() if then == "resume" else case.check_back()
        if ended:
            break
    assert step > 20


def test_an_undo_killed_at_any_step_can_be_finished(case: Case) -> None:
    for step in count():
        case.reset()
        case.begin(-1)
        ended = case.killable.run("undo", die_at=step, database=str(case.database))
        case.check_nothing_is_lost()
        if case.state() is not FilingState.UNDONE:
            case.resume() if step % 2 and case.state() is FilingState.UNDOING else case.undo()
        case.check_back()
        if ended:
            break
    assert step > 10


def test_a_resume_that_is_killed_at_any_step_can_be_resumed(case: Case) -> None:
    """The first process dies in the middle of the files, the second at every step of going on."""
    middle = case.middle()
    for step in count():
        case.reset()
        case.begin(middle)
        ended = case.killable.run("resume", die_at=step, database=str(case.database))
        case.check_nothing_is_lost()
        case.resume()
        case.check_finished()
        if ended:
            break
    assert step > 10


@pytest.mark.parametrize("then", ["resume", "undo"])
@pytest.mark.parametrize("far", [False, True], ids=["near", "far"])
def test_a_move_killed_at_every_state_of_the_journal(
    tmp_path: Path, memory: Path, killable: Killable, far: bool, then: str
) -> None:
    """Each photo is a batch of its own, so that every one of them goes through every state of its own."""
    files = {f"{number % 3}/IMG_{number // 3}.JPG": f"photo {number}" for number in range(30)}
    case = Case(memory, _far(tmp_path, memory) if far else None, Mode.MOVE, files, killable)
    for commit in count():
        case.reset()
        ended = case.begin(commit, only_commits=True, batch=1)
        case.check_nothing_is_lost()
        if case.begun():
            case.resume() if then == "resume" else case.undo()
            case.check_finished() if then == "resume" else case.check_back()
        if ended:
            break
    assert commit > 60


@pytest.mark.parametrize("then", ["resume", "undo"])
def test_a_whole_copy_is_kept_when_its_original_vanishes(
    tmp_path: Path, memory: Path, killable: Killable, then: str
) -> None:
    """Killed between the copy and its name; then somebody removes the original: the copy is the last one."""
    case = Case(memory, _far(tmp_path, memory), Mode.MOVE, {"a.jpg": "the last one"}, killable)
    for step in count():
        case.reset()
        assert not case.begin(step)
        parts = [path for path in case.out.rglob("*.part") if path.read_bytes()]
        if parts and (case.out / case.plan.files[0].destination.parent.name).exists():
            break
    (case.source / "a.jpg").unlink()
    case.resume() if then == "resume" else case.undo()
    assert digests(case.source, case.out) == case.contents


@pytest.mark.parametrize("step", ["removing.digest_of", "place.Path.lstat"], ids=["content", "status"])
def test_a_disk_that_cannot_be_read_leaves_the_doubt_as_it_is(
    memory: Path, killable: Killable, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    case = Case(memory, None, Mode.MOVE, FILES, killable)
    middle = case.middle()
    case.reset()
    case.begin(middle)
    connection = open_runs(case.database)

    def unreadable(path: Path) -> bool:
        raise OSError(errno.EIO, "Input/output error", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(f"photosort.filing.disk.{step}", unreadable)
        outcome = resume(connection, 1)
    assert isinstance(outcome, Outcome) and outcome.stopped.endswith("the disk reports an error")
    assert State.PLACING in Journal(connection, 1).counts()
    connection.close()
    case.resume()
    case.check_finished()
