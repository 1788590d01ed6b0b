"""Tags are taken back from folders that are not there under their names, and of one run of several."""

from __future__ import annotations

import shutil
from typing import Any

import pytest
from fakes.filing_kit import tree
from fakes.tag_home import Home

from photosort.errors import DestinationError, NoSuchRun
from photosort.filing.journaled.undo import UndoOutcome
from photosort.filing.tagging.take_back import AWAY, Untagged
from photosort.store.history import open_history
from photosort.store.journals.journal import FilingState
from photosort.store.journals.operation import State
from photosort.store.journals.tag_journal import TagJournal
from photosort.workflows.history import past_runs, resume_run, undo_run


def test_a_renamed_folder_keeps_its_sidecars_for_the_next_undo(home: Home) -> None:
    home.organize()
    before = tree(home.out)
    run = home.tag().run
    (home.out / "Animals").rename(home.out / "Pets")
    _, first = undo_run(home.settings.data_dir, run)
    assert isinstance(first, Untagged) and (first.files, first.gone) == (2, 0)
    assert {(kept.path.name, kept.reason) for kept in first.kept} == {("dog.jpg.xmp", AWAY), ("cat.png.xmp", AWAY)}
    assert home.sidecars() == {"Pets/dog.jpg.xmp", "Pets/cat.png.xmp"}
    (home.out / "Pets").rename(home.out / "Animals")
    _, second = undo_run(home.settings.data_dir)
    assert isinstance(second, Untagged) and (second.files, second.gone, second.kept) == (4, 0, ())
    assert tree(home.out) == before


def test_a_write_that_was_cut_off_waits_for_its_folder_too(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.organize()
    before = tree(home.out)
    _killed_after(State.PLACING, monkeypatch, home.tag)
    (home.out / "Animals").rename(home.out / "Pets")
    _, first = undo_run(home.settings.data_dir)
    assert isinstance(first, Untagged) and {kept.reason for kept in first.kept} == {AWAY} and len(first.kept) == 2
    (home.out / "Pets").rename(home.out / "Animals")
    _, second = undo_run(home.settings.data_dir)
    assert isinstance(second, Untagged) and second.kept == ()
    assert tree(home.out) == before


def test_a_run_whose_folder_was_renamed_is_undone_later_with_its_tags(home: Home) -> None:
    originals = tree(home.source)
    run = home.organize("move")
    home.tag()
    (home.out / "Animals").rename(home.out / "Pets")
    _, first = undo_run(home.settings.data_dir, run)
    assert isinstance(first, UndoOutcome) and {"dog.jpg", "dog.jpg.xmp"} <= {kept.path.name for kept in first.kept}
    (home.out / "Pets").rename(home.out / "Animals")
    _, second = undo_run(home.settings.data_dir, run)
    assert isinstance(second, UndoOutcome) and second.kept == ()
    assert tree(home.source) == originals and not home.out.exists()


@pytest.mark.parametrize("of_tags", [True, False])
def test_a_folder_that_is_away_leaves_all_tags_as_they_are(home: Home, of_tags: bool) -> None:
    filed = home.organize("move")
    tagged = home.tag().run
    full = tree(home.out)
    away = home.out.with_name("away")
    shutil.move(home.out, away)
    with pytest.raises(DestinationError, match=r"is not there.*Connect its disk"):
        undo_run(home.settings.data_dir, tagged if of_tags else filed)
    shutil.move(away, home.out)
    assert tree(home.out) == full and past_runs(home.settings.data_dir)[0].state == "done"
    _, back = undo_run(home.settings.data_dir, tagged)
    assert isinstance(back, Untagged) and (back.files, back.kept) == (4, ())


def test_resuming_waits_for_the_folder(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.organize()
    _killed_after(State.PLACING, monkeypatch, home.tag)
    away = home.out.with_name("away")
    shutil.move(home.out, away)
    with pytest.raises(DestinationError, match="photosort resume 2"):
        resume_run(home.settings.data_dir)
    shutil.move(away, home.out)
    resume_run(home.settings.data_dir)
    assert len(home.sidecars()) == 4


def test_copies_that_the_user_has_removed_are_gone_with_their_tags(home: Home) -> None:
    run = home.organize()
    home.tag()
    shutil.rmtree(home.out)
    _, outcome = undo_run(home.settings.data_dir, run)
    assert isinstance(outcome, UndoOutcome) and (outcome.gone, outcome.kept) == (5, ())
    assert [past.state for past in past_runs(home.settings.data_dir)] == ["undone", "undone"]
    with pytest.raises(NoSuchRun, match=r"nothing to undo|undone already"):
        undo_run(home.settings.data_dir)


def test_an_undo_that_is_cut_off_in_the_tags_leaves_those_of_other_runs(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = home.organize()
    elsewhere = Home(home.source, home.out.with_name("elsewhere"), home.settings)
    elsewhere.organize()
    tagged = home.tag(home.out.parent).run
    others = tree(elsewhere.out)
    data_dir = home.settings.data_dir
    _killed_after(State.UNDOING, monkeypatch, lambda: undo_run(data_dir, first))
    with pytest.raises(NoSuchRun, match="No run was interrupted"):
        resume_run(data_dir)
    assert tree(elsewhere.out) == others and (home.out / "Animals/dog.jpg").exists()
    _, outcome = undo_run(data_dir, first)
    assert isinstance(outcome, UndoOutcome) and outcome.kept == () and not home.out.exists()
    assert tree(elsewhere.out) == others
    with open_history(data_dir) as connection:
        assert TagJournal(connection, tagged or 0).tagging.state is FilingState.DONE
    _, rest = undo_run(data_dir, tagged)
    assert isinstance(rest, Untagged) and rest.kept == () and elsewhere.sidecars() == set()


def _killed_after(wanted: State, monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    """Stop the process right after the journal has this state of files."""
    real = TagJournal.mark

    def dies(self: TagJournal, writes: Any, state: State, reason: str = "") -> None:
        real(self, writes, state, reason)
        if state is wanted:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(TagJournal, "mark", dies)
        with pytest.raises(KeyboardInterrupt):
            act()
