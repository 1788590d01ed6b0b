"""A draft as text for people and programs (TOML), and back. Pure.

A name that is not UTF-8 cannot stand in TOML: it has a second key, `bytes`, with the whole of it in hexadecimal.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from photosort.filing.plan.draft import Draft, DraftFolder, DraftPhoto
from photosort.filing.plan.model import Mode
from photosort.support.printable import printable

FORMAT = 1
DIGITS = 16
"""Hexadecimal digits of a SHA-256 that are written: enough to see that a photo has changed."""

TOP = ("format", "run", "source", "source_bytes", "destination", "destination_bytes", "mode", "folder", "aside")

HEAD = """\
# A plan of photosort. Edit it, then: photosort apply THIS-FILE
# No photo has been touched yet. Photos that you take out of this file stay where they are.
#
# rename a folder     change `name`; "/" makes a folder in a folder
# move a photo        move its line to another folder
# merge two folders   move all lines of one to the other, and remove the empty folder
# make a folder       add [[folder]] with `name` and `photos`; the other keys may be missing
# leave photos        move their lines to `photos` under [aside], or remove them
# add to a folder     move lines to one that has photos already; with another name, its lines make a new folder
#
# format, run      the version of this file, and the run that it was made from: leave them as they are
# source           the folder that the photos are in; `file` is a path below it
# destination      where the folders go
# mode             copy, move, hardlink or symlink
# title, summary   what the folder's ABOUT.txt says; `keywords` too
# clusters         the folders of the run that this one comes from
# pinned           true: the name is settled, and is recorded as yours
# sha256           the beginning of the checksum: a photo that was changed since is refused
# bytes            a name that is not UTF-8, in hexadecimal; `file` is then for reading only
"""


@dataclass(slots=True)
class Reading:
    """What was read from a text: the draft, without what is wrong, and a line for each fault.

    `draft` is None where the text does not even say which run and folders it is about.
    """

    draft: Draft | None = None
    faults: list[str] = field(default_factory=list)


def as_text(draft: Draft) -> Iterator[str]:
    """Yield the lines of a draft, each with its line break. `read_text` makes the same draft of them."""
    yield HEAD
    yield f"\nformat = {FORMAT}\nrun = {draft.run}\n"
    for key, path in (("source", draft.source), ("destination", draft.destination)):
        yield "".join(f"{name} = {value}\n" for name, value in _named(key, str(path)))
    yield f'mode = "{draft.mode.value}"\n'
    for folder in draft.folders:
        yield "\n[[folder]]\n"
        if folder.there:
            lie = "1 photo lies" if folder.there == 1 else f"{folder.there:,} photos lie"
            yield f"# {lie} in this folder already: the name is that of the folder on disk\n"
        yield f"name = {quoted(folder.name)}\ntitle = {quoted(folder.title)}\n"
        yield f"summary = {quoted(folder.summary)}\n"
        yield f"keywords = [{', '.join(map(quoted, folder.keywords))}]\n"
        yield f"clusters = {list(folder.clusters)}\n"
        yield "pinned = true\n" if folder.pinned else "pinned = false\n"
        yield from _photo_lines(folder.photos, draft.source)
    yield "\n[aside]\n"
    yield from _photo_lines(draft.aside, draft.source)


def quoted(text: str) -> str:
    """Return a text as a basic string of TOML, in which everything that does not print is escaped."""
    return '"' + "".join(_escaped(char) for char in text) + '"'


def read_text(text: str) -> Reading:
    """Return the draft that a text holds, and all that is wrong with the text alone.

    A photo's digest is as long as the text has it. Names and photos are compared with nothing here.
    """
    reading = Reading()
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reading.faults.append(f"not TOML: {printable(str(error))}")
        return reading
    faults = reading.faults
    top = _Table(content, "the file", faults)
    top.refuse_others(*TOP)
    version, run = top.take("format", int, FORMAT), top.take("run", int)
    if version != FORMAT:
        faults.append(f"format {version} is not known to this version of photosort, which reads {FORMAT}")
    source, destination = top.absolute("source"), top.absolute("destination")
    mode = top.take("mode", str, Mode.COPY.value)
    if mode not in list(Mode):
        faults.append(f"mode “{printable(str(mode))}” is not known; choose {', '.join(Mode)}")
        mode = Mode.COPY.value
    if run is None or source is None or destination is None:
        return reading
    folders = tuple(_folders(top, source))
    aside = _Table(top.take("aside", dict, {}), "[aside]", faults)
    aside.refuse_others("photos")
    photos = tuple(_photos(aside, source))
    reading.draft = Draft(run, source, destination, Mode(mode), folders, photos)
    return reading


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the text, `what` in messages; its faults go to one list for all."""

    content: Mapping[str, Any]
    what: str
    faults: list[str]

    def refuse_others(self, *known: str) -> None:
        for key in self.content:
            if key not in known:
                self.faults.append(f"{self.what}: unknown key “{printable(key)}”")

    def take(self, key: str, kind: type, default: Any = None) -> Any:
        """Return the value of a key, the default where it is missing or of another kind."""
        value = self.content.get(key)
        if value is None:
            if default is None:
                self.faults.append(f"{self.what}: “{key}” is missing")
            return default
        if type(value) is not kind:
            self.faults.append(f"{self.what}: “{key}” must be {_KINDS[kind]}")
            return default
        return value

    def absolute(self, key: str) -> Path | None:
        """Return the path of a folder, which is to be absolute."""
        path = self.path(key)
        if path is None or path.is_absolute():
            return path
        self.faults.append(f"{self.what}: “{key}” must be an absolute path, not “{printable(str(path))}”")
        return None

    def path(self, key: str, raw: str = "") -> Path | None:
        """Return the path that a key gives, or its bytes where there are some."""
        raw = raw or f"{key}_bytes"
        if raw in self.content:
            try:
                return _usable(os.fsdecode(bytes.fromhex(self.take(raw, str, ""))))
            except ValueError:
                self.faults.append(f"{self.what}: “{raw}” must be bytes in hexadecimal")
                return None
        name = self.take(key, str)
        if name is None:
            return None
        try:
            return _usable(name)
        except ValueError:
            self.faults.append(f"{self.what}: “{key}” is empty or no path")
            return None

    def texts(self, key: str, kind: type) -> tuple[Any, ...]:
        values = self.take(key, list, [])
        if all(type(value) is kind for value in values):
            return tuple(values)
        self.faults.append(f"{self.what}: each of “{key}” must be {_KINDS[kind]}")
        return ()


_KINDS: dict[type, str] = {
    int: "a whole number",
    str: "a text in quotes",
    bool: "true or false",
    list: "a list in brackets",
    dict: "a table",
}


def _folders(top: _Table, source: Path) -> Iterator[DraftFolder]:
    for place, content in enumerate(top.take("folder", list, []), 1):
        if not isinstance(content, dict):
            top.faults.append(f"folder {place}: must be a table, [[folder]]")
            continue
        table = _Table(content, f"folder {place}", top.faults)
        name = table.take("name", str)
        if name == "":
            top.faults.append(f"{table.what}: “name” is empty")
        table = _Table(content, f"“{printable(name)}”" if name else table.what, top.faults)
        table.refuse_others("name", "title", "summary", "keywords", "clusters", "pinned", "photos")
        yield DraftFolder(
            name=name or "",
            title=table.take("title", str, "") or (name or "").rpartition("/")[2],
            summary=table.take("summary", str, ""),
            keywords=table.texts("keywords", str),
            photos=tuple(_photos(table, source)),
            clusters=table.texts("clusters", int),
            pinned=table.take("pinned", bool, False),
        )


def _photos(inside: _Table, source: Path) -> Iterator[DraftPhoto]:
    for place, content in enumerate(inside.take("photos", list, []), 1):
        what = f"{inside.what}, photo {place}"
        if not isinstance(content, dict):
            inside.faults.append(f'{what}: must be {{ file = "NAME", sha256 = "DIGITS" }}')
            continue
        table = _Table(content, what, inside.faults)
        table.refuse_others("file", "bytes", "sha256")
        path, digest = table.path("file", "bytes"), table.take("sha256", str)
        if digest is not None and not (DIGITS <= len(digest) <= 64 and set(digest) <= set("0123456789abcdef")):
            inside.faults.append(f"{what}: “sha256” must be {DIGITS} to 64 hexadecimal digits in lower case")
            continue
        if path is not None and digest is not None:
            yield DraftPhoto(Path(os.path.normpath(source / path)), digest)


def _photo_lines(photos: Iterable[DraftPhoto], source: Path) -> Iterator[str]:
    yield "photos = [\n"
    for photo in photos:
        shown = photo.path.relative_to(source) if photo.path.is_relative_to(source) else photo.path
        keys = ", ".join(f"{name} = {value}" for name, value in _named("file", str(shown), "bytes"))
        yield f'  {{ {keys}, sha256 = "{photo.digest[:DIGITS]}" }},\n'
    yield "]\n"


def _named(key: str, name: str, raw: str = "") -> list[tuple[str, str]]:
    """Return the keys and values that stand for a path: its text, and its bytes where it is not UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        text = os.fsencode(name).decode(errors="replace")
        return [(key, quoted(text)), (raw or f"{key}_bytes", f'"{os.fsencode(name).hex()}"')]
    return [(key, quoted(name))]


def _usable(name: str) -> Path:
    """Return a path that the system can be asked for. Raises ValueError."""
    if not name or "\0" in name:
        raise ValueError(name)
    return Path(name)


def _escaped(char: str) -> str:
    if char in '"\\':
        return f"\\{char}"
    if char.isprintable():
        return char
    code = ord(char)
    if 0xD800 <= code <= 0xDFFF:
        return "\N{REPLACEMENT CHARACTER}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"
