"""How many questions are on their way to a server at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition

SLOW = 0.25
"""The share of the time for an answer after which fewer questions are asked at once."""


class Stopped(Exception):
    """The work was stopped before a question was asked."""


class Pace:
    """Lets more questions go while answers come fast, and fewer while they come slowly.

    A server with one slot answers one question after another, however many it is sent, and the last ones come too
    late. Nothing tells how many slots it has but the time that it takes. The number grows as that of packets does in
    TCP's slow start (RFC 5681, section 3.1): by one for each answer, which doubles it from round to round.
    """

    def __init__(self, first: int, most: int, patience: float) -> None:
        """Begin with `first` at once; never more than `most`. An answer that takes more than SLOW of the `patience`,
        in seconds, halves the number, once for all that were on their way together. One in less than half of that adds
        one, where more than half of the number were on their way.
        """
        self._now, self._most, self._slow = first, most, SLOW * patience
        self._under_way = 0
        self._lowered = 0.0
        self._changed = Condition()

    @property
    def at_once(self) -> int:
        """The questions that may be on their way."""
        return self._now

    @contextmanager
    def turn(self, stopped: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """Wait until one more question may go; it is on its way within the block.

        What the block raises may have been fast, and shows no pace: only answers let more questions go. Raises Stopped
        instead of a turn once `stopped` says so.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._under_way < self._now or stopped())
            if stopped():
                self._changed.notify()
                raise Stopped
            self._under_way += 1
        begin, answered = time.monotonic(), False
        try:
            yield
            answered = True
        finally:
            self._learn(begin, answered)

    def _learn(self, begin: float, answered: bool) -> None:
        end = time.monotonic()
        with self._changed:
            if end - begin > self._slow:
                if begin >= self._lowered:
                    self._now, self._lowered = max(1, self._now // 2), end
            elif answered and 2 * (end - begin) < self._slow and 2 * self._under_way > self._now:
                self._now = min(self._most, self._now + 1)
            self._under_way -= 1
            self._changed.notify(max(1, self._now - self._under_way))
