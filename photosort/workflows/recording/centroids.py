"""The middles and edges of a run's folders, kept so that a later photo can be held against them."""

from __future__ import annotations

import json
import sqlite3

from photosort.clustering.edges import edges_of
from photosort.clustering.joining import Joined
from photosort.clustering.kmeans import Clustering
from photosort.methods.specs import questions
from photosort.models.selected import ModelSet
from photosort.store.identity import Identity
from photosort.store.runs.centroids import Centroid, centroids_of, put_centroids
from photosort.store.runs.runs import Run

MEANS = ("fusion", "text")
"""The methods whose centroids are the means of what photos and captions show."""


def keep_centroids(connection: sqlite3.Connection, run: int, clustering: Clustering, models: ModelSet) -> None:
    """Store the centroids and edges of a run; nothing of a method whose folders are not the means of their photos."""
    if models.settings.method not in MEANS:
        return
    counted = clustering.counted if isinstance(clustering, Joined) else None
    found = zip(clustering.centroids, edges_of(clustering, counted).tolist(), strict=True)
    put_centroids(
        connection, run, *space_named(models), (Centroid(number, edge, row) for number, (row, edge) in enumerate(found))
    )


def kept_centroids(connection: sqlite3.Connection, run: Run, models: ModelSet) -> dict[int, Centroid]:
    """Return the centroids and edges of a run by the numbers of its clusters; none where these models see another
    space than those of then.
    """
    return centroids_of(connection, run.id, *space_named(models))


def space_named(models: ModelSet) -> tuple[str, str]:
    """Return what names the encoder of the pictures, and what is made of them: equal names, equal space."""
    settings = models.settings
    view = {
        "method": settings.method,
        "fusion": settings.fusion,
        "vectors": settings.vectors,
        "weight": round(models.text_weight, 4),
        "captioner": [settings.captioner, settings.captions, *questions(settings)],
        "texts": _named(models.text_encoder.identity) if settings.fusion != "image" else "",
    }
    return _named(models.image_encoder.identity), json.dumps(view, sort_keys=True)


def _named(identity: Identity) -> str:
    return " ".join(filter(None, (identity.model, identity.revision, identity.prompt)))
