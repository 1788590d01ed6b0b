"""Finds files of a run in folders that were renamed since."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from photosort.filing.facts import Mode
from photosort.filing.place import look
from photosort.filing.renaming import leads_to
from photosort.filing.takeback import holds
from photosort.store.journal import Filing, Operation


def find_elsewhere(filing: Filing, missing: Sequence[Operation]) -> Iterator[tuple[Operation, Path]]:
    """Yield each file that is missing at its destination and lies, by name and content, in a folder beside its own.

    Looked at are the folders of the destination; where that is not there itself, the folders beside it that hold a file
    of the run at the same place.
    """
    folders = list(_folders(filing, missing)) if missing else []
    likely: dict[Path, Path] = {}
    for operation in missing:
        own = operation.destination.parent
        first = [likely[own]] if own in likely else []
        for folder in (*first, *(folder for folder in folders if folder != own)):
            place = folder / operation.destination.name
            if _is_it(place, operation, Mode(filing.mode)):
                likely[own] = folder
                yield operation, place
                break


def _folders(filing: Filing, missing: Iterable[Operation]) -> Iterator[Path]:
    if filing.destination.is_dir():
        yield from _below(filing.destination)
        return
    inner = {operation.destination.relative_to(filing.destination) for operation in missing}
    try:
        beside = [path for path in sorted(filing.destination.parent.iterdir()) if path.is_dir()]
    except OSError:
        return
    for folder in beside:
        if folder != filing.source and any(os.path.lexists(folder / path) for path in inner):
            yield from _below(folder)


def _below(folder: Path) -> Iterator[Path]:
    for path, _, _ in os.walk(folder):
        yield Path(path)


def _is_it(place: Path, operation: Operation, mode: Mode) -> bool:
    try:
        if mode is Mode.SYMLINK and operation.content is None:
            return leads_to(place, operation.source)
        seen = look(place)
        return seen is not None and seen.st_size == operation.size and holds(place, operation)
    except OSError:
        return False
