"""Memory that processes take in turn, kept by the one that started them: what a dead process held is not lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

Who = TypeVar("Who", bound=Hashable)


class Shares(Generic[Who]):
    """Bytes that holders may have together.

    As with `support.memory.Budget` they get them in the order in which they ask, and what asks for more than there is
    gets all of it, alone; but here none waits: `granted` says whose turn has come.
    """

    def __init__(self, total: int) -> None:
        self.total = self._free = total
        self._asking, self._held = deque[tuple[Who, int]](), dict[Who, int]()

    def ask(self, who: Who, size: int) -> None:
        """Line up for `size` bytes; what `who` held before is given back."""
        self.give_back(who)
        self._asking.append((who, min(size, self.total)))

    def give_back(self, who: Who) -> None:
        """End what `who` holds or asks for."""
        self._free += self._held.pop(who, 0)
        self._asking = deque(each for each in self._asking if each[0] != who)

    def granted(self) -> Iterator[Who]:
        """Yield those whose turn has come; they hold what they asked for from then on."""
        while self._asking and self._asking[0][1] <= self._free:
            who, size = self._asking.popleft()
            self._free -= size
            self._held[who] = size
            yield who
