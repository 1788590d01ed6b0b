"""How a long stage tells how far it is, without printing: it calls a function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Used:
    """What a writer on a server has used; cost in US dollars, None where no price is known."""

    calls: int
    tokens_in: int
    tokens_out: int
    cost: float | None


@dataclass(frozen=True, slots=True)
class Bytes:
    """How many bytes of a stage have come so far, and how many there are: they say more of its rate than files do."""

    done: int
    total: int


class Progress(Protocol):
    """Called with the stage's name, how much is done so far, mostly photos, and the total; and with what it has used,
    or the bytes that have come.

    The total is None as long as it is not known. One call at the beginning and one at the end, where both numbers are
    equal, are enough; a stage that begins again begins with a smaller number.
    """

    def __call__(self, stage: str, done: int, total: int | None, used: Used | Bytes | None = None) -> None: ...


def silent(stage: str, done: int, total: int | None, used: Used | Bytes | None = None) -> None:
    """Report nothing."""
