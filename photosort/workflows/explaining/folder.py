"""One folder in depth: what lies at its edge, and which parts it has. Loads no model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from photosort.clustering.choose_k import choose_k
from photosort.clustering.kmeans import kmeans
from photosort.errors import PhotosortError
from photosort.methods.fusion import centred
from photosort.naming.cluster_texts import said_terms
from photosort.naming.keywords import exclusive_keywords
from photosort.store.cache import open_cache
from photosort.store.runs.runs import MemberRecord, Run
from photosort.workflows.explaining.clusters import EXEMPLARS, Clusters
from photosort.workflows.explaining.periods import Period, period_of
from photosort.workflows.explaining.views import Edge, FolderView, Keywords, Theme

EDGE = 5
FEW = 12
"""Photos of a folder that is too small to have parts."""
MOST_THEMES = 5
WORDS = 3
RESTARTS = 10
SEED = 42


def folder_view(clusters: Clusters, number: int, cache_dir: Path | None) -> FolderView:
    """Return a folder of a run in depth."""
    members = clusters.members_of(number)
    copies = clusters.named[number].of_copies
    themes, forgotten = ((), 0) if copies else _themes(clusters, members, cache_dir)
    return FolderView(
        clusters.run,
        clusters.view(number),
        tuple(members),
        tuple(clusters.neighbours(number)),
        () if copies else _edge(clusters, number, members),
        themes,
        forgotten,
        _period(clusters, members),
    )


def _period(clusters: Clusters, members: Sequence[MemberRecord]) -> Period | None:
    if not clusters.run.settings.get("events"):
        return None
    return period_of(members, [member for some in clusters.members.values() for member in some])


def _edge(clusters: Clusters, number: int, members: Sequence[MemberRecord]) -> tuple[Edge, ...]:
    last = clusters.lying(sorted(members[EXEMPLARS:], key=lambda member: member.similarity)[:EDGE])
    return tuple(
        Edge(lying, clusters.named.get(lying.photo.runner_up) if lying.photo.runner_up != number else None)
        for lying in last
    )


def _themes(
    clusters: Clusters, members: Sequence[MemberRecord], cache_dir: Path | None
) -> tuple[tuple[Theme, ...], int]:
    """Return the parts of a folder, by the pictures alone, and how many photos the cache knows no more."""
    if len(members) < FEW:
        return (), 0
    vectors, known = _vectors(clusters.run, members, cache_dir)
    forgotten = len(members) - len(known)
    if len(known) < FEW:
        return (), forgotten
    rows = centred(vectors)
    k = choose_k(rows, most=MOST_THEMES, seed=SEED).k
    found = kmeans(rows, k, restarts=RESTARTS, seed=SEED, fewer=True)
    parts = [[known[place] for place in found.members(part)] for part in range(found.k)]
    if len(parts) < 2:
        return (), forgotten
    said = said_terms([[photo.caption for photo in part] for part in parts])
    for terms, part in zip(said, parts, strict=True):
        for known_of_photo, photo in zip(terms, part, strict=True):
            known_of_photo += [noun for noun, _ in photo.answer.get("nouns", ())]
    keywords = exclusive_keywords(said, WORDS)
    own: list[Keywords] = [tuple((word.term, word.count) for word in words if not word.shared) for words in keywords]
    themes = [Theme(words, len(part), clusters.lying(part[:2])) for words, part in zip(own, parts, strict=True)]
    return tuple(themes), forgotten


def _vectors(
    run: Run, members: Sequence[MemberRecord], cache_dir: Path | None
) -> tuple[np.ndarray[tuple[int, int], np.dtype[np.float32]], list[MemberRecord]]:
    """Return the vectors of the photos that the cache still knows, and these photos."""
    from photosort.workflows.earlier_runs.recalled import (  # reads settings and knows all models
        image_vectors,
        settings_of,
    )

    try:
        with open_cache(cache_dir or settings_of(run).cache_dir) as cache:
            known, vectors = image_vectors(run, [member.digest for member in members], cache)
    except PhotosortError:  # a model that is not on this machine, or settings of another version
        return np.empty((0, 0), np.float32), []
    return vectors[known], [member for member, is_known in zip(members, known, strict=True) if is_known]
