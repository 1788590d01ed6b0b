"""What an undo leaves to other runs: texts about folders that they have written anew, and folders that they made."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from photosort.filing.journaled.revert import holds
from photosort.store.journals.journal import Journal
from photosort.store.journals.operation import Operation


def is_handed_over(journal: Journal, group: Sequence[Operation]) -> bool:
    """Leave a text about a folder to the later run that has put another one in its place; False where none has."""
    (operation, *_) = group
    if operation.content is None:
        return False
    try:
        return not holds(operation.destination, operation) and journal.hand_over(operation)
    except OSError:
        return False  # said when it is judged


def remove_folders(journal: Journal) -> int:
    """Remove the folders that the run made, or other undos have left for it, where they are empty; returns how many."""
    removed = 0
    for folder in dict.fromkeys([*journal.made_folders(), *journal.folders_left()]):
        with suppress(OSError):
            if not folder.is_symlink():
                folder.rmdir()
                removed += 1
    return removed
