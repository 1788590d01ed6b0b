"""The smallest steps: exclusive names and whole copies."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filing_kit import sha, write

from photosort.filing.disk import copying, place, renaming
from photosort.filing.disk.copying import Changed, check_same, check_unchanged, copy_whole
from photosort.filing.disk.place import make_folder, sync_disk, sync_file, sync_folder
from photosort.filing.disk.removing import Witness, remove_judged
from photosort.filing.disk.renaming import rename_exclusive


def no_native(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renaming, "_native_rename", lambda: None)


def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    no_native(monkeypatch)
    monkeypatch.setattr(os, "link", refuse)


@pytest.mark.parametrize("without", [lambda monkeypatch: None, no_native, no_links])
class TestRename:
    def test_it_moves(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without: object) -> None:
        write(tmp_path, {"a": "content"})
        without(monkeypatch)  # type: ignore[operator]
        rename_exclusive(tmp_path / "a", tmp_path / "b")
        assert [path.name for path in tmp_path.iterdir()] == ["b"]
        assert (tmp_path / "b").read_text() == "content"

    @pytest.mark.parametrize("kind", ["file", "folder", "dangling link", "empty file"])
    def test_it_overwrites_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without: object, kind: str
    ) -> None:
        write(tmp_path, {"a": "content"})
        taken = tmp_path / "b"
        if kind == "folder":
            taken.mkdir()
        elif kind == "dangling link":
            taken.symlink_to("nowhere")
        else:
            taken.write_text("" if kind == "empty file" else "other")
        before = taken.lstat()
        without(monkeypatch)  # type: ignore[operator]
        with pytest.raises(FileExistsError):
            rename_exclusive(tmp_path / "a", taken)
        assert os.path.samestat(before, taken.lstat())
        assert (tmp_path / "a").read_text() == "content"


def test_a_link_is_taken_back_if_the_old_name_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a": "content"})
    no_native(monkeypatch)
    real = os.unlink

    def refuse(path: Path, **kwargs: object) -> None:
        if Path(path).name == "a":
            raise PermissionError(errno.EACCES, "Permission denied")
        real(path)

    monkeypatch.setattr(os, "unlink", refuse)
    with pytest.raises(PermissionError):
        rename_exclusive(tmp_path / "a", tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def copy(source: Path, target: Path, digest: str | None = None, *, read_back: bool = False) -> tuple[str, ...]:
    seen = source.stat()
    return copy_whole(
        source,
        target,
        seen=seen,
        digest=digest or sha(source),
        mtime_ns=seen.st_mtime_ns,
        read_back=read_back,
    )


@pytest.mark.parametrize("read_back", [False, True])
@pytest.mark.parametrize("size", [0, 1, 3 << 20])
def test_a_copy_is_whole_with_its_times_and_permissions(tmp_path: Path, size: int, read_back: bool) -> None:
    source = write(tmp_path, {"a": os.urandom(size)}) / "a"
    source.chmod(0o400)
    before = source.stat()
    copy(source, tmp_path / "b", read_back=read_back)
    after = (tmp_path / "b").stat()
    for name in ("st_mode", "st_mtime_ns", "st_atime_ns", "st_uid", "st_gid", "st_size"):
        assert getattr(before, name) == getattr(after, name)
    assert sha(source) == sha(tmp_path / "b")


def test_extended_attributes_are_kept(tmp_path: Path) -> None:
    source = write(tmp_path, {"a": "content"}) / "a"
    try:
        os.setxattr(source, "user.rating", b"5")
    except (OSError, AttributeError):
        pytest.skip("no extended attributes here")
    assert copy(source, tmp_path / "b") == ()
    assert os.getxattr(tmp_path / "b", "user.rating") == b"5"


def test_attributes_that_the_disk_does_not_take_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path, {"a": "content"}) / "a"
    try:
        os.setxattr(source, "user.rating", b"5")
    except (OSError, AttributeError):
        pytest.skip("no extended attributes here")

    def refuse(*_: object) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(os, "setxattr", refuse)
    assert copy(source, tmp_path / "b") == ("user.rating",)


def test_the_owner_is_kept_by_root(tmp_path: Path) -> None:
    if os.name == "nt" or os.geteuid():
        pytest.skip("needs root")
    source = write(tmp_path, {"a": "content"}) / "a"
    os.chown(source, 1234, 4321)
    copy(source, tmp_path / "b")
    assert ((tmp_path / "b").stat().st_uid, (tmp_path / "b").stat().st_gid) == (1234, 4321)


@pytest.mark.parametrize("read_back", [False, True])
def test_a_copy_with_another_digest_is_removed(tmp_path: Path, read_back: bool) -> None:
    source = write(tmp_path, {"a": "content"}) / "a"
    with pytest.raises(Changed):
        copy(source, tmp_path / "b", "0" * 64, read_back=read_back)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_disk_that_gives_back_something_else_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path, {"a": "content"}) / "a"
    monkeypatch.setattr(copying, "_forget_cached", lambda descriptor: os.pwrite(descriptor, b"X", 0))
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        copy(source, tmp_path / "b", read_back=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_file_that_grows_while_it_is_copied_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path, {"a": "content"}) / "a"
    transfer = copying._transfer

    def growing(reading: int, writing: int) -> str:
        found = transfer(reading, writing)
        with source.open("ab") as file:
            file.write(b"more")
        return found

    monkeypatch.setattr(copying, "_transfer", growing)
    with pytest.raises(Changed):
        copy(source, tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_a_copy_overwrites_nothing(tmp_path: Path) -> None:
    source = write(tmp_path, {"a": "content", "b": "other"}) / "a"
    with pytest.raises(FileExistsError):
        copy(source, tmp_path / "b")
    assert (tmp_path / "b").read_text() == "other"


def test_what_is_no_file_any_more_is_no_copy(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").mkdir()
    with pytest.raises(Changed, match="no longer a file"):
        check_unchanged(tmp_path / "x.jpg", 0, 0)


def _appended(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def _replaced(path: Path) -> None:
    path.with_name("other").write_bytes(path.read_bytes())
    path.with_name("other").replace(path)


@pytest.mark.parametrize("change", [_appended, _replaced])
def test_a_file_of_another_size_or_inode_is_noticed(tmp_path: Path, change: Callable[[Path], None]) -> None:
    source = write(tmp_path, {"a": "content"}) / "a"
    seen = source.stat()
    change(source)
    os.utime(source, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    with pytest.raises(Changed):
        check_same(source.stat(), seen)
    if change is _appended:
        with pytest.raises(Changed):
            check_unchanged(source, seen.st_size, seen.st_mtime_ns)


def test_a_file_of_another_time_is_noticed(tmp_path: Path) -> None:
    source = write(tmp_path, {"a": "content"}) / "a"
    seen = source.stat()
    os.utime(source, ns=(seen.st_atime_ns, seen.st_mtime_ns + 1_000_000_000))
    with pytest.raises(Changed):
        check_unchanged(source, seen.st_size, seen.st_mtime_ns)
    with pytest.raises(Changed):
        check_same(source.stat(), seen)


def test_folders_are_journaled_and_durable_before_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[tuple[str, Path, bool]] = []
    outer, inner = tmp_path / "out", tmp_path / "out" / "Dogs"
    monkeypatch.setattr(place, "sync_folder", lambda folder: events.append(("flush", folder, inner.exists())))
    make_folder(inner, lambda folder: events.append(("about to", folder, folder.exists())))
    assert events == [
        ("about to", outer, False),
        ("flush", tmp_path, False),
        ("about to", inner, False),
        ("flush", outer, True),
    ]


def test_a_flush_reaches_the_file_and_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, {"a": "content"}) / "a"
    flushed: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: flushed.append(os.fstat(descriptor).st_ino))
    sync_file(file)
    sync_folder(tmp_path)
    assert flushed == [file.stat().st_ino] + [tmp_path.stat().st_ino] * (os.name != "nt")


def test_only_a_file_as_judged_is_removed(tmp_path: Path) -> None:
    write(tmp_path, {"a": "content", "b": "content"})
    file, keeper = (Witness(tmp_path / name, (tmp_path / name).lstat()) for name in "ab")
    with pytest.raises(Changed):
        remove_judged(Witness(file.path, keeper.seen), keeper)
    with pytest.raises(Changed):
        remove_judged(file, Witness(keeper.path, file.seen))
    keeper.path.rename(tmp_path / "c")
    with pytest.raises(Changed, match="would keep its content is gone"):
        remove_judged(file, keeper)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a", "c"]
    remove_judged(file, Witness(tmp_path / "c", (tmp_path / "c").lstat()))
    assert [path.name for path in tmp_path.iterdir()] == ["c"]


def test_what_could_not_be_flushed_is_not_taken_for_durable(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("only Linux flushes a whole disk")
    descriptor = os.open(tmp_path, os.O_RDONLY)
    assert sync_disk(descriptor)
    os.close(descriptor)
    assert not sync_disk(descriptor)


def shared_blocks(reading: int, writing: int) -> bool:
    """What a reflink does, as far as anybody can see."""
    os.write(writing, os.read(reading, 1 << 20))
    return True


def test_a_copy_that_shares_blocks_is_compared_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write(tmp_path, {"a": "content"}) / "a"
    monkeypatch.setattr(copying, "_clone", shared_blocks)
    copy(source, tmp_path / "b")
    assert (tmp_path / "b").read_text() == "content"
    with pytest.raises(Changed):
        copy(source, tmp_path / "c", "0" * 64)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_disk_with_reflinks_shares_blocks(tmp_path: Path) -> None:
    """On a real btrfs in a file, with room for one copy of the content and no second."""
    image, disk = tmp_path / "image", tmp_path / "disk"
    disk.mkdir()
    with image.open("wb") as file:
        file.truncate(128 << 20)
    made = shutil.which("mkfs.btrfs") and not subprocess.run(["mkfs.btrfs", "-q", image], check=False).returncode
    if not made or subprocess.run(["mount", "-o", "loop", image, disk], capture_output=True, check=False).returncode:
        pytest.skip("needs root and mkfs.btrfs")
    try:
        assert copying.can_clone(disk, ".probe") and not list(disk.iterdir())
        source = write(disk, {"a": os.urandom(30 << 20)}) / "a"
        for number in range(10):
            copy(source, disk / f"copy-{number}")
            assert sha(disk / f"copy-{number}") == sha(source)
    finally:
        subprocess.run(["umount", disk], check=True)
