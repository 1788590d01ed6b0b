"""What a language model answered, read as untrusted text: a title and a summary, or the reason why not."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from photosort.naming.keywords import Keyword
from photosort.naming.words import content_words, singulars

SUMMARY_WORDS = 30
"""The longest summary; a longer one is cut by code ("Organizing photos by image-text fusion" asks for 30)."""

TITLE_WORDS = 8
"""A longer title is refused, for a title cut short says something else."""

TITLE_CHARACTERS = 80
SUMMARY_CHARACTERS = 1000

FEW = 4
"""In a cluster smaller than this, one photo may decide what is said."""

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 50},
        "summary": {"type": "string", "minLength": 1, "maxLength": 160},
    },
    "required": ["title", "summary"],
    "additionalProperties": False,
}

_THOUGHT = re.compile(r"</?\s*(think|thinking|thought|reasoning)\b", re.I)
_MARKDOWN = re.compile(r"```|`[^`]*`|\*\*|__|^\s*(#+|[-*+>]|\d+\.)\s|\]\(", re.M)
_MARKUP = re.compile(r"<\s*/?\s*\w|<\||&\w+;")
_ADDRESS = re.compile(r"[/\\]|\.\.|\w:\S|\bwww\.|\S@\S", re.I)
_REFUSAL = re.compile(
    r"\b(i['’]m sorry|i am sorry|sorry, |i can(no|['’])t|i am unable|i['’]m unable|unable to|as an ai\b"
    r"|language model|i (do not|don['’]t) (have|know)|i apologi[sz]e|cannot (assist|help|comply|provide))",
    re.I,
)


_JOINT = re.compile(r"(\s*[,;.:](?:\s+(?:and|or|with|maybe|possibly|probably|perhaps)\b)?\s+|\s+(?:and|or)\s+)")


class AnswerError(ValueError):
    """The answer cannot name a cluster; the message is the fault, told to the model and kept as the note."""


@dataclass(frozen=True, slots=True)
class Answer:
    """title: at most TITLE_WORDS words; summary: at most SUMMARY_WORDS words. One line each."""

    title: str
    summary: str


class Grounds:
    """What the captions of a cluster say, to hold an answer against."""

    def __init__(self, captions: Mapping[str, int], keywords: Sequence[Keyword] = ()) -> None:
        """`captions`: caption -> number of photos with exactly this caption."""
        self._said = [(_with_singulars(content_words(caption)), photos) for caption, photos in captions.items()]
        self._keywords = _with_singulars(word for keyword in keywords for word in content_words(keyword.term))
        common = max((keyword.count for keyword in keywords), default=1)
        self._enough = max(min(2, common), common / 4) if sum(captions.values()) >= FEW else 1

    def holds(self, clause: str) -> bool:
        """Whether the captions of enough photos have all content words of `clause`, and it has one.

        Enough are a quarter of those of the best keyword, and two wherever a keyword has two.
        """
        said = content_words(clause)
        return bool(said) and sum(photos for known, photos in self._said if _all_in(said, known)) >= self._enough

    def check_title(self, title: str) -> None:
        """Raise AnswerError unless each clause holds, and one has a keyword."""
        for _, clause in _clauses(title):
            if not self.holds(clause):
                raise AnswerError(f"its title says what too few captions say: {clause}")
        if self._keywords and not any(_all_in([word], self._keywords) for word in content_words(title)):
            raise AnswerError("its title leaves out every keyword")

    def true_part(self, summary: str) -> str:
        """Return `summary` up to the first clause that does not hold or that came before.

        Raises AnswerError where nothing is left.
        """
        kept, seen = "", set[frozenset[str]]()
        for joint, clause in _clauses(summary):
            said = frozenset(min([word, *singulars(word)], key=len) for word in content_words(clause))
            if not self.holds(clause) or said in seen:
                break
            seen.add(said)
            kept += joint + clause
        if not kept:
            raise AnswerError("its summary says what too few captions say")
        return kept.rstrip(",;:( ")


def read_answer(raw: str, grounds: Grounds | None = None, planted: Container[str] = ()) -> Answer:
    """Parse `raw` strictly and check it, against `grounds` where given.

    `planted` are words that only captions with instructions in them have: an answer with one of them obeyed.
    Raises AnswerError with the fault.
    """
    data = _parse(raw)
    title, summary = (_one_line(data[key]) for key in ("title", "summary"))
    title = title.rstrip(".:;,! ")
    for text in (title, summary):
        _check_text(text)
    if len(title.split()) > TITLE_WORDS or len(title) > TITLE_CHARACTERS:
        raise AnswerError(f"its title was longer than {TITLE_WORDS} words")
    if len(summary.split()) > 3 * SUMMARY_WORDS or len(summary) > SUMMARY_CHARACTERS:
        raise AnswerError(f"its summary was far longer than {SUMMARY_WORDS} words")
    if grounds is not None:
        grounds.check_title(title)
        summary = grounds.true_part(summary)
    if any(word in planted for word in content_words(f"{title} {summary}")):
        raise AnswerError("it repeats what a caption ordered")
    if _stutters(content_words(title)) or _stutters(content_words(summary)):
        raise AnswerError("it repeated itself")
    return Answer(title[0].upper() + title[1:], cut_words(summary, SUMMARY_WORDS))


def cut_words(text: str, limit: int) -> str:
    """Return at most `limit` words: whole sentences where they fill a third of it, else the first words."""
    kept = text.split()
    if len(kept) <= limit:
        return text
    kept = kept[:limit]
    ends = [place for place, word in enumerate(kept, 1) if word.endswith((".", "!", "?"))]
    if ends and ends[-1] * 3 >= limit:
        return " ".join(kept[: ends[-1]])
    while len(kept) > 1 and not content_words(kept[-1]):
        kept.pop()
    return " ".join(kept).rstrip(",;:-– ")


def _parse(raw: str) -> dict[str, str]:
    text = raw.strip()
    if not text:
        raise AnswerError("it was empty")
    if _THOUGHT.search(text):
        raise AnswerError("it thought aloud")
    if text.startswith("```"):
        raise AnswerError("it was wrapped in Markdown")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise AnswerError("it was a refusal" if _REFUSAL.search(text) else "it was no JSON") from None
    if not isinstance(data, dict) or set(data) != {"title", "summary"}:
        raise AnswerError("it was not an object with a title and a summary")
    if not all(isinstance(value, str) for value in data.values()):
        raise AnswerError("its title and summary were not both texts")
    return data


def _one_line(text: str) -> str:
    if _MARKDOWN.search(text):
        raise AnswerError("it held Markdown")
    composed = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(c for c in composed if not unicodedata.category(c).startswith("C")).strip(" \"'“”‘’")


def _check_text(text: str) -> None:
    if not any(c.isalpha() for c in text):
        raise AnswerError("its title or summary was empty")
    if _REFUSAL.search(text):
        raise AnswerError("it was a refusal")
    if _MARKUP.search(text):
        raise AnswerError("it held markup")
    if _ADDRESS.search(text):
        raise AnswerError("it wrote a path or an address")


def _stutters(said: list[str]) -> bool:
    """Whether a word follows itself, or every second word is a repetition."""
    if any(word == after for word, after in pairwise(said)):
        return True
    return len(said) >= 4 and len(set(said)) * 2 <= len(said)


def _clauses(text: str) -> list[tuple[str, str]]:
    """Split where one thing ends and another begins; each clause comes with what joins it to the last."""
    parts = _JOINT.split(text)
    return [(joint, clause) for joint, clause in zip(["", *parts[1::2]], parts[::2], strict=True) if clause.strip(" .")]


def _all_in(said: Iterable[str], known: Container[str]) -> bool:
    return all(any(form in known for form in [word, *singulars(word)]) for word in said)


def _with_singulars(words: Iterable[str]) -> set[str]:
    return {form for word in words for form in [word, *singulars(word)]}
