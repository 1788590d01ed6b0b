"""What a language model answered, read as untrusted text: a title, a summary and keywords, or the reason why not."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from photosort.naming.keywords import Keyword
from photosort.naming.language import is_another
from photosort.naming.words import content_words, singular, word_key

SUMMARY_WORDS = 30
"""The longest summary; a longer one is cut by code ("Organizing photos by image-text fusion" asks for 30)."""

TITLE_WORDS = 8
"""A longer title is refused, for a title cut short says something else."""

LONGEST = 20_000
"""Characters of an answer that is read at all: a dozen times what is asked for."""

TITLE_CHARACTERS = 80
SUMMARY_CHARACTERS = 1000

FEW = 4
"""In a cluster smaller than this, one photo may decide what is said."""

TOPICS = 6
KEYWORD_CHARACTERS = 40

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "summary": {"type": "string"},
        "keywords": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["title", "summary", "keywords"],
    "additionalProperties": False,
}
"""What a model that follows instructions answers."""

SMALL_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 1, "maxLength": 50},
        "summary": {"type": "string", "minLength": 1, "maxLength": 160},
    },
    "required": ["title", "summary"],
    "additionalProperties": False,
}
"""What a small model answers: bounded, for it does not find an end; without keywords, which it would repeat."""

_THOUGHT = re.compile(r"</?\s*(think|thinking|thought|reasoning)\b", re.I)
_MARKDOWN = re.compile(r"```|`[^`]*`|\*\*|__|^[ \t]*(#+|[-*+>]|\d+\.)\s|\]\(", re.M)
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
    """What a model said, each text in one line.

    title     at most TITLE_WORDS words; empty where the model only summarizes
    summary   at most SUMMARY_WORDS words
    keywords  at most TOPICS, none twice; empty where the model was not asked for them
    """

    title: str
    summary: str
    keywords: tuple[str, ...] = ()


class Evidence:
    """What the captions of a cluster say, to hold an answer against."""

    def __init__(self, captions: Mapping[str, int], keywords: Sequence[Keyword] = ()) -> None:
        """`captions`: caption -> number of photos with exactly this caption."""
        self._said = [(_with_singulars(content_words(caption)), photos) for caption, photos in captions.items()]
        self._keywords = _with_singulars(word for keyword in keywords for word in content_words(keyword.term))
        self._common = max((keyword.count for keyword in keywords), default=1)
        self._few = sum(captions.values()) < FEW

    def true_title(self, title: str) -> str:
        """Return `title` up to the first clause that less than half as many photos hold as have the best keyword.

        Raises AnswerError where nothing is left, or no keyword is.
        """
        kept = self._true_part(title, 1 / 2)
        if not kept:
            raise AnswerError(f"its title says what too few captions say: {title}")
        if self._keywords and not any(_all_in([word], self._keywords) for word in content_words(kept)):
            raise AnswerError("its title leaves out every keyword")
        return kept

    def true_summary(self, summary: str) -> str:
        """Return `summary` up to the first clause that less than a quarter hold; see `true_title`."""
        kept = self._true_part(summary, 1 / 4)
        if not kept:
            raise AnswerError("its summary says what too few captions say")
        return kept

    def _true_part(self, text: str, share: float) -> str:
        """Return `text` up to the first clause that does not hold or that came before."""
        kept, seen = "", set[frozenset[str]]()
        for joint, clause in _clauses(text):
            said = word_key(clause)
            if not self._holds(clause, share) or said in seen:
                break
            seen.add(said)
            kept += joint + clause
        return kept.rstrip(",;:( ")

    def _holds(self, clause: str, share: float) -> bool:
        """Return whether the captions of enough photos have all content words of `clause`, and it has one.

        Enough are a share of those of the best keyword, and two wherever a keyword has two.
        """
        said = content_words(clause)
        enough = 1 if self._few else max(min(2, self._common), self._common * share)
        return bool(said) and sum(photos for known, photos in self._said if _all_in(said, known)) >= enough


def read_answer(
    raw: str, evidence: Evidence | None = None, injected: Container[str] = (), language: str = ""
) -> Answer:
    """Parse `raw` strictly and check it.

    `evidence`: a small model's answer, without keywords, is held against them. `injected` are words that only
    captions with instructions in them have: an answer with one of them obeyed. `language`: an answer that is
    certainly in another is refused. Raises AnswerError with the fault.
    """
    data = _parse(raw, SMALL_SCHEMA if evidence else SCHEMA)
    title, summary = (_one_line(data[key]) for key in ("title", "summary"))
    keywords = tuple(dict.fromkeys(filter(None, map(_one_line, data.get("keywords", ())))))
    title = title.rstrip(".:;,! ")
    for text in (title, summary):
        _check_text(text)
    for keyword in keywords:
        _check_clean(keyword)
    if len(title.split()) > TITLE_WORDS or len(title) > TITLE_CHARACTERS:
        raise AnswerError(f"its title was longer than {TITLE_WORDS} words")
    _check_length(summary)
    if evidence is not None:
        title, summary = evidence.true_title(title), evidence.true_summary(summary)
    if any(word in injected for word in content_words(" ".join([title, summary, *keywords]))):
        raise AnswerError("it repeats what a caption ordered")
    if _stutters(content_words(title)) or _stutters(content_words(summary)):
        raise AnswerError("it repeated itself")
    if language and is_another(f"{title}. {summary}", language):
        raise AnswerError(f"it was not written in this language: {language}")
    short = [keyword for keyword in keywords if len(keyword) <= KEYWORD_CHARACTERS]
    return Answer(title[0].upper() + title[1:], cut_words(summary, SUMMARY_WORDS), tuple(short[:TOPICS]))


def read_digest(raw: str, evidence: Evidence, injected: Container[str] = ()) -> Answer:
    """Read the plain text of a summarizer, as far as the captions hold it. Raises AnswerError with the fault."""
    summary = _one_line(_short(raw))
    _check_text(summary)
    _check_length(summary)
    summary = evidence.true_summary(summary)
    if any(word in injected for word in content_words(summary)):
        raise AnswerError("it repeats what a caption ordered")
    if _stutters(content_words(summary)):
        raise AnswerError("it repeated itself")
    summary = cut_words(summary.rstrip(" ."), SUMMARY_WORDS)
    return Answer("", summary[0].upper() + summary[1:])


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


def _parse(raw: str, schema: dict[str, Any]) -> dict[str, Any]:
    text = _short(raw)
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
    if not isinstance(data, dict) or set(data) != set(schema["required"]):
        raise AnswerError(f"it was not an object with {', '.join(schema['required'])} and nothing else")
    keywords = data.get("keywords", [])
    texts = [data["title"], data["summary"], *(keywords if isinstance(keywords, list) else [keywords])]
    if not all(isinstance(value, str) for value in texts) or not isinstance(keywords, list):
        raise AnswerError("its title, its summary or a keyword was no text")
    return data


def _short(raw: str) -> str:
    if len(raw) > LONGEST:
        raise AnswerError("it was far too long")
    return raw.strip()


def _one_line(text: str) -> str:
    if _MARKDOWN.search(text):
        raise AnswerError("it held Markdown")
    spaced = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", text))
    seen = "".join(c for c in spaced if not unicodedata.category(c).startswith("C"))
    return " ".join(seen.split()).strip(" \"'“”‘’")


def _check_text(text: str) -> None:
    if not any(c.isalpha() for c in text):
        raise AnswerError("its title or summary was empty")
    _check_clean(text)


def _check_clean(text: str) -> None:
    if _REFUSAL.search(text):
        raise AnswerError("it was a refusal")
    if _MARKUP.search(text):
        raise AnswerError("it held markup")
    if _ADDRESS.search(text):
        raise AnswerError("it wrote a path or an address")


def _check_length(summary: str) -> None:
    if len(summary.split()) > 3 * SUMMARY_WORDS or len(summary) > SUMMARY_CHARACTERS:
        raise AnswerError(f"its summary was far longer than {SUMMARY_WORDS} words")


def _stutters(said: list[str]) -> bool:
    """Return whether a word follows itself, or every second word is a repetition."""
    if any(word == after for word, after in pairwise(said)):
        return True
    return len(said) >= 4 and len(set(said)) * 2 <= len(said)


def _clauses(text: str) -> list[tuple[str, str]]:
    """Split where one thing ends and another begins; each clause comes with what joins it to the last."""
    parts = _JOINT.split(text)
    return [(joint, clause) for joint, clause in zip(["", *parts[1::2]], parts[::2], strict=True) if clause.strip(" .")]


def _all_in(said: Iterable[str], known: Container[str]) -> bool:
    return all(word in known or singular(word) in known for word in said)


def _with_singulars(words: Iterable[str]) -> set[str]:
    return {form for word in words for form in (word, singular(word))}
