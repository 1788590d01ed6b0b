r"""Patterns of .gitignore that pass over files: what they mean, at a cost that no pattern can drive up.

The meaning is Git's, https://git-scm.com/docs/gitignore. A path is matched name by name. A `**` takes whole names, so
what follows it is found at the first place where it fits, and no later place need be tried; in a name, `*` is the same
for characters. The regular expressions here have a fixed length and repeat nothing. So the work is at most the length
of the path times that of the pattern, where an expression for all of it could try every way to share a name among
its stars.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

_ASCII = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "blank": r" \t",
    "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r" \t-\r",
    "upper": "A-Z",
    "xdigit": "0-9A-Fa-f",
}
_ITEM = r"\[:[a-z]*:\]|\\.|[^\]\\]"
_TOKEN = re.compile(
    rf"(?P<stars>\*+)|(?P<any>\?)|\[(?P<negated>[!^]?+)(?P<items>(?:\]|{_ITEM})(?:{_ITEM})*+)\]"
    r"|\\(?P<quoted>.)|(?P<plain>[^\[\\])",
    re.DOTALL,
)
_MEMBERS = re.compile(r"\[:(?P<named>[a-z]*):\]|\\?(?P<low>.)(?:-\\?(?P<high>.))?", re.DOTALL)


class Patterns:
    """Lines of a .gitignore; of those that match a path, the last decides."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Read the lines. Raises ValueError for one that makes no sense."""
        self._patterns = [pattern for line in lines if (pattern := _read(line))][::-1]

    def __bool__(self) -> bool:
        """Return whether there is any pattern."""
        return bool(self._patterns)

    def match(self, path: str, *, folder: bool) -> bool:
        """Return whether a path, relative and with `/` between its names, is passed over; that of a folder with all
        below.

        For a path below a folder that is passed over, the answer means nothing: the walk does not get there.
        """
        names = path.split("/")
        for pattern in self._patterns:
            if (folder or not pattern.folders_only) and pattern.fits(names):
                return not pattern.negated
        return False


@dataclass(frozen=True, slots=True)
class _Name:
    """What one name has to be: pieces of a fixed length, with anything between them."""

    pieces: tuple[re.Pattern[str], ...]
    last_length: int

    def fits(self, name: str) -> bool:
        first, *more = self.pieces
        if not more:
            return first.fullmatch(name) is not None
        found, stop = first.match(name), len(name) - self.last_length
        for piece in more[:-1]:
            found = found and piece.search(name, found.end(), max(stop, 0))
        return found is not None and found.end() <= stop and more[-1].match(name, stop) is not None


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One line. `runs` are the names between each two `**`; the first begins the path and the last ends it."""

    negated: bool
    folders_only: bool
    runs: tuple[tuple[_Name, ...], ...]

    def fits(self, names: Sequence[str]) -> bool:
        first, *more = self.runs
        if not more:
            return len(first) == len(names) and _fit(first, names, 0)
        *middle, last = more
        stop = len(names) - (len(last) or 1)
        if len(first) > stop or not _fit(first, names, 0):
            return False
        at = len(first)
        for run in middle:
            while at + len(run) <= stop and not _fit(run, names, at):
                at += 1
            at += len(run)
        return at <= stop and _fit(last, names, len(names) - len(last))


def _fit(run: Sequence[_Name], names: Sequence[str], at: int) -> bool:
    return all(wanted.fits(name) for wanted, name in zip(run, names[at : at + len(run)], strict=True))


def _read(line: str) -> _Pattern | None:
    """Return the pattern of a line; None for an empty one, a comment, and what matches nothing in Git either."""
    text = _without_space_at_the_end(line)
    if not text or text.startswith("#") or text == "/":
        return None
    negated = text.startswith("!")
    parts = text[negated:].removesuffix("/").split("/")
    if parts == [""]:
        raise ValueError(f"{line!r} has nothing behind the !")
    if len(parts) == 1:
        parts = ["**", *parts]
    elif not parts[0]:
        del parts[0]
    runs: list[tuple[_Name, ...]] = [()]
    for anything, run in groupby(parts, lambda part: part.startswith("**") and not part.strip("*")):
        if anything:
            runs.append(())
            continue
        names = [_name(part, line) for part in run]
        if None in names:
            return None
        runs[-1] = tuple(name for name in names if name)
    return _Pattern(negated, text.endswith("/"), tuple(runs))


def _without_space_at_the_end(line: str) -> str:
    text = line.rstrip()
    backslashes = len(text) - len(text.rstrip("\\"))
    return line[: len(text) + backslashes % 2]


def _name(text: str, line: str) -> _Name | None:
    """Return the pieces between the stars of one name; None for what Git matches with nothing, such as a `[` left
    open.
    """
    pieces, lengths, at = [""], [0], 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None and text[at] == "\\":
            raise ValueError(f"{line!r} has a \\ with nothing behind it")
        if token is None or (one := _one_character(token)) is None:
            return None
        at = token.end()
        if token["stars"]:
            pieces.append("")
            lengths.append(0)
        else:
            pieces[-1] += one
            lengths[-1] += 1
    return _Name(tuple(re.compile(piece, re.DOTALL) for piece in pieces), lengths[-1])


def _one_character(token: re.Match[str]) -> str | None:
    """Return the expression for what a token of a pattern takes; None for a set of characters with an unknown name in
    it.
    """
    if token["items"] is None:
        return "." if token["any"] else re.escape(token["quoted"] or token["plain"] or "")
    members = ""
    for member in _MEMBERS.finditer(token["items"]):
        if member["named"] is not None:
            if member["named"] not in _ASCII:
                return None
            members += _ASCII[member["named"]]
            continue
        members += re.escape(member["low"])
        if member["high"] and member["low"] <= member["high"]:
            members += f"{re.escape(member['low'])}-{re.escape(member['high'])}"
    return f"[{'^' * bool(token['negated'])}{members}]"
