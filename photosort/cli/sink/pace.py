"""How far the stages of a command are, how fast they go on, and how long they will take."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from photosort.cli.sink.quantities import duration
from photosort.support.printable import printable
from photosort.support.progress import Bytes, Used

SHOWN_AFTER = 0.5
"""Seconds before a stage is shown: one that is over earlier would only flash."""
LONG = 60.0
"""Seconds after which one line tells of a stage where no bar can be drawn."""
WINDOW, APART = 30.0, 0.2
"""Seconds of the past that say how fast a stage is now, and those that lie between two looks at it."""


class Stage:
    """One stage of the work, as the latest call told of it.

    done, total  what was counted; the total is None as long as it is not known
    used         what a writer on a server has used, or how many bytes have come; else None
    """

    def __init__(self, name: str, done: int, total: int | None, now: float) -> None:
        self.name, self.done, self.total = name, done, total
        self.used: Used | Bytes | None = None
        self.begun, self.ended = now, 0.0
        self._shown = False
        self._seen = deque[tuple[float, int]]()

    def update(self, done: int, total: int | None, used: Used | Bytes | None, now: float) -> None:
        """Take note of a call; one with a smaller number than before begins the stage again."""
        if self.total is None and total is not None:
            self._seen.clear()  # what is counted from now on may be something else
        if done < self.done or (self.ended and done < (total or done + 1)):
            self.begun, self.ended = now, 0.0
            self._seen.clear()
        self.done, self.total, self.used = done, total, used
        if self.ended:
            return
        if len(self._seen) > 1 and now - self._seen[-2][0] < APART:
            self._seen.pop()
        self._seen.append((now, self.counted))
        while now - self._seen[0][0] > WINDOW and len(self._seen) > 2:
            self._seen.popleft()
        if done == total:
            self.ended = now

    @property
    def counted(self) -> int:
        """What the rate is of: bytes where they are known, else what was counted."""
        return self.used.done if isinstance(self.used, Bytes) else self.done

    @property
    def of(self) -> int | None:
        """The whole of what the rate is of; None where it is not known, or where there is one step only."""
        whole = self.used.total if isinstance(self.used, Bytes) else self.total
        return None if whole == 1 else whole

    def is_shown(self, now: float) -> bool:
        """Return whether the stage is worth a line; one that was shown stays."""
        self._shown = self._shown or (self.ended or now) - self.begun >= SHOWN_AFTER
        return self._shown

    def elapsed(self, now: float) -> float:
        """Return the seconds since it began, or those that it has taken."""
        return (self.ended or now) - self.begun

    def rate(self) -> float | None:
        """Return what is counted each second; None where nothing has come yet."""
        if len(self._seen) < 2:
            return None
        (first, before), (last, now) = self._seen[0], self._seen[-1]
        return (now - before) / (last - first) if last > first and now > before else None

    def left(self, now: float) -> float | None:
        """Return the seconds to its end at the rate of late; None where that is not known."""
        rate, whole = self.rate(), self.of
        if whole is None or rate is None:
            return None
        since = now - self._seen[-1][0]
        return max(0.0, (whole - self.counted) / rate - since)


class Stages:
    """The stages of a command, in the order in which they began.

    clock  the time in seconds, from any moment on
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.all: dict[str, Stage] = {}

    def update(self, name: str, done: int, total: int | None, used: Used | Bytes | None = None) -> Stage:
        """Take note of a call, and return its stage."""
        now = self.clock()
        stage = self.all.get(name)
        if stage is None:
            stage = self.all[name] = Stage(name, done, total, now)
        stage.update(done, total, used, now)
        return stage

    def forget_ended(self) -> None:
        """Take stages that have ended from the list; a later call with the name of one begins it anew."""
        self.all = {name: stage for name, stage in self.all.items() if not stage.ended}


class Lines:
    """Writes one line for each stage that takes a minute, where no bar can be drawn: in the log of a server, say."""

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._say, self._stages = say, Stages(clock)
        self._said: set[str] = set()

    def report(self, stage: str, done: int, total: int | None, used: Used | Bytes | None = None) -> None:
        """Take note of a call, and say where a long stage is, once."""
        one, now = self._stages.update(stage, done, total, used), self._stages.clock()
        if stage in self._said or one.ended or one.elapsed(now) < LONG:
            return
        self._said.add(stage)
        left = one.left(now)
        of = f" of {total:,}" if total not in (None, 1) else ""
        count = f" {done:,}{of}," if done or of else ""
        more = f", about {duration(left)} left" if left is not None else ""
        self._say(printable(f"{stage}:{count} after {duration(one.elapsed(now))}{more}"))
