"""How well photos are sorted into folders that are named: python tests/bench/into.py DIR [--seeds N]

DIR holds one folder for each class. The names of these folders, underscores as spaces, are the categories; a photo is
right where its category is its class (ACC without any matching, unlike that of clusters). The rows:

    zero-shot           the names alone; forced, and with a folder for what fits none, in which no photo is right
    half of the names   the same with half of the classes, drawn anew for each seed: the photos of the others are right
                        where they fit none
    few-shot            five examples of each class, drawn for each seed, and not counted; beside it, the same photos
                        without examples
    k-means             the same models without names, with the true k: ACC by the best matching of clusters to classes
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from table_row import declare

from photosort.clustering.kmeans import Labels
from photosort.evaluation.measures import agreement
from photosort.methods.into.method import Into
from photosort.methods.method import Examples, Views
from photosort.models.protocols import Category
from photosort.models.selected import ModelSet, select_models
from photosort.photos.facts.facts import Facts
from photosort.settings.settings import load_settings
from photosort.store.cache import Cache, open_cache
from photosort.workflows.evaluate import Ground, ground_of_photos
from photosort.workflows.sorting.grouping import Clusters, method_of
from photosort.workflows.sorting.remembering import RememberedTexts

EXAMPLES = 5
PAIR = 2
NONE = -1


class Named:
    """The photos of one set, with what is known of them."""

    def __init__(self, ground: Ground, models: ModelSet, cache: Cache) -> None:
        self.classes, self.truth = np.unique(ground.truth, return_inverse=True)
        self.categories = [Category(name.replace("_", " ")) for name in self.classes.tolist()]
        self._views = ground.views
        self._told = tuple(map(_told, ground.facts))
        reader = models.categories(RememberedTexts(models.text_encoder, cache))
        assert reader is not None
        self._reader = reader

    def sorted(self, photos: Labels, classes: Labels, method: Into, examples: Labels | None = None) -> Labels:
        """Return the class that each of the photos was put into, NONE where it fits none of those given."""
        categories = tuple(self.categories[place] for place in classes)
        image = self._views.image[photos]
        views: Views = replace(
            self._views,
            image=image,
            texts=tuple(tuple(texts[photo] for photo in photos) for texts in self._views.texts),
            joint_image=None,
            soft_captions=None,
            zero_shot=lambda some: self._reader.scores(image, some),
            told=tuple(self._told[photo] for photo in photos) if self._told else (),
            categories=categories,
        )
        if examples is not None:
            shown = self._views.image[examples]
            owner = np.searchsorted(classes, self.truth[examples])
            views = replace(views, examples=Examples(shown, self._reader.scores(shown, categories), owner))
        best = method.group(views, lambda several: []).best
        place = {category.name: number for number, category in enumerate(self.categories)}
        found = np.array([place.get(best.names[label], NONE) for label in best.clustering.labels], dtype=np.intp)
        found[[*best.aside]] = NONE
        return found


def _told(facts: Facts) -> tuple[str, ...]:
    people = facts.people
    seen = ("portraits" if people.portrait else "two people" if people.count == PAIR else "people") if people else ""
    return tuple(filter(None, (f"{facts.kind.name}s" if facts.kind else "", seen if people and people.count else "")))


def zero_shot(ground: Named) -> tuple[float, float]:
    """ACC of the names alone: forced, and with a folder for what fits none."""
    photos, classes = np.arange(len(ground.truth)), np.arange(len(ground.classes))
    found = (ground.sorted(photos, classes, Into(forced=forced)) for forced in (True, False))
    forced, free = (float(np.mean(some == ground.truth)) for some in found)
    return forced, free


def half(ground: Named, seed: int) -> float:
    """ACC with half of the names, where the photos of the other classes should fit none."""
    count = len(ground.classes)
    kept = np.sort(np.random.default_rng(seed).permutation(count)[: (count + 1) // 2])
    found = ground.sorted(np.arange(len(ground.truth)), kept, Into())
    return float(np.mean(found == np.where(np.isin(ground.truth, kept), ground.truth, NONE)))


def few_shot(ground: Named, seed: int) -> tuple[float, float]:
    """ACC with five examples of each class, and of the same photos without; at most half of a class are examples."""
    chance, classes = np.random.default_rng(seed), np.arange(len(ground.classes))
    drawn = [chance.permutation(np.flatnonzero(ground.truth == place)) for place in classes]
    examples = np.concatenate([photos[: min(EXAMPLES, len(photos) // 2)] for photos in drawn])
    photos = np.setdiff1d(np.arange(len(ground.truth)), examples)
    found = (ground.sorted(photos, classes, Into(forced=True), some) for some in (examples, None))
    with_, without = (float(np.mean(some == ground.truth[photos])) for some in found)
    return with_, without


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=10)
    arguments = parser.parse_args()
    settings, root = load_settings(), arguments.folder.resolve()
    models = select_models(settings)
    with open_cache(settings.cache_dir) as cache:
        labelled = ground_of_photos(root, (), models, cache)
        ground = Named(labelled, models, cache)
        seeds = range(settings.seed, settings.seed + arguments.seeds)
        forced, free = zero_shot(ground)
        halves = [half(ground, seed) for seed in seeds]
        pairs = np.array([few_shot(ground, seed) for seed in seeds])
        clustered = []
        for seed in seeds:
            wanted = settings.model_copy(update={"k": len(ground.classes), "seed": seed})
            found = method_of(select_models(wanted)).group(labelled.views, Clusters(wanted)).best.clustering
            clustered.append(agreement(labelled.truth, found.labels).acc)
    base, few, without = float(np.mean(clustered)), float(pairs[:, 0].mean()), float(pairs[:, 1].mean())
    declare("ACC, names of the classes", f"{forced:.3f}", f"k-means {base:.3f}", forced / base)
    declare("ACC, half of the names", f"{np.mean(halves):.3f}", f"k-means {base:.3f}", float(np.mean(halves)) / base)
    declare("ACC, five examples", f"{few:.3f}", f"without {without:.3f}", few / without)
    print(f"{root.name}: {len(ground.truth)} photos, {len(ground.classes)} classes, {len(seeds)} seeds; ACC")
    print(f"  zero-shot, forced          {forced:.3f}")
    print(f"  zero-shot, other           {free:.3f}")
    print(f"  half of the names, other   {np.mean(halves):.3f}   {min(halves):.3f} to {max(halves):.3f}")
    print(f"  few-shot, forced           {pairs[:, 0].mean():.3f}   the same photos without {pairs[:, 1].mean():.3f},")
    print(f"                                     gain {(pairs[:, 0] - pairs[:, 1]).min():+.3f} at least")
    print(f"  k-means                    {np.mean(clustered):.3f}")


if __name__ == "__main__":
    main()
