"""What a cluster is of, in the words of a folder name; `seen` finds it in what models see, `said` in captions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from photosort.wordnet.album import album
from photosort.wordnet.nouns import nouns

MOST = 1 / 2
"""The share of the photos of a large cluster that has to support its subject; see `most_of`."""
PART = 1 / 4
"""The share from which on a thing is named among what a mixed cluster shows, and of two photos at least."""
PARTS, ALONE = 2, 3
"""Things that are named at most, and the photos that show one if it is the only one."""
BESIDE = 3


@dataclass(frozen=True, slots=True)
class Subject:
    """What a cluster is of.

    title   as a folder name: "Beach", "Dalmatians", "Mixed (food, cars)"; empty where nothing can be said
    share   of the photos that support it, 0 to 1
    beside  what else is shown here, and less in other clusters, best first: "snow", "golden retrievers"
    apart   longer titles for a cluster whose title another one has too, best first: "Dogs on the beach"
    """

    title: str = ""
    share: float = 0.0
    beside: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


NOTHING = Subject()
"""Of a cluster that was looked at, and of which nothing can be said."""


def most_of(photos: int) -> float:
    """Return the share of so many photos that is most of them: half and one more, for of few some agree by chance."""
    return min(1.0, MOST + 1 / max(1, photos))


def mixed(voices: Sequence[str]) -> Subject:
    """Return the subject of a cluster that no word holds for; `voices` is what each of its photos is of, or empty."""
    counts = Counter(filter(None, voices))
    enough = max(2, PART * len(voices))
    parts = [(word, count) for word, count in counts.most_common() if count >= enough][:PARTS]
    if not parts or (len(parts) == 1 and parts[0][1] < ALONE):
        return NOTHING
    share = sum(count for _, count in parts) / len(voices)
    listed = ", ".join(word for word, _ in parts)
    return Subject(f"Mixed ({listed})" if len(parts) > 1 else f"Mixed ({listed} and more)", share)


def inside(title: str) -> str:
    """Return a title in the middle of a text: "Beach" as "beach", but "Christmas" and "Egyptian cats" as they are."""
    named = _by_name().get(title)
    if named:
        return named
    return title if title.split(" ", maxsplit=1)[0] in _proper() else title[:1].lower() + title[1:]


def starting(text: str) -> str:
    """Return a text with a capital at its start."""
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    return {concept.name: concept.inside for concept in album().concepts}


@lru_cache(maxsize=1)
def _proper() -> frozenset[str]:
    """Return the words with a capital that nouns begin with: "Egyptian", "German"."""
    return frozenset(noun.noun.split(" ")[0] for noun in nouns() if noun.noun[:1].isupper())
