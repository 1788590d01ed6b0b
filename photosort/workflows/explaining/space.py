"""The space that a run was clustered in, rebuilt from its settings and what the cache still knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from photosort.clustering.kmeans import Labels
from photosort.describing.tasks import LINE
from photosort.methods.building import assignment
from photosort.methods.fusion import summed_vectors
from photosort.methods.method import Texts
from photosort.methods.replay import Replay
from photosort.models.protocols import Captioner, FeatureCaptioner, SoftEncoder, Vectors
from photosort.models.selected import ModelSet
from photosort.settings.settings import Settings
from photosort.store.cache import Cache
from photosort.store.runs.runs import ClusterRecord, MemberRecord
from photosort.workflows.sorting.folders import ASIDE
from photosort.workflows.sorting.remembering import RememberedTexts

CLOSE = 0.01
"""By how much the usual photo may be nearer to its centroid, or further, than when it was filed."""
PICTURES = "the photos of this run were compared by their pictures alone"


@dataclass(frozen=True)
class Space:
    """Photos of a run that the cache knows, and where they lie.

    members   the photos, (n)
    numbers   for each of k clusters its number in the run
    replay    their vectors, and the clusters
    raw       (n, d) vectors of the image encoder
    texts     for each photo what its caption was embedded from; empty where the space is not made of captions
    said      m tuples of texts -> (m, e) their part of the space; None where there is none
    soft      what says in nouns what the captions say; None where captions are embedded as they are
    pictured  (m, d) vectors of the image encoder -> what stands for the pictures
    why_not   why words of captions cannot be weighed; empty where they can
    """

    members: tuple[MemberRecord, ...]
    numbers: tuple[int, ...]
    replay: Replay
    raw: Vectors
    texts: Texts = ()
    said: Callable[[Texts], Vectors] | None = None
    soft: SoftEncoder | None = None
    pictured: Callable[[Vectors], Vectors] = field(default=lambda vectors: vectors)
    why_not: str = ""

    def position(self, digest: str) -> int | None:
        """Return the row of a photo, None where the cache does not know it."""
        return next((row for row, member in enumerate(self.members) if member.digest == digest), None)

    @property
    def of_pictures(self) -> Space:
        """The same photos, by their pictures alone."""
        return _pictures(self.members, self.numbers, self.raw, self.replay.labels, PICTURES)

    @property
    def is_other(self) -> bool:
        """Whether it is that of the pictures alone, since the run compared something else."""
        return self.replay.mode == "image" and self.replay.clearer

    @property
    def is_close(self) -> bool:
        """Whether the photos are as near to their own and the next centroids as they were when they were filed."""
        if self.is_other:
            return True
        replay, place = self.replay, {number: place for place, number in enumerate(self.numbers)}
        cosines, every = replay.similarity(replay.rows), np.arange(len(self.members))
        following = [place.get(member.runner_up, own) for member, own in zip(self.members, replay.labels, strict=True)]
        stored = [(member.similarity, member.runner_up_similarity) for member in self.members]
        found = np.stack([cosines[every, replay.labels], cosines[every, following]], axis=1)
        compared = [bool(member.similarity) or not member.standing for member in self.members]
        return bool((np.median(np.abs(found - stored)[compared], axis=0) <= CLOSE).all())


def space_of(
    models: ModelSet, clusters: Sequence[ClusterRecord], members: Sequence[MemberRecord], cache: Cache
) -> Space | None:
    """Return the space of a run; None where the cache knows none of its photos.

    Of methods that do not cluster captions and pictures it is the space of the pictures. Texts that the cache does not
    know are encoded; no picture is. Raises what the models raise.
    """
    settings = models.settings
    found = cache.vectors(models.image_encoder.identity, {member.digest for member in members})
    kept = sorted((member for member in members if member.digest in found), key=lambda member: str(member.path))
    if not kept:
        return None
    raw = np.stack([found[member.digest] for member in kept]).astype(np.float32)
    numbers, labels = _labels(clusters, kept)
    none = np.empty((len(kept), 0), np.float32)
    if why_not := _why_not(settings):
        return _pictures(tuple(kept), numbers, raw, labels, why_not)
    if settings.method == "fusion" and settings.fusion == "image":
        return Space(tuple(kept), numbers, Replay(raw, none, labels, "image"), raw, why_not=PICTURES)
    texts = RememberedTexts(models.text_encoder, cache)
    if settings.method == "text":
        answers: Texts = [(member.caption,) for member in kept]
        embed = _summed(texts.encode_texts)
        replay = Replay(none, embed(answers), labels, "text")
        return Space(tuple(kept), numbers, replay, raw, answers, embed, pictured=lambda vectors: vectors[:, :0])
    soft = models.soft_captions(texts) if settings.fusion != "sum" else None
    if soft:
        replay = Replay(raw, soft.place(raw), labels, settings.fusion, models.text_weight, clearer=True)
        return Space(tuple(kept), numbers, replay, raw, soft=soft)
    captions = _captions(models, kept, cache)
    pictured, embed = _as_they_are, _summed(texts.encode_texts)
    if joint := models.joint(texts) if settings.fusion == "sum" else None:
        pictured, embed = joint.place, _summed(RememberedTexts(joint, cache).encode_texts)
    replay = Replay(pictured(raw), embed(captions), labels, settings.fusion, models.text_weight)
    return Space(tuple(kept), numbers, replay, raw, captions, embed, pictured=pictured)


def _pictures(
    members: tuple[MemberRecord, ...], numbers: tuple[int, ...], raw: Vectors, labels: Labels, why_not: str
) -> Space:
    replay = Replay(raw, np.empty((len(raw), 0), np.float32), labels, "image", clearer=True)
    return Space(members, numbers, replay, raw, why_not=why_not)


def _as_they_are(vectors: Vectors) -> Vectors:
    return vectors


def _why_not(settings: Settings) -> str:
    """Return why the words of captions cannot be weighed one by one; empty where they can."""
    if settings.method == "text" and settings.vectors == "tfidf":
        return "this run counted words by TF-IDF, where each word counts by its rarity among all captions"
    if settings.method in ("criterion", "into"):
        return {
            "llm": "a language model read the whole description",
            "text": "the whole description was compared with the names of the folders",
            "joint": "the picture was compared with the names of the folders",
        }[assignment(settings)]
    if settings.method not in ("fusion", "text"):
        return "this run compared pictures with nouns, and read no captions"
    return ""


def _labels(clusters: Sequence[ClusterRecord], members: Sequence[MemberRecord]) -> tuple[tuple[int, ...], Labels]:
    """Return the numbers of the clusters, and for each member (n,) the place of its own among them.

    What was set aside counts for the cluster that it is nearest to, as it did when the photos were clustered.
    """
    aside = {cluster.number for cluster in clusters if cluster.named_by == ASIDE}
    own = [member.runner_up if member.cluster in aside else member.cluster for member in members]
    numbers, labels = np.unique(own, return_inverse=True)
    return tuple(numbers.tolist()), np.asarray(labels, dtype=np.intp)


def _summed(encode: Callable[[Sequence[str]], Vectors]) -> Callable[[Texts], Vectors]:
    return lambda texts: summed_vectors(texts, encode)


def _captions(models: ModelSet, members: Sequence[MemberRecord], cache: Cache) -> Texts:
    """Return the texts that were embedded for each photo: those of the captioner, where there are several."""
    if models.settings.captions == 1:
        return [(member.caption,) for member in members]
    captioner: Captioner | FeatureCaptioner = models.captioners[0]
    known = cache.texts(captioner.identity, [member.digest for member in members])
    return [
        tuple(known[member.digest].split(LINE)) if known.get(member.digest) else (member.caption,) for member in members
    ]
