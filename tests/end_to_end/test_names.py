"""File names of any bytes go through every command, and come out harmless."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from fakes.command import Command
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

NASTY = [
    "\x1b[31m",
    "\x1b]0;title\x07",
    "\n",
    "\r",
    "\t",
    "\u202e",
    "\u2066",
    "\x7f",
    "\x9b",
    "\u2028",
    "\u200b",
    " ",
    "é",
]
NASTY_NAMES = st.lists(st.sampled_from(NASTY), min_size=1, max_size=8).map("".join).map(str.encode)
NAMES = st.lists(
    st.one_of(NASTY_NAMES, st.binary(max_size=30))
    .map(lambda name: b"x" + name.replace(b"/", b"_").replace(b"\0", b"_") + b".jpg")
    .filter(lambda name: Path(os.fsdecode(name)).suffix == ".jpg"),
    min_size=8,
    max_size=8,
    unique=True,
)


def check_harmless(text: str) -> None:
    """Every line prints as itself."""
    assert [line for line in text.split("\n") if not line.isprintable()] == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no name of any bytes")
@settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(names=NAMES)
def test_no_name_reaches_the_terminal_or_a_file_raw(
    pictures: Path, photosort: Command, tmp_path: Path, names: list[bytes]
) -> None:
    odd, out = tmp_path / "odd", tmp_path / "out"
    for folder in (odd, out):
        shutil.rmtree(folder, ignore_errors=True)
    odd.mkdir()
    photos = sorted(pictures.rglob("*.JPG"))
    for name, photo in zip(names, (*photos[:4], *photos[-4:]), strict=True):
        shutil.copy(photo, os.fsencode(odd) + b"/" + name)
    (odd / "a\x1b[31m\nb.txt").touch()
    classes = tmp_path / "classes"
    shutil.rmtree(classes, ignore_errors=True)
    for name, chosen in zip(names, (photos[:4], photos[-4:]), strict=False):
        (classes / os.fsdecode(name)).mkdir(parents=True)
        for photo in chosen:
            shutil.copy(photo, classes / os.fsdecode(name))
    commands: list[tuple[object, ...]] = [
        ("organize", odd, "--k", 3, "--out", out),
        ("explain",),
        ("explain", "--left"),
        ("explain", odd / os.fsdecode(names[0])),
        ("runs",),
        ("evaluate", classes, "--methods", "image,concat", "--seeds", 1),
        ("evaluate", classes, "--methods", "image", "--seeds", 1, "--csv"),
        ("undo",),
    ]
    for command in commands:
        done = photosort(*command)
        assert done.code == 0, (command, done.err)
        check_harmless(done.out)
        check_harmless(done.err)
        if command[0] == "organize":
            written = [path for path in out.rglob("*") if path.name in ("ABOUT.txt", "photosort.json")]
            assert len(written) >= 2
            for path in written:
                check_harmless(path.read_text(encoding="utf-8"))
            origins = [json.loads(path.read_text())["photos"] for path in written if path.suffix == ".json"]
            told = {photo["from"] for photos in origins for photo in photos}
            assert told <= {str(path) for path in odd.iterdir()}
    assert not out.exists()
