"""From what a model says of single photos to what holds for photos that are alike.

A zero-shot score is right on average and wrong in many single cases, while image vectors tell well which photos show
the same. So the categories get prototypes among the photos themselves, as in "Boosting Vision-Language Models with
Transduction" (TransCLIP; Zanella, Gérin & Ben Ayed, NeurIPS 2024), here without its covariances and its graph; with
examples it is semi-supervised, as there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from photosort.clustering.kmeans import Labels, Vectors
from photosort.methods.fusion import unit

SHARP = 0.05
"""The difference of two cosines that makes one of two categories e times as likely as the other."""
STEPS = 5
"""Rounds of prototypes and shares; with more, prototypes wander off from what the scores say."""
ANCHOR = 3
"""Photos that one example counts as: the user is surer of it than a model is of any."""
EXAMPLES = 10
"""Examples for each category from which on scores count half. With five they count two thirds: no set of photos in
tests/bench/README.md was sorted worse then than without examples."""


class Anchors(NamedTuple):
    """M examples: their rows (m, d) in the space of the photos, scores (m, c), and the category (m,) of each."""

    rows: Vectors
    scores: Vectors
    owner: Labels


def propagated(scores: Vectors, rows: Vectors, anchors: Anchors | None = None) -> Vectors:
    """Return the log odds (n, c) of c categories, from scores in standard deviations (n, c) and unit rows (n, d).

    A score is taken for log odds as it is. In each round every category has as its prototype the mean of the photos by
    the squares of their shares in it, so that sure ones shape it, and the cosine to the prototypes joins the scores.
    Categories are not taken to be of equal size, and where a category has less than one photo, all shares together, its
    prototype counts as much less.

    With examples the first prototypes are the means of these, where a category has any, and they stay in the mean as
    several photos each. Scores count less the more examples there are. Where a category's own examples have a better
    score for another one, its name says little of what the user means by it, and its score is raised by what they lack.
    """
    count = scores.shape[1]
    members, trust = np.zeros(count, np.intp), 1.0
    held = np.zeros((count, rows.shape[1]), dtype=np.float32)
    if anchors is not None and len(anchors.owner):
        members = np.bincount(anchors.owner, minlength=count)
        scores = scores + _lacking(anchors, members)
        trust = 1 / (1 + members.mean() / EXAMPLES)
        np.add.at(held, anchors.owner, ANCHOR * anchors.rows)
    said = np.asarray(scores * trust, np.float32)
    shares = softmax(said)
    if held.any():
        first = np.where(held.any(axis=1, keepdims=True), held, (shares**2).T @ rows)
        shares = softmax(said + rows @ unit(first).T / SHARP)
    odds = said
    for _ in range(STEPS):
        photos = np.minimum(shares.sum(axis=0) + ANCHOR * members, 1)
        prototypes = unit((shares**2).T @ rows + held) * photos[:, None]
        odds = said + rows @ prototypes.T / SHARP
        shares = softmax(odds)
    return np.asarray(odds, np.float32)


def softmax(odds: Vectors) -> Vectors:
    """Turn log odds (n, c) into shares (n, c), sums of 1."""
    powers = np.exp(odds - odds.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def _lacking(anchors: Anchors, members: Labels) -> Vectors:
    """Return by how much the examples of each category lack the best score of another, (c,): the mean, less of few."""
    places = np.arange(len(anchors.owner))
    own, others = anchors.scores[places, anchors.owner], anchors.scores.copy()
    others[places, anchors.owner] = -np.inf
    lacking = np.maximum(others.max(axis=1) - own, 0)
    return np.asarray(np.bincount(anchors.owner, lacking, len(members)) / (members + 1), np.float32)
