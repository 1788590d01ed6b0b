"""How the methods are built, from the settings of a run or for a contest.

A method's own module is imported only here, when the method is built.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from photosort.methods.method import Method
    from photosort.settings.choices import Assign, FusionMode, NounChoice, TextVectors
    from photosort.settings.settings import Settings

NOUN_TEMPERATURE = {"efficientnet-lite2": 0.05, "clip": 0.005}
"""Image encoder -> the temperature of its nouns; .005 is the paper's for OpenAI's CLIP, .05 is measured."""
SERVED = "openai:"
"""What the name of a language model on a server begins with."""


class Nouns(NamedTuple):
    """How nouns for photos are looked for.

    choice       how the nouns of a centre are ranked
    temperature  of the retrieval
    seed         of everything that is drawn
    """

    choice: NounChoice = "softmax"
    temperature: float = 0.005
    seed: int = 42


class Given(NamedTuple):
    """What a variant is built with.

    weight   share of the text, 0 to 1
    k        the number of classes
    by       criteria of the user
    assign   what puts photos into categories
    nouns    how nouns are looked for
    balance  how much training wants clusters of equal size
    """

    weight: float = 0.5
    k: int = 2
    by: tuple[str, ...] = ()
    assign: Assign = "text"
    nouns: Nouns = Nouns()
    balance: float = 5.0


def assignment(settings: Settings) -> Assign:
    """Return what puts photos into categories: what the user says, else the best that the models of the run can do."""
    if settings.assign is not None:
        return settings.assign
    if settings.writer.startswith(SERVED):
        return "llm"
    return "text" if settings.by or settings.into is None else "joint"


def nouns_by(settings: Settings) -> Nouns:
    """Return how nouns are looked for: the more the cosines of an encoder spread, the higher is the temperature."""
    encoder = settings.image_encoder or ""
    usual = 0.005 if "openai" in encoder else 0.01
    return Nouns(settings.nouns, NOUN_TEMPERATURE.get(encoder, usual), settings.seed)


def fusion_method(mode: FusionMode, weight: float = 0.5) -> Method:
    """Build the fusion of image and caption."""
    from photosort.methods.fusion import Fusion

    return Fusion(mode, weight)


def text_guided_method(vectors: TextVectors) -> Method:
    """Build the method that reads texts alone."""
    from photosort.methods.text_guided import TextGuided

    return TextGuided(vectors)


def criterion_method(settings: Settings) -> Method:
    """Build the method that sorts by criteria of the user."""
    from photosort.methods.criterion.method import Criterion

    rest, forced = ("", False) if settings.into is None else (settings.other, not settings.other)
    return Criterion(settings.by, assignment(settings), settings.k, settings.min_k, settings.max_k, rest, forced)


def into_method(settings: Settings) -> Method:
    """Build the method that sorts into categories of the user."""
    if assignment(settings) == "llm":
        from photosort.methods.criterion.method import Criterion

        return Criterion(("",), "llm", rest=settings.other, forced=not settings.other)
    from photosort.methods.into.method import Into

    by_text = assignment(settings) == "text"
    return Into(settings.other, forced=not settings.other, assign="text" if by_text else "joint")


def text_aided_method(nouns: Nouns, k: int | None, balance: float | None = None) -> Method:
    """Return TAC, trained where there is a `balance`."""
    from photosort.clustering.heads import Training
    from photosort.methods.nouns.text_aided import TextAided

    training = None if balance is None else Training(balance=balance)
    return TextAided(training, nouns.choice, nouns.temperature, k, nouns.seed)


def noun_kernel_method(nouns: Nouns, k: int | None) -> Method:
    """Build the clustering of the graph of photos and nouns."""
    from photosort.methods.nouns.kernel import NounKernel

    return NounKernel(nouns.choice, k=k, seed=nouns.seed)


def into_joint(given: Given) -> Method:
    """Build zero-shot sorting into the classes."""
    from photosort.methods.into.method import Into

    return Into(forced=True)


def into_text(given: Given) -> Method:
    """Build sorting into the classes by captions."""
    from photosort.methods.into.method import Into

    return Into(forced=True, assign="text")


def criterion_of(given: Given) -> Method:
    """Build sorting by a criterion for a contest."""
    from photosort.methods.criterion.method import Criterion

    return Criterion(given.by, given.assign, given.k)
