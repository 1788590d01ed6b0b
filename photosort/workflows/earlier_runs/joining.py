"""What takes the place of a clustering where folders stand already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from photosort.clustering.joining import Chosen, join
from photosort.clustering.kmeans import Clustering, Labels
from photosort.methods.method import VectorFactory


@dataclass(frozen=True, slots=True)
class Joining:
    """A `Clusterer` that leaves n photos in the folders they have, and joins new ones to these; see `join`."""

    folder: Labels
    seed: int
    silent: Chosen | None = None
    strays: Chosen | None = None

    def __call__(self, several: Sequence[VectorFactory]) -> list[Clustering]:
        """Join the new photos by each of several sets of (n, d) unit vectors."""
        return [join(made(), self.folder, silent=self.silent, strays=self.strays, seed=self.seed) for made in several]
