"""Clusters that no name tells apart become one folder, where photosort chose how many there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from photosort.clustering.uniting import those_near, united
from photosort.methods.method import Grouping
from photosort.naming.cluster_texts import cluster_texts
from photosort.naming.summary import same_names
from photosort.photos.facts.facts import Facts
from photosort.photos.facts.fields import marks, towns_of
from photosort.settings.settings import Settings
from photosort.wordnet.nouns import nouns
from photosort.workflows.sorting.subjects import SubjectsOf

MOST = 1 / 3
"""The share of all photos that clusters may have together that become one."""


def unite(grouping: Grouping, facts: Sequence[Facts], settings: Settings, subjects_of: SubjectsOf) -> Grouping:
    """Return the grouping of n photos without clusters of which the same would be said, in the same words.

    Two folders called "Mixed", or "Mammals", are no use to anyone: they become one, unless that had more than MOST of
    all photos. Groups of a subject also have to be near: where the subject is wrong for one of them, it does not put
    unlike photos together. Where several questions were asked, or the method gives names, nothing changes.
    """
    best = grouping.best
    if len(grouping.candidates) > 1 or best.names:
        return grouping
    clustering = best.clustering
    members = [clustering.members(number).tolist() for number in range(clustering.k)]
    known = [[facts[photo] for photo in cluster] for cluster in members]
    subjects = subjects_of(members)
    same = same_names(
        cluster_texts(
            [[best.texts[photo] for photo in cluster] for cluster in members],
            settings.keywords,
            subjects=subjects,
            marks=[marks(some, towns_of(some)) for some in known],
            countable=nouns().can_be_counted,
        )
    )
    near = those_near(clustering, same)
    into = [near[place] if subjects[place].title else head for place, head in enumerate(same)]
    sizes = Counter[int]()
    for place, head in enumerate(into):
        sizes[head] += len(members[place])
    into = [head if sizes[head] <= MOST * len(facts) else place for place, head in enumerate(into)]
    fewer = clustering.k - len(set(into))
    if not fewer:
        return grouping
    those = "1 group was" if fewer == 1 else f"{fewer} groups were"
    remark = f"{those} put into others, for which the same name was found. --k keeps groups apart."
    one = replace(best, clustering=united(clustering, into), remarks=(*best.remarks, remark))
    return Grouping((one,))
