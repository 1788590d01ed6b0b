"""The files that photosort itself leaves in a folder, so that a later run does not take one for a companion."""

from __future__ import annotations

import re
from pathlib import Path

ABOUT_TEXT = "ABOUT.txt"
ABOUT_DATA = "photosort.json"

DATA_BEGINS = b'{\n  "photosort": '
"""How every ABOUT_DATA begins."""

LEFTOVER = "an unfinished copy that a stopped photosort left here; remove it once its photo is in place"
"""What is said of one that the journal does not know any more; resume and undo clear away those that it knows."""

_LEFTOVERS = re.compile(r"\.photosort-([0-9a-f]{8}-\d+\.part|probe-[0-9a-f]{8}.*)", re.IGNORECASE)
_NAMES = re.compile(r"(ABOUT( \(\d+\))?\.txt|photosort( \(\d+\))?\.json)")


def is_about_name(name: str) -> bool:
    """Return whether photosort calls a file about a folder so, with or without a number."""
    return _NAMES.fullmatch(name) is not None


def is_leftover(name: str) -> bool:
    """Return whether photosort calls a file so while it is not whole, or while it tries what a disk can do."""
    return _LEFTOVERS.fullmatch(name) is not None


def is_about_data(path: Path) -> bool:
    """Return whether this is photosort's own data, and not the sidecar of a photo that is called photosort."""
    if path.suffix != ".json" or not is_about_name(path.name):
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(DATA_BEGINS)) == DATA_BEGINS
    except OSError:
        return False
