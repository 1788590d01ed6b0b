"""What other programs read: ExifTool, and Exiv2, on which digiKam and darktable stand."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes.filing_kit import tree
from fakes.raw import dng
from fakes.tag_home import Home
from PIL import Image

from photosort.errors import ExifToolMissing
from photosort.filing.tagging.take_back import Untagged
from photosort.photos.pixels.formats import register_formats
from photosort.photos.tags.xmp import Tags, merged
from photosort.store.history import open_history
from photosort.workflows.history import resume_run, undo_run

needs_exiftool = pytest.mark.skipif(shutil.which("exiftool") is None, reason="needs exiftool")
needs_exiv2 = pytest.mark.skipif(shutil.which("exiv2") is None, reason="needs exiv2")
TAGS = Tags(
    "Übung am Meer – 狗 👩‍👩‍👧 שלום <&>",
    ("Übung", "狗", "👩‍👩‍👧", "שלום", "R&B <3"),
    ("photosort|Übung|狗", "photosort|שלום"),
)
READ = ("-XMP-dc:Subject", "-XMP-dc:Description", "-XMP-lr:HierarchicalSubject", "-XMP-xmp:Rating")


def exiftool(path: Path, *more: str) -> dict[str, Any]:
    command = [
        "exiftool",
        "-config",
        "",
        "-j",
        "-charset",
        "utf8",
        "-charset",
        "filename=utf8",
        *READ,
        *more,
        str(path),
    ]
    done = subprocess.run(command, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)[0]
    return found


def exiv2(path: Path, key: str) -> list[str]:
    done = subprocess.run(["exiv2", "-K", key, "-Pt", "pr", str(path)], capture_output=True, check=False)
    return done.stdout.decode().splitlines()


@needs_exiftool
def test_exiftool_reads_a_sidecar(tmp_path: Path) -> None:
    (tmp_path / "a.xmp").write_bytes(merged(None, TAGS))
    found = exiftool(tmp_path / "a.xmp")
    assert found["Subject"] == list(TAGS.keywords)
    assert found["HierarchicalSubject"] == list(TAGS.hierarchy)
    assert found["Description"] == TAGS.description


@needs_exiv2
def test_exiv2_reads_a_sidecar(tmp_path: Path) -> None:
    sidecar = tmp_path / "a.xmp"
    sidecar.write_bytes(merged(None, TAGS))
    assert exiv2(sidecar, "Xmp.dc.subject") == [", ".join(TAGS.keywords)]
    assert exiv2(sidecar, "Xmp.lr.hierarchicalSubject") == [", ".join(TAGS.hierarchy)]
    assert exiv2(sidecar, "Xmp.dc.description") == [f'lang="x-default" {TAGS.description}']


@needs_exiftool
@needs_exiv2
def test_what_these_programs_write_is_kept(tmp_path: Path) -> None:
    sidecar = tmp_path / "a.xmp"
    made = ["exiftool", "-config", "", "-XMP-dc:Subject=Bello", "-XMP-xmp:Rating=3", "-o", str(sidecar)]
    subprocess.run([*made, "-XMP-dc:Creator=Ada", "-XMP-xmp:ModifyDate=2019:07:14 12:33:01"], check=True)
    sidecar.write_bytes(merged(sidecar.read_bytes(), TAGS))
    subprocess.run(["exiv2", "-M", "set Xmp.xmp.Label XmpText red", "mo", str(sidecar)], check=True)
    sidecar.write_bytes(again := merged(sidecar.read_bytes(), TAGS))
    found = exiftool(sidecar, "-XMP-dc:Creator", "-XMP-xmp:ModifyDate", "-XMP-xmp:Label")
    assert found["Subject"] == ["Bello", *TAGS.keywords]
    assert (found["Rating"], found["Creator"], found["Label"]) == (3, "Ada", "red")
    assert found["ModifyDate"] == "2019:07:14 12:33:01"
    assert merged(again, TAGS) is again


@needs_exiftool
def test_tags_inside_photos_come_and_go(home: Home) -> None:
    home.organize()
    before = tree(home.out)
    result = home.tag(embed=True)
    assert result.outcome and result.outcome.failed == () and result.outcome.written == 4
    after = tree(home.out)
    changed = {name for name in before if before[name] != after[name]}
    assert {name.rpartition("/")[2] for name in changed} == {"dog.jpg", "cat.png", "sea.jpg", "slip.jpg"}
    assert home.sidecars() == set()
    assert {name: entry[2:] for name, entry in after.items()} == {name: entry[2:] for name, entry in before.items()}
    found = exiftool(home.out / "Animals/dog.jpg")
    assert found["Subject"] == ["dog", "beagle", "Animals"]
    assert found["Description"] == "a photo of a dog, probably a beagle"
    again = home.tag(embed=True)
    assert again.plan.writes == [] and again.plan.unchanged == 4

    _, outcome = undo_run(home.settings.data_dir)
    assert isinstance(outcome, Untagged) and (outcome.files, outcome.kept) == (4, ())
    assert tree(home.out) == before


@needs_exiftool
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_every_format_is_given_back_byte_for_byte(home: Home, kind: str) -> None:
    path = _as(home, kind)
    home.organize(file=False)
    before = path.read_bytes()
    result = home.tag(home.source, embed=True)
    assert path in {write.path for write in result.plan.writes}
    assert result.outcome and path not in {remark.path for remark in result.outcome.failed}, result.outcome
    assert path.read_bytes() != before and exiftool(path)["Subject"] == ["dog", "beagle", "Animals"]
    undo_run(home.settings.data_dir)
    assert path.read_bytes() == before


@needs_exiftool
def test_the_users_own_tags_dates_and_iptc_stay(home: Home) -> None:
    photo = home.source / "dog.jpg"
    own = ["-XMP-dc:Subject=Bello", "-XMP-xmp:Rating=4", "-XMP-xmp:ModifyDate=2019:07:14 12:33:01"]
    own += ["-IPTC:Keywords=Bello", "-EXIF:DateTimeOriginal=2019:07:14 12:33:01", "-EXIF:ImageDescription=Our dog"]
    subprocess.run(["exiftool", "-config", "", "-q", "-overwrite_original", *own, str(photo)], check=True)
    time = photo.stat().st_mtime_ns
    home.organize(file=False)
    home.tag(home.source, embed=True)
    dates = ("-XMP-xmp:ModifyDate", "-EXIF:DateTimeOriginal", "-IPTC:Keywords", "-EXIF:ImageDescription")
    found = exiftool(photo, *dates)
    assert found["Subject"] == ["Bello", "dog", "beagle", "Animals"] and found["Rating"] == 4
    assert found["ModifyDate"] == found["DateTimeOriginal"] == "2019:07:14 12:33:01"
    assert found["Keywords"] == ["Bello", "dog", "beagle", "Animals"]
    assert found["ImageDescription"] == "Our dog"
    assert photo.stat().st_mtime_ns == time


@needs_exiftool
def test_links_and_raw_are_never_written_into(home: Home) -> None:
    (home.source / "dog.dng").write_bytes(dng(None))
    home.organize("hardlink")
    before = {path: path.read_bytes() for path in home.source.iterdir()}
    result = home.tag(embed=True)
    reasons = {left.reason for left in result.plan.left}
    assert reasons == {"is a hard link, and writing into it would change the original"}
    assert {path: path.read_bytes() for path in home.source.iterdir()} == before
    assert home.sidecars() == {"Animals/dog.dng.xmp"}


@needs_exiftool
def test_the_run_is_undone_with_its_embedded_tags(home: Home) -> None:
    run = home.organize("move")
    before = tree(home.out)
    home.tag(embed=True)
    assert tree(home.out) != before
    _, outcome = undo_run(home.settings.data_dir, run)
    assert outcome.kept == () and not home.out.exists()
    assert len(list(home.source.iterdir())) == 5


@needs_exiftool
def test_a_tagged_photo_is_known_again(home: Home) -> None:
    """Its content has changed, its picture has not: a second run of tags knows what was said of it."""
    home.organize()
    home.tag(embed=True)
    home.tag()
    assert "Animals/dog.jpg.xmp" in home.sidecars()


@needs_exiftool
def test_an_embedding_that_stopped_is_resumed(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from photosort.filing.tagging import write

    home.organize()
    before = tree(home.out)
    real = write.replace_judged
    done: list[object] = []

    def dies(*arguments: Any) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(arguments)
        real(*arguments)

    monkeypatch.setattr(write, "replace_judged", dies)
    with pytest.raises(KeyboardInterrupt):
        home.tag(embed=True)
    monkeypatch.undo()
    _, outcome = resume_run(home.settings.data_dir)
    assert outcome.stopped == ""
    undo_run(home.settings.data_dir)
    assert tree(home.out) == before


def test_without_exiftool_one_line_says_how_to_get_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.organize()
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(ExifToolMissing, match="--embed needs exiftool, which is not installed") as error:
        home.tag(embed=True)
    assert "apt install libimage-exiftool-perl" in error.value.hint and error.value.exit_code == 36


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("exit 3", "does not start"),
        ('while read line; do case "$line" in -execute*) echo 9.10; echo "{ready1}";; esac; done', "version 9.10"),
        ('while read line; do case "$line" in -execute*) echo no; echo "{ready1}";; esac; done', "version no"),
    ],
)
def test_another_program_of_that_name_is_refused(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, why: str
) -> None:
    if os.name == "nt":
        pytest.skip("needs a shell")
    home.organize()
    program = tmp_path / "bin" / "exiftool"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    with pytest.raises(ExifToolMissing, match=why):
        home.tag(embed=True)


@needs_exiftool
def test_nothing_of_it_is_left_in_photosorts_folder(home: Home, digest: Callable[[Path], str]) -> None:
    home.organize()
    home.tag(embed=True)
    assert not (home.settings.data_dir / "embedding").exists()
    with open_history(home.settings.data_dir) as connection:
        (stored,) = connection.execute(
            "SELECT after_digest FROM tag_writes WHERE CAST(path AS TEXT) LIKE '%dog.jpg'"
        ).fetchone()
    assert stored == digest(home.out / "Animals/dog.jpg")


def _as(home: Home, kind: str) -> Path:
    """Write the photo of the dog in another format."""
    register_formats()
    (home.source / "dog.jpg").unlink()
    pixels = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    ending = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "TIFF": ".tif", "HEIF": ".heic", "AVIF": ".avif"}[kind]
    path = home.source / f"dog{ending}"
    Image.fromarray(pixels).save(path, kind)
    return path
