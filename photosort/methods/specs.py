"""The table of methods. To add a method, write its file beside this one and its entry here.

The command line, the settings and `evaluate` read the table. It is read for `--help` too, so it imports no method: see
`building`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from photosort.errors import SettingsError
from photosort.methods.building import (
    Given,
    assignment,
    criterion_method,
    criterion_of,
    fusion_method,
    into_joint,
    into_method,
    into_text,
    noun_kernel_method,
    nouns_by,
    text_aided_method,
    text_guided_method,
)

if TYPE_CHECKING:
    from photosort.methods.method import Method
    from photosort.settings.settings import Settings


CAPTION = ""
"""The question that asks for a caption."""
KEYWORD_QUESTION = "Which keywords describe the image?"
"""From "Text-Guided Image Clustering" (Stephan et al. 2024)."""
SAMPLES = 6
"""Sampled texts for each photo and question, as in that paper."""


def caption_only(settings: Settings) -> tuple[str, ...]:
    """Return the one question of a method that reads captions."""
    return (CAPTION,)


def answers(settings: Settings) -> tuple[str, ...]:
    """Return the questions of a method that reads answers: captions, keywords, or what the user asks."""
    texts = settings.texts or ("ask" if settings.ask else "caption")
    return {"caption": (CAPTION,), "keywords": (KEYWORD_QUESTION,), "ask": settings.ask}[texts]


@dataclass(frozen=True, slots=True)
class Variant:
    """A method with its options fixed, as `evaluate --methods` names it.

    needs_photos  false where it reads texts alone
    needs_joint   whether it needs photos and texts in one space
    weighted      whether the share of the text changes anything
    named         whether it gets the names of the true classes, which no other one sees
    asks          whether it may ask a language model
    """

    build: Callable[[Given], Method]
    needs_photos: bool = True
    needs_joint: bool = False
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


def criteria_questions(settings: Settings) -> tuple[str, ...]:
    """Return the question for each criterion."""
    from photosort.methods.criterion.prompts import question_of

    return tuple(map(question_of, settings.by))


def asks_writer(settings: Settings) -> bool:
    """Return whether a language model has anything to do: names that the user gave leave it nothing to name."""
    return settings.into is None or bool(settings.by) or assignment(settings) == "llm"


def no_questions(settings: Settings) -> tuple[str, ...]:
    """Return no question: a method that reads no texts needs no captioner."""
    return ()


METHODS: Mapping[str, MethodSpec] = {
    "fusion": MethodSpec(
        help="image and caption together",
        build=lambda settings, weight: fusion_method(settings.fusion, weight),
        variants={
            "image": Variant(lambda given: fusion_method("image")),
            "text": Variant(lambda given: fusion_method("text"), needs_photos=False),
            "sum": Variant(lambda given: fusion_method("sum", given.weight), needs_joint=True, weighted=True),
            "concat": Variant(lambda given: fusion_method("concat", given.weight), weighted=True),
        },
        flags=("fusion", "weight"),
    ),
    "text": MethodSpec(
        help="captions, or answers to questions",
        build=lambda settings, weight: text_guided_method(settings.vectors),
        variants={
            "text-tfidf": Variant(lambda given: text_guided_method("tfidf"), needs_photos=False),
            "text-sbert": Variant(lambda given: text_guided_method("sbert"), needs_photos=False),
        },
        questions=answers,
        samples=SAMPLES,
        flags=("texts", "vectors", "show_all"),
    ),
    "criterion": MethodSpec(
        help="a criterion of yours, --by",
        build=lambda settings, weight: criterion_method(settings),
        variants={
            "criterion": Variant(criterion_of, needs_photos=False, asks=True),
            "criterion-named": Variant(criterion_of, needs_photos=False, named=True, asks=True),
        },
        questions=criteria_questions,
        flags=("names_from",),
        chosen_by="--by",
    ),
    "into": MethodSpec(
        help="folders of your own, --into",
        build=lambda settings, weight: into_method(settings),
        variants={
            "into": Variant(into_joint, named=True),
            "into-text": Variant(into_text, needs_photos=False, named=True),
        },
        flags=("other",),
        chosen_by="--into",
    ),
    "tac": MethodSpec(
        help="nouns of WordNet that fit the photos",
        build=lambda settings, weight: text_aided_method(
            nouns_by(settings), settings.k, settings.balance if settings.tac == "train" else None
        ),
        variants={
            "tac": Variant(lambda given: text_aided_method(given.nouns, given.k)),
            "tac-train": Variant(lambda given: text_aided_method(given.nouns, given.k, given.balance)),
        },
        questions=no_questions,
        flags=("tac",),
    ),
    "ntk": MethodSpec(
        help="the graph of photos and such nouns",
        build=lambda settings, weight: noun_kernel_method(nouns_by(settings), settings.k),
        variants={"ntk": Variant(lambda given: noun_kernel_method(given.nouns, given.k))},
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
