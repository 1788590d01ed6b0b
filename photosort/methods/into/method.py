"""Into folders that the user names: zero-shot, with or without examples, and no language model.

A model says of each photo how well it fits each category (`Views.zero_shot`); facts say more where a category asks for
what they tell; photos that are alike speak for each other; and what is nearer to something else than to any category
goes where the user wants such photos.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from photosort.clustering.kmeans import Labels, Vectors
from photosort.methods.fusion import FEW, neighbours, summed_vectors, unit
from photosort.methods.into.asked_facts import SEEN, AskedFacts
from photosort.methods.into.none_of_these import Fit, allowed, as_categories, calmed, fit_of, rivals, thresholds
from photosort.methods.into.propagation import Anchors, propagated, softmax
from photosort.methods.method import Clusterer, Found, Grouping, Views, joined
from photosort.methods.sorting import sorted_into
from photosort.models.protocols import Category

OTHER = "Other"
CERTAIN = 100.0
"""Log odds of what is a fact."""
BLUNT = 5.0
"""What log odds are divided by for the shares that are shown: those of the odds themselves are all but 0 or 1, and do
not tell a clear photo from one that only fits nothing else."""
LONE = 0.2
"""The cosine to the only example of a category from which on a photo is like it: photos that have nothing in common
have about 0, and those of one class from 0.2 to 0.6 on average, in seven sets of photos."""
NEARER = 1 / 3


@dataclass(frozen=True, slots=True)
class Into:
    """A `Method` that puts photos into `Views.categories`; raises ValueError where there are none.

    rest    the name of the folder for photos that fit none
    forced  whether every photo goes into a category, so that none is left for `rest`
    assign  "joint": by the model that knows photos and texts; "text": by the captions, and so too where there is no
            such model
    """

    rest: str = OTHER
    forced: bool = False
    assign: Literal["joint", "text"] = "joint"

    def group(self, views: Views, cluster: Clusterer) -> Grouping:
        """Sort the photos. Nothing is clustered, so `cluster` is not called."""
        categories = views.categories
        if not categories:
            raise ValueError("Into needs at least one category")
        texts = joined(views.texts[0]) if views.texts else ("",) * len(views.image)
        by_text = self.assign == "text" or views.zero_shot is None
        scores, others = self._fits(views, categories), self._fits(views, as_categories())
        spread = max(float(others.std(axis=1).mean()), 1e-9)
        facts = AskedFacts(views.told, categories, len(texts))
        scores, others = scores / spread + facts.support, others / spread
        rows, anchors = _space(views, None if by_text else spread)
        odds = propagated(scores, rows, anchors) + CERTAIN * facts.by_kind
        chosen = np.asarray(odds.argmax(axis=1), dtype=np.intp)
        aside: Mapping[int, str] = {}
        if not self.forced:
            apart = np.flatnonzero(allowed(categories, views.embed))
            near = neighbours(rows)
            fit = fit_of(calmed(scores, near), others, apart, near)
            stays = facts.by_kind.any(axis=1) | _like_examples(rows, near, chosen, anchors, len(categories))
            aside = _aside(fit, chosen, stays, facts.unasked, categories)
        exampled = set() if anchors is None else set(anchors.owner.tolist())
        candidate = sorted_into(
            categories,
            chosen,
            softmax(np.asarray(odds / BLUNT, np.float32)),
            unit(views.image) if views.image.shape[1] else rows,
            texts,
            aside=aside,
            rest=self.rest or OTHER,
            answers=_answers(odds, chosen, categories, facts, exampled, "text" if by_text else "zero-shot"),
            remarks=_remarks(categories, np.delete(chosen, [*aside])),
            question=views.questions[0] if views.questions else "",
        )
        return Grouping((candidate,))

    def _fits(self, views: Views, categories: Sequence[Category]) -> Vectors:
        """Return how well the photos fit each category, (n, c), in no particular unit."""
        if views.zero_shot is not None and self.assign == "joint":
            return views.zero_shot(categories)
        said = unit(summed_vectors(views.texts[0], views.embed))
        names = views.embed([category.name.replace("_", " ").lower() for category in categories])
        hinted = views.embed([f"{each.name}: {each.hint}" if each.hint else each.name.lower() for each in categories])
        fits = said @ unit(names + hinted).T
        barred = [place for place, category in enumerate(categories) if category.without]
        if barred:
            without = said @ views.embed([categories[place].without for place in barred]).T
            fits[:, barred] -= np.maximum(without - fits[:, barred], 0)
        return np.asarray(fits, np.float32)


def _space(views: Views, spread: float | None) -> tuple[Vectors, Anchors | None]:
    """Return the photos as unit rows (n, d), and the examples in the same space.

    What all photos have in common is taken away, as `fusion.centred` does it, from examples too; texts without photos
    are rows of their own. `spread` turns scores of examples into standard deviations; without it they have none.
    """
    if not views.image.shape[1]:
        return unit(summed_vectors(views.texts[0], views.embed)), None
    rows = unit(views.image)
    common = rows.mean(axis=0, dtype=np.float64) * (len(rows) / (len(rows) + FEW))
    given = views.examples
    if given is None or not len(given.owner):
        return unit(rows - common), None
    scored = np.zeros((len(given.owner), len(views.categories)), np.float32)
    if spread is not None and given.zero_shot is not None:
        scored = given.zero_shot / np.float32(spread)
    anchors = Anchors(unit(unit(given.image) - common), scored, given.owner)
    return unit(rows - common), anchors


def _aside(
    fit: Fit, chosen: Labels, stays: NDArray[np.bool_], unasked: Sequence[str], categories: Sequence[Category]
) -> dict[int, str]:
    """Return the photos that fit none, each with the reason, without those that stay whatever they look like.

    unasked  (n,) the kind of a picture that no category asks for; such a picture needs a better fit
    """
    needed = thresholds(fit.lead, chosen, len(categories))[chosen]
    lead = fit.lead - np.array([SEEN if kind else 0 for kind in unasked], np.float32)
    found = {}
    for photo in np.flatnonzero((lead < needed) & ~stays).tolist():
        best, short = categories[chosen[photo]].name, needed[photo] - lead[photo]
        what = unasked[photo] or rivals()[fit.rival[photo]].inside
        found[photo] = f"fits none of the folders: best {best}, {short:.1f} below the threshold; more like {what}"
    return found


def _like_examples(
    rows: Vectors, near: Labels, chosen: Labels, anchors: Anchors | None, count: int
) -> NDArray[np.bool_]:
    """Return which photos are like the examples of their category, (n,).

    Examples are nearer to the mean of their like than to that of the nearest other category. Such photos are nearer to
    their category than the latter by a third of the difference. `near` (n, 0 to 5) are the neighbours of each photo,
    which speak for it.
    """
    if anchors is None:
        return np.zeros(len(rows), dtype=np.bool_)
    sums = np.zeros((count, rows.shape[1]), dtype=np.float32)
    np.add.at(sums, anchors.owner, anchors.rows)
    members = np.bincount(anchors.owner, minlength=count)
    least = LONE
    several = np.flatnonzero(members[anchors.owner] > 1)
    if len(several):
        examples, owner = anchors.rows[several], anchors.owner[several]
        own = np.einsum("md,md->m", unit(sums[owner] - examples), examples).mean()
        other = examples @ unit(sums).T
        other[np.arange(len(owner)), owner] = -1
        rival = np.maximum(other.max(axis=1), 0).mean()
        least = float(rival + NEARER * (own - rival))
    cosines = calmed(rows @ unit(sums).T, near)[np.arange(len(chosen)), chosen]
    return np.asarray((cosines >= least) & (members[chosen] > 0))


def _answers(
    odds: Vectors, chosen: Labels, categories: Sequence[Category], facts: AskedFacts, exampled: set[int], usual: str
) -> tuple[Found, ...]:
    others = odds.copy()
    others[np.arange(len(chosen)), chosen] = -np.inf
    second = others.argmax(axis=1)
    by_fact = facts.by_kind[np.arange(len(chosen)), chosen]
    several = len(categories) > 1
    return tuple(
        Found(
            runner_up=categories[next_].name if several else "",
            by="facts" if fact else "examples" if own in exampled else usual,
        )
        for own, next_, fact in zip(chosen.tolist(), second.tolist(), by_fact.tolist(), strict=True)
    )


def _remarks(categories: Sequence[Category], chosen: Labels) -> tuple[str, ...]:
    filled = set(chosen.tolist())
    empty = [category.name for place, category in enumerate(categories) if place not in filled]
    return (f"No photo fits {', '.join(empty)}.",) if empty else ()
