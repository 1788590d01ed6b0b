"""Which run is taken back or finished when no number is given."""

from pathlib import Path

import pytest
from fakes.filing_kit import names, plan_for, write

from photosort.errors import Busy, NoSuchRun, Unfinished
from photosort.filing.disk.lock import hold
from photosort.filing.journaled.apply import apply
from photosort.filing.plan.model import Mode
from photosort.store.history import open_history
from photosort.store.journals.journal import Filing, FilingState, Journal
from photosort.store.runs.runs import Runs
from photosort.workflows.earlier_runs.earlier import lying_twice, unfinished_runs
from photosort.workflows.history import past_runs, resume_run, run_to_refine, undo_run


def file_one(root: Path, data: Path, name: str, mode: Mode = Mode.COPY, by: tuple[str, ...] = ()) -> tuple[int, Path]:
    """A run that files one photo; returns its number and where that lies now."""
    source, out = write(root / name, {"I.JPG": name}), root / f"{name}-sorted"
    with open_history(data) as connection:
        run = Runs(connection).add(
            source=source, destination=out, mode=mode.value, settings={"by": by}, clusters=[], members=[], left=[]
        )
        apply(plan_for(source, out, mode, labels=[0], folders=("Dogs",)), run, connection)
    return run, out / "Dogs" / "I.JPG"


def stop(data: Path, run: int, state: FilingState) -> None:
    with open_history(data) as connection:
        Journal(connection, run).turn(state)


def unfinished_of(data: Path) -> list[Filing]:
    with open_history(data) as connection:
        return unfinished_runs(connection, data)


def test_an_older_run_is_undone_by_its_number_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (older, copy), (newer, _) = (file_one(tmp_path, data, name) for name in ("one", "two"))
    assert undo_run(data)[0].run_id == newer
    with pytest.raises(NoSuchRun, match=f"Run {newer}, the last one, .*photosort undo {older}"):
        undo_run(data)
    assert copy.exists()
    assert undo_run(data, older)[0].run_id == older
    with pytest.raises(NoSuchRun, match=f"Run {newer}, the last one, is undone already. No run before it"):
        undo_run(data)
    assert [past.state for past in past_runs(data)] == ["undone", "undone"]


def test_a_run_that_left_files_is_retried_first(tmp_path: Path) -> None:
    data = tmp_path / "data"
    older, older_copy = file_one(tmp_path, data, "older")
    newer, newer_copy = file_one(tmp_path, data, "newer")
    newer_copy.write_text("edited")
    for _ in range(2):
        filing, outcome = undo_run(data)
        assert (filing.run_id, [kept.path for kept in outcome.kept]) == (newer, [newer_copy])
        assert older_copy.read_text() == "older"
    newer_copy.write_text("newer")
    filing, outcome = undo_run(data)
    assert (filing.run_id, outcome.files, outcome.kept) == (newer, 1, ())
    assert undo_run(data, older)[0].run_id == older
    assert names(tmp_path / "older") == names(tmp_path / "newer") == ["I.JPG"]
    assert not older_copy.exists() and not newer_copy.exists()


def test_an_older_run_is_reached_by_its_number(tmp_path: Path) -> None:
    data = tmp_path / "data"
    older, older_copy = file_one(tmp_path, data, "older")
    newer_copy = file_one(tmp_path, data, "newer")[1]
    newer_copy.write_text("edited")
    undo_run(data)
    assert undo_run(data, older)[1].files == 1
    assert not older_copy.exists()
    assert newer_copy.read_text() == "edited"


def test_a_run_in_progress_is_not_taken_for_a_stopped_one(tmp_path: Path) -> None:
    data = tmp_path / "data"
    forth, back = (file_one(tmp_path, data, name)[0] for name in ("forth", "back"))
    stop(data, forth, FilingState.APPLYING)
    stop(data, back, FilingState.UNDOING)
    with hold(tmp_path / "forth-sorted", data), hold(tmp_path / "back-sorted", data):
        assert unfinished_of(data) == []
        assert [past.state for past in past_runs(data)] == ["undoing", "applying"]
    assert [past.state for past in past_runs(data)] == ["undo cut off", "cut off"]


def test_unfinished_runs_are_listed_whatever_their_destination(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert unfinished_of(data) == []
    forth, back, _ = (file_one(tmp_path, data, name)[0] for name in ("forth", "back", "done"))
    stop(data, forth, FilingState.APPLYING)
    stop(data, back, FilingState.UNDOING)
    assert [(filing.run_id, filing.destination.name) for filing in unfinished_of(data)] == [
        (back, "back-sorted"),
        (forth, "forth-sorted"),
    ]
    assert [resume_run(data)[0].run_id for _ in range(2)] == [back, forth]
    with pytest.raises(NoSuchRun, match="No run was interrupted"):
        resume_run(data)
    assert unfinished_of(data) == []


@pytest.mark.parametrize("state", [FilingState.DONE, FilingState.APPLYING, FilingState.UNDOING])
def test_undo_and_resume_are_refused_during_a_run(tmp_path: Path, state: FilingState) -> None:
    data = tmp_path / "data"
    run, copy = file_one(tmp_path, data, "one")
    stop(data, run, state)
    with hold(tmp_path / "one-sorted", data):
        with pytest.raises(Busy, match="is working on"):
            undo_run(data)
        with pytest.raises(Busy, match="is working on"):
            resume_run(data, run)
        assert copy.read_text() == "one"
        with open_history(data) as connection:
            assert Journal(connection, run).filing.state is state
    assert undo_run(data)[1].files == 1


def test_what_an_undo_kept_is_not_said_to_lie_twice(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run, copy = file_one(tmp_path, data, "one")
    plan = plan_for(tmp_path / "one", tmp_path / "one-sorted", Mode.COPY, labels=[0], folders=("Cats",))
    with open_history(data) as connection:
        assert lying_twice(connection, plan) == {run: 1}
    copy.write_text("edited")
    undo_run(data)
    with open_history(data) as connection:
        assert lying_twice(connection, plan) == {}


def test_the_last_run_by_a_criterion_is_refined_or_the_one_that_is_named(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with pytest.raises(NoSuchRun, match="No run was sorted by a criterion yet"):
        run_to_refine(data)
    sorted_by, _ = file_one(tmp_path, data, "one", by=("the mood",))
    other, _ = file_one(tmp_path, data, "two")
    with pytest.raises(Unfinished, match=rf"photosort undo {sorted_by}\. Or file elsewhere with --out"):
        run_to_refine(data)
    assert run_to_refine(data, beside=True).id == sorted_by and run_to_refine(data, other, beside=True).id == other
    with pytest.raises(NoSuchRun, match="Run 9 does not exist"):
        run_to_refine(data, 9)


def test_a_run_that_has_moved_its_photos_is_to_be_undone_before_it_is_refined(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run, _ = file_one(tmp_path, data, "one", Mode.MOVE, ("the mood",))
    with pytest.raises(Unfinished, match=f"photosort undo {run}"):
        run_to_refine(data)
    undo_run(data)
    assert run_to_refine(data).id == run
