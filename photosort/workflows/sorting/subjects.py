"""What clusters of photos are of, by the models of the run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from photosort.models.protocols import Vectors
from photosort.models.selected import ModelSet
from photosort.naming import said, seen
from photosort.naming.subject import Subject
from photosort.naming.trueness import share_seen
from photosort.photos.facts.facts import Facts, who
from photosort.store.cache import Cache
from photosort.workflows.sorting.remembering import RememberedTexts

ENOUGH = 2_000
"""Photos of a cluster that are asked what they show: shares of so many are exact to 2 %."""

SubjectsOf = Callable[[Sequence[Sequence[int]]], list[Subject]]
"""Clusters, each the numbers of its photos -> what each is of."""

ShareOf = Callable[[str, Sequence[int]], float | None]
"""A title and the numbers of some photos -> the share of these that bears it out; None where nothing tells."""


def subjects_of(
    vectors: Vectors, facts: Sequence[Facts], captions: Sequence[str], models: ModelSet, cache: Cache
) -> SubjectsOf:
    """Return what tells the subjects of clusters of n photos: by what a model sees in their vectors (n, d) and by their
    facts, and where that is nothing, or no model reads vectors, by their captions.
    """
    sight, words = by_sight(vectors, facts, models, cache), by_captions(captions)
    if sight is None:
        return words

    def both(members: Sequence[Sequence[int]]) -> list[Subject]:
        found = sight(members)
        unnamed = [place for place, subject in enumerate(found) if not subject.title]
        for place, subject in zip(unnamed, words([members[place] for place in unnamed]), strict=True):
            found[place] = subject
        return found

    return both


def share_of(
    vectors: Vectors, facts: Sequence[Facts], captions: Sequence[str], models: ModelSet, cache: Cache
) -> ShareOf:
    """Return what tells the share of some of n photos that bears a title out, by what `subjects_of` names clusters by.

    Of what a model sees and what captions say, the larger share counts: either may have given the title.
    """

    def share(title: str, members: Sequence[int]) -> float | None:
        some = _some(members)
        shares = [said.share_of(title, [captions[photo] for photo in some])]
        if reader := models.subjects(RememberedTexts(models.text_encoder, cache)):
            shares.append(share_seen(title, reader.read(vectors[some]), _in_words([facts[photo] for photo in some])))
        return max((one for one in shares if one is not None), default=None)

    return share


def by_captions(captions: Sequence[str]) -> SubjectsOf:
    """Return what tells the subjects of clusters of n photos by their captions."""
    return lambda members: said.subjects([[captions[photo] for photo in _some(cluster)] for cluster in members])


def by_sight(vectors: Vectors, facts: Sequence[Facts], models: ModelSet, cache: Cache) -> SubjectsOf | None:
    """Return what tells them by vectors (n, d) and facts; None where no model reads vectors."""
    reader = models.subjects(RememberedTexts(models.text_encoder, cache))
    if reader is None:
        return None

    def read(members: Sequence[Sequence[int]]) -> list[Subject]:
        some = map(_some, members)
        return seen.subjects((reader.read(vectors[rows]), _in_words([facts[photo] for photo in rows])) for rows in some)

    return read


def _some(cluster: Sequence[int]) -> list[int]:
    """Return at most ENOUGH photos of a cluster, spread from its centre to its edge."""
    return [cluster[place * len(cluster) // ENOUGH] for place in range(ENOUGH)] if len(cluster) > ENOUGH else [*cluster]


def _in_words(facts: Sequence[Facts]) -> seen.Told:
    return seen.Told(tuple(f"{each.kind.name}s" if each.kind else "" for each in facts), tuple(map(who, facts)))
