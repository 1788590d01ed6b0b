"""The files that a run places: that they are still those that were looked at, and when a move may remove them."""

from __future__ import annotations

import os

from photosort.filing.disk.copying import Changed, check_unchanged
from photosort.filing.disk.place import is_one_entry, look, same_file
from photosort.filing.disk.removing import Witness, remove_judged, witness
from photosort.filing.plan.model import Mode
from photosort.photos.files.digest import digest_of
from photosort.store.journals.operation import Operation, State

Judged = tuple[Witness, Witness]
"""An original that has to go, and the copy that keeps its content."""


def check_original(operation: Operation, mode: Mode) -> os.stat_result:
    """Return the file's status now. A copy is compared by digest on its way.

    Raises Changed unless the file is the one that was looked at, and OSError where it cannot be looked at.
    """
    seen = check_unchanged(operation.source, operation.size, operation.mtime_ns, link=mode is not Mode.MOVE)
    known = mode is Mode.COPY or seen.st_ctime_ns == operation.ctime_ns
    if not known and digest_of(operation.source) != operation.digest:
        raise Changed
    return seen


class Originals:
    """The originals of a move to another disk, which go once each copy is whole and durable there."""

    def __init__(self) -> None:
        self._copied: dict[int, Judged] = {}

    def copied(self, operation: Operation, original: os.stat_result, copy: os.stat_result) -> None:
        """Remember in which states the file was copied and placed by this process."""
        self._copied[operation.id] = Witness(operation.source, original), Witness(operation.destination, copy)

    def judge(self, operation: Operation) -> Judged | None:
        """Return an original that has to go, with its copy; None where it is gone, or was renamed.

        Raises Changed where the two differ, and OSError where either cannot be read.
        """
        origin, now = operation.source, operation.destination
        if operation.id in self._copied:
            return self._copied[operation.id]
        if operation.state is not State.PLACED or look(origin) is None or is_one_entry(origin, now):
            return None
        if same_file(origin, now):
            return Witness(origin, origin.lstat()), Witness(now, now.lstat())
        return _compared(operation)

    def remove(self, operation: Operation, judged: Judged | None) -> None:
        """Remove it; where anything has touched either file since, only if their contents are still equal.

        Raises Changed, OSError and InDoubt; then it is still there.
        """
        if judged is None:
            return
        try:
            remove_judged(*judged)
        except Changed:
            remove_judged(*_compared(operation))


def _compared(operation: Operation) -> Judged:
    origin, now = operation.source, operation.destination
    original = witness(origin, look(origin), operation.size, operation.digest)
    copy = witness(now, look(now), operation.size, operation.digest)
    if original is None or copy is None:
        raise Changed
    return original, copy
