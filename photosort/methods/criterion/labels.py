"""Raw labels (step 2a of IC|TC), and the dictionary of them that names are made from (section 3.2)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from photosort.methods.criterion.prompts import LABEL_WORDS
from photosort.methods.criterion.replies import read_reply
from photosort.naming.answer import cut_words
from photosort.naming.words import singular

RARE, OF_PHOTOS = 15, 10_000
"""Labels of fewer photos than this are left out of a folder of so many (appendix B.3.1); in proportion of another."""

MOST_LEFT_OUT = 0.1
"""The share of the photos whose labels may be left out."""

SENTENCE = 12
"""An answer with at least this many words is a sentence, not a label."""

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_QUOTED = re.compile(r"[\"“«]([^\"“”«»]{2,60})[\"”»]")
_SMALL = frozenset(("a", "an", "the", "his", "her", "their", "its", "my", "your", "our", "some"))
_NO_LABEL = frozenset(
    ("none", "no", "unknown", "unclear", "empty", "null", "nothing", "undefined", "unspecified", "label")
)
_NOT_APPLICABLE = re.compile(
    r"(n/a|not (applicable|specified|mentioned|clear|sure|enough)|something unclear|no (label|information))\b.*", re.I
)


def read_label(raw: str) -> str:
    """Read a label of 1 to 4 words; empty where the answer holds none.

    Longer ones are cut where a phrase ends. Of prose only what it quotes is taken, unless it is as short as a label.
    """
    text, bare = read_reply(raw, "label")
    if not bare and len(text.split()) > LABEL_WORDS + 1:
        quoted = set(_QUOTED.findall(raw))
        text = quoted.pop() if len(quoted) == 1 else ""
    return short_label(text)


def short_label(text: str) -> str:
    """Return a text as a label of 1 to 4 words; empty where it cannot be one."""
    folded = fold(text)
    if not folded or folded in _NO_LABEL or _NOT_APPLICABLE.fullmatch(text):
        return ""
    return cut_words(text, LABEL_WORDS) if len(text.split()) < SENTENCE else ""


def fold(text: str) -> str:
    """Return what labels share that differ in case, number, punctuation, articles or the order of words."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    kept = [singular(word) for word in words if word not in _SMALL]
    return " ".join(sorted(kept) or words)


def folded(labels: Sequence[str]) -> list[str]:
    """Write each label as the most frequent of those that fold to the same; an empty one stays."""
    spelled: dict[str, Counter[str]] = {}
    keys = {label: fold(label) for label in set(labels)}
    for label in labels:
        spelled.setdefault(keys[label], Counter())[label] += 1
    usual = {key: min(counts, key=lambda label: (-counts[label], len(label), label)) for key, counts in spelled.items()}
    return [usual[keys[label]] for label in labels]


def counted(labels: Iterable[str]) -> dict[str, int]:
    """Return the number of photos of each label, the most frequent first; empty labels do not count."""
    counts = Counter(label for label in labels if label)
    return {label: counts[label] for label in sorted(counts, key=lambda label: (-counts[label], label))}


def frequent(labels: Mapping[str, int]) -> dict[str, int]:
    """Return the labels that are not rare: in a folder of n photos those of at least n * RARE / OF_PHOTOS.

    Fewer are left out where these would have more than a tenth of the photos: all of the rarest number or none.
    """
    photos = sum(labels.values())
    least = photos * RARE // OF_PHOTOS
    while sum(count for count in labels.values() if count < least) > MOST_LEFT_OUT * photos:
        least -= 1
    return {label: count for label, count in labels.items() if count >= least}
