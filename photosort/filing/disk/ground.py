"""Tells a destination that its user has removed from one whose disk is not connected."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from photosort.filing.disk.place import look
from photosort.filing.plan.model import Mode
from photosort.store.journals.journal import Filing
from photosort.store.journals.operation import Operation


def ground_of(destination: Path) -> str:
    """Name the nearest folder above a destination that exists, and what it is: device, inode and path."""
    for path in destination.parents:
        try:
            seen = path.stat()
        except OSError:
            continue
        return f"{seen.st_dev}:{seen.st_ino}:{os.fsencode(path).hex()}"
    return ""


def is_removed(filing: Filing, operations: Iterable[Operation]) -> bool:
    """Return whether the destination was removed, and nothing lay there that has no other place.

    So it is where the folder above is the very one that it was when the run began, and every original is where it was:
    always for copies and links, whose originals stay, and for a move of which nothing was moved yet.
    """
    device, _, rest = filing.ground.partition(":")
    inode, _, path = rest.partition(":")
    try:
        above = Path(os.fsdecode(bytes.fromhex(path))).stat()
        if not path or (str(above.st_dev), str(above.st_ino)) != (device, inode):
            return False
        return filing.mode != Mode.MOVE or all(look(op.source) for op in operations if op.content is None)
    except (OSError, ValueError):
        return False
