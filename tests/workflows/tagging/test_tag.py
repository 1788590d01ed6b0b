"""`photosort tag` from a run to its sidecars, and back; with everything else that runs do."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from fakes.filing_kit import names, tree
from fakes.tag_home import Home

from photosort.errors import Busy, Declined, NoSuchRun, NothingToTag, SettingsError, SourceMissing, Unfinished
from photosort.filing.disk.lock import hold
from photosort.filing.tagging.take_back import Untagged
from photosort.filing.tagging.write import TagOutcome
from photosort.photos.files.companions import groups_of
from photosort.photos.tags.xmp import said_before
from photosort.store.history import open_history
from photosort.store.journals.journal import FilingState, Journal
from photosort.store.journals.tag_journal import TagJournal
from photosort.store.runs.runs import Runs
from photosort.workflows.add import destination_run
from photosort.workflows.earlier_runs.standing import standing_at
from photosort.workflows.history import past_runs, resume_run, run_to_refine, run_to_review, undo_run
from photosort.workflows.tagging.plan import Convention
from photosort.workflows.tagging.tag import TagWish, tag

ALL = {"Animals/dog.jpg.xmp", "Animals/cat.png.xmp", "2019/Beach days/sea.jpg.xmp", "Mixed/slip.jpg.xmp"}


def said(path: Path) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    tags = said_before(path.read_bytes())
    return tags.description, tags.keywords, tags.hierarchy


def test_the_last_run_is_tagged_where_its_photos_lie(home: Home) -> None:
    home.organize()
    result = home.tag()
    assert result.outcome and result.outcome.written == 4 and result.plan.wordless == 1
    assert home.sidecars() == ALL and home.sidecars(home.source) == set()
    assert said(home.out / "Animals/dog.jpg.xmp") == (
        "a photo of a dog, probably a beagle",
        ("dog", "beagle", "Animals"),
        ("photosort|Animals|dog", "photosort|Animals|beagle"),
    )
    assert said(home.out / "Animals/cat.png.xmp") == (
        "a photo of an animal, maybe a cat",
        ("Animals",),
        ("photosort|Animals",),
    )
    assert said(home.out / "2019/Beach days/sea.jpg.xmp") == (
        "two people on a beach",
        ("beach", "Beach days", "2 people"),
        ("photosort|2019|Beach days|beach", "photosort|people|2 people"),
    )
    assert said(home.out / "Mixed/slip.jpg.xmp") == ("a receipt", ("receipt",), ("photosort|kind|receipt",))


def test_a_dry_run_writes_nothing(home: Home) -> None:
    home.organize()
    before = tree(home.out)
    result = home.tag(dry_run=True)
    assert len(result.plan.writes) == 4 and result.run is None
    assert tree(home.out) == before and len(past_runs(home.settings.data_dir)) == 1


def test_twice_is_once(home: Home) -> None:
    home.organize()
    home.tag()
    before = tree(home.out)
    again = home.tag()
    assert (again.run, again.plan.writes, again.plan.unchanged) == (None, [], 4)
    assert tree(home.out) == before


def test_a_no_ends_it_before_the_first_file(home: Home) -> None:
    home.organize()
    before = tree(home.out)

    def refuse(plan: object) -> None:
        raise Declined("Nothing was done")

    with pytest.raises(Declined):
        tag(home.settings, TagWish(), review=refuse)
    assert tree(home.out) == before


def test_the_photos_and_their_times_are_not_touched(home: Home) -> None:
    home.organize()
    before = tree(home.out)
    home.tag()
    after = tree(home.out)
    assert {name: after[name] for name in before} == before


def test_originals_are_tagged_where_they_lie(home: Home) -> None:
    home.organize(file=False)
    with pytest.raises(NothingToTag, match="was a preview and has put no photo anywhere"):
        home.tag()
    home.tag(home.source)
    assert home.sidecars(home.source) == {"dog.jpg.xmp", "cat.png.xmp", "sea.jpg.xmp", "slip.jpg.xmp"}
    assert said(home.source / "dog.jpg.xmp")[2][0] == "photosort|Animals|dog"


def test_moved_and_renamed_by_hand_the_folder_that_it_lies_in_counts(home: Home) -> None:
    home.organize()
    (home.out / "Animals").rename(home.out / "Our pets")
    (home.out / "Our pets/dog.jpg").rename(home.out / "Mixed/bello.jpg")
    home.tag()
    assert said(home.out / "Mixed/bello.jpg.xmp")[1] == ("dog", "beagle")
    assert said(home.out / "Our pets/cat.png.xmp")[1] == ("animal", "Our pets")


def test_one_folder_alone(home: Home) -> None:
    home.organize()
    home.tag("beach")
    assert home.sidecars() == {"2019/Beach days/sea.jpg.xmp"}
    with pytest.raises(NothingToTag, match="no path “Flowers”, and no folder of run 1"):
        home.tag("Flowers")
    with pytest.raises(SettingsError, match="may be 2 folders: Animals, Mixed"):
        home.tag("m")


def test_what_cannot_be_tagged_is_said(home: Home, tmp_path: Path) -> None:
    with pytest.raises(NoSuchRun):
        home.tag()
    with pytest.raises(SourceMissing, match="is not a folder"):
        home.tag(home.source / "dog.jpg")
    with pytest.raises(NothingToTag, match="No run has looked at the photos") as error:
        home.tag(home.source)
    assert error.value.exit_code == 35 and "photosort organize DIR --dry-run" in error.value.hint


def test_lightrooms_names(home: Home) -> None:
    home.organize()
    home.tag(convention=Convention.LIGHTROOM)
    assert home.sidecars() == {name.replace(".jpg", "").replace(".png", "") for name in ALL}


def test_undo_and_runs_know_it(home: Home) -> None:
    first = home.organize()
    before = tree(home.out)
    run = home.tag().run
    past = past_runs(home.settings.data_dir)[0]
    assert (past.run.id, past.state, past.photos) == (run, "done", 4)
    way, outcome = undo_run(home.settings.data_dir)
    assert way.run_id == run and isinstance(outcome, Untagged) and outcome.files == 4
    assert tree(home.out) == before
    with pytest.raises(NoSuchRun, match=f"Run {run}, the last one, is undone already.*photosort undo {first}"):
        undo_run(home.settings.data_dir)
    with open_history(home.settings.data_dir) as connection:
        assert Runs(connection).last().id == first
        with pytest.raises(NoSuchRun, match="wrote tags and sorted nothing"):
            Runs(connection).get(run or 0)


@pytest.mark.parametrize("mode", ["copy", "move", "hardlink", "symlink"])
def test_undoing_the_run_itself_takes_its_tags_back_first(home: Home, mode: str) -> None:
    (home.source / "dog.jpg.xmp").write_bytes(b"<a/>" if mode == "symlink" else SIDECAR)
    before = tree(home.source)
    run = home.organize(mode)
    home.tag()
    assert "Animals/dog.jpg.xmp" in home.sidecars()
    _, outcome = undo_run(home.settings.data_dir, run)
    assert outcome.kept == () and not outcome.stopped
    assert tree(home.source) == before
    assert not home.out.exists()


def test_a_sidecar_edited_since_stays_when_its_run_is_undone(home: Home) -> None:
    run = home.organize()
    home.tag()
    edited = home.out / "Animals/dog.jpg.xmp"
    edited.write_bytes(edited.read_bytes() + b"\n")
    _, outcome = undo_run(home.settings.data_dir, run)
    assert [(kept.path, kept.reason) for kept in outcome.kept] == [(edited, "changed since")]  # type: ignore[union-attr]
    assert names(home.out) == ["Animals/dog.jpg.xmp"]
    _, second = undo_run(home.settings.data_dir, run)
    assert [kept.path for kept in second.kept] == [edited]  # type: ignore[union-attr]
    edited.unlink()
    _, third = undo_run(home.settings.data_dir, run)
    assert third.kept == () and not home.out.exists()  # type: ignore[union-attr]
    with pytest.raises(NoSuchRun, match="has been undone already"):
        undo_run(home.settings.data_dir, run)


def test_a_photo_of_a_link_gets_its_sidecar_beside_the_link(home: Home) -> None:
    home.organize("symlink")
    home.tag()
    assert home.sidecars() == ALL and home.sidecars(home.source) == set()


def test_sidecars_travel_with_their_photos_and_the_next_run_sees_no_change(home: Home) -> None:
    home.organize()
    home.tag()
    photo = home.out / "Animals/dog.jpg"
    assert groups_of(home.out.rglob("*"))[photo] == (photo.with_name("dog.jpg.xmp"),)
    with open_history(home.settings.data_dir) as connection:
        standing = standing_at(connection, home.out)
    assert standing and len(standing.photos) == 5 and standing.run == 1


def test_what_stopped_is_finished_or_taken_back(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.organize()
    before = tree(home.out)
    real = TagJournal.mark

    def dies(self: TagJournal, writes: Any, state: Any, reason: str = "") -> None:
        real(self, writes, state, reason)
        if state == "placing":
            raise KeyboardInterrupt

    for finish in (True, False):
        monkeypatch.setattr(TagJournal, "mark", dies)
        with pytest.raises(KeyboardInterrupt):
            home.tag()
        monkeypatch.undo()
        assert past_runs(home.settings.data_dir)[0].state == "cut off"
        if finish:
            _, outcome = resume_run(home.settings.data_dir)
            assert isinstance(outcome, TagOutcome) and outcome.written == 4
            assert home.sidecars() == ALL
        undo_run(home.settings.data_dir)
        assert tree(home.out) == before


def test_it_waits_for_no_other(home: Home) -> None:
    home.organize()
    with hold(home.out, home.settings.data_dir), pytest.raises(Busy):
        home.tag(home.out.parent)
    with open_history(home.settings.data_dir) as connection:
        Journal(connection, 1).turn(FilingState.STOPPED, "full")
    with pytest.raises(Unfinished, match="photosort resume 1"):
        home.tag()


def test_a_disk_that_is_away_is_said(home: Home) -> None:
    home.organize()
    shutil.move(home.out, home.out.with_name("away"))
    with pytest.raises(SourceMissing, match="is not there"):
        home.tag()


def test_a_run_of_tags_is_called_so_where_a_sorted_one_is_wanted(home: Home) -> None:
    data_dir = home.settings.data_dir
    home.organize()
    for older in (home.tag("Animals").run or 0, home.tag().run or 0):
        for ask in (run_to_review, run_to_refine, lambda data, run: destination_run(data, str(run))):
            with pytest.raises(NoSuchRun, match=f"Run {older} wrote tags and sorted nothing"):
                ask(data_dir, older)


def test_names_that_are_no_text(home: Home) -> None:
    if os.name == "nt":
        pytest.skip("Windows has no such names")
    home.organize(file=False)
    odd = Path(os.fsdecode(b"\xff\n-rf.jpg"))
    (home.source / "dog.jpg").rename(home.source / odd)
    result = home.tag(home.source)
    assert result.outcome and result.outcome.failed == ()
    assert (home.source / f"{odd}.xmp").exists()


SIDECAR = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5"/></rdf:RDF></x:xmpmeta>'
)


def test_a_folder_is_tagged_by_the_run_that_filed_to_it(home: Home) -> None:
    home.organize()
    (home.out / "Animals").rename(home.out / "Pets")
    Home(home.source, home.out.with_name("elsewhere"), home.settings).organize()
    home.tag(home.out)
    assert said(home.out / "Pets" / "dog.jpg.xmp")[1] == ("dog", "beagle", "Pets")


def test_a_later_dry_run_does_not_keep_the_last_run_from_its_tags(home: Home) -> None:
    home.organize()
    Home(home.source, home.out.with_name("elsewhere"), home.settings).organize(file=False)
    home.tag()
    assert home.sidecars() == ALL
