"""One file operation of a run, in the plan and in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class State(StrEnum):
    """Where one operation stands; `store.journal` says what each means for the disk."""

    PLANNED = "planned"
    PLACING = "placing"
    PLACED = "placed"
    DONE = "done"
    THERE = "there"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Operation:
    """One file and its place at the destination.

    group    files of one group travel together, or not at all
    main     whether it is the photo of its group, and not a companion
    size     bytes; `mtime_ns` and `ctime_ns` in nanoseconds, the latter from when the file had this digest, or None
    digest   SHA-256 of the content, 64 hexadecimal digits
    content  what photosort writes itself: such a file has no source, and its destination stands for it
    id       the row of the journal; 0 in a plan, which has not been written there
    replaces the row of the journal whose content this one takes the place of; 0 for a file that was not there
    before   that content, as the journal has it; None in a plan
    """

    source: Path
    destination: Path
    size: int
    mtime_ns: int
    digest: str
    group: int
    main: bool
    state: State = State.PLANNED
    reason: str = ""
    content: bytes | None = None
    ctime_ns: int | None = None
    id: int = 0
    replaces: int = 0
    before: bytes | None = None

    @property
    def there(self) -> bool:
        """Whether an equal file has or will have this name: nothing is placed, and the source stays."""
        return self.state is State.THERE
