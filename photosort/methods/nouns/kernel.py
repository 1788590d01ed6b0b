"""Spectral clustering by photos and nouns together: Peng et al., "Delving into Spectral Clustering with Vision-Language
Representations" (ICLR 2026, https://arxiv.org/abs/2602.09586).

Two photos are near each other where they look alike and the same nouns fit them. The nouns are those of TAC, which the
kernel needs once for each template; the graphs of the templates are brought together by `clustering.affinity`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from photosort.clustering.affinity import diffused, mutual_graph, spectral_vectors
from photosort.clustering.kmeans import Vectors
from photosort.errors import SettingsError
from photosort.methods.fusion import unit
from photosort.methods.method import Candidate, Clusterer, Grouping, Views, constant
from photosort.methods.nouns.selection import Selection, noun_shares
from photosort.methods.nouns.text_aided import joint_nouns, joint_photos, kept_nouns
from photosort.methods.nouns.weights import NOUNS, NounSpace, found, in_words, nouns_of_photos
from photosort.wordnet.vocabulary import TEMPLATES

TEMPERATURE = 0.04
"""Of the shares of nouns, as in the paper, for all sets."""
MOST = 5_000
"""Photos up to which all pairs are looked at: 5,000 are minutes on two cores, and the time grows with their square."""


@dataclass(frozen=True, slots=True)
class NounKernel:
    """A `Method` that clusters the graph of photos and nouns.

    selection    how the nouns of a centre are ranked
    temperature  of the shares of nouns
    k            the number of clusters, where the user named one
    seed         of everything that is drawn
    """

    selection: Selection = "softmax"
    temperature: float = TEMPERATURE
    k: int | None = None
    seed: int = 42

    def group(self, views: Views, cluster: Clusterer) -> Grouping:
        """Cluster what the eigenvectors of the graph say of each photo. `cluster` is asked for k where none is named.

        Raises SettingsError without a model that knows photos and texts, and for more than 5,000 photos.
        """
        image = joint_photos(views)
        if len(image) > MOST:
            raise SettingsError(
                f"{len(image):,} photos are too many for --method ntk; it takes {MOST:,}", "Add --method tac."
            )
        k = self.k or cluster([constant(image)])[0].k
        kept = kept_nouns(image, joint_nouns(views), k, self.selection, seed=self.seed, cuda=views.cuda)
        embed = views.joint_embed or views.embed
        graphs = [
            mutual_graph(
                noun_kernel(image, unit(embed([template.format(word) for word in kept.words])), self.temperature)
            )
            for template in TEMPLATES
        ]
        affinity, _ = diffused(graphs)
        clustering = cluster([constant(spectral_vectors(affinity, k))])[0]
        space = NounSpace(kept.words, kept.vectors, self.temperature)
        said = nouns_of_photos(image, space)
        return Grouping((Candidate(NOUNS, clustering, in_words(said), answers=found(said)),))


def noun_kernel(photos: Vectors, nouns: Vectors, temperature: float = TEMPERATURE) -> Vectors:
    """Return how near (n, d) unit photos are to each other in terms of (m, d) unit nouns, (n, n) (equation 8).

    The tangent kernel of log sum_k exp(w_k . x / t) at the nouns w is x . y / t^2 times the inner product of the shares
    of nouns of x and y. The constant 1 / t^2 is left out, since graphs are normalised.
    """
    shares = np.empty((len(photos), len(nouns)), dtype=np.float32)
    for part, some in noun_shares(photos, nouns, temperature):
        shares[part] = some
    return np.asarray((photos @ photos.T) * (shares @ shares.T), dtype=np.float32)
