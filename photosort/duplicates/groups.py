"""Groups of photos that show the same: exact copies and edits around their best one, and bursts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, NamedTuple

import numpy as np

from photosort.duplicates.alignment import overlaps
from photosort.duplicates.best import FOR_BURSTS, FOR_COPIES, Reason, ranked, why_best
from photosort.duplicates.comparing import COMPARED, STRAIGHT, Comparison, Moved
from photosort.duplicates.matching import Read, ranked_pairs
from photosort.duplicates.shots import Shot, neighbours, series

Relation = Literal["exact copy", "smaller", "larger", "cropped", "recompressed or edited", "same moment"]


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
    compare = Comparison(firsts, lambda chosen: read(places[chosen]))
    compare.join(*ranked_pairs(compare.read, len(firsts)))
    stars = list(_stars(firsts, compare))
    groups = _groups([[contents[place] for place in star] for star in stars], compare.moved)
    kept = sorted([star[0] for star in stars])
    return groups, _bursts([firsts[place] for place in kept], lambda chosen: compare.read(np.array(kept)[chosen]))


def _by_content(shots: Sequence[Shot]) -> dict[str, list[Shot]]:
    """Map each digest to its photos, the best first."""
    copies: dict[str, list[Shot]] = defaultdict(list)
    for shot in shots:
        copies[shot.digest].append(shot)
    return {digest: ranked(equal, FOR_COPIES) for digest, equal in copies.items()}


def _stars(shots: Sequence[Shot], compare: Comparison) -> Iterator[list[int]]:
    """Yield all photos by numbers: each best one with those that are the same as it, alone where there are none."""
    number = {id(shot): place for place, shot in enumerate(shots)}
    left = [
        [number[id(shot)] for shot in ranked([shots[place] for place in component], FOR_COPIES)]
        for component in compare.components()
    ]
    compare.add(pair for best, *others in left for pair in product([best], others))
    while left:
        rest = []
        for best, *others in left:
            yield [best, *(other for other in others if compare.are_same(best, other))]
            rest.append([other for other in others if not compare.are_same(best, other)])
        left = [others for others in rest if others]
        compare.add(pair for best, *others in left for pair in product([best], others) if compare.is_candidate(*pair))


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
