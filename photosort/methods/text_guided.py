"""Clustering by what is said of photos: Stephan et al., "Text-Guided Image Clustering" (EACL 2024).

Several texts a photo are joined with ". " and become one vector, by TF-IDF or by a sentence encoder. Of several
questions the one whose clustering has the lowest k-means loss wins (section 3.4); losses are compared on unit
vectors, since lengths would decide otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from photosort.methods.method import Candidate, Clusterer, Grouping, Views, constant, joined
from photosort.settings.choices import TextVectors

if TYPE_CHECKING:
    from scipy.sparse import csr_array

WORDS = 2_000
"""The most frequent words that TF-IDF counts (section 4.1)."""


@dataclass(frozen=True, slots=True)
class TextGuided:
    """A `Method` that looks at texts alone."""

    vectors: TextVectors = "sbert"

    def group(self, views: Views, cluster: Clusterer) -> Grouping:
        """Cluster the answers to each question, all into the same number of clusters."""
        said = [joined(texts) for texts in views.texts]
        made = [tfidf(texts).toarray if self.vectors == "tfidf" else constant(views.embed(texts)) for texts in said]
        clusterings = cluster(made)
        return Grouping(tuple(map(Candidate, views.questions, clusterings, said)))


def tfidf(texts: Sequence[str]) -> csr_array:
    """Encode n texts as (n, words + 1) unit rows, float32: single words without English stop words, at most 2,000 of
    them.

    The last dimension is that of texts without any such word, which so are all alike and like no other.
    """
    from scipy.sparse import csr_array, hstack
    from sklearn.feature_extraction.text import TfidfVectorizer

    model = TfidfVectorizer(max_features=WORDS, stop_words="english", dtype=np.float32)
    try:
        counted = csr_array(model.fit_transform(texts))
    except ValueError:
        counted = csr_array((len(texts), 0), dtype=np.float32)  # scikit-learn refuses where no text has a word
    wordless = (np.diff(counted.indptr) == 0).astype(np.float32)[:, None]
    return csr_array(hstack([counted, csr_array(wordless)], format="csr"))
