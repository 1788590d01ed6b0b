"""A photo that was in no run: what it shows, and where the last run would have put it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from photosort.describing.describe import Described, describe
from photosort.errors import NotInRun
from photosort.models.catalogue import SERVER
from photosort.models.protocols import Vectors
from photosort.models.selected import ModelSet
from photosort.photos.facts.facts import Facts
from photosort.photos.files.scan import Found
from photosort.store.cache import open_cache
from photosort.store.history import open_history
from photosort.store.runs.runs import ClusterRecord, Run
from photosort.workflows.earlier_runs.recalled import models_of
from photosort.workflows.explaining.clusters import Clusters
from photosort.workflows.explaining.finding import HINT, not_in
from photosort.workflows.explaining.photo import NEAR, Neighbour, nearest
from photosort.workflows.explaining.space import Space, space_of
from photosort.workflows.explaining.standing import run_meant
from photosort.workflows.recording.centroids import kept_centroids


@dataclass(frozen=True, slots=True)
class StrangerView:
    """A photo of no run.

    caption     what the models of the run say of it; empty where they were not asked
    folders     where it would go, the nearest first, with cosines
    neighbours  the photos of the run that are most like it
    remark      what the cosines are not made of, though the run's were; empty where they are made of the same
    edge        the least cosine to the first of `folders` with which a photo belongs there; None where it is not known
    """

    run: Run
    path: Path
    caption: str
    facts: Facts
    folders: tuple[tuple[ClusterRecord, float], ...]
    neighbours: tuple[Neighbour, ...]
    remark: str = ""
    edge: float | None = None

    @property
    def fits(self) -> bool | None:
        """Whether the photo lies within the edge of the folder that it is nearest to; None where that is not known."""
        return None if self.edge is None else self.folders[0][1] >= self.edge


def explain_stranger(
    data_dir: Path, photo: Path, number: int | None = None, cache_dir: Path | None = None
) -> StrangerView:
    """Describe a photo on this machine by the models of a run, and find where that run would have put it.

    Nothing is sent to a server: where the captions of the run came from one, the picture alone counts. Raises NotInRun
    for what is no photo and where the cache does not know the run any more, NoSuchRun, and what the models raise.
    """
    with open_history(data_dir) as connection:
        run, _ = run_meant(connection, number)
        if run.of_copies:
            raise not_in([run], photo)
        clusters = Clusters(connection, run)
        models = models_of(run, cache_dir)
        with open_cache(models.settings.cache_dir) as cache:
            members = [member for some in clusters.members.values() for member in some]
            space = space_of(models, clusters.records, members, cache)
            if space is None:
                raise NotInRun(
                    f"{photo} was not in any run, and the cache does not know the photos of run {run.id} any more",
                    "Organize their folder again.",
                )
            sent = str(models.settings.captioner).startswith(SERVER)
            stat = photo.stat()
            found = Found(photo.absolute(), stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
            captioners = () if sent else models.captioners
            described = describe([found], models.image_encoder, captioners, cache, facts=models.fact_models)
            if not described.photos:
                raise NotInRun(f"{photo} was not in any run, and cannot be read ({described.unread[0].reason})", HINT)
            kept = kept_centroids(connection, run, models) if space.is_close else {}
            row, space, remark = _placed(space, described, models, sent=sent)
        cosines = space.replay.similarity(row)[0]
        order = np.argsort(-cosines, kind="stable").tolist()[:NEAR]
        first = None if remark else kept.get(space.numbers[order[0]])
        return StrangerView(
            run,
            photo,
            described.captions[0] if described.texts else "",
            described.facts[0],
            tuple((clusters.named[space.numbers[place]], float(cosines[place])) for place in order),
            nearest(space, row[0], clusters),
            remark,
            first.edge if first else None,
        )


def _placed(space: Space, described: Described, models: ModelSet, *, sent: bool) -> tuple[Vectors, Space, str]:
    """Return the row (1, D) of a photo, the space that it lies in, and what that lacks."""
    vectors, none = described.vectors, np.empty((1, 0), np.float32)
    if space.said is not None and sent:
        alone = space.of_pictures
        remark = f"by its picture alone: its caption would have to come from a server ({models.settings.captioner})"
        return alone.replay.placed(vectors, none), alone, remark
    said = none
    if space.soft is not None:
        said = space.soft.place(vectors)
    elif space.said is not None:
        texts = described.texts[0] if models.settings.method == "fusion" else [described.captions[:1]]
        said = space.said(texts)
    remark = f"by its picture alone: {space.why_not}" if space.replay.clearer and space.why_not else ""
    return space.replay.placed(space.pictured(vectors), said), space, remark
