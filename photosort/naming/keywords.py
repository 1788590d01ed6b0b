"""What sets a cluster apart, in words: its most frequent terms that no other cluster takes as well.

Source: "Text-Guided Image Clustering" (Stephan et al. 2024), keyword explanations. The printed algorithm
drops only what is common to ALL clusters, and may return too few; here the prose rule is followed (mode
`paper`), beside one that leaves a contested word where it says most (mode `winner`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from photosort.errors import SettingsError

Members = Sequence[Sequence[str]]
"""The terms of each photo of a cluster."""

Exclusivity = Literal["winner", "paper"]


@dataclass(frozen=True, slots=True)
class Keyword:
    """A term that stands for a cluster: said of `count` of its `members` photos ("dog 41 of 52").

    shared  it was contested and lost, and is here because the cluster has too few words of its own
    """

    term: str
    count: int
    members: int
    shared: bool = False

    @property
    def share(self) -> float:
        """The part of the cluster's photos that the term is said of, 0 to 1."""
        return self.count / self.members


def exclusive_keywords(
    clusters: Sequence[Members], n: int = 2, mode: Exclusivity = "winner"
) -> list[tuple[Keyword, ...]]:
    """Return the n keywords of each cluster, best first; fewer only where it has fewer distinct terms.

    A term counts once a photo, case-folded; empty ones are dropped. The terms of a cluster are ranked by
    count, then by the share of the term's photos that lie in this cluster, then by the alphabet. A term among
    the top n of several clusters is contested. `winner` leaves it to the cluster where its share of members
    is highest (then its count, then the order of the clusters), and the others take their next; `paper` takes
    it from every cluster that has it. This repeats until no term is contested. A cluster that runs out of
    terms is filled up with the most frequent of those it lost, marked `shared`.

    Raises SettingsError for an unknown mode or n below 1.
    """
    if mode not in get_args(Exclusivity):
        raise SettingsError(f"There is no keyword mode '{mode}'", f"Choose one of: {', '.join(get_args(Exclusivity))}")
    if n < 1:
        raise SettingsError(f"{n} keywords cannot be found", "Ask for 1 or more.")
    counts = [document_frequency(members) for members in clusters]
    sizes = [len(members) for members in clusters]
    ranked = _rank(counts)
    lost = _settle(ranked, counts, sizes, n, mode)
    return [
        tuple(
            Keyword(term, count[term], size, shared=term in refused)
            for term in sorted(terms, key=refused.__contains__)[:n]
        )
        for terms, count, size, refused in zip(ranked, counts, sizes, lost, strict=True)
    ]


def document_frequency(members: Members) -> Counter[str]:
    """Count the photos that each term is said of; case-folded, surrounding space and empty terms dropped."""
    return Counter(term for photo in members for term in {word.strip().casefold() for word in photo} if term)


def _rank(counts: list[Counter[str]]) -> list[list[str]]:
    overall = sum(counts, Counter[str]())
    return [sorted(count, key=lambda term: (-count[term], overall[term], term)) for count in counts]


def _settle(
    ranked: list[list[str]], counts: list[Counter[str]], sizes: list[int], n: int, mode: Exclusivity
) -> list[set[str]]:
    """Return the terms that each cluster has lost once no term is in the top n of two."""
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
            if mode == "paper":
                losers = [cluster for cluster, count in enumerate(counts) if term in count]
            else:
                winner = max(claimants, key=lambda c: (counts[c][term] / sizes[c], counts[c][term], -c))
                losers = [cluster for cluster in claimants if cluster != winner]
            for cluster in losers:
                lost[cluster].add(term)
