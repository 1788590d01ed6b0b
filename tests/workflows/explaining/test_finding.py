"""What the user means by a number, a part of a name, or a path; and which run counts."""

import shutil
from pathlib import Path

import pytest
from fakes.filing_kit import FOLDERS, plan_for, write

from photosort.errors import NotInRun, SettingsError
from photosort.filing.journaled.apply import apply
from photosort.filing.journaled.undo import undo
from photosort.store.history import open_history
from photosort.store.placed import standing_runs
from photosort.store.places import members_of_folders
from photosort.store.runs.runs import ClusterRecord, MemberRecord, Runs
from photosort.workflows.explaining.explain import explain, explain_photo, explain_run
from photosort.workflows.explaining.standing import ranked
from photosort.workflows.explaining.views import FolderView, PhotoView, RunView
from photosort.workflows.explaining.whereabouts import TAKEN_BACK
from photosort.workflows.history import past_runs

FILES = {f"{name}{number}.jpg": f"{name} {number}" for name in "abc" for number in range(3)}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def organized(
    data: Path, source: Path, out: str = "out", *, file: bool = True, names: tuple[str, ...] = FOLDERS
) -> int:
    """A run that puts the photos of each letter into a folder of their own, a companion-free one."""
    plan = plan_for(source, source.with_name(out), labels=[n // 3 for n in range(9)], folders=names)
    with open_history(data) as connection:
        runs = Runs(connection)
        run = runs.add(
            source=source,
            destination=plan.destination,
            mode="copy",
            settings={},
            clusters=[ClusterRecord(n, name, name, "", (), "keywords", 0.9) for n, name in enumerate(names)],
            members=[
                MemberRecord(photo.source, photo.digest, folder.label, rank, "", 0.9, folder.label, 0.9)
                for folder in plan.folders
                for rank, photo in enumerate(folder.photos)
            ],
            left=[],
        )
        if file:
            runs.start(run)
            apply(plan, run, connection)
    return run


def meant(data: Path, what: str | Path, number: int | None = None) -> tuple[int, str]:
    found = explain(data, what, number)
    assert isinstance(found, FolderView)
    return found.run.id, found.cluster.folder


def test_a_folder_is_meant_by_its_number_in_the_list(data: Path, source: Path) -> None:
    run = organized(data, source)
    listed = explain_run(data)
    assert [(view.number, view.cluster.folder) for view in listed.clusters] == list(enumerate(FOLDERS, 1))
    assert [meant(data, str(view.number)) for view in listed.clusters] == [(run, name) for name in FOLDERS]
    for number in ("0", "4"):
        with pytest.raises(NotInRun, match=rf"Run {run} has no folder {number}: there are 3\. photosort explain lists"):
            explain(data, number)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("lake", "Alpine lakes"),
        ("LAKE", "Alpine lakes"),
        ("dog", "Dogs at play"),
        ("played dog", None),
        ("plage", "Été à la plage"),
        ("e\u0301te\u0301", "Été à la plage"),
        ("lakes alpine", "Alpine lakes"),
        ("zebra", None),
    ],
)
def test_a_part_of_a_name_is_enough(data: Path, source: Path, text: str, name: str | None) -> None:
    run = organized(data, source)
    if name:
        assert meant(data, text) == (run, name)
        return
    with pytest.raises(
        NotInRun, match=f"There is no path “{text}”, and no folder or photo of run {run} with this name"
    ):
        explain(data, text)


def test_several_folders_are_listed_and_a_whole_name_is_one(data: Path, source: Path) -> None:
    run = organized(data, source, names=("Animals/Dogs", "Dogs and cats", "Cats"))
    with pytest.raises(SettingsError) as caught:
        explain(data, "og")
    assert str(caught.value) == (
        "“og” may be 2 folders: 1 Animals/Dogs, 2 Dogs and cats. Give the number, or more of the name."
    )
    assert meant(data, "dogs") == (run, "Animals/Dogs")
    assert meant(data, "cats") == (run, "Cats")


def test_a_path_that_exists_is_a_path(data: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    organized(data, source)
    monkeypatch.chdir(source.parent)
    (source.parent / "1").mkdir()
    with pytest.raises(NotInRun, match="1 is not a folder of a run"):
        explain(data, "1")
    assert isinstance(explain(data, "out"), RunView)


def test_a_photo_is_meant_by_its_file_name(data: Path, source: Path) -> None:
    run = organized(data, source)
    found = explain(data, "b1.jpg")
    assert isinstance(found, PhotoView)
    assert (found.run.id, found.photo.path) == (run, source / "b1.jpg")
    write(source / "more", {"b1.jpg": "another", **{f"z{n}.jpg": str(n) for n in range(8)}})
    again = plan_for(source, source.with_name("again"), labels=[0] * 18)
    with open_history(data) as connection:
        Runs(connection).add(
            source=source,
            destination=source.with_name("again"),
            mode="copy",
            settings={},
            clusters=[ClusterRecord(0, "All", "All", "", (), "keywords", 0.9)],
            members=[MemberRecord(p.source, p.digest, 0, n, "", 1, 0, 1) for n, p in enumerate(again.files)],
            left=[],
        )
    with pytest.raises(SettingsError, match=r"2 photos of run 2 are called b1\.jpg\. Give the whole path"):
        explain(data, "b1.jpg", 2)


def test_what_is_printed_can_be_given_back_from_anywhere(
    data: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, folder = organized(data, source), FOLDERS[0]
    monkeypatch.chdir("/")
    for given in (f"{folder}/a0.jpg", Path(folder) / "a0.jpg", "a0.jpg", source / "a0.jpg", "./a0.jpg"):
        found = explain(data, given, run)
        assert isinstance(found, PhotoView) and (found.photo.path, found.own.folder) == (source / "a0.jpg", folder)
    assert meant(data, f"{folder}/") == (run, folder)
    with pytest.raises(SettingsError, match="3 photos of run 1 are called b…jpg"):
        explain(data, "b…jpg", run)
    with pytest.raises(NotInRun, match="cannot be read"):
        explain(data, f"{FOLDERS[1]}/a0.jpg", run)


def test_the_place_that_a_preview_gives_a_photo_is_known(data: Path, source: Path) -> None:
    run = organized(data, source, file=False)
    for given in (source.with_name("out") / FOLDERS[1] / "b2.jpg", f"{FOLDERS[1]}/b2.jpg"):
        found = explain(data, given)
        assert isinstance(found, PhotoView) and (found.run.id, found.photo.path) == (run, source / "b2.jpg")
    with pytest.raises(NotInRun):
        explain(data, source.with_name("out") / FOLDERS[0] / "b2.jpg")


def test_a_dry_run_does_not_hide_what_lies_on_disk(data: Path, source: Path) -> None:
    filed = organized(data, source)
    preview = organized(data, source, "elsewhere", file=False, names=("Wolves", "Seas", "Winter"))
    listed = explain_run(data)
    assert listed.newer is not None
    assert (listed.run.id, listed.newer.id) == (filed, preview)
    assert meant(data, "1") == (filed, FOLDERS[0])
    assert meant(data, "1", preview) == (preview, "Wolves")
    assert explain_run(data, preview).newer is None
    with pytest.raises(NotInRun):
        explain(data, "wolves")


def test_a_preview_of_other_photos_is_the_last_run(data: Path, source: Path, tmp_path: Path) -> None:
    organized(data, source)
    other = organized(data, write(tmp_path / "other", FILES), "other-out", file=False)
    listed = explain_run(data)
    assert (listed.run.id, listed.newer) == (other, None)


def test_a_run_that_was_taken_back_stands_before_none(data: Path, source: Path) -> None:
    first = organized(data, source)
    second = organized(data, source, "second")
    assert explain_run(data).run.id == second
    assert explain_photo(data, source / "a0.jpg").run.id == second
    with open_history(data) as connection:
        undo(connection, second)
    listed = explain_run(data)
    assert listed.newer is not None
    assert (listed.run.id, listed.newer.id) == (first, second)
    assert explain_photo(data, source / "a0.jpg").run.id == first
    with open_history(data) as connection:
        undo(connection, first)
    assert explain_run(data).run.id == second


def test_a_run_that_found_all_in_place_stands_on_the_run_that_put_it_there(data: Path, source: Path) -> None:
    first = organized(data, source)
    again = organized(data, source)
    assert {past.run.id: past.there for past in past_runs(data)} == {first: 0, again: 9}
    listed = explain_run(data)
    assert (listed.run.id, listed.newer, listed.stands) == (again, None, True)
    assert explain_photo(data, source / "a0.jpg", again).now == ""
    with open_history(data) as connection:
        assert standing_runs(connection) == {first, again}
        undo(connection, first)
        assert standing_runs(connection) == set()
    assert (explain_run(data).run.id, explain_run(data).stands) == (again, False)
    assert explain_photo(data, source / "a0.jpg", again).now == TAKEN_BACK
    other = organized(data, source, "elsewhere")
    later = organized(data, source, file=False)
    listed = explain_run(data)
    assert listed.newer is not None
    assert (listed.run.id, listed.newer.id) == (other, later)
    with open_history(data) as connection:
        assert [run.id for run in ranked(connection)] == [other, again, first, later]
        assert members_of_folders(connection, "")[0] == other


def test_the_place_of_a_photo_tells_its_run(data: Path, source: Path) -> None:
    """Each run has filed a copy of the same photo: the one that lies there was put there by the one run."""
    first, second = organized(data, source), organized(data, source, "second")
    for out, run in (("out", first), ("second", second)):
        place = source.with_name(out) / FOLDERS[0] / "a0.jpg"
        assert explain_photo(data, place).run.id == run


@pytest.mark.parametrize("deep", [False, True])
def test_a_renamed_folder_is_found_by_its_content(data: Path, source: Path, deep: bool) -> None:
    run = organized(data, source)
    out = source.with_name("out")
    organized(data, source, "elsewhere", file=False, names=("Wolves", "Seas", "Winter"))
    new = out / "Tiere" / "Hunde" if deep else out / "Hunde"
    new.parent.mkdir(exist_ok=True)
    (out / FOLDERS[0]).rename(new)
    (new / "mine.jpg").write_text("a photo of the user's")
    for what in (new, str(new), "hunde", FOLDERS[0].lower(), "1"):
        assert meant(data, what) == (run, FOLDERS[0])
    listed = explain_run(data)
    assert [view.now for view in listed.clusters] == [new, None, None]
    assert [lying.path for lying in listed.clusters[0].exemplars] == [new / f"a{n}.jpg" for n in range(3)]
    assert explain_photo(data, new / "a1.jpg").own.folder == FOLDERS[0]


def test_a_folder_with_photos_of_two_folders_is_the_one_that_most_are_of(data: Path, source: Path) -> None:
    organized(data, source)
    out = source.with_name("out")
    (out / FOLDERS[0]).rename(out / "Mixed")
    shutil.move(out / FOLDERS[1] / "b0.jpg", out / "Mixed")
    assert meant(data, out / "Mixed")[1] == FOLDERS[0]
    (out / "Strange").mkdir()
    (out / "Strange" / "s.jpg").write_text("strange")
    with pytest.raises(NotInRun, match="Strange is not a folder of a run"):
        explain(data, out / "Strange")


def test_a_photo_of_no_run_is_none_and_other_files_are_refused(data: Path, source: Path) -> None:
    organized(data, source)
    stranger = write(source.parent / "else", {"z.jpg": "z", "z.txt": "z"})
    assert explain(data, stranger / "z.jpg") is None
    with pytest.raises(NotInRun, match=r"z\.txt is not a photo"):
        explain(data, stranger / "z.txt")
    with pytest.raises(NotInRun, match="cannot be read"):
        explain(data, stranger / "nothing.jpg")
