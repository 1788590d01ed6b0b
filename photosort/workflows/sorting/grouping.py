"""From what models say of photos to clusters, by the method of the settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from photosort.clustering.choose_k import KChoice, choose_k, drawn, most_for
from photosort.clustering.kmeans import Clustering, Vectors, kmeans
from photosort.describing.describe import Described
from photosort.methods.conversation import Announce, Settle, as_proposed, unannounced, unknown
from photosort.methods.fusion import unit
from photosort.methods.method import Clusterer, Examples, Grouping, Method, VectorFactory, Views
from photosort.methods.specs import questions, spec_of
from photosort.models.encoders.conse import CONSE
from photosort.models.protocols import Category, JointEncoder, TextEncoder
from photosort.models.runtime.devices import wanted_cuda
from photosort.models.selected import ModelSet
from photosort.photos.facts.facts import in_words
from photosort.settings.settings import Settings
from photosort.store.cache import Cache
from photosort.support.progress import Progress, silent
from photosort.wordnet.vocabulary import PLAIN, TEMPLATES
from photosort.workflows.sorting.noun_vectors import noun_vectors
from photosort.workflows.sorting.remembering import RememberedTexts, RememberedWriter


@dataclass(slots=True)
class Clusters:
    """A `Clusterer` by the settings; `choice` is how it came to its k, where the user named none."""

    settings: Settings
    progress: Progress = silent
    choice: KChoice | None = field(default=None, init=False)

    def __call__(self, several: Sequence[VectorFactory]) -> list[Clustering]:
        """Cluster each of several sets of vectors into one number of clusters: losses at different k do not compare.

        Where the number has to be chosen, it is by the mean of all cosines, and no more than can be told apart in each
        of the sets. Raises TooManyClusters where the user named more than that. A number that is only usual is lowered.
        """
        if self.settings.k is not None:
            found = [self._clustered(made(), self.settings.k) for made in several]
            fewest = min(one.k for one in found)
            return found if fewest == self.settings.k else [self._clustered(made(), fewest) for made in several]
        self.choice = self._chosen(several)
        found = [self._clustered(made(), self.choice.k) for made in several]
        while (fewest := min(one.k for one in found)) < self.choice.k:
            self.choice = replace(self.choice, k=fewest)
            found = [self._clustered(made(), fewest) for made in several]
        return found

    def _chosen(self, several: Sequence[VectorFactory]) -> KChoice:
        least, most, seed = self.settings.min_k, self.settings.max_k, self.settings.seed
        some = []
        for made in several:
            vectors = made()
            most = most or max(least, most_for(len(vectors)))
            some.append(drawn(vectors, seed=seed))
        everything = some[0] if len(some) == 1 else unit(np.hstack(some))
        return choose_k(everything, least=least, most=most, seed=seed, progress=self.progress)

    def _clustered(self, vectors: Vectors, k: int) -> Clustering:
        chosen, cuda = self.settings.k is None or self.settings.k_is_usual, wanted_cuda(self.settings.device)
        return kmeans(
            vectors,
            k,
            restarts=self.settings.restarts,
            seed=self.settings.seed,
            fewer=chosen,
            cuda=cuda,
            progress=self.progress,
        )


@dataclass(frozen=True, slots=True)
class Categories:
    """What the user wants photos to be sorted into, where the method needs that, and who decides on proposals.

    wanted      the categories
    examples    photos that show them, described
    owner       (m,) for each of these the place of its category
    announce    is shown what is about to be asked
    settle      decides on categories that a language model proposes
    """

    wanted: tuple[Category, ...] = ()
    examples: Described | None = None
    owner: tuple[int, ...] = ()
    announce: Announce = unannounced
    settle: Settle = as_proposed


def views_of(
    described: Described,
    models: ModelSet,
    cache: Cache,
    writer: RememberedWriter | None = None,
    categories: Categories = Categories(),
    progress: Progress = silent,
) -> Views:
    """Return the photos as methods see them; texts are encoded when a method asks."""
    texts = RememberedTexts(models.text_encoder, cache)
    joint, soft = models.joint(texts), models.soft_captions(texts)
    shown = categories.examples

    def zero_shot(vectors: Vectors, among: Sequence[Category]) -> Vectors:
        reader = models.categories(texts)
        assert reader is not None
        return reader.scores(vectors, among)

    return Views(
        image=described.vectors,
        questions=questions(models.settings),
        texts=described.texts,
        embed=texts.encode_texts,
        joint_image=(lambda: joint.place(described.vectors)) if joint else None,
        joint_embed=RememberedTexts(joint, cache).encode_texts if joint else None,
        soft_captions=(lambda: soft.place(described.vectors)) if soft else None,
        zero_shot=partial(zero_shot, described.vectors) if joint else None,
        examples=Examples(
            shown.vectors,
            zero_shot(shown.vectors, categories.wanted) if joint else None,
            np.array(categories.owner),
        )
        if shown
        else None,
        nouns=(lambda: noun_vectors(*_noun_encoder(joint, texts), cache, progress)) if joint else None,
        told=tuple(map(in_words, described.facts)),
        categories=categories.wanted,
        model=writer,
        known=writer.knows if writer else unknown,
        announce=categories.announce,
        cuda=wanted_cuda(models.settings.device),
        progress=progress,
        settle=categories.settle,
    )


def _noun_encoder(joint: JointEncoder, texts: TextEncoder) -> tuple[TextEncoder, Sequence[str]]:
    """Return what encodes nouns, and in which sentences: those of CLIP are for encoders of photos and texts alone."""
    return (texts, PLAIN) if joint.identity.model == CONSE else (joint, TEMPLATES)


def method_of(models: ModelSet, settings: Settings | None = None) -> Method:
    """Build the method that the settings name: those of the models, or others with the same ones."""
    settings = settings or models.settings
    return spec_of(settings).build(settings, models.text_weight)


def _with_fitting_k(settings: Settings, photos: int) -> Settings:
    """Lower a k that is only usual to the number of photos."""
    if settings.k is None or settings.k <= photos or not settings.k_is_usual:
        return settings
    return settings.model_copy(update={"k": photos})


def _fewer(found: Grouping, settings: Settings) -> Grouping:
    """Add a remark to each clustering that has fewer clusters than are usual."""
    if settings.k is None or settings.into is not None or not settings.k_is_usual:
        return found
    said = f"k = {settings.k} of your settings is more than these photos can fill: there are {{}} folders."
    return Grouping(
        tuple(
            replace(one, remarks=(*one.remarks, said.format(one.clustering.k)))
            if one.clustering.k < settings.k
            else one
            for one in found.candidates
        )
    )


def group(
    described: Described,
    models: ModelSet,
    cache: Cache,
    writer: RememberedWriter | None = None,
    progress: Progress = silent,
    categories: Categories = Categories(),
    joining: Clusterer | None = None,
) -> tuple[Grouping, KChoice | None]:
    """Group the photos; also how the number of clusters was chosen, where it was.

    `joining` takes the place of k-means where folders stand already; nothing is trained then. Raises TooManyClusters,
    SettingsError and what the models raise.
    """
    settings = _with_fitting_k(models.settings, len(described.photos))
    views, clusters = (
        views_of(described, models, cache, writer, categories, progress),
        Clusters(settings, progress),
    )
    if joining is None:
        return _fewer(method_of(models, settings).group(views, clusters), models.settings), clusters.choice
    settings = settings.model_copy(update={"k": None, "tac": "no-train"})
    return method_of(models, settings).group(views, joining), None
