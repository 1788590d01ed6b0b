"""What sets two clusters apart, in words: what is said of the photos of one and not of those of the other."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from photosort.naming.cluster_texts import without_doubt
from photosort.naming.words import plural, singular

MOST = 3
LEAST = 0.1
"""The difference of two shares from which on a word sets clusters apart; smaller ones are chance in small folders."""


@dataclass(frozen=True, slots=True)
class Share:
    """A word, and the shares of the photos that it is said of, 0 to 1: in the cluster itself, and in the other one."""

    word: str
    here: float
    there: float


@dataclass(frozen=True, slots=True)
class Contrast:
    """Words that a cluster has and the other one has not, or far less, and the other way round; the clearest first."""

    own: tuple[Share, ...] = ()
    other: tuple[Share, ...] = ()


class Spoken:
    """What is said of the photos of one cluster."""

    def __init__(self, captions: Sequence[str], marks: Sequence[Collection[str]]) -> None:
        """Take a caption for each photo, and words that hold as they stand, such as its facts and nouns."""
        self._captions, self._marks = [without_doubt(caption) for caption in captions], marks

    def share(self, word: str) -> float:
        """Return the share of the photos that a word is said of, in the singular or plural and without a maybe."""
        either = f"{re.escape(singular(word))}|{re.escape(plural(singular(word)))}"
        said = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
        found = sum(
            word in marks or said.search(caption) is not None
            for caption, marks in zip(self._captions, self._marks, strict=True)
        )
        return found / max(1, len(self._captions))


def contrast(here: Spoken, there: Spoken, words: Collection[str]) -> Contrast:
    """Return which of some words set two clusters apart, at most three on each side. Numbers, such as years, are none.

    A phrase is left out beside its own noun, where that is as clear: "dog" says what "small dog" does.
    """
    shares = [Share(word, here.share(word), there.share(word)) for word in dict.fromkeys(words) if not word.isdecimal()]
    shares.sort(key=lambda share: (-abs(share.here - share.there), len(share.word), share.word))
    clear = [share for share in shares if abs(share.here - share.there) >= LEAST]
    return Contrast(
        _apart([share for share in clear if share.here > share.there]),
        _apart([share for share in clear if share.here < share.there]),
    )


def _apart(shares: Sequence[Share]) -> tuple[Share, ...]:
    kept: list[Share] = []
    for share in shares:
        if not any(set(share.word.split()) & set(other.word.split()) for other in kept):
            kept.append(share)
    return tuple(kept[:MOST])
