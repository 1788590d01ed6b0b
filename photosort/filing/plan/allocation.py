"""The names of one planned folder, those on disk and those reserved. Pure."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from photosort.filing.plan.collisions import NUMBER, byte_length, legal, numbered
from photosort.filing.plan.model import ExistingEntry, GeneratedFile, Mode, Survey
from photosort.naming.folder_name import name_key
from photosort.photos.files.photo import Photo
from photosort.store.journals.operation import Operation, State


@dataclass(slots=True)
class FolderNames:
    """Gives names to the groups that come into one folder, none of which meets another or what is there."""

    path: Path
    mode: Mode
    survey: Survey
    present: tuple[ExistingEntry, ...]
    files: list[Operation] = field(default_factory=list)
    _taken: dict[str, list[ExistingEntry]] = field(default_factory=lambda: defaultdict(list))
    _by_digest: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _next: dict[tuple[str, ...], int] = field(default_factory=dict)
    _length: int = 0

    def __post_init__(self) -> None:
        self._length = len(os.fsencode(self.path))
        for entry in self.present:
            self._reserve(entry)

    def take(self, photo: Photo, group: int) -> bool:
        """Place the photo with its companions; False where no name fits."""
        paths = (photo.path, *photo.companions)
        plain = tuple(legal(path.name, self.survey.forbidden) for path in paths)
        names = self._free_names(paths, plain)
        if names is None:
            return False
        for path, name in zip(paths, names, strict=True):
            file = self.survey.files[path]
            present = self._equal(path, name)
            final = present.name if present else name
            self.files.append(
                Operation(
                    path,
                    self.path / final,
                    file.size,
                    file.mtime_ns,
                    file.digest,
                    group,
                    main=path == photo.path,
                    state=State.THERE if present else State.PLANNED,
                    ctime_ns=file.ctime_ns,
                )
            )
            if not present:
                self._reserve(ExistingEntry(name, "file", file.size, file.digest))
        return True

    def write(self, name: str, content: bytes) -> GeneratedFile | None:
        """Find a name for what is written about the folder; None where none fits."""
        digest = hashlib.sha256(content).hexdigest()
        number = 1
        while names := self._names((name,), number):
            entries = self._taken.get(name_key(names[0]), ())
            equal = [entry.name for entry in entries if entry.kind == "file" and entry.digest == digest]
            if equal or not entries:
                if not equal:
                    self._reserve(ExistingEntry(names[0], "file", len(content), digest))
                return GeneratedFile(self.path / (equal or names)[0], content, bool(equal))
            number += 1
        return None

    def _reserve(self, entry: ExistingEntry) -> None:
        self._taken[name_key(entry.name)].append(entry)
        if entry.digest:
            self._by_digest[entry.digest].append(entry.name)

    def _free_names(self, paths: Sequence[Path], plain: Sequence[str]) -> tuple[str, ...] | None:
        """Return the names under which the group is there already, else the first under which it has room."""
        root = tuple(name_key(name) for name in plain)
        number = self._next.get(root, 1)
        equal = self._by_digest.get(self.survey.files[paths[0]].digest, ())
        if equal or number == 1 or len(paths) > 1 or self.mode is Mode.SYMLINK:
            likely = {1, *(int(match[1]) for name in equal for match in NUMBER.finditer(name) if len(match[1]) < 10)}
            for early in sorted(likely):
                names = self._names(plain, early)
                if names and self._fits(paths, names):
                    if early == number:
                        self._next[root] = number + 1
                    return names
        while (names := self._names(plain, number)) is not None:
            if self._fits(paths, names):
                self._next[root] = number + 1
                return names
            if not any(self._equal(path, name) for path, name in zip(paths, names, strict=True)):
                self._next[root] = number + 1
            number += 1
        return None

    def _names(self, plain: Sequence[str], number: int) -> tuple[str, ...] | None:
        names = numbered(plain, number, self.survey.name_limit)
        room = self.survey.path_limit - self._length - len(os.sep)
        return names if names and all(byte_length(name) < room for name in names) else None

    def _fits(self, paths: Sequence[Path], names: Sequence[str]) -> bool:
        """Return whether each file is there already or finds its name free; a move takes all of them or none."""
        there = [self._equal(path, name) is not None for path, name in zip(paths, names, strict=True)]
        free = [name_key(name) not in self._taken for name in names]
        if self.mode is Mode.MOVE:
            return all(there) or all(free)
        return all(one or other for one, other in zip(there, free, strict=True))

    def _equal(self, path: Path, name: str) -> ExistingEntry | None:
        """Return the entry of that name which holds the same content, or points to this very file."""
        entries = self._taken.get(name_key(name))
        for entry in sorted(entries or (), key=lambda entry: (entry.name != name, entry.name)):
            if entry.kind == "file" and entry.digest == self.survey.files[path].digest:
                return entry
            if entry.kind == "link" and self.mode is Mode.SYMLINK and entry.target == str(path):
                return entry
        return None
