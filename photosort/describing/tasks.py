"""What is to be known of each photo, and which model says it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from photosort.models.captioners.ahead import Preparing, Streamed
from photosort.models.protocols import (
    BatchSize,
    Captioner,
    FaceCounter,
    FactModels,
    FeatureCaptioner,
    Frame,
    ImageEncoder,
    Pictures,
    Pixels,
)
from photosort.models.runtime.batch_size import BatchSize as FixedSize
from photosort.models.runtime.devices import CPU
from photosort.models.selected import ModelSet
from photosort.photos.pixels import sketch, texture
from photosort.photos.pixels.decode import REVISION
from photosort.photos.pixels.tone import tone
from photosort.store.identity import Identity

TONES = Identity("tone", REVISION)
TEXTURES = Identity("texture", f"{texture.REVISION}-{REVISION}")
SKETCHES = Identity("sketch", f"{sketch.REVISION}-{REVISION}")
SKETCHED = Frame(384, "inside", "bilinear")
"""What sketches are drawn from: an eighth of a photo of 12 megapixels is hardly less, so that decoding stays cheap."""
AT_ONCE = 32
LINE = "\n"
"""What stands between the texts of a photo in the cache; a text is one line."""

Said = NDArray[np.float32] | str
"""What a task gives for one photo: a vector (d,), or its texts, one a line."""


@dataclass(frozen=True, slots=True)
class Streaming:
    """How a task is done photo by photo, many of them under way at once.

    most  photos that may be under way together
    form  a picture -> what is sent of it; done ahead of the questions
    ask   what is sent, and whether the work has been stopped -> the result; it waits for the answer
    """

    most: int
    form: Callable[[Pixels], str]
    ask: Callable[[str, Callable[[], bool]], Said]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to know of every photo.

    frame    the picture of the photo that `run` takes
    device   where `run` wants the pictures; pictures of one size are put there together beforehand
    run      b pictures and the digests of their photos -> b results
    quick    whether `run` needs no model: it is done while batches are gathered, beside the models
    prepare  what can be done of `run` while the model is busy: b pictures -> the same ones, as `run` takes them faster
    stream   given where photos do not have to wait for each other; `run` is not called then
    """

    identity: Identity
    frame: Frame
    device: Callable[[], str]
    batch: Callable[[], BatchSize]
    run: Callable[[Pictures, Sequence[str]], Iterable[Said]]
    quick: bool = False
    prepare: Callable[[Pictures], Pictures] | None = None
    stream: Streaming | None = None


def tasks_of(models: ModelSet) -> list[Task]:
    """Return the tasks of a run with these models. Loads none; raises what making them raises."""
    return tasks(models.image_encoder, models.captioners, models.fact_models)


def tasks(
    encoder: ImageEncoder, captioners: Sequence[Captioner | FeatureCaptioner], facts: FactModels | None = None
) -> list[Task]:
    """List the tasks: image vectors first, then what the captioners and the facts need pixels for."""
    wanted = [encoding(encoder)]
    for captioner in captioners:
        wanted.append(captioning(captioner) if captioner.reads == "pixels" else toning(encoder.frame))
    if facts:
        wanted.append(counting(facts.faces))
        wanted += [texturing(encoder.frame)] if facts.kinds else []
    return wanted


def encoding(encoder: ImageEncoder) -> Task:
    """Return the vectors of an image encoder."""

    def run(pixels: Pictures, digests: Sequence[str]) -> NDArray[np.float32]:
        return encoder.encode_images(pixels)

    return Task(encoder.identity, encoder.frame, lambda: encoder.device, lambda: encoder.batch, run)


def captioning(captioner: Captioner) -> Task:
    """Return the texts of a captioner, by way of what it can do ahead."""

    def run(pixels: Pictures, digests: Sequence[str]) -> list[str]:
        return list(map(_lines, captioner.caption(pixels, digests)))

    return Task(
        captioner.identity,
        captioner.frame,
        lambda: captioner.device,
        lambda: captioner.batch,
        run,
        prepare=captioner.prepare if isinstance(captioner, Preparing) else None,
        stream=_streaming(captioner) if isinstance(captioner, Streamed) else None,
    )


def _streaming(captioner: Streamed) -> Streaming:
    def ask(sent: str, stopped: Callable[[], bool]) -> str:
        return _lines(captioner.ask(sent, stopped))

    return Streaming(captioner.in_flight, captioner.form, ask)


def _lines(texts: Iterable[str]) -> str:
    return LINE.join(" ".join(text.split()) for text in texts)


def toning(frame: Frame) -> Task:
    """Return the words for light and colour, for captioners that see no pixels."""
    size = FixedSize(AT_ONCE)
    return Task(
        TONES,
        frame,
        lambda: CPU,
        lambda: size,
        lambda pixels, _: [LINE.join(tone(picture)) for picture in pixels],
        quick=True,
    )


def texturing(frame: Frame) -> Task:
    """Return the measures of how flat and how lined the pixels are."""
    size = FixedSize(AT_ONCE)
    return Task(TEXTURES, frame, lambda: CPU, lambda: size, lambda pixels, _: map(texture.texture, pixels), quick=True)


def sketching() -> Task:
    """Return the small grey pictures that duplicates are found by."""
    size = FixedSize(AT_ONCE)
    return Task(SKETCHES, SKETCHED, lambda: CPU, lambda: size, lambda pixels, _: map(sketch.sketch, pixels), quick=True)


def counting(faces: FaceCounter) -> Task:
    """Return the number of faces, as JSON."""

    def run(pixels: Pictures, digests: Sequence[str]) -> list[str]:
        return [json.dumps(asdict(people)) for people in faces.count(pixels)]

    return Task(faces.identity, faces.frame, lambda: faces.device, lambda: faces.batch, run)
