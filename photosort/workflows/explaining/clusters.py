"""The folders of a run side by side: what each has of its own, and which one is nearest to it. Loads no model."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from photosort.naming.contrast import Spoken, contrast
from photosort.photos.facts.facts import Facts, in_words
from photosort.store.placed import places_of
from photosort.store.runs.runs import ClusterRecord, MemberRecord, Run, Runs
from photosort.workflows.earlier_runs.renamed import renamed
from photosort.workflows.explaining.views import ClusterView, Keywords, Lying, Nearest

EXEMPLARS = 3
NOUNS = 6
"""Facts and nouns of a folder that may set it apart."""
SAMPLE = 500
"""Photos of a folder, at least, by which it is told from another one; shares of so many are exact to 4 %."""


class Clusters:
    """All clusters of a run, with their members."""

    def __init__(self, connection: sqlite3.Connection, run: Run) -> None:
        self._db, self._runs, self.run = connection, Runs(connection), run
        self.records: list[ClusterRecord] = self._runs.clusters(run.id)
        self._said: dict[int, tuple[Spoken, list[str]]] = {}

    @cached_property
    def members(self) -> dict[int, list[MemberRecord]]:
        """Cluster -> all its members, the exemplar first."""
        found: dict[int, list[MemberRecord]] = {cluster.number: [] for cluster in self.records}
        for member in self._runs.members(self.run.id):
            found.setdefault(member.cluster, []).append(member)
        return found

    def members_of(self, number: int) -> list[MemberRecord]:
        """Return the members of one cluster, the exemplar first; reads no other."""
        return self._runs.members(self.run.id, number)

    def some_members(self, choose: Callable[[Sequence[tuple[bytes, int, int]]], Iterable[bytes]]) -> list[MemberRecord]:
        """Return the members whose paths are chosen, given path, cluster and rank of all; reads no other."""
        return self._runs.members_at(self.run.id, [*choose(self._runs.ranks(self.run.id))])

    @cached_property
    def sizes(self) -> dict[int, int]:
        """Cluster -> the number of its members."""
        return {cluster.number: 0 for cluster in self.records} | self._runs.sizes(self.run.id)

    @cached_property
    def named(self) -> dict[int, ClusterRecord]:
        """Number -> cluster."""
        return {cluster.number: cluster for cluster in self.records}

    @cached_property
    def renamed(self) -> dict[int, Path]:
        """Cluster -> its folder as the user has called it since, where it has another name."""
        return renamed(self._db, self.run, self.records)

    @cached_property
    def keywords(self) -> dict[int, Keywords]:
        """Cluster -> its keywords, but for those that are said of a larger share of another cluster's photos."""
        best: dict[str, tuple[float, int]] = {}
        for number, cluster in self.named.items():
            for word, count in cluster.keywords:
                share = (count / max(1, self.sizes[number]), -number)
                best[word] = max(best.get(word, share), share)
        return {
            number: tuple(told for told in cluster.keywords if -best[told[0]][1] == number)
            for number, cluster in self.named.items()
        }

    def view(self, number: int) -> ClusterView:
        """Return one of them as the list shows it."""
        cluster = self.named[number]
        return ClusterView(
            self.records.index(cluster) + 1,
            cluster,
            self.sizes[number],
            self.keywords[number],
            self.lying(self._runs.members(self.run.id, number, first=EXEMPLARS)),
            self._nearest(number),
            self.renamed.get(number),
        )

    def views(self, among: Iterable[ClusterRecord] | None = None) -> tuple[ClusterView, ...]:
        """Return some of them, all without any, in their order."""
        return tuple(self.view(cluster.number) for cluster in (self.records if among is None else among))

    def neighbours(self, number: int) -> list[tuple[ClusterRecord, int]]:
        """Return the clusters that are next for some members of one, with the number of these, most frequent first."""
        following = self._runner_ups.get(number, Counter()).most_common()
        return [(self.named[other], count) for other, count in following if other in self.named]

    def lying(self, photos: Sequence[MemberRecord]) -> tuple[Lying, ...]:
        """Return photos with where they lie: where the run has put them, else where it has found them."""
        places = places_of(self._db, self.run.id, [photo.path for photo in photos])
        return tuple(Lying(photo, self._place(photo, places)) for photo in photos)

    def _place(self, photo: MemberRecord, places: Mapping[Path, Path]) -> Path:
        place = photo.path if photo.standing else places.get(photo.path)
        if place is None:
            return photo.path
        now = self.renamed.get(photo.cluster)
        moved = now / place.name if now else place
        return moved if os.path.lexists(moved) or not os.path.lexists(photo.path) else photo.path

    def _nearest(self, number: int) -> Nearest | None:
        for other, count in self.neighbours(number)[:1]:
            (here, marked), (there, marked_there) = self._spoken(number), self._spoken(other.number)
            words = [word for word, _ in (*self.named[number].keywords, *other.keywords)] + marked + marked_there
            return Nearest(other, count, contrast(here, there, words))
        return None

    def _spoken(self, number: int) -> tuple[Spoken, list[str]]:
        """Return what is said of a cluster, by a sample of its photos, and what its facts say most often."""
        if number not in self._said:
            every = max(1, self.sizes[number] // SAMPLE)
            some = self._runs.members(self.run.id, number, every=every)
            marks = [_marks(member) for member in some]
            frequent = Counter(mark for known in marks for mark in sorted(known)).most_common(NOUNS)
            self._said[number] = Spoken([member.caption for member in some], marks), [mark for mark, _ in frequent]
        return self._said[number]

    @cached_property
    def _runner_ups(self) -> dict[int, Counter[int]]:
        return self._runs.runner_ups(self.run.id)


def _marks(member: MemberRecord) -> set[str]:
    """Return what is known of a photo in words, beside its caption: its facts and its nouns."""
    facts = Facts.from_dict(member.facts)
    return {*in_words(facts), *(noun for noun, _ in member.answer.get("nouns", ()))}
