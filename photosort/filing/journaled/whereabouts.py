"""Finds files of a run in folders that were renamed since."""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from photosort.filing.disk.place import look
from photosort.filing.disk.renaming import leads_to
from photosort.filing.journaled.revert import holds
from photosort.filing.plan.model import Mode
from photosort.store.journals.journal import Filing
from photosort.store.journals.operation import Operation


def find_elsewhere(
    filing: Filing, missing: Sequence[Operation], others: Container[Path]
) -> Iterator[tuple[Operation, Path]]:
    """Yield each file that is missing at its destination and lies, by name and content, in a folder beside its own.

    Looked at are the folders of the destination; where that is not there itself, the same places in the folders beside
    it. What `others`, the destinations of other runs, hold is theirs.
    """
    if not missing:
        return
    mode, likely, names = Mode(filing.mode), dict[Path, Path](), cache(_names)
    candidates = _inside if filing.destination.is_dir() else _beside
    for own, folders in candidates(filing, {operation.destination.parent for operation in missing}).items():
        for operation in (operation for operation in missing if operation.destination.parent == own):
            first = [likely[own]] if own in likely else []
            for folder in (*first, *folders):
                place = folder / operation.destination.name
                if place.name in names(folder) and place not in others and _is_it(place, operation, mode):
                    likely[own] = folder
                    yield operation, place
                    break


def _inside(filing: Filing, wanted: Iterable[Path]) -> dict[Path, list[Path]]:
    """Map each folder to all other folders of the destination."""
    folders = [Path(path) for path, _, _ in os.walk(filing.destination)]
    return {own: [folder for folder in folders if folder != own] for own in wanted}


def _beside(filing: Filing, wanted: Iterable[Path]) -> dict[Path, list[Path]]:
    """Map each folder to the folders at the same place below one that lies beside the destination."""
    try:
        tops = [path for path in sorted(filing.destination.parent.iterdir()) if path.is_dir()]
    except OSError:
        return {}
    places = {own: own.relative_to(filing.destination) for own in wanted}
    return {own: [top / place for top in tops if top != filing.source] for own, place in places.items()}


def _names(folder: Path) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))  # noqa: PTH208 (names are all that is wanted)
    except OSError:
        return frozenset()


def _is_it(place: Path, operation: Operation, mode: Mode) -> bool:
    try:
        if mode is Mode.SYMLINK and operation.content is None:
            return leads_to(place, operation.source)
        seen = look(place)
        return seen is not None and seen.st_size == operation.size and holds(place, operation)
    except OSError:
        return False
