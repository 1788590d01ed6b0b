"""Where the folders of a run lie in the space that it compared photos in, and how far each reaches."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from photosort.store.sqlite.database import transaction


@dataclass(frozen=True, slots=True)
class Centroid:
    """The middle of a folder.

    cluster  its number in the run
    edge     the least cosine to `vector` that a photo of this folder has, but for one in twenty
    vector   (d,) float32, of unit length
    """

    cluster: int
    edge: float
    vector: NDArray[np.float32]


def put_centroids(
    connection: sqlite3.Connection, run: int, encoder: str, view: str, centroids: Iterable[Centroid]
) -> None:
    """Store the centroids of a run. `encoder` and `view` name what their space is made by, and of: they mean nothing
    in another one.
    """
    rows = [(run, one.cluster, encoder, view, one.edge, one.vector.astype("<f4").tobytes()) for one in centroids]
    with transaction(connection):
        connection.executemany("INSERT INTO centroids VALUES (?, ?, ?, ?, ?, ?)", rows)


def centroids_of(connection: sqlite3.Connection, run: int, encoder: str, view: str) -> dict[int, Centroid]:
    """Return the centroids of a run by the numbers of its clusters; none where they are of another space."""
    query = "SELECT cluster, edge, vector FROM centroids WHERE run = ? AND encoder = ? AND view = ?"
    return {
        number: Centroid(number, edge, np.frombuffer(vector, "<f4").astype(np.float32))
        for number, edge, vector in connection.execute(query, (run, encoder, view))
    }
