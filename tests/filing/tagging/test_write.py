"""Tags are written beside photos and taken back, byte for byte; what somebody changed meanwhile is kept."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.filing_kit import names, open_runs, tree, write
from fakes.tag_kit import RUN, TAGS, begin, plan_tags, tag

from photosort.errors import NoSuchRun
from photosort.filing.disk import replacing
from photosort.filing.tagging.take_back import untag
from photosort.filing.tagging.write import resume_tags, write_tags
from photosort.photos.tags.xmp import Tags, merged, said_before
from photosort.store.journals.journal import FilingState
from photosort.store.journals.operation import State
from photosort.store.journals.tag_journal import TagJournal
from photosort.workflows.tagging.plan import Convention

USERS = merged(None, Tags("Bello on the beach", ("Bello",), ())).replace(b"urn:photosort", b"urn:somebody")
FILES = {
    "a/IMG_1.JPG": "one",
    "a/IMG_2.JPG": "two",
    "a/IMG_2.JPG.xmp": USERS,
    "b/IMG_3.JPG": "three",
    "b/IMG_3.NEF": "raw of three",
    "b/IMG_3.xmp": USERS.replace(b"Bello", b"Rex"),
    "-b\nc/-rf.jpg": "a name like an option",
}
OTHER = Tags("a cat", ("cat",), ("photosort|cat",))


@pytest.fixture(params=["exchanged", "stepping aside"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways to replace a file."""
    if request.param == "stepping aside":
        monkeypatch.setattr(replacing, "native_exchange", lambda: None)
    elif replacing.native_exchange() is None:
        pytest.skip("this system cannot exchange two names")
    return str(request.param)


def test_tags_come_and_go(source: Path, connection: sqlite3.Connection, tmp_path: Path, disk: str) -> None:
    before = tree(source)
    outcome = tag(source, tmp_path / "data" / "runs.sqlite")
    assert (outcome.written, outcome.photos, outcome.failed, outcome.stopped) == (4, 4, (), "")
    new = ["-b\nc/-rf.jpg.xmp", "a/IMG_1.JPG.xmp"]
    assert names(source) == sorted([*FILES, *new])
    changed = {"a/IMG_2.JPG.xmp", "b/IMG_3.xmp", *new}
    after = tree(source)
    assert {name for name in after if before.get(name) != after[name]} == {f"0/{name}" for name in changed}
    for name in changed:
        assert "狗" in said_before((source / name).read_bytes()).keywords
    assert b"Bello" in (source / "a/IMG_2.JPG.xmp").read_bytes()

    back = untag(connection, RUN)
    assert (back.files, back.gone, back.kept, back.stopped) == (4, 0, (), "")
    assert tree(source) == before
    with pytest.raises(NoSuchRun, match="undone already"):
        untag(connection, RUN)


def test_the_second_time_nothing_is_planned(source: Path, tmp_path: Path) -> None:
    tag(source, tmp_path / "data" / "runs.sqlite")
    plan = plan_tags(source)
    assert plan.writes == [] and plan.unchanged == 4


def test_runs_are_taken_back_in_their_order(source: Path, connection: sqlite3.Connection, tmp_path: Path) -> None:
    database = tmp_path / "data" / "runs.sqlite"
    before = tree(source)
    tag(source, database)
    between = tree(source)
    tag(source, database, RUN + 1, OTHER)
    older = untag(connection, RUN)
    assert {kept.reason for kept in older.kept} == {"changed since"} and len(older.kept) == 4
    assert untag(connection, RUN + 1).files == 4
    assert tree(source) == between
    assert untag(connection, RUN).kept == ()
    assert tree(source) == before


def test_a_sidecar_is_as_private_as_its_photo(source: Path, tmp_path: Path) -> None:
    tag(source, tmp_path / "data" / "runs.sqlite")
    for name in ("a/IMG_1.JPG.xmp", "a/IMG_2.JPG.xmp"):
        assert stat.S_IMODE((source / name).stat().st_mode) == 0o640


def test_a_hard_linked_sidecar_leaves_the_other_file_alone(
    source: Path, connection: sqlite3.Connection, tmp_path: Path, disk: str
) -> None:
    other = tmp_path / "other.xmp"
    other.hardlink_to(source / "a/IMG_2.JPG.xmp")
    tag(source, tmp_path / "data" / "runs.sqlite")
    assert other.read_bytes() == USERS
    untag(connection, RUN)
    assert other.read_bytes() == (source / "a/IMG_2.JPG.xmp").read_bytes() == USERS


def test_what_changed_since_the_plan_is_left(source: Path, connection: sqlite3.Connection) -> None:
    journal = begin(connection, source)
    (source / "a/IMG_2.JPG.xmp").write_bytes(b"edited")
    (source / "a/IMG_1.JPG.xmp").write_bytes(b"new")
    (source / "b/IMG_3.JPG").rename(source / "b/renamed.jpg")
    outcome = write_tags(journal)
    assert {remark.path.name: remark.reason for remark in outcome.failed} == {
        "IMG_2.JPG.xmp": "changed since it was looked at",
        "IMG_1.JPG.xmp": "a sidecar of that name has appeared",
        "IMG_3.xmp": "its photo is no longer there",
    }
    assert outcome.written == 1
    assert (source / "a/IMG_2.JPG.xmp").read_bytes() == b"edited"
    assert (source / "a/IMG_1.JPG.xmp").read_bytes() == b"new"


def test_what_the_user_did_to_sidecars_since_is_kept(source: Path, connection: sqlite3.Connection) -> None:
    write_tags(begin(connection, source))
    (source / "a/IMG_1.JPG.xmp").write_bytes(b"edited")
    (source / "a/IMG_2.JPG.xmp").unlink()
    back = untag(connection, RUN)
    assert (back.files, back.gone) == (2, 1)
    assert [(kept.path.name, kept.reason) for kept in back.kept] == [("IMG_1.JPG.xmp", "changed since")]
    assert (source / "a/IMG_1.JPG.xmp").read_bytes() == b"edited"
    assert not (source / "a/IMG_2.JPG.xmp").exists()


def test_an_edit_at_the_moment_of_the_exchange_wins(
    source: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, disk: str
) -> None:
    """Somebody saves the sidecar between the last look at it and the exchange of the names."""
    swap = replacing._swap

    def late(new: Path, aside: Path, place: Path) -> Path:
        if place.name == "IMG_2.JPG.xmp" and b"edited" not in new.read_bytes() + place.read_bytes():
            place.write_bytes(b"edited")
        return swap(new, aside, place)

    monkeypatch.setattr(replacing, "_swap", late)
    outcome = write_tags(begin(connection, source))
    assert [remark.path.name for remark in outcome.failed] == ["IMG_2.JPG.xmp"]
    assert (source / "a/IMG_2.JPG.xmp").read_bytes() == b"edited"
    assert not [name for name in names(source) if name.endswith(".part")]


def test_a_full_disk_stops_in_good_order(
    small_disk: Callable[[int, str], Path], connection: sqlite3.Connection
) -> None:
    folder = write(small_disk(160, ""), {f"IMG_{number}.JPG": "x" for number in range(12)})
    before = tree(folder)
    (folder / "filler").write_bytes(bytes(80 << 10))
    journal = begin(connection, folder)
    outcome = write_tags(journal)
    assert outcome.stopped and 0 < outcome.written < 12
    assert journal.tagging.state is FilingState.STOPPED
    assert not [name for name in names(folder) if name.endswith(".part")]
    (folder / "filler").unlink()
    assert resume_tags(connection, RUN).written == 12
    untag(connection, RUN)
    assert tree(folder) == before


def test_a_read_only_folder_fails_by_itself(source: Path, connection: sqlite3.Connection) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    (source / "a").chmod(0o500)
    try:
        outcome = write_tags(begin(connection, source))
    finally:
        (source / "a").chmod(0o700)
    assert {remark.reason for remark in outcome.failed} == {"permission denied"} and outcome.written == 2


def test_a_folder_that_is_swapped_for_a_link_gets_nothing(
    source: Path, connection: sqlite3.Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = write(tmp_path / "elsewhere", {"IMG_2.JPG": "two", "IMG_2.JPG.xmp": USERS})
    journal = begin(connection, source)
    real = TagJournal.mark

    def swapped(self: TagJournal, writes: object, state: State, reason: str = "") -> None:
        real(self, writes, state, reason)  # type: ignore[arg-type]
        if state is State.PLACING:
            (source / "a").rename(tmp_path / "away")
            (source / "a").symlink_to(elsewhere)

    monkeypatch.setattr(TagJournal, "mark", swapped)
    before = tree(elsewhere)
    outcome = write_tags(journal)
    monkeypatch.undo()
    assert tree(elsewhere) == before
    assert {remark.reason for remark in outcome.failed} == {"its folder was replaced while the run was on"}


@pytest.mark.parametrize(
    ("files", "convention", "written"),
    [
        (["IMG_1.JPG"], None, ["IMG_1.JPG.xmp"]),
        (["IMG_1.JPG"], Convention.LIGHTROOM, ["IMG_1.xmp"]),
        (["IMG_1.JPG", "IMG_1.xmp"], None, ["IMG_1.xmp"]),
        (["IMG_1.JPG", "IMG_1.JPG.xmp"], Convention.LIGHTROOM, ["IMG_1.xmp"]),
        (["IMG_1.JPG", "IMG_1.XMP", "img_1.jpg.xmp"], None, ["IMG_1.XMP", "img_1.jpg.xmp"]),
        (["IMG_1.JPG", "IMG_1.NEF"], None, ["IMG_1.JPG.xmp", "IMG_1.NEF.xmp"]),
        (["IMG_1.JPG", "IMG_1.NEF"], Convention.LIGHTROOM, ["IMG_1.xmp"]),
        (["IMG_1.JPG", "IMG_1.NEF", "IMG_1.NEF.xmp"], None, ["IMG_1.JPG.xmp", "IMG_1.NEF.xmp"]),
        (["IMG_1.NEF", "IMG_1_01.NEF.xmp"], None, ["IMG_1.NEF.xmp"]),
    ],
)
def test_sidecars_are_called_as_the_programs_call_them(
    tmp_path: Path, files: list[str], convention: Convention | None, written: list[str]
) -> None:
    folder = write(tmp_path / "photos", {name: USERS if name.lower().endswith("xmp") else name for name in files})
    plan = plan_tags(folder, TAGS, convention)
    assert sorted(write.path.name for write in plan.writes) == written


def test_a_sidecar_that_is_no_xmp_is_left_and_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "photos", {"a.jpg": "a", "a.jpg.xmp": "<broken", "b.jpg": "b", "c.jpg": "c"})
    (folder / "b.jpg.xmp").symlink_to(folder / "a.jpg.xmp")
    (folder / "c.jpg.xmp").mkdir()
    plan = plan_tags(folder)
    assert {left.path.name: left.reason for left in plan.left} == {
        "a.jpg.xmp": "it is no well-formed XML",
        "b.jpg.xmp": "it is a symbolic link",
        "c.jpg.xmp": "it is no file",
    }
    assert plan.writes == []


def test_a_fault_between_states_is_met_again(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk flushes no folder any more: nothing is claimed to be done."""
    connection = open_runs(tmp_path / "runs", RUN)
    journal = begin(connection, source)

    def refuse(folder: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(replacing, "sync_folder", refuse)
    outcome = write_tags(journal)
    assert "the disk reports an error" in outcome.stopped
    monkeypatch.undo()
    assert resume_tags(connection, RUN).written == 4
    assert journal.writes(State.PLACING) == []
    connection.close()
