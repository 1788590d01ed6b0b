"""The table of methods. To add a method, write its file beside this one and its entry here.

The command line, the settings and `evaluate` read the table. It is read for `--help` too, so a method's own module is
imported only when the method is built.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from photosort.errors import SettingsError

if TYPE_CHECKING:
    from photosort.methods.method import Method
    from photosort.settings.choices import Assign, FusionMode, NounChoice, TextVectors
    from photosort.settings.settings import Settings


CAPTION = ""
"""The question that asks for a caption."""
KEYWORD_QUESTION = "Which keywords describe the image?"
"""From "Text-Guided Image Clustering" (Stephan et al. 2024)."""
NOUN_TEMPERATURE = {"efficientnet-lite2": 0.05, "clip": 0.005}
"""Image encoder -> the temperature of its nouns; .005 is the paper's for OpenAI's CLIP, .05 is measured."""
SERVED = "openai:"
"""What the name of a language model on a server begins with."""
SAMPLES = 6
"""Sampled texts for each photo and question, as in that paper."""


def caption_only(settings: Settings) -> tuple[str, ...]:
    """Return the one question of a method that reads captions."""
    return (CAPTION,)


def answers(settings: Settings) -> tuple[str, ...]:
    """Return the questions of a method that reads answers: captions, keywords, or what the user asks."""
    texts = settings.texts or ("ask" if settings.ask else "caption")
    return {"caption": (CAPTION,), "keywords": (KEYWORD_QUESTION,), "ask": settings.ask}[texts]


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


@dataclass(frozen=True, slots=True)
class Variant:
    """A method with its options fixed, as `evaluate --methods` names it.

    needs_photos  false where it reads texts alone
    weighted      whether the share of the text changes anything
    named         whether it gets the names of the true classes, which no other one sees
    asks          whether it may ask a language model
    """

    build: Callable[[Given], Method]
    needs_photos: bool = True
    weighted: bool = False
    named: bool = False
    asks: bool = False


@dataclass(frozen=True, slots=True)
class MethodSpec:
    """What the program has to know of a method.

    help       what the method goes by, in a few words
    build      settings and share of the text, 0 to 1 -> the method
    variants   its variants for `evaluate`, by name
    questions  settings -> the questions that every photo is asked
    samples    texts for each photo and question, at least
    flags      the settings that no other method reads
    chosen_by  the flag that chooses it, where it is not --method
    """

    help: str
    build: Callable[[Settings, float], Method]
    variants: Mapping[str, Variant]
    questions: Callable[[Settings], tuple[str, ...]] = caption_only
    samples: int = 1
    flags: tuple[str, ...] = ()
    chosen_by: str = ""


def _fusion(mode: FusionMode, weight: float = 0.5) -> Method:
    from photosort.methods.fusion import Fusion

    return Fusion(mode, weight)


def _text_guided(vectors: TextVectors) -> Method:
    from photosort.methods.text_guided import TextGuided

    return TextGuided(vectors)


def criteria_questions(settings: Settings) -> tuple[str, ...]:
    """Return the question for each criterion."""
    from photosort.methods.criterion.prompts import question_of

    return tuple(map(question_of, settings.by))


def assignment(settings: Settings) -> Assign:
    """Return what puts photos into categories: what the user says, else the best that the models of the run can do."""
    if settings.assign is not None:
        return settings.assign
    if settings.writer.startswith(SERVED):
        return "llm"
    return "text" if settings.by or settings.into is None else "joint"


def asks_writer(settings: Settings) -> bool:
    """Return whether a language model has anything to do: names that the user gave leave it nothing to name."""
    return settings.into is None or bool(settings.by) or assignment(settings) == "llm"


def _criterion(settings: Settings) -> Method:
    from photosort.methods.criterion.method import Criterion

    rest = "" if settings.into is None else settings.other
    return Criterion(settings.by, assignment(settings), settings.k, settings.min_k, settings.max_k, rest)


def _into(settings: Settings) -> Method:
    if assignment(settings) == "llm":
        from photosort.methods.criterion.method import Criterion

        return Criterion(("",), "llm", rest=settings.other)
    from photosort.methods.into.method import Into

    by_text = assignment(settings) == "text"
    return Into(settings.other, forced=not settings.other, assign="text" if by_text else "joint")


def no_questions(settings: Settings) -> tuple[str, ...]:
    """Return no question: a method that reads no texts needs no captioner."""
    return ()


def nouns_by(settings: Settings) -> Nouns:
    """Return how nouns are looked for: the more the cosines of an encoder spread, the higher is the temperature."""
    encoder = settings.image_encoder or ""
    usual = 0.005 if "openai" in encoder else 0.01
    return Nouns(settings.nouns, NOUN_TEMPERATURE.get(encoder, usual), settings.seed)


def _text_aided(nouns: Nouns, k: int | None, balance: float | None = None) -> Method:
    """Return TAC, trained where there is a `balance`."""
    from photosort.clustering.heads import Training
    from photosort.methods.nouns.text_aided import TextAided

    training = None if balance is None else Training(balance=balance)
    return TextAided(training, nouns.choice, nouns.temperature, k, nouns.seed)


def _noun_kernel(nouns: Nouns, k: int | None) -> Method:
    from photosort.methods.nouns.kernel import NounKernel

    return NounKernel(nouns.choice, k=k, seed=nouns.seed)


def _into_joint(given: Given) -> Method:
    from photosort.methods.into.method import Into

    return Into(forced=True)


def _into_text(given: Given) -> Method:
    from photosort.methods.into.method import Into

    return Into(forced=True, assign="text")


def _criterion_of(given: Given) -> Method:
    from photosort.methods.criterion.method import Criterion

    return Criterion(given.by, given.assign, given.k)


METHODS: Mapping[str, MethodSpec] = {
    "fusion": MethodSpec(
        help="image and caption together",
        build=lambda settings, weight: _fusion(settings.fusion, weight),
        variants={
            "image": Variant(lambda given: _fusion("image")),
            "text": Variant(lambda given: _fusion("text"), needs_photos=False),
            "sum": Variant(lambda given: _fusion("sum", given.weight), weighted=True),
            "concat": Variant(lambda given: _fusion("concat", given.weight), weighted=True),
        },
        flags=("fusion", "weight"),
    ),
    "text": MethodSpec(
        help="captions, or answers to questions",
        build=lambda settings, weight: _text_guided(settings.vectors),
        variants={
            "text-tfidf": Variant(lambda given: _text_guided("tfidf"), needs_photos=False),
            "text-sbert": Variant(lambda given: _text_guided("sbert"), needs_photos=False),
        },
        questions=answers,
        samples=SAMPLES,
        flags=("texts", "vectors", "show_all"),
    ),
    "criterion": MethodSpec(
        help="a criterion of yours, --by",
        build=lambda settings, weight: _criterion(settings),
        variants={
            "criterion": Variant(_criterion_of, needs_photos=False, asks=True),
            "criterion-named": Variant(_criterion_of, needs_photos=False, named=True, asks=True),
        },
        questions=criteria_questions,
        flags=("names_from",),
        chosen_by="--by",
    ),
    "into": MethodSpec(
        help="folders of your own, --into",
        build=lambda settings, weight: _into(settings),
        variants={
            "into": Variant(_into_joint, named=True),
            "into-text": Variant(_into_text, needs_photos=False, named=True),
        },
        flags=("other",),
        chosen_by="--into",
    ),
    "tac": MethodSpec(
        help="nouns of WordNet that fit the photos",
        build=lambda settings, weight: _text_aided(
            nouns_by(settings), settings.k, settings.balance if settings.tac == "train" else None
        ),
        variants={
            "tac": Variant(lambda given: _text_aided(given.nouns, given.k)),
            "tac-train": Variant(lambda given: _text_aided(given.nouns, given.k, given.balance)),
        },
        questions=no_questions,
        flags=("tac",),
    ),
    "ntk": MethodSpec(
        help="the graph of photos and such nouns",
        build=lambda settings, weight: _noun_kernel(nouns_by(settings), settings.k),
        variants={"ntk": Variant(lambda given: _noun_kernel(given.nouns, given.k))},
        questions=no_questions,
    ),
}

USUAL = ("fusion", "text")
"""The methods that have a part in every contest; the others want a word of the user's, or the names of the classes."""

VARIANTS: Mapping[str, Variant] = {
    name: variant for spec in METHODS.values() for name, variant in spec.variants.items()
}
"""The variants of all methods, by name."""


USUAL_VARIANTS = tuple(name for method in USUAL for name in METHODS[method].variants)


def spec_of(settings: Settings) -> MethodSpec:
    """Return the method that the settings name. Raises SettingsError where there is none of that name."""
    if settings.method not in METHODS:
        raise SettingsError(f"Unknown method '{settings.method}'", f"Choose one of: {', '.join(METHODS)}")
    return METHODS[settings.method]


def reader_of(flag: str) -> str:
    """Return the name of the method that alone reads this flag."""
    return next(name for name, spec in METHODS.items() if flag in spec.flags)


def questions(settings: Settings) -> tuple[str, ...]:
    """Return the questions that every photo is asked; CAPTION asks for a caption. A method may ask none.

    Raises SettingsError for an unknown method, and for questions of the user's that the method does not ask.
    """
    spec = spec_of(settings)
    if settings.ask and spec.questions is caption_only:
        raise SettingsError("--ask needs a method that asks questions", f"Add --method {reader_of('texts')}.")
    return spec.questions(settings)


def samples(settings: Settings, usual: int = 1) -> int:
    """Return how many texts are wanted for each photo and question, where the models of the run have a `usual`."""
    return settings.captions or max(spec_of(settings).samples, usual)
