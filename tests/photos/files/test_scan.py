"""What counts as a photo, and what is passed over."""

import os
from pathlib import Path

import pytest
from fakes.steps import steps

from photosort.errors import EmptyFolder, NoPhotos, SettingsError, SourceMissing
from photosort.photos.files.own_files import DATA_BEGINS
from photosort.photos.files.scan import scan


def put(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


def names(root: Path, **options: object) -> list[str]:
    return [found.path.relative_to(root).as_posix() for found in scan(root, **options).photos]


def test_scan_finds_photos_at_every_depth_in_order(tmp_path: Path) -> None:
    put(tmp_path, "b.JPG", "a.jpeg", "2024/trip/c.heic", "2024/d.NEF", "notes.txt", "2024/c.xmp")
    assert names(tmp_path) == ["a.jpeg", "b.JPG", "2024/d.NEF", "2024/trip/c.heic"]
    assert {path.name for path in scan(tmp_path).others} == {"notes.txt", "c.xmp"}


def test_hidden_and_system_folders_are_passed_over(tmp_path: Path) -> None:
    put(
        tmp_path,
        "a.jpg",
        ".hidden.jpg",
        "._a.jpg",
        ".git/x.jpg",
        "@eaDir/a.jpg/thumb.jpg",
        "My.photoslibrary/b.jpg",
    )
    assert names(tmp_path) == ["a.jpg"]


def test_a_folder_named_like_a_photo_is_a_folder(tmp_path: Path) -> None:
    put(tmp_path, "x.jpg/inside.png")
    assert names(tmp_path) == ["x.jpg/inside.png"]


def test_links_are_not_followed_and_a_loop_ends(tmp_path: Path) -> None:
    put(tmp_path / "in", "a.jpg")
    put(tmp_path / "out", "b.jpg")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "away.jpg").symlink_to(tmp_path / "out" / "b.jpg")
    assert names(tmp_path / "in") == ["a.jpg"]


def test_two_names_of_one_file_are_one_photo(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg")
    os.link(tmp_path / "a.jpg", tmp_path / "b.jpg")
    found = scan(tmp_path)
    assert [photo.path.name for photo in found.photos] == ["a.jpg"]
    assert [(left.path.name, left.reason) for left in found.unread] == [
        ("b.jpg", "another name of a file that is already in")
    ]


def test_the_destination_inside_the_source_is_skipped(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "sorted/a.jpg")
    assert names(tmp_path, skip=tmp_path / "sorted") == ["a.jpg"]


def test_the_destination_is_skipped_under_any_path(tmp_path: Path) -> None:
    put(tmp_path / "in", "a.jpg", "sorted/a.jpg", "sorted-too/b.jpg")
    (tmp_path / "alias").symlink_to(tmp_path / "in")
    assert names(tmp_path / "in", skip=tmp_path / "alias" / "sorted") == ["a.jpg", "sorted-too/b.jpg"]
    assert len(names(tmp_path / "in", skip=tmp_path / "alias" / "nowhere")) == 3


def test_names_that_are_no_text_are_found(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.jpg"))).write_bytes(b"x")
    put(tmp_path, "-rf.jpg", "new\nline.jpg", "שלום.png")
    assert len(names(tmp_path)) == 4


def test_missing_or_empty_sources_each_say_so(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match="does not exist"):
        scan(tmp_path / "nowhere")
    put(tmp_path, "notes.txt")
    with pytest.raises(SourceMissing, match="is a file, not a folder"):
        scan(tmp_path / "notes.txt")
    with pytest.raises(NoPhotos, match="No photo lies in"):
        scan(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(EmptyFolder, match="is empty"):
        scan(tmp_path / "empty")
    with pytest.raises(EmptyFolder, match=r"Every file in .* is excluded or hidden\. Check --exclude and .*ignore"):
        scan(tmp_path, exclude=["*"])


def test_patterns_exclude_as_in_gitignore(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "b.png", "raw/c.jpg", "raw/keep/d.jpg", "x/thumbs/e.jpg", "x/f.jpg")
    assert names(tmp_path, exclude=["*.png", "thumbs/", "/raw/*", "!/raw/keep"]) == [
        "a.jpg",
        "raw/keep/d.jpg",
        "x/f.jpg",
    ]


def test_a_photosortignore_is_read(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "screenshots/b.png")
    (tmp_path / ".photosortignore").write_text("# not these\nscreenshots/\n")
    assert names(tmp_path) == ["a.jpg"]
    assert names(tmp_path, exclude=["!screenshots/"]) == ["a.jpg", "screenshots/b.png"], "the flag wins"


def test_a_photosortignore_of_another_editor_is_read(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "b.png", "c\u2028.gif", "d.bmp")
    (tmp_path / ".photosortignore").write_bytes(b"\xef\xbb\xbfb.png\r\nc\xe2\x80\xa8.gif\r\n")
    assert names(tmp_path) == ["a.jpg", "d.bmp"]


@pytest.mark.parametrize("pattern", ["!", "a\\"])
def test_a_pattern_without_sense_is_named(tmp_path: Path, pattern: str) -> None:
    put(tmp_path, "a.jpg")
    with pytest.raises(SettingsError, match="--exclude") as error:
        names(tmp_path, exclude=["*.png", pattern])
    assert repr(pattern) in str(error.value)
    (tmp_path / ".photosortignore").write_text(pattern)
    with pytest.raises(SettingsError) as error:
        names(tmp_path)
    assert str(tmp_path / ".photosortignore") in error.value.hint


def test_no_pattern_makes_a_scan_slow(tmp_path: Path) -> None:
    put(tmp_path, f"{'a' * 200}.jpg", f"{'a/' * 60}b.jpg")
    few, many = (steps(lambda n=n: scan(tmp_path, exclude=["*a" * n + "*b", "**/a/" * n + "c"])) for n in (15, 60))
    assert many < 4.5 * few


def test_no_name_makes_a_scan_slow(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", f"clip{'(1)' * 80}.mov", f"a{'(1)' * 80}.jpg", f"a.jpg{'(1)' * 80}.json")
    found = scan(tmp_path)
    assert [path.name for path in found.groups()[tmp_path / f"a{'(1)' * 80}.jpg"]] == [f"a.jpg{'(1)' * 80}.json"]
    assert [left.reason for left in found.no_photos(found.groups())] == ["a video"]


def test_links_are_followed_on_request_and_counted_once(tmp_path: Path) -> None:
    put(tmp_path / "in", "a.jpg")
    put(tmp_path / "out", "b.jpg", "deep/c.jpg")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "out").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "twice.jpg").symlink_to(tmp_path / "in" / "a.jpg")
    (tmp_path / "in" / "broken.jpg").symlink_to(tmp_path / "nowhere.jpg")
    assert names(tmp_path / "in", follow_links=True) == ["a.jpg", "out/b.jpg", "out/deep/c.jpg"]
    found = scan(tmp_path / "in", follow_links=True)
    assert [left.path.name for left in found.unread] == ["twice.jpg"]


def test_files_without_a_photo_are_reported_by_kind(tmp_path: Path) -> None:
    put(
        tmp_path,
        "a.jpg",
        "a.xmp",
        "a.mov",
        "b.jpg.json",
        "b.jpg",
        "film.MP4",
        "tape.avi",
        "lone.xmp",
        "notes.txt",
        "README",
    )
    put(tmp_path, ".hidden.mp4", "x/scan.pdf")
    found = scan(tmp_path)
    assert {left.path.relative_to(tmp_path).as_posix(): left.reason for left in found.no_photos(found.groups())} == {
        "film.MP4": "a video",
        "tape.avi": "a video",
        "lone.xmp": "a sidecar without its photo",
        "notes.txt": "no photo",
        "README": "no photo",
        "x/scan.pdf": "no photo",
    }


def test_a_time_that_cannot_be_stored_leaves_the_photo(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "b.jpg", "c.jpg", "b.xmp")
    os.utime(tmp_path / "a.jpg", ns=(0, 2**63 - 1))
    os.utime(tmp_path / "b.jpg", (0, 12 * 10**9))
    if (tmp_path / "b.jpg").stat().st_mtime < 12 * 10**9:
        pytest.skip("this disk does not take such a time")
    found = scan(tmp_path)
    assert [photo.path.name for photo in found.photos] == ["a.jpg", "c.jpg"]
    left = (*found.unread, *found.no_photos(found.groups()))
    assert [(left.path.name, left.reason) for left in left] == [
        ("b.jpg", "its time lies before 1678 or after 2261"),
        ("b.xmp", "stays with its photo"),
    ]


def test_what_is_called_like_a_photo_travels_whatever_its_kind(tmp_path: Path) -> None:
    put(
        tmp_path, "a.jpg", "a.avi", "a.txt", "a.JPG_original", "a_HEVC.MOV", "b.avi", "b.txt", "b.vrd", "b.jpg_original"
    )
    found = scan(tmp_path)
    assert {path.name for path in found.groups()[tmp_path / "a.jpg"]} == {
        "a.avi",
        "a.txt",
        "a.JPG_original",
        "a_HEVC.MOV",
    }
    assert {left.path.name: left.reason for left in found.no_photos(found.groups())} == {
        "b.avi": "a video",
        "b.txt": "no photo",
        "b.vrd": "a sidecar without its photo",
        "b.jpg_original": "no photo",
    }


def test_about_files_travel_with_no_photo(tmp_path: Path) -> None:
    put(tmp_path, "ABOUT.jpg", "ABOUT.txt", "ABOUT (2).png", "ABOUT (2).txt", "photosort (2).jpg", "photosort.jpg")
    (tmp_path / "photosort (2).json").write_bytes(DATA_BEGINS + b"1\n}")
    (tmp_path / "photosort.json").write_text('{"title": "photosort.jpg"}')
    found = scan(tmp_path)
    assert {main.name: [path.name for path in others] for main, others in found.groups().items()} == {
        "ABOUT (2).png": [],
        "ABOUT.jpg": [],
        "photosort (2).jpg": [],
        "photosort.jpg": ["photosort.json"],
    }
    assert [left.path.name for left in found.no_photos(found.groups())] == ["ABOUT (2).txt", "ABOUT.txt"]
