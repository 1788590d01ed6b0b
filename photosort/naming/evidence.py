"""What the captions of a cluster say, to hold the answer of a small language model against."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping, Sequence

from photosort.naming.keywords import Keyword
from photosort.naming.words import content_words, singular, word_key

FEW = 4
"""In a cluster smaller than this, one photo may decide what is said."""

_JOINT = re.compile(r"(\s*[,;.:](?:\s+(?:and|or|with|maybe|possibly|probably|perhaps)\b)?\s+|\s+(?:and|or)\s+)")


class Evidence:
    """The content words of the captions, and the keywords."""

    def __init__(self, captions: Mapping[str, int], keywords: Sequence[Keyword] = ()) -> None:
        """`captions`: caption -> number of photos with exactly this caption."""
        self._said = [(with_singulars(content_words(caption)), photos) for caption, photos in captions.items()]
        self._keywords = with_singulars(word for keyword in keywords for word in content_words(keyword.term))
        self._common = max((keyword.count for keyword in keywords), default=1)
        self._few = sum(captions.values()) < FEW

    def true_title(self, title: str) -> str:
        """Return `title` up to the first clause that less than half as many photos hold as have the best keyword."""
        return self._true_part(title, 1 / 2)

    def true_summary(self, summary: str) -> str:
        """Return `summary` up to the first clause that less than a quarter hold; see `true_title`."""
        return self._true_part(summary, 1 / 4)

    def has_keyword(self, title: str) -> bool:
        """Return whether `title` has a keyword; True where there is none."""
        return not self._keywords or any(_all_in([word], self._keywords) for word in content_words(title))

    def _true_part(self, text: str, share: float) -> str:
        """Return `text` up to the first clause that does not hold or that came before."""
        kept, seen = "", set[frozenset[str]]()
        for joint, clause in _clauses(text):
            said = word_key(clause)
            if not self._holds(clause, share) or said in seen:
                break
            seen.add(said)
            kept += joint + clause
        return kept.rstrip(",;:( ")

    def _holds(self, clause: str, share: float) -> bool:
        """Return whether the captions of enough photos have all content words of `clause`, and it has one.

        Enough are a share of those of the best keyword, and two wherever a keyword has two.
        """
        said = content_words(clause)
        enough = 1 if self._few else max(min(2, self._common), self._common * share)
        return bool(said) and sum(photos for known, photos in self._said if _all_in(said, known)) >= enough


def with_singulars(words: Iterable[str]) -> set[str]:
    """Return the words, each in the singular as well."""
    return {form for word in words for form in (word, singular(word))}


def _clauses(text: str) -> list[tuple[str, str]]:
    """Split where one thing ends and another begins; each clause comes with what joins it to the last."""
    parts = _JOINT.split(text)
    return [(joint, clause) for joint, clause in zip(["", *parts[1::2]], parts[::2], strict=True) if clause.strip(" .")]


def _all_in(said: Iterable[str], known: Container[str]) -> bool:
    return all(word in known or singular(word) in known for word in said)
