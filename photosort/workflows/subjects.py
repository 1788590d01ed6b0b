"""What clusters of photos are of, by the models of the run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from photosort.describing.describe import Described
from photosort.models.selected import ModelSet
from photosort.naming import said, seen
from photosort.naming.subject import Subject
from photosort.photos.facts import GROUP, Facts
from photosort.store.cache import Cache
from photosort.workflows.remembering import RememberedTexts

SubjectsOf = Callable[[Sequence[Sequence[int]]], list[Subject]]
"""Clusters, each the numbers of its photos -> what each is of."""


def subjects_of(described: Described, captions: Sequence[str], models: ModelSet, cache: Cache) -> SubjectsOf:
    """Return what tells the subjects of clusters of photos: by what a model sees in them, or else by their captions,
    one for each photo.
    """
    reader = models.subjects(RememberedTexts(models.text_encoder, cache))

    def read(members: Sequence[Sequence[int]]) -> list[Subject]:
        if reader is None:
            return said.subjects([[captions[photo] for photo in cluster] for cluster in members])
        shown = [reader.read(described.vectors[list(cluster)]) for cluster in members]
        facts = [_in_words([described.facts[photo] for photo in cluster]) for cluster in members]
        return seen.subjects(list(zip(shown, facts, strict=True)))

    return read


def _in_words(facts: Sequence[Facts]) -> seen.Facts:
    return seen.Facts(tuple(f"{each.kind.name}s" if each.kind else "" for each in facts), tuple(map(_people, facts)))


def _people(facts: Facts) -> str:
    if facts.people is None or not facts.people.count:
        return ""
    if facts.people.portrait:
        return "portraits"
    return ("", "people", "two people")[facts.people.count] if facts.people.count < GROUP else "groups of people"
