"""When the photos of an event were taken, and how long none was taken before and after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from photosort.photos.facts.facts import Facts
from photosort.photos.facts.fields import clock
from photosort.store.runs.runs import MemberRecord


@dataclass(frozen=True, slots=True)
class Period:
    """An event in time.

    first, last    when its first and its last photo were taken, ISO 8601
    before, after  seconds without a photo; None where the run has none before or after
    """

    first: str
    last: str
    before: float | None
    after: float | None


def period_of(members: Sequence[MemberRecord], every: Sequence[MemberRecord]) -> Period | None:
    """Return when the photos of an event were taken, among all photos of its run; None where they have no date."""
    own = sorted((moment, taken) for moment, taken in map(_moment, members) if moment is not None)
    if not own:
        return None
    (start, first), (end, last) = own[0], own[-1]
    inside = {member.path for member in members}
    moments = [_moment(member)[0] for member in every if member.path not in inside]
    others = [moment for moment in moments if moment is not None]
    before = max((moment for moment in others if moment <= start), default=None)
    after = min((moment for moment in others if moment >= end), default=None)
    return Period(first, last, None if before is None else start - before, None if after is None else after - end)


def _moment(member: MemberRecord) -> tuple[float | None, str]:
    facts = Facts.from_dict(member.facts)
    return clock(facts), facts.taken
