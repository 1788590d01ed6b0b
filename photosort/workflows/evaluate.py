"""Labelled photos, or texts about them, through every method: how well the clusters agree with the true classes."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from photosort.clustering.kmeans import Vectors
from photosort.describing.describe import describe
from photosort.describing.engines import engine_for
from photosort.errors import NoPhotos, SettingsError
from photosort.evaluation.clip_score import clip_score
from photosort.evaluation.contest import compete, read_methods
from photosort.evaluation.keyword_names import true_names
from photosort.evaluation.result import Result
from photosort.evaluation.runs import with_joined_answers
from photosort.evaluation.texts_file import Labelled, read_texts_file
from photosort.methods.building import Given, assignment, nouns_by
from photosort.methods.method import Views
from photosort.methods.specs import CAPTION
from photosort.models.encoders.minilm import MiniLM
from photosort.models.runtime.devices import wanted_cuda
from photosort.models.selected import EVEN, ModelSet
from photosort.naming.keywords import Count
from photosort.photos.facts.facts import Facts
from photosort.photos.files.photo import Unread
from photosort.photos.files.scan import scan
from photosort.settings.choices import Geometries
from photosort.store.cache import Cache, open_cache
from photosort.support.printable import printable
from photosort.support.progress import Progress, silent
from photosort.workflows.sorting.asking import Show, announcing, checked_writer, unshown
from photosort.workflows.sorting.grouping import views_of
from photosort.workflows.sorting.remembering import RememberedTexts

KINDS = "what kind of thing it shows"
"""The criterion of an evaluation that is given none."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What the contest found.

    truth       the class of each photo
    source      where the texts come from: a captioner, or a file
    left        what had no part in it, with the reason
    true_names  SEM and SBERT match of the keywords of the true classes
    results     method by method
    clip_score  mean CLIPScore of the texts; NaN where the image encoder reads no texts, or there are no photos
    """

    truth: tuple[str, ...]
    source: str
    left: tuple[Unread, ...]
    true_names: tuple[float, float]
    results: tuple[Result, ...]
    clip_score: float = math.nan

    @property
    def classes(self) -> int:
        """The number of classes, which is k."""
        return len(set(self.truth))


@dataclass(frozen=True, slots=True)
class Ground:
    """N photos whose classes are known, in the views of the methods; `source` and `left` are as in Evaluation.

    facts   of each photo; empty where there are only texts
    towers  whether the image encoder encodes texts too, so that captions can be rated
    """

    truth: tuple[str, ...]
    views: Views
    source: str
    left: tuple[Unread, ...] = ()
    facts: tuple[Facts, ...] = ()
    towers: bool = False


def evaluate(
    folder: Path | None,
    texts_file: Path | None,
    methods: Sequence[str],
    models: ModelSet,
    *,
    seeds: int = 1,
    geometries: Geometries = "both",
    count: Count | None = None,
    announce: Show = unshown,
    progress: Progress = silent,
) -> Evaluation:
    """Run `methods` on a `folder` that holds one folder for each class, on a file of texts, or on both together.

    Where both are given, the file has the texts and classes of the photos, and those that it does not name are left
    out; half the weight is the text's then, unless the settings say otherwise. `seeds` is their number.
    `geometries` and `count` are as in `read_methods` and `compete`.

    Raises SettingsError, SourceMissing, EmptyFolder, NoPhotos, TooManyClusters and what the models raise.
    """
    settings = models.settings
    lines = read_texts_file(texts_file) if texts_file else ()
    weight = EVEN if lines and settings.weight is None else models.text_weight
    given = Given(
        weight,
        by=settings.by or (KINDS,),
        assign=assignment(settings),
        nouns=nouns_by(settings),
        balance=settings.balance,
    )
    read = partial(read_methods, methods, photos=folder is not None, joint=models.has_joint, geometries=geometries)
    asks = any(one.asks for one in read(given).values())
    with open_cache(settings.cache_dir) as cache:
        encoder, judge = RememberedTexts(models.text_encoder, cache), RememberedTexts(MiniLM(), cache)
        writer = checked_writer(models, cache) if asks else None
        if folder is None:
            ground = _of_texts(lines, encoder.encode_texts)
        else:
            ground = ground_of_photos(Path(os.path.realpath(folder)), lines, models, cache, progress)
        if writer is not None:
            views = replace(
                ground.views,
                model=writer,
                known=writer.knows,
                announce=announcing(writer, settings, announce),
                progress=progress,
            )
            ground = replace(ground, views=views)
        if len(set(ground.truth)) < 2:
            raise SettingsError(
                f"There is only one class, {ground.truth[0]}", "An evaluation needs one folder for each class."
            )
        chosen = read(given._replace(k=len(set(ground.truth))))
        several = range(settings.seed, settings.seed + seeds)
        results = compete(
            ground.views,
            ground.truth,
            chosen,
            judge,
            seeds=several,
            restarts=settings.restarts,
            count=count,
            cuda=wanted_cuda(settings.device),
            progress=progress,
        )
        named = true_names(ground.views, ground.truth, judge, count or "photos")
        rated = _rated(ground)
        return Evaluation(ground.truth, ground.source, ground.left, named, tuple(results), rated)


def _rated(ground: Ground) -> float:
    views = ground.views
    if not ground.towers or views.joint_image is None or views.joint_embed is None:
        return math.nan
    texts = with_joined_answers(views).texts[0]
    return clip_score(views.joint_image(), texts, views.joint_embed)


def _of_texts(lines: Sequence[Labelled], embed: Callable[[Sequence[str]], Vectors]) -> Ground:
    if not lines:
        raise SettingsError("There is nothing to evaluate", "Name a folder of photos, or --texts-file FILE.")
    texts = (tuple(line.texts for line in lines),)
    blind = np.empty((len(lines), 0), dtype=np.float32)
    return Ground(
        tuple(printable(line.label) for line in lines), Views(blind, (CAPTION,), texts, embed), "from the file"
    )


def ground_of_photos(
    folder: Path, lines: Sequence[Labelled], models: ModelSet, cache: Cache, progress: Progress = silent
) -> Ground:
    """Read the labelled photos of `folder`; with `lines`, those that they name, with their texts and classes.

    Raises what `evaluate` raises.
    """
    settings = models.settings
    found = scan(folder, exclude=settings.exclude, follow_links=settings.follow_links, progress=progress)
    encoder, engine = models.image_encoder, None if lines else engine_for(models)
    captioners, facts = ((), None) if lines else (models.captioners, models.fact_models)
    seen = describe(found.photos, encoder, captioners, cache, facts=facts, engine=engine, progress=progress)
    names = [photo.path.relative_to(folder) for photo in seen.photos]
    said = {line.id: line for line in lines}
    kept = [n for n, name in enumerate(names) if (name.as_posix() in said if lines else len(name.parts) > 1)]
    reason = "has no line in the file of texts" if lines else "lies in no folder of a class"
    out = sorted(set(range(len(names))) - set(kept))
    missing = sorted(said.keys() - {name.as_posix() for name in names})
    left = (
        *found.unread,
        *seen.unread,
        *(Unread(seen.photos[n].path, reason) for n in out),
        *(Unread(folder / name, "is in the file of texts, but no such photo was read") for name in missing),
    )
    if not kept:
        what = "is named in the file of texts" if lines else "lies in a folder of a class"
        raise NoPhotos(
            f"No photo in {folder} {what}",
            'An id is a path below that folder, such as "dogs/1.jpg".' if lines else "Make one folder for each class.",
        )
    seen = replace(seen, photos=tuple(seen.photos[n] for n in kept), vectors=seen.vectors[kept])
    if lines:
        mine = [said[names[n].as_posix()] for n in kept]
        seen = replace(seen, texts=(tuple(line.texts for line in mine),))
        views = replace(views_of(seen, models, cache), questions=(CAPTION,), soft_captions=None)
        labels = tuple(printable(line.label) for line in mine)
        return Ground(labels, views, "from the file", left, towers=models.has_towers)
    seen = replace(seen, texts=tuple(tuple(texts[n] for n in kept) for texts in seen.texts))
    truth = tuple(printable(names[n].parts[0]) for n in kept)
    known = tuple(seen.facts[n] for n in kept)
    return Ground(truth, views_of(seen, models, cache), f"by {settings.captioner}", left, known, models.has_towers)
