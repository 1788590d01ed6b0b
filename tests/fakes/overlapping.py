"""One fixed set of photos and what is said of them: four classes that overlap, so that no method is perfect."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from fakes.models import LetterTexts
from photosort.methods.method import Views

K, PER_CLASS = 4, 30
CLASSES = ("dog", "garden", "harbour", "street_market")
TRUTH = [name for name in CLASSES for _ in range(PER_CLASS)]
NOUNS = {
    "dog": "dog puppy grass ball garden",
    "garden": "garden flower grass tree dog",
    "harbour": "harbour boat water crane street",
    "street_market": "market street stall fruit boat",
}
QUESTIONS = ("", "Where is it?")
_PLACES = {"dog": "garden street", "garden": "garden", "harbour": "sea street", "street_market": "street square"}


def vectors() -> np.ndarray:
    """(120, 12) of many lengths, around four centres that are less than the noise apart."""
    rng = np.random.default_rng(7)
    centres = rng.normal(size=(K, 12)) * 1.1
    lengths = rng.uniform(0.5, 2, size=(len(TRUTH), 1))
    noise = rng.normal(size=(len(TRUTH), 12))
    return ((np.repeat(centres, PER_CLASS, axis=0) + noise) * lengths).astype(np.float32)


def texts() -> list[tuple[str, ...]]:
    """Two lists of two nouns for each photo."""
    rng = np.random.default_rng(11)
    return [tuple(", ".join(rng.choice(NOUNS[name].split(), 2)) for _ in range(2)) for name in TRUTH]


def places() -> list[tuple[str, ...]]:
    """One word that says where each photo is."""
    rng = np.random.default_rng(13)
    return [(str(rng.choice([*_PLACES[name].split(), "outdoors"])),) for name in TRUTH]


def views(*, questions: int = 1) -> Views:
    """The photos as methods see them; letters stand in for a sentence encoder of 26 dimensions."""
    wide = np.hstack([vectors(), np.zeros((len(TRUTH), 14), np.float32)])
    return Views(
        vectors(),
        QUESTIONS[:questions],
        (texts(), places())[:questions],
        LetterTexts().encode_texts,
        joint_image=lambda: wide,
    )


def said() -> list[str]:
    """What is said of each photo, as one line."""
    return [". ".join(some) for some in texts()]


def matched(labels: np.ndarray) -> tuple[float, dict[int, str]]:
    """ACC by scipy, and the class of each cluster."""
    from scipy.optimize import linear_sum_assignment

    table = np.array([[sum(labels[n] == c for n, t in enumerate(TRUTH) if t == name) for c in range(K)]
                      for name in CLASSES])  # fmt: skip
    rows, columns = linear_sum_assignment(-table)
    pairs = {int(column): CLASSES[row] for row, column in zip(rows, columns, strict=True)}
    return table[rows, columns].sum() / len(TRUTH), pairs


def paper_keywords(lines: Sequence[str], labels: np.ndarray) -> list[str]:
    """Two keywords of each cluster by the prose of the paper: the most occurring, without those of two clusters."""
    counts = [Counter[str]() for _ in range(K)]
    for line, label in zip(lines, labels, strict=True):
        counts[label].update(re.findall(r"\w+", line))
    overall = sum(counts, Counter[str]())
    ranked = [sorted(count, key=lambda word, c=count: (-c[word], overall[word], word)) for count in counts]
    dropped: set[str] = set()
    while True:
        top = [[word for word in words if word not in dropped][:2] for words in ranked]
        seen = Counter(word for words in top for word in words)
        again = {word for word, times in seen.items() if times > 1}
        if not again:
            break
        dropped |= again
    filled = [words + [word for word in order if word in dropped] for words, order in zip(top, ranked, strict=True)]
    return [", ".join(words[:2]) for words in filled]
