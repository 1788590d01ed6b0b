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


class Progress(Protocol):
    """Called with the stage's name, the photos done so far and their total; and with what it has used so far."""

    def __call__(self, stage: str, done: int, total: int, used: Used | None = None) -> None: ...


def silent(stage: str, done: int, total: int, used: Used | None = None) -> None:
    """Report nothing."""
