"""How many questions are on their way to a server at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class Pace:
    """Lets more questions go while answers come fast, and fewer while they come slowly.

    A server with one slot answers one question after another, however many it is sent, and the last ones come too
    late. Nothing tells how many slots it has but the time that it takes.
    """

    def __init__(self, first: int, most: int, slow: float) -> None:
        """Begin with `first` at once; never more than `most`; an answer that takes longer than `slow` seconds halves
        the number, one in less than half of that doubles it.
        """
        self._now, self._most, self._slow = first, most, slow
        self._under_way = 0
        self._changed = Condition()

    @property
    def at_once(self) -> int:
        """The questions that may be on their way."""
        return self._now

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until one more question may go; it is on its way within the block.

        What the block raises may have been fast, and shows no pace: only answers let more questions go.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._under_way < self._now)
            self._under_way += 1
        begin, answered = time.monotonic(), False
        try:
            yield
            answered = True
        finally:
            self._learn(time.monotonic() - begin, answered)

    def _learn(self, seconds: float, answered: bool) -> None:
        with self._changed:
            self._under_way -= 1
            if seconds > self._slow:
                self._now = max(1, self._now // 2)
            elif answered and 2 * seconds < self._slow:
                self._now = min(self._most, self._now * 2)
            self._changed.notify_all()
