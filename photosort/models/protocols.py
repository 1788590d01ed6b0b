"""What photosort asks of a model. Each adapter in this room is a small class that fits one of these.

Nothing is loaded before the first call; `identity` is known without it, so that the cache can be asked first.
Shapes: b photos in a batch, n texts or photos, h and w pixels, d and e dimensions of vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from photosort.errors import PhotosortError
from photosort.photos.facts.facts import People, Said
from photosort.photos.pixels.frame import Frame
from photosort.store.identity import Identity
from photosort.support.progress import Used

__all__ = [
    "BYTES_PER_TOKEN",
    "BatchSize",
    "Captioner",
    "Category",
    "CategoryReader",
    "DualEncoder",
    "FaceCounter",
    "FactModels",
    "FeatureCaptioner",
    "Frame",
    "Identity",
    "ImageEncoder",
    "JointEncoder",
    "KindReader",
    "LanguageModel",
    "NoAnswer",
    "Pictures",
    "Pixels",
    "QuestionTooLong",
    "Sightings",
    "SoftEncoder",
    "SubjectReader",
    "TextEncoder",
    "Used",
    "Vectors",
    "WriterForm",
    "tokens",
]

Pixels = NDArray[np.uint8]
"""One photo as `photos.decode` makes it: (h, w, 3), RGB."""
Pictures = Sequence[Pixels] | NDArray[np.uint8]
"""Photos one after the other, or, where all are of one size, in one array (b, h, w, 3)."""

Vectors = NDArray[np.float32]


class BatchSize(Protocol):
    """How many photos a model looks at together, on the device that it runs on."""

    @property
    def value(self) -> int:
        """The photos of the next batch; fewer after `shrink`, maybe more after `fitted`."""
        ...

    def shrink(self, size: int) -> None:
        """From now on at most `size`: the device has no memory for more."""
        ...

    def fitted(self, count: int) -> None:
        """The device had memory for `count` photos."""
        ...


class ImageEncoder(Protocol):
    """Photos to vectors; `frame` is the picture of a photo that it looks at."""

    identity: Identity
    frame: Frame

    @property
    def device(self) -> str:
        """Where it looks at pictures, such as cpu or cuda:0."""
        ...

    @property
    def batch(self) -> BatchSize: ...

    def encode_images(self, pixels: Pictures) -> Vectors:
        """B pictures in this encoder's frame -> (b, d) float32, of any length (not normalised)."""
        ...


class TextEncoder(Protocol):
    """Texts to vectors."""

    identity: Identity

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """Encode n texts as (n, d) float32, unit length."""
        ...


class JointEncoder(TextEncoder, Protocol):
    """Photos and texts in one space, so that the cosine of a photo and a text means something (CLIP does this)."""

    def place(self, vectors: Vectors) -> Vectors:
        """Turn (n, d) vectors of the image encoder into (n, e) vectors in the space of the texts, not normalised."""
        ...


class SoftEncoder(JointEncoder, Protocol):
    """A joint encoder whose vector of a photo is the sum of parts, one for each noun that the photo may show."""

    def guesses(self, vectors: Vectors) -> list[list[tuple[str, Vectors]]]:
        """(b, d) vectors of the image encoder -> for each photo nouns and their parts (e,), the most probable first."""
        ...


class DualEncoder(ImageEncoder, JointEncoder, Protocol):
    """An image encoder that encodes texts too, into the same space."""


class Sightings(NamedTuple):
    """What b photos show, in numbers.

    concepts  (b, c) for each concept of `wordnet.album`, by how many standard deviations a photo is nearer to it than
              ordinary pictures are
    labels    (b, 1000) the probability of each label of `wordnet.nouns`
    """

    concepts: Vectors
    labels: Vectors


class Category(NamedTuple):
    """A folder that the user names, or a language model on the user's behalf.

    name     of the folder
    hint     words for what belongs into it; may be empty
    without  words for what does not; may be empty
    above    the name of the folder that it lies in; empty at the top
    """

    name: str
    hint: str = ""
    without: str = ""
    above: str = ""


class CategoryReader(Protocol):
    """Vectors of the image encoder to how well photos fit categories, of which no example is needed (zero-shot)."""

    identity: Identity

    def scores(self, vectors: Vectors, categories: Sequence[Category]) -> Vectors:
        """(b, d) vectors, not normalised -> (b, c), one column a category. Larger is better; the scores of one photo
        compare with each other, and with those of other photos to the same categories.
        """
        ...


class SubjectReader(Protocol):
    """Vectors of the image encoder to what names of folders are made of."""

    def read(self, vectors: Vectors) -> Sightings:
        """(b, d) vectors, not normalised -> what the b photos show."""
        ...


class Captioner(Protocol):
    """Photos to texts: captions, or the answers to the question that the identity names."""

    reads: Literal["pixels"]
    identity: Identity
    frame: Frame

    @property
    def device(self) -> str:
        """Where it looks at pictures, such as cpu or cuda:0."""
        ...

    @property
    def batch(self) -> BatchSize: ...

    def caption(self, pixels: Pictures, digests: Sequence[str] = ()) -> list[tuple[str, ...]]:
        """B pictures in this captioner's frame -> for each the texts that were asked for, one or more.

        The random numbers of drawn texts follow from the `digests` of the b photos, or of the pictures without any.
        """
        ...


class FeatureCaptioner(Protocol):
    """Captions that are read out of the vectors of the image encoder, without a look at the photo."""

    reads: Literal["vectors"]
    identity: Identity

    def caption(self, vectors: Vectors, tones: Sequence[tuple[str, ...]], said: Said) -> list[str]:
        """(b, d) vectors, not normalised, and what `photos.tone` is certain of in each photo -> b captions.

        `said` are the facts that hold for all b photos.
        """
        ...


class FaceCounter(Protocol):
    """Photos to the number of people whose faces can be seen."""

    identity: Identity
    frame: Frame
    device: str

    @property
    def batch(self) -> BatchSize: ...

    def count(self, pixels: Pictures) -> list[People]:
        """B pictures in this counter's frame -> who can be seen in each."""
        ...


class KindReader(Protocol):
    """Vectors of an image encoder to the kinds of pictures."""

    classes: tuple[str, ...]

    def probabilities(self, vectors: Vectors, textures: Vectors) -> Vectors:
        """(n, d) vectors, not normalised, and (n, m) measures of `photos.texture` -> (n, classes), sums of 1."""
        ...


@dataclass(frozen=True, slots=True)
class FactModels:
    """The models that tell facts.

    kinds  what tells screens and papers by their pixels; None where no such layer was trained for the image encoder
    """

    faces: FaceCounter
    kinds: KindReader | None = None


WriterForm = Literal["full", "small", "digest"]

BYTES_PER_TOKEN = 3
"""A cautious guess: English has four bytes a token, other scripts have three or more bytes a character."""


def tokens(text: str) -> int:
    """Return about how many tokens a text has, rather too many than too few."""
    return len(text.encode()) // BYTES_PER_TOKEN + 1


class LanguageModel(Protocol):
    """A language model that puts what a question holds into words.

    form      how it has to be asked: "full", by instructions and captions, for JSON; "small", by examples and
              keywords, for JSON; "digest", by captions that are to be made shorter, for plain text
    parallel  questions that may be asked at once, from as many threads
    """

    identity: Identity
    form: WriterForm
    parallel: int

    @property
    def budget(self) -> int:
        """Tokens that a question may have; fewer once a server has shown how little it has room for."""
        ...

    @property
    def used(self) -> Used | None:
        """What was used so far, for a writer on a server; None for one on this machine."""
        ...

    def cost(self, tokens_in: int, tokens_out: int) -> float | None:
        """Return the US dollars that questions and answers of so many tokens cost; None where no price is known."""
        ...

    def check(self) -> None:
        """Raise the failure that the first question would meet, where it can be told without asking one."""
        ...

    def write(self, system: str, prompt: str, schema: dict[str, Any]) -> str:
        """Return the answer as raw, untrusted text; `schema` is the JSON schema it should follow.

        Raises QuestionTooLong where `budget` has turned out to be too large; it is smaller then.
        """
        ...


class NoAnswer(PhotosortError):
    """A writer has failed for good, and the names are made without it; the message says why."""


class QuestionTooLong(PhotosortError):
    """A question has more tokens than the model has room for; the message says how many it takes."""
