"""Try the models that have a short name and are on this machine on one real photo."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from photosort.errors import PhotosortError
from photosort.models import registry
from photosort.models.catalogue import CAPTIONERS, EFFICIENTNET, ENCODERS, MINILM, TAGS, source_of
from photosort.models.facts.faces import FaceCounter
from photosort.models.protocols import Frame, Pixels
from photosort.models.weights.hub import find
from photosort.photos.facts.facts import Said
from photosort.settings.settings import Settings
from photosort.support.progress import Progress, silent

STAGE = "checking"


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of one model: what it said, or why it does not work."""

    role: str
    model: str
    said: str
    problem: str
    seconds: float


def check_all(settings: Settings, progress: Progress = silent) -> tuple[Checked, ...]:
    """Show each one of scikit-learn's two photos, a temple in China; the text encoder reads what it is.

    Those of other names (hf:, local:, open_clip:, st:), servers and writers are not tried.
    """
    trials = list(_trials(settings))
    results: list[Checked] = []
    for number, (role, name, trial) in enumerate(trials):
        progress(STAGE, number, len(trials))
        results.append(_tried(role, name, trial))
    progress(STAGE, len(trials), len(trials))
    return tuple(results)


def _trials(settings: Settings) -> Iterator[tuple[str, str, Callable[[], str]]]:
    with_tags = settings.model_copy(update={"captioner": TAGS, "image_encoder": EFFICIENTNET})
    yield "image encoder", EFFICIENTNET, lambda: _encoded(with_tags)
    yield "captioner", TAGS, lambda: _tagged(with_tags)
    yield "text encoder", MINILM, lambda: _read(settings.model_copy(update={"text_encoder": MINILM}))
    yield "facts", "faces", _counted
    for name in CAPTIONERS:
        if (source := source_of(name, CAPTIONERS)) and find(source, settings.model_folder):
            chosen = settings.model_copy(update={"captioner": name, "captions": 1})
            yield "captioner", name, lambda chosen=chosen: _captioned(chosen)  # type: ignore[misc]
    for name in ENCODERS:
        if (source := source_of(name, ENCODERS)) and find(source, settings.model_folder):
            chosen = settings.model_copy(update={"image_encoder": name})
            yield "image encoder", name, lambda chosen=chosen: _encoded(chosen)  # type: ignore[misc]


def _tried(role: str, name: str, trial: Callable[[], str]) -> Checked:
    start = time.perf_counter()
    said = problem = ""
    try:
        said = trial()
    except PhotosortError as error:
        problem = str(error)
    except Exception as error:  # a model that fails does not keep the others from being tried
        problem = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
    return Checked(role, name, said, problem, time.perf_counter() - start)


def _captioned(settings: Settings) -> str:
    captioner = registry.captioner(settings)
    assert captioner.reads == "pixels"
    return captioner.caption([_photo(captioner.frame)])[0][0]


def _encoded(settings: Settings) -> str:
    encoder = registry.image_encoder(settings)
    return f"{encoder.encode_images([_photo(encoder.frame)]).shape[1]} dimensions"


def _tagged(settings: Settings) -> str:
    encoder, captioner = registry.image_encoder(settings), registry.captioner(settings)
    assert captioner.reads == "vectors"
    return captioner.caption(encoder.encode_images([_photo(encoder.frame)]), [()], Said())[0]


def _counted() -> str:
    counter = FaceCounter()
    (people,) = counter.count([_photo(counter.frame)])
    return "1 face" if people.count == 1 else f"{people.count} faces"


def _read(settings: Settings) -> str:
    return f"{registry.text_encoder(settings).encode_texts(['a temple in China']).shape[1]} dimensions"


def _photo(frame: Frame) -> Pixels:
    from PIL import Image
    from sklearn.datasets import load_sample_image

    photo = Image.fromarray(load_sample_image("china.jpg"))
    return np.asarray(photo.resize(frame.size(*photo.size), Image.Resampling.BICUBIC, frame.box(*photo.size)))
