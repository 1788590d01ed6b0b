"""File names that meet, and the numbers that keep them apart. Pure.

Two names meet when `name_key` takes them for one, so that a plan made for one disk holds on every other.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from photosort.naming.folder_name import name_key
from photosort.photos.files.suffixes import split_name

NAME_BYTES = 255

CONTROL, NO_TEXT = "\n", "\udcff"

DOUBTFUL = '\\:*?"<>|' + CONTROL + NO_TEXT
"""What some file systems take in a name and others refuse; CONTROL and NO_TEXT stand for all of their kind."""

NUMBER = re.compile(r" \((\d+)\)")
"""The mark that `numbered` adds, as in `IMG (2).JPG`."""


def legal(name: str, forbidden: frozenset[str]) -> str:
    """Return the name with `_` for each character that a disk refuses, given as members of DOUBTFUL."""
    return "".join("_" if _kind(char) in forbidden else char for char in name) if forbidden else name


def _kind(char: str) -> str:
    if char < " ":
        return CONTROL
    return NO_TEXT if "\ud800" <= char <= "\udfff" else char


def unnumbered(name: str) -> str:
    """Return the name without the marks that `numbered` adds."""
    return NUMBER.sub("", name)


def numbered(names: Sequence[str], number: int, limit: int = NAME_BYTES) -> tuple[str, ...] | None:
    """Return the names of one group with the same number in each, none longer than `limit` bytes.

    Number 1 leaves names as they are. The number goes after the part that all names share, so that IMG.JPG,
    IMG.JPG.xmp and IMG.MOV become IMG (2).JPG, IMG (2).JPG.xmp and IMG (2).MOV and still belong together;
    where nothing is shared it goes before each ending. What is too long is cut before the number, never in
    the ending. None where even that cannot fit.
    """
    if number == 1 and all(byte_length(name) <= limit for name in names):
        return tuple(_apart(list(names)))
    mark = f" ({number})" if number > 1 else ""
    splits = _splits(names)
    room = limit - len(mark) - max(byte_length(tail) for _, tail in splits)
    cut = [_cut(head, room) for head, _ in splits]
    if not all(cut):
        return None
    return tuple(_apart([f"{head}{mark}{tail}" for head, (_, tail) in zip(cut, splits, strict=True)]))


def _splits(names: Sequence[str]) -> list[tuple[str, str]]:
    root = name_key(min((split_name(name)[0] for name in names), key=len))
    shared = [_split_after(root, name) for name in names]
    return [split if all(shared) and split else split_name(name) for split, name in zip(shared, names, strict=True)]


def _split_after(root: str, name: str) -> tuple[str, str] | None:
    ends = range(1, len(name) + 1)
    if name.isascii():  # it is as long as its key
        ends = range(max(1, len(root)), min(len(root), len(name)) + 1)
    for end in ends:
        if name[end : end + 1] in ("", ".", "_", "-", "~") and name_key(name[:end]) == root:
            return name[:end], name[end:]
    return None


def _cut(head: str, room: int) -> str:
    while head and byte_length(head) > room:
        head = head[:-1]
    return head


def _apart(names: list[str]) -> list[str]:
    """Set apart the names of one group that meet each other, such as IMG.xmp and img.XMP."""
    if len(names) == 1:
        return names
    taken: set[str] = set()
    for place, name in enumerate(names):
        again, head_tail = 2, split_name(name)
        while name_key(names[place]) in taken:
            names[place] = f"{_cut(head_tail[0], NAME_BYTES - 8 - byte_length(head_tail[1]))}-{again}{head_tail[1]}"
            again += 1
        taken.add(name_key(names[place]))
    return names


def byte_length(name: str) -> int:
    """Return how many bytes a name takes on disk."""
    return len(name) if name.isascii() else len(os.fsencode(name))
