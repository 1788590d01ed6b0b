"""Which photos have arrived whole. Looks and moments in, batches out: nothing here waits or looks at a disk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

Stamp = tuple[int, int, int]
"""Size in bytes, and the times of content and status in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Group:
    """A photo with what travels with it, by their paths, as they were when they were looked at.

    growing  whether one of them is known not to be whole: empty, or with a temporary file beside it
    """

    stamps: Mapping[Path, Stamp]
    growing: bool


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds.

    quiet    a photo is whole when it and what travels with it have been the same for so long
    longest  a whole photo waits for others that still arrive so long at most
    again    what has failed is tried again after so long, and after twice as long each time that it fails again,
             up to `rarest`
    every    the folder is looked at so often without any sign
    """

    quiet: float = 5.0
    longest: float = 120.0
    again: float = 30.0
    rarest: float = 3600.0
    every: float = 60.0


@dataclass(slots=True)
class _Pending:
    """A group that is not dealt with: as it was last seen, since when, and when it was first seen."""

    group: Group
    since: float
    first: float
    failures: int = 0
    not_before: float = 0.0


class Arrivals:
    """The photos of a folder that are waiting, and those that were dealt with, over many looks."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._pending: dict[Path, _Pending] = {}
        self._done: dict[Path, Group] = {}

    @property
    def waiting(self) -> int:
        """The number of photos that are not dealt with."""
        return len(self._pending)

    def see(self, groups: Mapping[Path, Group], now: float) -> None:
        """Take in a look at `now`, seconds of any clock that only goes forward."""
        self._done = {main: group for main, group in self._done.items() if groups.get(main) == group}
        before, self._pending = self._pending, {}
        for main, group in groups.items():
            if main in self._done:
                continue
            known = before.get(main)
            if known is None:
                known = _Pending(group, now, now)
            elif known.group != group:
                known = _Pending(group, now, known.first)
            self._pending[main] = known

    def batch(self, now: float) -> dict[Path, Group]:
        """Return the photos that are whole; none as long as others arrive, unless one has waited for too long."""
        due = {main: one for main, one in self._pending.items() if not one.group.growing and one.not_before <= now}
        whole = {main: one for main, one in due.items() if now - one.since >= self._patience.quiet}
        if len(whole) < len(due) and not any(now - one.first >= self._patience.longest for one in whole.values()):
            return {}
        return {main: one.group for main, one in whole.items()}

    def pause(self, now: float) -> float:
        """Return the seconds until a photo may be whole, or may be tried again."""
        moments = [
            max(one.since + self._patience.quiet, one.not_before)
            for one in self._pending.values()
            if not one.group.growing
        ]
        return min(max(min(moments, default=now + self._patience.every) - now, 0.0), self._patience.every)

    def deal_with(self, batch: Mapping[Path, Group], seen: Mapping[Path, Group]) -> None:
        """Count photos as dealt with, until they change; `seen` is a look afterwards.

        A hard link that was made of a photo changes its status, and nothing else of it.
        """
        for main, group in batch.items():
            now = seen.get(main, group)
            self._done[main] = now if _contents(now) == _contents(group) else group
            self._pending.pop(main, None)

    def put_off(self, mains: Iterable[Path], now: float) -> None:
        """Try these again later."""
        for main in mains:
            if one := self._pending.get(main):
                wait = min(self._patience.again * 2.0 ** min(one.failures, 20), self._patience.rarest)
                one.failures += 1
                one.not_before = now + wait


def _contents(group: Group) -> dict[Path, tuple[int, int]]:
    return {path: (size, mtime) for path, (size, mtime, _) in group.stamps.items()}
