"""What the survey finds on real disks, and what it refuses."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filing_kit import photos_in, plan_for, tree, write

from photosort.errors import DestinationError
from photosort.filing.disk.survey import check_overlap, survey
from photosort.filing.plan.collisions import DOUBTFUL
from photosort.filing.plan.model import Mode
from photosort.naming.folder_name import name_key


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path / "in", {"a.jpg": "aaa", "a.xmp": "x", "b/c.jpg": "cccc"})


def test_nothing_is_left_behind(source: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    before = tree(tmp_path)
    found = survey(source, tmp_path / "out", photos_in(source), ["Dogs"], mode=Mode.COPY)
    assert tree(tmp_path) == before
    assert (found.case_sensitive, found.normalizes) == (not (tmp_path / "IN").exists(), found.normalizes)
    assert found.free > 0 and found.name_limit <= 255 and found.path_limit > 255


def test_a_destination_that_does_not_exist_is_not_made(source: Path, tmp_path: Path) -> None:
    survey(source, tmp_path / "x" / "y", photos_in(source), ["Dogs"], mode=Mode.COPY)
    assert not (tmp_path / "x").exists()


def test_only_files_of_a_size_to_come_are_read(source: Path, tmp_path: Path) -> None:
    out = write(tmp_path / "out", {"Dogs/q.jpg": "qqq", "Dogs/w.jpg": "w" * 50, "Cats/c.jpg": "ccc", "note": "n"})
    (out / "Dogs" / "l.jpg").symlink_to("q.jpg")
    found = survey(source, out, photos_in(source), ["dogs"], mode=Mode.COPY)
    assert set(found.inside) == {"Dogs"}
    kinds = {entry.name: (entry.kind, entry.digest is not None, entry.target) for entry in found.inside["Dogs"]}
    assert kinds == {
        "q.jpg": ("file", True, None),
        "w.jpg": ("file", False, None),
        "l.jpg": ("link", False, "q.jpg"),
    }
    assert {entry.name: entry.kind for entry in found.present} == {
        "Cats": "folder",
        "Dogs": "folder",
        "note": "file",
    }


def test_companions_are_read_for_their_digests(source: Path, tmp_path: Path) -> None:
    found = survey(source, tmp_path / "out", photos_in(source), [], mode=Mode.COPY)
    assert {path.name: file.size for path, file in found.files.items()} == {
        "a.jpg": 3,
        "a.xmp": 1,
        "c.jpg": 4,
    }


def test_a_companion_that_is_gone_keeps_its_photo(source: Path, tmp_path: Path) -> None:
    photos = photos_in(source)
    (source / "a.xmp").unlink()
    found = survey(source, tmp_path / "out", photos, [], mode=Mode.COPY)
    assert found.refused == {source / "a.xmp": "no longer there"}


def test_a_destination_inside_the_source_is_allowed_and_said(source: Path, tmp_path: Path) -> None:
    assert survey(source, source / "sorted", [], [], mode=Mode.COPY).within_source
    assert not survey(source, tmp_path / "out", [], [], mode=Mode.COPY).within_source
    (tmp_path / "link").symlink_to(source)
    assert check_overlap(source, tmp_path / "link" / "sorted")


@pytest.mark.parametrize("spelling", ["in", "in/.", "in/../in", "link"])
def test_the_same_folder_is_refused_however_it_is_spelled(source: Path, tmp_path: Path, spelling: str) -> None:
    (tmp_path / "link").symlink_to(source)
    with pytest.raises(DestinationError, match=r"sorted into that same folder.*--out"):
        check_overlap(source, tmp_path / spelling)


@pytest.mark.parametrize("destination", [".", "in/b/.."])
def test_a_source_inside_the_destination_is_refused(source: Path, tmp_path: Path, destination: str) -> None:
    with pytest.raises(DestinationError, match=r"holds the source"):
        check_overlap(source / "b", tmp_path / destination)


def test_a_file_in_the_way_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(DestinationError, match="is in the way"):
        survey(source, tmp_path / "out" / "deeper", [], [], mode=Mode.COPY)


def test_a_read_only_disk_is_refused(source: Path, small_disk: Callable[..., Path]) -> None:
    out = small_disk(64, ",ro")
    with pytest.raises(DestinationError, match=r"cannot be written \(the disk is read-only\)"):
        survey(source, out, [], [], mode=Mode.COPY)


def test_a_disk_that_is_too_small_is_refused_at_the_start(source: Path, small_disk: Callable[..., Path]) -> None:
    write(source, {"large.jpg": b"x" * 200_000})
    out = small_disk(64)
    with pytest.raises(DestinationError, match="has room for"):
        plan_for(source, out)
    assert list(out.iterdir()) == []


def test_the_disk_is_asked_how_long_its_names_may_be(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not hasattr(os, "pathconf"):
        pytest.skip("not asked on Windows")
    monkeypatch.setattr(os, "pathconf", lambda folder, setting: {"PC_NAME_MAX": 143, "PC_PATH_MAX": 1024}[setting])
    found = survey(source, tmp_path / "out", [], [], mode=Mode.COPY)
    assert (found.name_limit, found.path_limit) == (143, 1024)


def test_a_path_on_windows_may_have_259_letters(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pathconf", raising=False)
    found = survey(source, tmp_path / "out", [], [], mode=Mode.COPY)
    assert (found.name_limit, found.path_limit) == (255, 259)


def test_a_disk_that_folds_names_is_found_out(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a Mac's does: in case, and in the two forms of é."""

    def folding(path: Path) -> bool:
        return name_key(Path(path).name) in {name_key(entry.name) for entry in Path(path).parent.iterdir()}

    monkeypatch.setattr(os.path, "lexists", folding)
    found = survey(source, tmp_path / "out", [], [], mode=Mode.COPY)
    assert (found.case_sensitive, found.normalizes) == (False, True)


def test_a_memory_card_is_known_for_what_it_is(source: Path, exfat: Path) -> None:
    found = survey(source, exfat / "out", [], [], mode=Mode.COPY)
    assert (found.case_sensitive, found.normalizes, found.clones) == (False, False, False)
    assert found.forbidden == {*DOUBTFUL} and found.free < 64 << 20
    assert list(exfat.iterdir()) == []


def test_what_the_disk_refuses_in_names_is_tried(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch = Path.touch

    def refusing(self: Path, **options: bool) -> None:
        if ":" in self.name:
            raise OSError(errno.EINVAL, "Invalid argument")
        touch(self, **options)

    usual = survey(source, tmp_path / "out", [], [], mode=Mode.COPY)
    monkeypatch.setattr(Path, "touch", refusing)
    assert survey(source, tmp_path / "out", [], [], mode=Mode.COPY).forbidden == usual.forbidden | {":"}
    assert list(tmp_path.iterdir()) == [source]


@pytest.mark.parametrize(("mode", "links"), [(Mode.HARDLINK, "hard links"), (Mode.SYMLINK, "symbolic links")])
def test_link_modes_are_refused_on_disks_without_links(exfat: Path, mode: Mode, links: str) -> None:
    source = write(exfat / "in", {"a.jpg": "aaa"})
    with pytest.raises(DestinationError, match=rf"takes no {links}. Use --mode copy"):
        survey(source, exfat / "out", photos_in(source), [], mode=mode)
    assert list(exfat.iterdir()) == [source]


def test_a_companion_with_an_odd_time_keeps_its_photo(source: Path, tmp_path: Path) -> None:
    os.utime(source / "a.xmp", (0, 12 * 10**9))
    if (source / "a.xmp").stat().st_mtime < 12 * 10**9:
        pytest.skip("this disk does not take such a time")
    found = survey(source, tmp_path / "out", photos_in(source), [], mode=Mode.COPY)
    assert found.refused == {source / "a.xmp": "its time lies before 1678 or after 2261"}


def test_hard_links_to_another_disk_are_refused(source: Path, other_disk: Path) -> None:
    with pytest.raises(DestinationError, match=r"Hard links cannot lead.*--mode copy"):
        survey(source, other_disk / "out", [], [], mode=Mode.HARDLINK)


@pytest.fixture
def read_only(source: Path) -> Iterator[Path]:
    folder = source / "b"
    mount = [["mount", "--bind", str(folder), str(folder)], ["mount", "-o", "remount,bind,ro", str(folder)]]
    if os.name == "nt" or os.geteuid() or subprocess.run(mount[0], capture_output=True, check=False).returncode:
        pytest.skip("a read-only folder that stops root needs a mount")
    subprocess.run(mount[1], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_read_only_folder_is_copied_from_but_not_moved_from(source: Path, tmp_path: Path, read_only: Path) -> None:
    moved = plan_for(source, tmp_path / "out", Mode.MOVE)
    assert [(left.path, left.reason) for left in moved.left] == [
        (read_only / "c.jpg", "its folder is read-only, so it cannot be moved away")
    ]
    assert len(plan_for(source, tmp_path / "out").files) == 3
