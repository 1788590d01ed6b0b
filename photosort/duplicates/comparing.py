"""Which of the pairs that may show the same do: compared are only those whose answer is not known yet.

To lay one photo over another costs a thousand times what it costs to find the pair. In a heap of photos that are all
alike each photo has dozens of candidates, but whether photos hang together is known from a tree of pairs. So pairs are
compared nearest first, and none of which both photos hang together already (Kruskal 1956, "On the shortest spanning
subtree of a graph"). A pair of photos that are unlike all that is nearer to them is given up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from photosort.duplicates.alignment import overlaps
from photosort.duplicates.matching import NEAREST, Pairs, Read
from photosort.duplicates.shots import Shot, are_two_shots

STRAIGHT = 0.008
"""The shift of a corner, in shares of a side, from which on an edge was cut."""
COMPARED = 2048
"""Pairs whose sketches are in memory together."""
GIVEN_UP = 16
"""Comparisons in vain of both photos of a pair after which it is not compared any more."""
Moved = dict[frozenset[str], float]
"""Digests of two photos that are the same -> the largest shift of a corner, in shares of a side."""


class Comparison:
    """What was compared so far, by numbers of photos: which are the same, and which hang together.

    compared  how many pairs were laid over each other
    moved     how far the pictures of those that are the same are shifted
    """

    def __init__(self, shots: Sequence[Shot], read: Read) -> None:
        self.read = read
        self.compared = 0
        self.moved: Moved = {}
        self._shots = shots
        self._same: dict[tuple[int, int], bool] = {}
        self._candidates: set[tuple[int, int]] = set()
        self._parent = list(range(len(shots)))
        self._in_vain = np.zeros(len(shots), dtype=np.int64)

    def join(self, pairs: Pairs, ranks: NDArray[np.int64]) -> None:
        """Compare pairs (m, 2), the lower number first and those of the lowest of `ranks` (m,) first, until it is known
        which photos hang together.
        """
        self._candidates |= {(one, other) for one, other in pairs.tolist()}
        for rank in range(NEAREST + 1):
            waiting = pairs[ranks == rank]
            while len(tree := self._tree(waiting)):
                self._compare(tree)

    def add(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Compare pairs, each of which was not compared yet."""
        left = sorted({(min(pair), max(pair)) for pair in pairs} - self._same.keys())
        self._compare(np.array(left, dtype=np.int64).reshape(-1, 2))

    def are_same(self, one: int, other: int) -> bool:
        """Return whether both are known to be one photo."""
        return self._same.get((min(one, other), max(one, other)), False)

    def is_candidate(self, one: int, other: int) -> bool:
        """Return whether both were found to be near."""
        return (min(one, other), max(one, other)) in self._candidates

    def components(self) -> list[list[int]]:
        """Return all photos, those that hang together in one list."""
        found: dict[int, list[int]] = {}
        for number in range(len(self._shots)):
            found.setdefault(self._root(number), []).append(number)
        return list(found.values())

    def _tree(self, pairs: Pairs) -> Pairs:
        """Return some of the pairs (m, 2) that are still to be compared, at most one on the way between two photos."""
        own, chosen = dict[int, int](), []

        def root(number: int) -> int:
            while (above := own.get(number, number)) != number:
                own[number] = own.get(above, above)
                number = above
            return number

        for one, other in pairs.tolist():
            if (one, other) in self._same or min(self._in_vain[one], self._in_vain[other]) >= GIVEN_UP:
                continue
            first, second = self._root(one), self._root(other)
            if first != second and (from_ := root(first)) != (to := root(second)):
                own[from_] = to
                chosen.append((one, other))
        return np.array(chosen, dtype=np.int64).reshape(-1, 2)

    def _compare(self, pairs: Pairs) -> None:
        self._same |= dict.fromkeys(map(tuple, pairs.tolist()), False)
        apart = [are_two_shots(self._shots[one], self._shots[other]) for one, other in pairs.tolist()]
        pairs = pairs[~np.array(apart, dtype=np.bool_)]
        self.compared += len(pairs)
        for start in range(0, len(pairs), COMPARED):
            part = pairs[start : start + COMPARED]
            laid = overlaps(self.read(part[:, 0]), self.read(part[:, 1]))
            for (one, other), same, moved in zip(part.tolist(), laid.same, laid.moved.tolist(), strict=True):
                if same and not self._is_another_aim(one, other, moved):
                    self._keep(one, other, moved)
                else:
                    self._in_vain[[one, other]] += 1

    def _is_another_aim(self, one: int, other: int, moved: float) -> bool:
        """Return whether edges differ at the same size: a cut makes a picture smaller."""
        return self._shots[one].shape == self._shots[other].shape and moved > STRAIGHT

    def _keep(self, one: int, other: int, moved: float) -> None:
        self._same[one, other] = True
        self._parent[self._root(one)] = self._root(other)
        self.moved[frozenset((self._shots[one].digest, self._shots[other].digest))] = moved

    def _root(self, number: int) -> int:
        while (above := self._parent[number]) != number:
            self._parent[number] = self._parent[above]
            number = above
        return number
