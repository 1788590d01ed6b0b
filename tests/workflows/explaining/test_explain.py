"""Why a photo lies where it does, or does not."""

import os
from pathlib import Path

import pytest
from fakes.filing_kit import FOLDERS, plan_for, sha, write

from photosort.errors import NoSuchRun, NotInRun
from photosort.filing.journaled.apply import apply
from photosort.filing.journaled.undo import undo
from photosort.store.history import open_history
from photosort.store.journals.journal import FilingState, Journal
from photosort.store.journals.operation import State
from photosort.store.runs.runs import ClusterRecord, CompanionRecord, MemberRecord, Runs
from photosort.workflows.explaining.explain import explain, explain_photo, explain_run
from photosort.workflows.explaining.views import FolderView, PhotoView, RunView

FILES = {"a.jpg": "photo a", "a.xmp": "of a", "b.jpg": "photo b"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def organized(
    data: Path, source: Path, *, file: bool = True, left: tuple[tuple[Path, str], ...] = (), changed: str = ""
) -> int:
    """A run that puts everything into the first folder; `changed` is touched after the plan."""
    plan = plan_for(source, source.with_name(f"{source.name}-out"), labels=[0] * len(list(source.glob("*.jpg"))))
    mains = {placed.group: placed.source for placed in plan.files if placed.main}
    with open_history(data) as connection:
        runs = Runs(connection)
        run = runs.add(
            source=source,
            destination=plan.destination,
            mode="copy",
            settings={},
            clusters=[ClusterRecord(0, FOLDERS[0], "Dogs", "Dogs at play", (("dog", 2),), "keywords", 0.9)],
            members=[
                MemberRecord(photo.source, photo.digest, 0, rank, "a dog", 0.9, 0, 0.9)
                for rank, photo in enumerate(photo for photo in plan.files if photo.main)
            ],
            left=left,
            companions=[CompanionRecord(f.source, f.digest, mains[f.group]) for f in plan.files if not f.main],
        )
        if changed:
            os.utime(source / changed, ns=(0, 0))
        if file:
            runs.start(run)
            apply(plan, run, connection)
    return run


def placed(source: Path, name: str) -> Path:
    return source.with_name(f"{source.name}-out") / FOLDERS[0] / name


def explained(data: Path, photo: Path, number: int | None = None) -> tuple[int, str, str]:
    found: PhotoView = explain_photo(data, photo, number)
    return found.run.id, found.photo.path.name, found.now


@pytest.mark.parametrize(("name", "photo"), [("a.jpg", "a.jpg"), ("a.xmp", "a.jpg"), ("b.jpg", "b.jpg")])
def test_photo_and_companion_are_found_at_old_and_new_places(data: Path, source: Path, name: str, photo: str) -> None:
    run = organized(data, source)
    assert explained(data, source / name) == (run, photo, "")
    assert explained(data, placed(source, name)) == (run, photo, "")


def test_the_newest_run_that_knows_the_photo_explains_it(data: Path, source: Path, tmp_path: Path) -> None:
    first = organized(data, source)
    other = organized(data, write(tmp_path / "other", {"c.jpg": "photo c"}), file=False)
    assert explained(data, source / "a.jpg")[0] == first
    assert explained(data, placed(source, "a.jpg"))[0] == first
    assert explain_run(data).run.id == other
    again = organized(data, source)
    assert explained(data, source / "a.jpg")[0] == again
    assert explained(data, source / "a.jpg", first)[0] == first


def test_the_run_that_saw_the_path_comes_first(data: Path, source: Path, tmp_path: Path) -> None:
    first = organized(data, source)
    organized(data, write(tmp_path / "backup", {"copy of a.jpg": "photo a"}), file=False)
    assert explained(data, source / "a.jpg")[:2] == (first, "a.jpg")


def test_a_photo_of_another_run_is_not_in_the_named_run(data: Path, source: Path) -> None:
    organized(data, source)
    other = organized(data, write(source.with_name("other"), {"c.jpg": "photo c"}))
    with pytest.raises(NotInRun, match=f"was not in run {other} of"):
        explain_photo(data, source / "a.jpg", other)
    with pytest.raises(NoSuchRun, match="Run 9 does not exist"):
        explain_photo(data, source / "a.jpg", 9)


def test_a_photo_that_no_run_knows(data: Path, source: Path) -> None:
    with pytest.raises(NoSuchRun, match="Nothing has been organized"):
        explain_photo(data, source / "a.jpg")
    organized(data, source)
    organized(data, source)
    stranger = write(source, {"z.jpg": "photo z"}) / "z.jpg"
    with pytest.raises(NotInRun, match="was not in any run"):
        explain_photo(data, stranger)


def test_a_left_photo_says_why_even_if_unreadable(data: Path, source: Path) -> None:
    organized(data, source, left=((source / "gone.jpg", "truncated"),))
    with pytest.raises(NotInRun, match="was left where it is: truncated"):
        explain_photo(data, source / "gone.jpg")


def test_a_photo_that_failed_says_that_it_was_not_placed(data: Path, source: Path) -> None:
    organized(data, source, changed="a.jpg")
    now = explained(data, source / "a.jpg")[2]
    assert now.startswith("not placed: ") and "changed" in now
    assert explained(data, source / "a.xmp")[2] == now
    assert explained(data, source / "b.jpg")[2] == ""


def test_a_photo_that_was_taken_back_says_so(data: Path, source: Path) -> None:
    run = organized(data, source)
    placed(source, "b.jpg").write_text("painted over")
    with open_history(data) as connection:
        undo(connection, run)
    assert explained(data, source / "a.jpg")[2] == "undone"
    assert explained(data, source / "b.jpg")[2] == "undo could not take it back: changed since"


def test_an_equal_photo_is_taken_back_with_its_twin(data: Path, source: Path) -> None:
    write(source / "more", {"a.jpg": "photo a"})
    plan = plan_for(source, source.with_name("out"), labels=[0, 0, 0])
    assert sum(file.there for file in plan.files) == 1
    twin = next(file.source for file in plan.files if file.there)
    with open_history(data) as connection:
        runs = Runs(connection)
        run = runs.add(
            source=source,
            destination=plan.destination,
            mode="copy",
            settings={},
            clusters=[ClusterRecord(0, FOLDERS[0], "", "", (), "keywords", 0.9)],
            members=[MemberRecord(twin, sha(twin), 0, 0, "", 0.9, 0, 0.9)],
            left=[],
        )
        apply(plan, run, connection)
        assert explained(data, twin)[2] == ""
        undo(connection, run)
    assert explained(data, twin)[2] == "undone"


def test_previews_and_early_stops_have_placed_nothing(data: Path, source: Path) -> None:
    run = organized(data, source, file=False)
    assert explained(data, source / "a.jpg")[2] == f"not placed: run {run} was a preview"
    with open_history(data) as connection:
        Runs(connection).start(run)
    assert explained(data, source / "a.jpg")[2] == f"not placed: run {run} stopped before its first file"


def test_a_photo_on_its_way_can_be_brought_there(data: Path, source: Path) -> None:
    run = organized(data, source)
    with open_history(data) as connection:
        journal = Journal(connection, run)
        journal.mark(journal.operations(State.DONE), State.PLANNED)
        journal.turn(FilingState.STOPPED, "disk full")
        assert explained(data, source / "a.jpg")[2] == f"not placed yet: photosort resume {run} goes on"
        journal.turn(FilingState.UNDONE)
        assert explained(data, source / "a.jpg")[2] == "not placed: the run stopped before, and was undone"


def test_links_lead_to_photos_and_circles_do_not(data: Path, source: Path) -> None:
    run = organized(data, source)
    link, circle = source.with_name("link.jpg"), source.with_name("circle.jpg")
    link.symlink_to(source / "a.jpg")
    circle.symlink_to(circle)
    assert explained(data, link) == (run, "a.jpg", "")
    with pytest.raises(NotInRun, match="cannot be read"):
        explain_photo(data, circle)


def test_a_linked_photo_is_found_by_its_own_name(data: Path, source: Path, tmp_path: Path) -> None:
    album = tmp_path / "album"
    album.mkdir()
    (album / "linked.jpg").symlink_to(source / "a.jpg")
    run = organized(data, album)
    assert explained(data, album / "linked.jpg") == (run, "linked.jpg", "")


def nested(data: Path, source: Path, destination: Path) -> int:
    """A run of four photos in Animals/Dogs, one in Animals/Cats and one in Lakes; two of the dogs are near cats."""
    folders = ("Animals/Dogs", "Animals/Cats", "Lakes")
    with open_history(data) as connection:
        runs = Runs(connection)
        run = runs.add(
            source=source,
            destination=destination,
            mode="copy",
            settings={},
            clusters=[ClusterRecord(n, name, name, name, (), "keywords", 0.9) for n, name in enumerate(folders)],
            members=[
                MemberRecord(source / f"{label}{rank}.jpg", f"{label}{rank}", label, rank, "", 0.9 - rank / 10, near, 0)
                for label, rank, near in [(0, 0, 1), (0, 1, 1), (0, 2, 2), (0, 3, 1), (1, 0, 0), (2, 0, 2)]
            ],
            left=[],
        )
        runs.start(run)
    return run


def test_a_folder_shows_its_photos_and_near_folders(data: Path, source: Path) -> None:
    out = source.with_name("sorted")
    run = nested(data, source, out)
    dogs = explain(data, out / "Animals" / "Dogs")
    assert isinstance(dogs, FolderView)
    assert (dogs.run.id, dogs.cluster.folder) == (run, "Animals/Dogs")
    assert [member.path.name for member in dogs.members] == ["00.jpg", "01.jpg", "02.jpg", "03.jpg"]
    assert [(other.folder, count) for other, count in dogs.neighbours] == [("Animals/Cats", 3), ("Lakes", 1)]
    lakes = explain(data, out / "Lakes" / ".." / "Lakes")
    assert isinstance(lakes, FolderView) and lakes.neighbours == ()


def test_folder_paths_show_their_run_or_their_content(data: Path, source: Path) -> None:
    out = source.with_name("sorted")
    run = nested(data, source, out)
    for place, folders in ((source, 3), (out, 3), (out / "Animals", 2)):
        seen = explain(data, place)
        assert isinstance(seen, RunView)
        assert (seen.run.id, len(seen.clusters)) == (run, folders)


def test_a_filed_run_comes_before_a_later_preview(data: Path, source: Path) -> None:
    first = organized(data, source)
    preview = organized(data, source, file=False)
    assert (explain(data, source).run.id, explain(data, source, preview).run.id) == (first, preview)
    assert explain(data, source / "a.jpg").run.id == first


def test_a_folder_that_no_run_made_is_told_so(data: Path, source: Path, tmp_path: Path) -> None:
    with pytest.raises(NoSuchRun, match="Nothing has been organized"):
        explain(data, tmp_path)
    organized(data, source)
    (source / "below").mkdir()
    for place in (tmp_path, source / "below"):
        with pytest.raises(NotInRun, match=r"is not a folder of a run\. photosort runs lists all runs"):
            explain(data, place)
    with pytest.raises(NotInRun, match="cannot be read"):
        explain(data, source / "nothing")
