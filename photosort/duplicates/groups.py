"""Groups of photos that show the same: exact copies and edits around their best one, and bursts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from photosort.duplicates.alignment import Overlaps, overlaps
from photosort.duplicates.best import FOR_BURSTS, FOR_COPIES, Reason, ranked, why_best
from photosort.duplicates.matching import Pairs, Read, candidate_pairs
from photosort.duplicates.shots import Shot, are_two_shots, neighbours, series

Relation = Literal["exact copy", "smaller", "larger", "cropped", "recompressed or edited", "same moment"]
STRAIGHT = 0.008
"""The shift of a corner, in shares of a side, from which on an edge was cut."""
Moved = dict[frozenset[str], float]
"""Digests of two photos that are the same -> the largest shift of a corner, in shares of a side."""
COMPARED = 2048
"""Pairs whose sketches are in memory together."""


class Member(NamedTuple):
    """A photo that is not the best of its group, and what it is to the best."""

    shot: Shot
    relation: Relation


@dataclass(frozen=True, slots=True)
class Group:
    """Photos that show the same; the best is kept, the others are sorted as it is.

    why  the fact that makes the best one the best
    """

    best: Shot
    others: tuple[Member, ...]
    why: str

    @property
    def kind(self) -> Literal["exact", "near", "burst"]:
        """Exact where all have one content, burst where they are shots of one moment."""
        relations = {member.relation for member in self.others}
        return "exact" if relations == {"exact copy"} else "burst" if "same moment" in relations else "near"


def exact_groups(shots: Sequence[Shot]) -> list[Group]:
    """Return the groups of photos of one content."""
    return _groups([[copies] for copies in _by_content(shots).values() if len(copies) > 1], {})


def all_groups(shots: Sequence[Shot], read: Read) -> tuple[list[Group], list[Group]]:
    """Return the groups of exact copies and edits, and the bursts among what these leave.

    `read` gives the sketches (b, s, s) of photos by their numbers in `shots`. Each photo is in one group at most of
    either kind. Every photo of a group is like the best one; to be like another one of the group is not enough.
    """
    contents = list(_by_content(shots).values())
    number = {id(shot): place for place, shot in enumerate(shots)}
    firsts = [copies[0] for copies in contents]
    places = np.array([number[id(shot)] for shot in firsts], dtype=np.int64)
    compare = _Comparison(firsts, lambda chosen: read(places[chosen]))
    compare.add(candidate_pairs(compare.read, len(firsts)))
    stars = list(_stars(firsts, compare))
    groups = _groups([[contents[place] for place in star] for star in stars], compare.moved)
    kept = sorted([star[0] for star in stars])
    return groups, _bursts([firsts[place] for place in kept], lambda chosen: compare.read(np.array(kept)[chosen]))


class _Comparison:
    """What was compared so far, by numbers: which photos are the same, and what was not."""

    def __init__(self, shots: Sequence[Shot], read: Read) -> None:
        self.read = read
        self.same: dict[int, set[int]] = defaultdict(set)
        self.moved: Moved = {}
        self._shots = shots
        self._seen: set[tuple[int, int]] = set()

    def add(self, pairs: Pairs) -> None:
        """Compare pairs (m, 2), the lower number first."""
        for start in range(0, len(pairs), COMPARED):
            part = pairs[start : start + COMPARED]
            laid = overlaps(self.read(part[:, 0]), self.read(part[:, 1]))
            self._seen |= {(one, other) for one, other in part.tolist()}
            for place in np.flatnonzero(laid.same).tolist():
                self._keep(int(part[place, 0]), int(part[place, 1]), laid, place)

    def missing(self, pairs: Iterable[tuple[int, int]]) -> Pairs:
        """Return the pairs that were not compared yet."""
        left = sorted({(min(pair), max(pair)) for pair in pairs} - self._seen)
        return np.array(left, dtype=np.int64).reshape(-1, 2)

    def _keep(self, one: int, other: int, laid: Overlaps, place: int) -> None:
        first, second = self._shots[one], self._shots[other]
        moved = float(laid.moved[place])
        if are_two_shots(first, second) or (first.shape == second.shape and moved > STRAIGHT):
            return  # a cut makes a picture smaller: at the same size, other edges are another aim
        self.same[one].add(other)
        self.same[other].add(one)
        self.moved[frozenset((first.digest, second.digest))] = moved


def _by_content(shots: Sequence[Shot]) -> dict[str, list[Shot]]:
    """Map each digest to its photos, the best first."""
    copies: dict[str, list[Shot]] = defaultdict(list)
    for shot in shots:
        copies[shot.digest].append(shot)
    return {digest: ranked(equal, FOR_COPIES) for digest, equal in copies.items()}


def _stars(shots: Sequence[Shot], compare: _Comparison) -> Iterator[list[int]]:
    """Yield all photos by numbers: each best one with those that are the same as it, alone where there are none."""
    number = {id(shot): place for place, shot in enumerate(shots)}
    components = [
        [number[id(shot)] for shot in ranked([shots[place] for place in component], FOR_COPIES)]
        for component in _components(len(shots), compare)
    ]
    compare.add(compare.missing((star[0], other) for star in components for other in star[1:]))
    for component in components:
        left = component
        while left:
            best, *rest = left
            yield [best, *(other for other in rest if other in compare.same[best])]
            left = [other for other in rest if other not in compare.same[best]]


def _components(count: int, compare: _Comparison) -> Iterator[list[int]]:
    seen: set[int] = set()
    for start in range(count):
        if start in seen:
            continue
        seen.add(start)
        found, waiting = [start], [start]
        while waiting:
            new = compare.same.get(waiting.pop(), set()) - seen
            seen |= new
            found += sorted(new)
            waiting += sorted(new)
        yield found


def _groups(stars: Iterable[Sequence[Sequence[Shot]]], moved: Moved) -> list[Group]:
    """Make groups of stars, each a list of contents with their copies, in order; those of a single photo are none."""
    groups = []
    for star in stars:
        best, *others = (shot for copies in star for shot in copies)
        if others:
            members = tuple(Member(other, _relation(best, other, moved)) for other in others)
            groups.append(Group(best, members, why_best(best, others[0], FOR_COPIES)))
    return groups


def _relation(best: Shot, other: Shot, moved: Moved) -> Relation:
    if best.digest == other.digest:
        return "exact copy"
    if other.pixels > best.pixels:
        return "larger"
    if moved[frozenset((best.digest, other.digest))] > STRAIGHT:
        return "cropped"
    if best.shape != other.shape:
        return "smaller"
    return "recompressed or edited"


def _bursts(shots: Sequence[Shot], read: Read) -> list[Group]:
    """Return series of photos of one moment that look alike, each next one like the one before."""
    runs = list(series(shots))
    pairs = np.array([pair for run in runs for pair in neighbours(run)], dtype=np.int64).reshape(-1, 2)
    alike: set[tuple[int, int]] = set()
    for start in range(0, len(pairs), COMPARED):
        part = pairs[start : start + COMPARED]
        found = overlaps(read(part[:, 0]), read(part[:, 1])).alike
        alike |= {(one, other) for one, other in part[found].tolist()}
    return [_burst([shots[number] for number in part]) for run in runs for part in _cut(run, alike)]


def _cut(run: Sequence[int], alike: set[tuple[int, int]]) -> Iterator[list[int]]:
    part = [run[0]]
    for pair in neighbours(run):
        if pair not in alike:
            if len(part) > 1:
                yield part
            part = []
        part.append(pair[1])
    if len(part) > 1:
        yield part


def _burst(shots: Sequence[Shot], reasons: Sequence[Reason] = FOR_BURSTS) -> Group:
    best, *others = ranked(shots, reasons)
    return Group(best, tuple(Member(other, "same moment") for other in others), why_best(best, others[0], reasons))
