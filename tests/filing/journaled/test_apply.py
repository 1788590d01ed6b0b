"""Plans carried out on real files."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import subprocess
import tempfile
import unicodedata
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from filing_kit import digests, names, open_runs, organize, photos_in, plan_for, sha, tree, write
from killable import Killable

from photosort.errors import DestinationError, StoreError
from photosort.filing.journaled import executor
from photosort.filing.journaled.apply import apply
from photosort.filing.journaled.resume import resume
from photosort.filing.journaled.undo import undo
from photosort.filing.plan.model import Mode
from photosort.store.journals.journal import FilingState, Journal, unfinished
from photosort.store.journals.operation import Operation, State
from photosort.support.progress import Bytes

FILES = {
    "a/IMG_1.JPG": "one",
    "a/IMG_1.xmp": "sidecar of one",
    "b/IMG_1.JPG": "two",
    "b/img_1.jpg.xmp": "sidecar of two",
    "c/IMG_2.HEIC": "three",
    "c/IMG_2.MOV": "film of three",
    "notes.txt": "not a photo",
}


def one_folder(source: Path, destination: Path, mode: Mode | str = Mode.COPY) -> object:
    return plan_for(source, destination, mode, labels=[0] * len(photos_in(source)), folders=("Dogs",))


PLACED = {
    "Dogs/IMG_1.JPG": "one",
    "Dogs/IMG_1.xmp": "sidecar of one",
    "Dogs/IMG_1 (2).JPG": "two",
    "Dogs/img_1 (2).jpg.xmp": "sidecar of two",
    "Dogs/IMG_2.HEIC": "three",
    "Dogs/IMG_2.MOV": "film of three",
}


@pytest.mark.parametrize("far", [False, True], ids=["same-disk", "other-disk"])
@pytest.mark.parametrize("mode", list(Mode))
def test_every_mode_files_everything_and_undo_reverts_it(
    source: Path,
    tmp_path: Path,
    connection: sqlite3.Connection,
    mode: Mode,
    far: bool,
    request: pytest.FixtureRequest,
) -> None:
    if far and mode is Mode.HARDLINK:
        pytest.skip("hard links do not reach other disks")
    out = (request.getfixturevalue("other_disk") if far else tmp_path) / "out"
    before = tree(source)
    seen: list[tuple[object, ...]] = []
    outcome = apply(one_folder(source, out, mode), 1, connection, progress=lambda *step: seen.append(step))
    assert (outcome.files, outcome.photos, outcome.failed, outcome.stopped) == (6, 3, (), "")
    assert outcome.size == sum(len(content) for content in PLACED.values())
    assert {name: (out / name).read_text() for name in names(out)} == PLACED
    if mode is Mode.MOVE:
        assert names(source) == ["notes.txt"]
    else:
        assert tree(source) == before
    for name in PLACED:
        assert (out / name).is_symlink() == (mode is Mode.SYMLINK)
    size = sum(len(content) for content in PLACED.values())
    assert seen[-1] == ("filing", 6, 6, Bytes(size, size) if mode in (Mode.COPY, Mode.MOVE) else None)
    copies = mode is Mode.COPY or (far and mode is Mode.MOVE)
    assert list(dict.fromkeys(step[1] for step in seen)) == ([0, 1, 2, 3, 4, 5, 6] if copies else [0, 6])
    assert unfinished(connection) == []

    back = undo(connection, 1)
    assert (back.files, back.kept, back.folders) == (6, (), 2)
    assert tree(source) == before
    assert not out.exists()


@pytest.mark.parametrize("far", [False, True], ids=["same-disk", "other-disk"])
@pytest.mark.parametrize("mode", [Mode.COPY, Mode.MOVE])
def test_times_permissions_and_attributes_are_kept(
    source: Path,
    tmp_path: Path,
    connection: sqlite3.Connection,
    mode: Mode,
    far: bool,
    request: pytest.FixtureRequest,
) -> None:
    out = (request.getfixturevalue("other_disk") if far else tmp_path) / "out"
    original = source / "c" / "IMG_2.HEIC"
    original.chmod(0o604)
    attributes = hasattr(os, "setxattr")
    if attributes:
        os.setxattr(original, "user.tag", b"Grandma")
    before = original.stat()
    apply(one_folder(source, out, mode), 1, connection)
    after = (out / "Dogs" / "IMG_2.HEIC").stat()
    assert (after.st_mtime_ns, after.st_mode) == (before.st_mtime_ns, before.st_mode)
    if attributes:
        assert os.getxattr(out / "Dogs" / "IMG_2.HEIC", "user.tag") == b"Grandma"


def test_the_plan_is_journaled_before_the_first_file(
    source: Path, tmp_path: Path, connection: sqlite3.Connection
) -> None:
    plan = one_folder(source, tmp_path / "out", Mode.MOVE)
    before = tree(source)

    def stop(*step: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply(plan, 1, connection, progress=stop)
    assert tree(source) == before
    rows = Journal(connection, 1).operations(State.PLANNED)
    assert [(r.source, r.destination, r.size, r.mtime_ns, r.digest) for r in rows] == [
        (f.source, f.destination, f.size, f.mtime_ns, f.digest) for f in plan.files
    ]
    assert unfinished(connection)[0].state is FilingState.APPLYING


def test_a_second_run_places_nothing_twice(source: Path, tmp_path: Path) -> None:
    out, database = tmp_path / "out", tmp_path / "data" / "runs.sqlite"
    organize(source, out, database)
    before = tree(tmp_path / "in", out)
    outcome = organize(source, out, database, run_id=2)
    assert (outcome.files, outcome.there, outcome.failed) == (0, 6, ())
    assert tree(tmp_path / "in", out) == before


def test_equal_photos_of_one_name_become_one_file(tmp_path: Path, connection: sqlite3.Connection) -> None:
    source = write(tmp_path / "in", {"a/I.JPG": "same", "b/I.JPG": "same"})
    outcome = apply(one_folder(source, tmp_path / "out", Mode.MOVE), 1, connection)
    assert (outcome.files, outcome.there) == (1, 1)
    assert (names(source), names(tmp_path / "out")) == (["b/I.JPG"], ["Dogs/I.JPG"])


def test_a_twin_takes_the_place_of_one_that_failed(tmp_path: Path, connection: sqlite3.Connection) -> None:
    source = write(tmp_path / "in", {"a/I.JPG": "same", "b/I.JPG": "same"})
    plan = one_folder(source, tmp_path / "out")
    (source / "a" / "I.JPG").unlink()
    outcome = apply(plan, 1, connection)
    assert (outcome.files, outcome.there, [f.reason for f in outcome.failed]) == (1, 0, ["no longer there"])
    assert names(tmp_path / "out") == ["Dogs/I.JPG"]


@pytest.mark.parametrize("mode", list(Mode))
def test_odd_names_come_through(tmp_path: Path, connection: sqlite3.Connection, mode: Mode) -> None:
    odd = [
        "-rf.jpg",
        "a\nb.jpg",
        "\udcff\udcfe.jpg",
        unicodedata.normalize("NFD", "Éa.jpg"),
        "\u202egpj.jpg",
        "🐕.jpg",
    ]
    odd += [
        "CON.jpg",
        " .jpg",
        "x" * 250 + ".jpg",
        "'; DROP TABLE runs; --.jpg",
        "%s{0}.jpg",
        "a.JPG",
        "A.jpg",
    ]
    try:
        source = write(tmp_path / "in", {name: name.encode(errors="surrogateescape") for name in odd})
    except (OSError, UnicodeEncodeError):
        pytest.skip("this disk does not take all of these names")
    before = tree(source)
    outcome = apply(one_folder(source, tmp_path / "out", mode), 1, connection)
    assert (outcome.files, outcome.failed) == (len(odd), ())
    placed = {path.name for path in (tmp_path / "out" / "Dogs").iterdir()}
    assert placed == {*odd} - {"a.JPG"} | {"a (2).JPG"}
    undo(connection, 1)
    assert tree(source) == before


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.MOVE])
def test_a_failed_group_with_undecodable_names_is_reported(
    tmp_path: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    photo, sidecar = os.fsdecode(b"caf\xe9\n.jpg"), os.fsdecode(b"caf\xe9\n.xmp")
    source = write(tmp_path / "odd", {photo: "one", sidecar: "sidecar", "b.jpg": "two"})
    plan = one_folder(source, tmp_path / "out", mode)
    (source / sidecar).write_text("edited since")
    outcome = apply(plan, 1, connection)
    assert [(left.path.name, left.reason) for left in outcome.failed] == [
        (photo, r"stays with caf\udce9\n.xmp: changed since it was looked at"),
        (sidecar, "changed since it was looked at"),
    ]
    assert (outcome.files, unfinished(connection)) == (1, [])
    assert undo(connection, 1).kept == ()
    assert names(source) == sorted(["b.jpg", photo, sidecar])


def test_a_destination_that_cannot_be_made_is_named_in_any_name(
    source: Path, tmp_path: Path, connection: sqlite3.Connection
) -> None:
    out = tmp_path / os.fsdecode(b"caf\xe9\x1b[2J")
    plan = one_folder(source, out)
    out.symlink_to(tmp_path / "unplugged")
    assert apply(plan, 1, connection).stopped.startswith(rf"{tmp_path}/caf\udce9\x1b[2J: ")
    out.unlink()
    assert resume(connection, 1).files == 6


@pytest.mark.parametrize("mode", list(Mode))
def test_a_photo_changed_since_the_plan_stays(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    plan = one_folder(source, tmp_path / "out", mode)
    write(source, {"a/IMG_1.xmp": "an edit since then"})
    before = tree(source / "a")
    outcome = apply(plan, 1, connection)
    assert {(f.path.name, f.reason) for f in outcome.failed} == {
        ("IMG_1.JPG", "stays with IMG_1.xmp: changed since it was looked at"),
        ("IMG_1.xmp", "changed since it was looked at"),
    }
    assert outcome.files == 4
    assert tree(source / "a") == before
    assert not (tmp_path / "out" / "Dogs" / "IMG_1.JPG").exists()


@pytest.mark.parametrize("mode", list(Mode))
def test_a_photo_that_vanished_since_the_plan_is_named(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    plan = one_folder(source, tmp_path / "out", mode)
    (source / "b" / "IMG_1.JPG").unlink()
    outcome = apply(plan, 1, connection)
    assert [f.reason for f in outcome.failed] == ["no longer there", "stays with IMG_1.JPG: no longer there"]
    assert outcome.files == 4 and (source / "b" / "img_1.jpg.xmp").exists()


@pytest.mark.parametrize("far", [False, True], ids=["same-disk", "other-disk"])
@pytest.mark.parametrize("mode", list(Mode))
def test_a_file_that_appears_meanwhile_is_not_overwritten(
    source: Path,
    tmp_path: Path,
    connection: sqlite3.Connection,
    mode: Mode,
    far: bool,
    request: pytest.FixtureRequest,
) -> None:
    if far and mode is Mode.HARDLINK:
        pytest.skip("hard links do not reach other disks")
    out = (request.getfixturevalue("other_disk") if far else tmp_path) / "out"
    plan = one_folder(source, out, mode)
    write(out, {"Dogs/IMG_2.MOV": "a stranger"})
    before = tree(source / "c")
    outcome = apply(plan, 1, connection)
    assert (out / "Dogs" / "IMG_2.MOV").read_text() == "a stranger"
    assert {f.path.name for f in outcome.failed} == {"IMG_2.HEIC", "IMG_2.MOV"}
    assert tree(source / "c") == before
    assert sorted(names(out)) == sorted({*PLACED} - {"Dogs/IMG_2.HEIC"})


@pytest.mark.parametrize("far", [False, True], ids=["same-disk", "other-disk"])
@pytest.mark.parametrize("mode", list(Mode))
def test_a_name_taken_meanwhile_takes_the_group_back(
    source: Path,
    tmp_path: Path,
    connection: sqlite3.Connection,
    monkeypatch: pytest.MonkeyPatch,
    mode: Mode,
    far: bool,
    request: pytest.FixtureRequest,
) -> None:
    """The name was free when it was looked at and is not when the file comes."""
    if far and mode is Mode.HARDLINK:
        pytest.skip("hard links do not reach other disks")
    out = (request.getfixturevalue("other_disk") if far else tmp_path) / "out"
    plan = one_folder(source, out, mode)
    mark = Journal.mark
    strangers: list[os.stat_result] = []

    def marking(self: Journal, operations: object, state: State, reason: str = "") -> None:
        mark(self, operations, state, reason)  # type: ignore[arg-type]
        if state is State.PLACING:
            write(out, {"Dogs/IMG_2.MOV": "film of three"})
            strangers.append((out / "Dogs" / "IMG_2.MOV").lstat())

    monkeypatch.setattr(Journal, "mark", marking)
    before = tree(source / "c")
    outcome = apply(plan, 1, connection)
    assert tree(source / "c") == before
    assert os.path.samestat((out / "Dogs" / "IMG_2.MOV").lstat(), strangers[0])
    assert not (out / "Dogs" / "IMG_2.HEIC").exists()
    assert outcome.files == 4
    assert not [name for name in names(out) if ".photosort" in name]


@pytest.mark.parametrize("mode", list(Mode))
def test_what_lay_there_before_is_never_in_doubt(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch, mode: Mode
) -> None:
    """Even an equal file is a stranger's: were it written down as on its way, an undo would take it for ours."""
    plan = one_folder(source, tmp_path / "out", mode)
    write(tmp_path / "out", {"Dogs/IMG_2.MOV": "film of three"})
    mark = Journal.mark
    placing: list[str] = []

    def marking(self: Journal, operations: Iterable[Operation], state: State, reason: str = "") -> None:
        operations = list(operations)
        placing.extend(operation.source.name for operation in operations if state is State.PLACING)
        mark(self, operations, state, reason)

    monkeypatch.setattr(Journal, "mark", marking)
    assert apply(plan, 1, connection).files == 4
    assert len(placing) == 4 and not {"IMG_2.HEIC", "IMG_2.MOV"} & {*placing}


def test_a_photo_that_became_a_link_is_not_moved(source: Path, tmp_path: Path, connection: sqlite3.Connection) -> None:
    plan = one_folder(source, tmp_path / "out", Mode.MOVE)
    original = source / "b" / "IMG_1.JPG"
    original.rename(tmp_path / "kept elsewhere.jpg")
    original.symlink_to(tmp_path / "kept elsewhere.jpg")
    outcome = apply(plan, 1, connection)
    assert "has become a symbolic link" in [failed.reason for failed in outcome.failed]
    assert original.is_symlink() and original.read_text() == "two"


@pytest.fixture
def placed(source: Path, other_disk: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A move to another disk, cut off where every copy has its name and no original is gone; the destination."""
    mark = Journal.mark

    def marking(self: Journal, operations: object, state: State, reason: str = "") -> None:
        mark(self, operations, state, reason)  # type: ignore[arg-type]
        if state is State.PLACED:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(Journal, "mark", marking)
        apply(one_folder(source, other_disk / "out", Mode.MOVE), 1, connection)
    return other_disk / "out"


def test_an_original_that_changed_before_resume_stays(
    source: Path, placed: Path, connection: sqlite3.Connection
) -> None:
    original = source / "c" / "IMG_2.MOV"
    original.write_text("edited")
    resume(connection, 1)
    assert original.read_text() == "edited"
    assert names(source) == ["c/IMG_2.HEIC", "c/IMG_2.MOV", "notes.txt"]


def test_resuming_a_move_over_linked_folders_loses_none(
    source: Path, placed: Path, connection: sqlite3.Connection
) -> None:
    for folder in "abc":
        shutil.rmtree(source / folder)
        (source / folder).symlink_to(placed / "Dogs")
    before = digests(placed)
    assert resume(connection, 1).files == 4, "of two that were called alike, one finds the other in its place"
    assert digests(placed) == before and len(before) == 6


def test_a_disk_that_is_not_there_is_not_made_again_by_a_resume(
    source: Path, placed: Path, connection: sqlite3.Connection
) -> None:
    before = tree(source)
    placed.rename(placed.with_name("unplugged"))
    with pytest.raises(DestinationError, match="is not there"):
        resume(connection, 1)
    assert tree(source) == before and not placed.exists()
    placed.with_name("unplugged").rename(placed)
    assert resume(connection, 1).files == 6
    assert names(source) == ["notes.txt"]


def test_a_resume_flushes_what_it_finds_before_it_goes_on(
    source: Path, placed: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed right after the names were given: nobody knows whether they are durable."""
    journal = Journal(connection, 1)
    journal.mark(journal.operations(State.PLACED), State.PLACING)
    flushed: list[Path] = []

    def flushing(folder: Path) -> None:
        assert (source / "c" / "IMG_2.HEIC").exists()
        flushed.append(folder)

    monkeypatch.setattr("photosort.filing.journaled.resume.sync_folder", flushing)
    assert resume(connection, 1).files == 6
    assert flushed == [placed / "Dogs"] * 6


def test_an_original_goes_after_its_copy_is_durable(
    source: Path, other_disk: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not Path("/proc/self/fd").is_dir():
        pytest.skip("needs /proc to see what is flushed")
    events: list[tuple[str, str]] = []
    fsync, unlink, placing = os.fsync, os.unlink, executor.rename_exclusive

    def flushing(descriptor: int) -> None:
        events.append(("flush", str(Path(f"/proc/self/fd/{descriptor}").readlink())))
        fsync(descriptor)

    def removing(path: Path, **options: object) -> None:
        events.append(("remove", str(path)))
        unlink(path)

    def naming(old: Path, new: Path) -> None:
        assert events.count(("flush", os.path.realpath(old))) == 2, "content and attributes"
        events.append(("name", os.path.realpath(new)))
        placing(old, new)

    monkeypatch.setattr(os, "fsync", flushing)
    monkeypatch.setattr(os, "unlink", removing)
    monkeypatch.setattr(executor, "rename_exclusive", naming)
    apply(one_folder(source, other_disk / "out", Mode.MOVE), 1, connection)
    monkeypatch.undo()
    removals = [
        number for number, (what, path) in enumerate(events) if what == "remove" and path.startswith(str(source))
    ]
    last_name = max(number for number, (what, _) in enumerate(events) if what == "name")
    folder_flush = events.index(("flush", str(other_disk / "out" / "Dogs")), last_name)
    assert len(removals) == 6 and min(removals) > folder_flush > last_name
    for folder in "abc":
        assert ("flush", str(source / folder)) in events[max(removals) :], "the removals are durable as well"


@pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])
def test_a_copy_is_durable_before_it_gets_its_name(
    source: Path,
    tmp_path: Path,
    connection: sqlite3.Connection,
    monkeypatch: pytest.MonkeyPatch,
    together: bool,
) -> None:
    durable: set[Path] = set()
    sync_file, placing = executor.sync_file, executor.rename_exclusive

    def flush_disk(descriptor: int) -> bool:
        if together:
            durable.update((tmp_path / "out").rglob("*.part"))
        return together

    def flush_file(path: Path) -> None:
        sync_file(path)
        durable.add(Path(os.path.realpath(path)))

    def naming(old: Path, new: Path) -> None:
        assert Path(os.path.realpath(old)) in durable
        placing(old, new)

    monkeypatch.setattr(executor, "sync_disk", flush_disk)
    monkeypatch.setattr(executor, "sync_file", flush_file)
    monkeypatch.setattr(executor, "rename_exclusive", naming)
    assert apply(one_folder(source, tmp_path / "out"), 1, connection).files == 6


def test_a_copy_that_the_disk_does_not_take_fails_alone(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    sync_file = executor.sync_file

    def failing(path: Path) -> None:
        if path.read_bytes() == b"film of three":
            raise OSError(errno.EIO, "Input/output error")
        sync_file(path)

    monkeypatch.setattr(executor, "sync_disk", lambda descriptor: False)
    monkeypatch.setattr(executor, "sync_file", failing)
    outcome = apply(one_folder(source, tmp_path / "out"), 1, connection)
    assert {failed.reason for failed in outcome.failed} == {
        "the disk reports an error",
        "stays with IMG_2.MOV: the disk reports an error",
    }
    assert len(names(tmp_path / "out")) == 4


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.MOVE])
def test_a_full_disk_stops_the_run_and_it_can_be_resumed(
    tmp_path: Path, connection: sqlite3.Connection, small_disk: Callable[..., Path], mode: Mode
) -> None:
    source = write(tmp_path / "in", {f"{n}/IMG.JPG": bytes([n]) * 20_000 for n in range(20)})
    out = small_disk(600)
    plan = one_folder(source, out / "out", mode)
    (out / "filler").write_bytes(bytes(400_000))
    before = digests(source)
    outcome = apply(plan, 1, connection)
    assert "no space left" in outcome.stopped
    assert 0 < outcome.files < 20 and outcome.failed == ()
    assert {*before} <= {*digests(source, out / "out")}
    assert not [name for name in names(out) if ".photosort" in name]
    assert unfinished(connection)[0].state is FilingState.STOPPED
    (out / "filler").unlink()
    assert resume(connection, 1).files == 20
    assert digests(out / "out") == before
    assert names(source) == ([] if mode is Mode.MOVE else sorted(names(source)))
    undo(connection, 1)
    assert digests(source) == before


def test_a_full_disk_under_the_journal_stops_the_run(
    source: Path, tmp_path: Path, small_disk: Callable[..., Path]
) -> None:
    data = small_disk(300)
    connection = open_runs(data / "runs.sqlite")
    plan = one_folder(source, tmp_path / "out", Mode.MOVE)
    before = digests(source)

    def fill(*step: object) -> None:
        with (data / "filler").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass

    try:
        apply(plan, 1, connection, progress=fill)
        stopped = False
    except StoreError:
        stopped = True
    assert {*before} <= {*digests(source, tmp_path)}
    connection.close()
    (data / "filler").unlink()
    connection = open_runs(data / "runs.sqlite")
    if stopped:
        resume(connection, 1)
    assert {name: (tmp_path / "out" / name).read_text() for name in names(tmp_path / "out")} == PLACED
    connection.close()


def test_a_file_above_the_size_limit_is_left(
    tmp_path: Path, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = pytest.importorskip("resource")
    source = write(tmp_path / "in", {"large.jpg": bytes(3_000_000), "small.jpg": "small"})
    plan = one_folder(source, tmp_path / "out")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))
    try:
        outcome = apply(plan, 1, connection)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [(f.path.name, f.reason) for f in outcome.failed] == [("large.jpg", "too large for that file system")]
    assert names(tmp_path / "out") == ["Dogs/small.jpg"]


def test_without_permission_everything_stays_and_is_named(killable: Killable) -> None:
    """Permissions change after the plan: one file cannot be read, one folder cannot be changed."""
    if os.name == "nt" or os.geteuid():
        pytest.skip("needs root to become nobody")
    nobody = 65534
    place = Path(tempfile.mkdtemp())
    try:
        source = write(place / "in", FILES)
        for path in (place, *place.rglob("*")):
            os.chown(path, nobody, nobody)
            path.chmod(0o755 if path.is_dir() else 0o644)
        os.chown(source / "a" / "IMG_1.JPG", 0, 0)
        (source / "a" / "IMG_1.JPG").chmod(0o600)
        (source / "b").chmod(0o555)
        database = place / "data" / "copy"
        assert killable.run(
            "file",
            uid=nobody,
            mode="copy",
            source=str(source),
            destination=str(place / "out"),
            database=str(database),
        )
        assert failures(database) == {
            ("a/IMG_1.JPG", "permission denied"),
            ("a/IMG_1.xmp", "stays with IMG_1.JPG: permission denied"),
        }
        assert len(names(place / "out")) == 4
        before = digests(source)
        database = place / "data" / "move"
        assert killable.run(
            "file",
            uid=nobody,
            mode="move",
            source=str(source),
            destination=str(place / "out2"),
            database=str(database),
        )
        assert failures(database) == {
            ("b/IMG_1.JPG", "permission denied"),
            ("b/img_1.jpg.xmp", "stays with IMG_1.JPG: permission denied"),
        }
        assert names(source) == ["b/IMG_1.JPG", "b/img_1.jpg.xmp", "notes.txt"]
        assert digests(source, place / "out2") == before
    finally:
        shutil.rmtree(place)


def failures(database: Path) -> set[tuple[str, str]]:
    connection = open_runs(database)
    failed = Journal(connection, 1).operations(State.FAILED)
    connection.close()
    return {("/".join(operation.source.parts[-2:]), operation.reason) for operation in failed}


def test_a_destination_that_is_pulled_out_stops_the_run(
    source: Path, tmp_path: Path, connection: sqlite3.Connection, small_disk: Callable[..., Path]
) -> None:
    """What is left is an empty folder on another disk, and nothing may be written there."""
    disk = small_disk(600)
    plan = one_folder(source, disk, Mode.MOVE)
    before = tree(source)
    outcome = apply(
        plan,
        1,
        connection,
        progress=lambda *_: subprocess.run(["umount", "-l", str(disk)], check=False) and None,
    )
    assert outcome.stopped == f"{disk} is gone"
    assert (tree(source), list(disk.iterdir())) == (before, [])
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(disk)], check=True)
    assert resume(connection, 1).files == 6


def test_a_link_is_copied_as_what_it_shows(tmp_path: Path, connection: sqlite3.Connection) -> None:
    write(tmp_path, {"elsewhere.jpg": "shown"})
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "l.jpg").symlink_to(tmp_path / "elsewhere.jpg")
    apply(one_folder(tmp_path / "in", tmp_path / "out"), 1, connection)
    placed = tmp_path / "out" / "Dogs" / "l.jpg"
    assert not placed.is_symlink() and sha(placed) == sha(tmp_path / "elsewhere.jpg")


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.MOVE])
def test_a_memory_card_takes_every_photo_and_gives_it_back(
    tmp_path: Path, exfat: Path, connection: sqlite3.Connection, mode: Mode
) -> None:
    odd = {"2024-05-01 12:30:15.jpg": "one", "2024-05-01 12:30:15.xmp": "sidecar", "a\nb?.jpg": "two"}
    odd |= {"\udcff.jpg": "three", "A/IMG.jpg": "four", "B/img.JPG": "five"}
    source = write(tmp_path / "in", odd)
    before = tree(source)
    outcome = apply(one_folder(source, exfat / "out", mode), 1, connection)
    assert (outcome.files, outcome.failed) == (6, ())
    assert {name: (exfat / "out" / name).read_text() for name in names(exfat / "out")} == {
        "Dogs/2024-05-01 12_30_15.jpg": "one",
        "Dogs/2024-05-01 12_30_15.xmp": "sidecar",
        "Dogs/a_b_.jpg": "two",
        "Dogs/_.jpg": "three",
        "Dogs/IMG.jpg": "four",
        "Dogs/img (2).JPG": "five",
    }
    assert undo(connection, 1).kept == ()
    assert digests(source) == digests(source, exfat) and {*tree(source)} == {*before}
    assert list(exfat.iterdir()) == []


def test_an_empty_plan_touches_nothing(tmp_path: Path, connection: sqlite3.Connection) -> None:
    source = write(tmp_path / "in", {"a.jpg": "a"})
    apply(plan_for(source, tmp_path / "out", labels=[-1]), 1, connection)
    assert not (tmp_path / "out").exists()
    assert unfinished(connection) == []
