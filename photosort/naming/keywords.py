"""What sets a cluster apart, in words: its most frequent terms that no other cluster takes as well.

Source: "Text-Guided Image Clustering" (Stephan et al. 2024), keyword explanations. The printed algorithm
drops only what is common to ALL clusters, and may return too few; here the prose rule is followed (mode
`paper`), beside one that leaves a contested word where it says most (mode `winner`), and one that ranks by
class-based TF-IDF (mode `tfidf`; Grootendorst 2022, "BERTopic", equation 2).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from photosort.errors import SettingsError

Members = Sequence[Sequence[str]]
"""The terms of each photo of a cluster."""

Ranking = Literal["winner", "paper", "tfidf"]

Count = Literal["photos", "occurrences"]

Weights = list[dict[str, float]]
"""For each cluster, term -> how much the term says about it."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A term that stands for a cluster: said of `count` of its `members` photos ("dog 41 of 52"), or that often.

    shared  it was contested and lost, and is here because the cluster has too few words of its own
    """

    term: str
    count: int
    members: int
    shared: bool = False


def exclusive_keywords(
    clusters: Sequence[Members], n: int = 2, mode: Ranking = "winner", count: Count = "photos"
) -> list[tuple[Keyword, ...]]:
    """Return the n keywords of each cluster, best first; fewer only where it has fewer distinct terms.

    A term counts once a photo, or by `occurrences` as often as it is said (the paper counts so: with six texts a photo
    up to six times and more), case-folded; empty ones are dropped. The terms of a cluster are ranked by
    count (`tfidf`: by class-based TF-IDF), then by the share of the term's photos that lie in this cluster, then
    by the alphabet. A term among the top n of several clusters is contested. `winner` and `tfidf` leave it to the
    cluster where its share of members, or its TF-IDF, is highest (then its count, then the order of the
    clusters), and the others take their next; `paper` takes it from every cluster that has it. This repeats
    until no term is contested. A cluster that runs out of terms is filled up with the best of those it lost,
    marked `shared`.

    Raises SettingsError for an unknown mode or n below 1.
    """
    if mode not in get_args(Ranking):
        raise SettingsError(f"Unknown keyword mode '{mode}'", f"Choose one of: {', '.join(get_args(Ranking))}")
    if n < 1:
        raise SettingsError(f"{n} keywords cannot be found", "Ask for 1 or more.")
    frequency = document_frequency if count == "photos" else term_frequency
    counts = [frequency(members) for members in clusters]
    sizes = [len(members) for members in clusters]
    if mode == "tfidf":
        worth = class_tfidf(counts)
        ranked = _rank(worth, counts)
    else:
        worth = [{term: said[term] / size for term in said} for said, size in zip(counts, sizes, strict=True)]
        ranked = _rank(counts, counts)
    lost = _settle(ranked, counts, None if mode == "paper" else worth, n)
    return [
        tuple(
            Keyword(term, said[term], size, shared=term in refused)
            for term in sorted(terms, key=refused.__contains__)[:n]
        )
        for terms, said, size, refused in zip(ranked, counts, sizes, lost, strict=True)
    ]


def document_frequency(members: Members) -> Counter[str]:
    """Count the photos that each term is said of; case-folded, surrounding space and empty terms dropped."""
    return Counter(term for photo in members for term in {word.strip().casefold() for word in photo} if term)


def term_frequency(members: Members) -> Counter[str]:
    """Count how often each term is said; case-folded, surrounding space and empty terms dropped."""
    return Counter(term for photo in members for word in photo if (term := word.strip().casefold()))


def class_tfidf(counts: Sequence[Counter[str]]) -> Weights:
    """Class-based TF-IDF: the term's share of the cluster's terms, times log(1 + A / f).

    f is how often the term is said in all clusters, A the mean number of terms said in a cluster.
    """
    overall = sum(counts, Counter[str]())
    mean = overall.total() / max(len(counts), 1)
    return [
        {term: said / count.total() * math.log(1 + mean / overall[term]) for term, said in count.items()}
        for count in counts
    ]


def _rank(weights: Sequence[Counter[str] | dict[str, float]], counts: Sequence[Counter[str]]) -> list[list[str]]:
    overall = sum(counts, Counter[str]())
    return [sorted(weight, key=lambda term: (-weight[term], overall[term], term)) for weight in weights]


def _settle(ranked: list[list[str]], counts: list[Counter[str]], worth: Weights | None, n: int) -> list[set[str]]:
    """Return the terms that each cluster has lost once no term is in the top n of two.

    A contested term stays where it is worth most; without `worth`, with none.
    """
    lost: list[set[str]] = [set() for _ in ranked]
    while True:
        claims: dict[str, list[int]] = {}
        for cluster, terms in enumerate(ranked):
            for term in [term for term in terms if term not in lost[cluster]][:n]:
                claims.setdefault(term, []).append(cluster)
        contested = {term: claimants for term, claimants in claims.items() if len(claimants) > 1}
        if not contested:
            return lost
        for term, claimants in contested.items():
            if worth is None:
                losers = [cluster for cluster, count in enumerate(counts) if term in count]
            else:
                winner = max(claimants, key=lambda c: (worth[c][term], counts[c][term], -c))
                losers = [cluster for cluster in claimants if cluster != winner]
            for cluster in losers:
                lost[cluster].add(term)
