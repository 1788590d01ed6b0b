"""The folders of a run side by side: what each has of its own, and which one is nearest to it. Loads no model."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from photosort.naming.contrast import Spoken, contrast
from photosort.photos.facts import Facts, in_words
from photosort.store.placed import places_of
from photosort.store.runs import ClusterRecord, MemberRecord, Run, Runs
from photosort.workflows.explaining.renamed import renamed
from photosort.workflows.explaining.views import ClusterView, Keywords, Lying, Nearest

EXEMPLARS = 3
NOUNS = 6
"""Nouns of a folder that may set it apart."""


class Clusters:
    """All clusters of a run, with their members."""

    def __init__(self, connection: sqlite3.Connection, run: Run) -> None:
        self._db, self.run = connection, run
        self.records: list[ClusterRecord] = Runs(connection).clusters(run.id)

    @cached_property
    def members(self) -> dict[int, list[MemberRecord]]:
        """Cluster -> its members, the exemplar first."""
        found: dict[int, list[MemberRecord]] = {cluster.number: [] for cluster in self.records}
        for member in Runs(self._db).members(self.run.id):
            found.setdefault(member.cluster, []).append(member)
        return found

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
                share = (count / max(1, len(self.members[number])), -number)
                best[word] = max(best.get(word, share), share)
        return {
            number: tuple(told for told in cluster.keywords if -best[told[0]][1] == number)
            for number, cluster in self.named.items()
        }

    def view(self, number: int) -> ClusterView:
        """Return one of them as the list shows it."""
        cluster, members = self.named[number], self.members[number]
        return ClusterView(
            self.records.index(cluster) + 1,
            cluster,
            len(members),
            self.keywords[number],
            self.lying(members[:EXEMPLARS]),
            self._nearest(number),
            self.renamed.get(number),
        )

    def views(self, among: Iterable[ClusterRecord] | None = None) -> tuple[ClusterView, ...]:
        """Return some of them, all without any, in their order."""
        return tuple(self.view(cluster.number) for cluster in (self.records if among is None else among))

    def neighbours(self, number: int) -> list[tuple[ClusterRecord, int]]:
        """Return the clusters that are next for some members of one, with the number of these, most frequent first."""
        following = Counter(member.runner_up for member in self.members[number] if member.runner_up != number)
        return [(self.named[other], count) for other, count in following.most_common() if other in self.named]

    def lying(self, photos: Sequence[MemberRecord]) -> tuple[Lying, ...]:
        """Return photos with where they lie: where the run has put them, else where it has found them."""
        places = places_of(self._db, self.run.id, [photo.path for photo in photos])
        return tuple(Lying(photo, self._place(photo, places)) for photo in photos)

    def _place(self, photo: MemberRecord, places: Mapping[Path, Path]) -> Path:
        place = places.get(photo.path)
        if place is None:
            return photo.path
        now = self.renamed.get(photo.cluster)
        moved = now / place.name if now else place
        return moved if os.path.lexists(moved) or not os.path.lexists(photo.path) else photo.path

    def _nearest(self, number: int) -> Nearest | None:
        for other, count in self.neighbours(number)[:1]:
            here, there = self._spoken[number], self._spoken[other.number]
            words = [
                *(word for word, _ in self.named[number].keywords),
                *(word for word, _ in other.keywords),
                *_frequent(here),
                *_frequent(there),
            ]
            return Nearest(other, count, contrast(here, there, words))
        return None

    @cached_property
    def _spoken(self) -> dict[int, Spoken]:
        return {
            number: Spoken([member.caption for member in members], [_marks(member) for member in members])
            for number, members in self.members.items()
        }


def _marks(member: MemberRecord) -> set[str]:
    """Return what is known of a photo in words, beside its caption: its facts, its year and its nouns."""
    facts = Facts.from_dict(member.facts)
    return {*in_words(facts), *filter(None, [facts.taken[:4]]), *(noun for noun, _ in member.answer.get("nouns", ()))}


def _frequent(spoken: Spoken) -> list[str]:
    counted = Counter(mark for marks in spoken.marks for mark in marks)
    return [word for word, _ in counted.most_common(NOUNS)]
