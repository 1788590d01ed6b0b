"""What a language model answered, read as untrusted text: titles and a summary, or the reason why not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from photosort.naming.evidence import Evidence
from photosort.naming.extraction import LONGEST, NoObjectError, find_object
from photosort.naming.folder_name import MAX_BYTES
from photosort.naming.language import written_out
from photosort.naming.wording import ENGLISH, Wording
from photosort.naming.words import content_words, word_key

SUMMARY_WORDS = 30
"""The longest summary; a longer one is cut by code ("Organizing photos by image-text fusion" asks for 30)."""

TITLES = 3
"""Titles that are asked for, best first: the others stand in where the best one is bad or taken."""

TITLE_WORDS = 8
"""A longer title is refused, for a title cut short says something else."""

TITLE_CHARACTERS = 80
SUMMARY_CHARACTERS = 1000

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "titles": {"type": "array", "items": {"type": "string"}, "minItems": TITLES, "maxItems": TITLES},
        "summary": {"type": "string"},
    },
    "required": ["titles", "summary"],
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
"""What a small model answers: bounded, for it does not find an end; one title, for it would repeat it."""

_MARKDOWN = re.compile(r"```|`[^`]*`|\*\*|__|^[ \t]*(#+|[-*+>]|\d+\.)\s|\]\(", re.M)
_MARKUP = re.compile(r"<\s*/?\s*\w|<\||&\w+;")
_ADDRESS = re.compile(r"[/\\]|\.\.|\w:\S|\bwww\.|\S@\S", re.I)
_REFUSAL = re.compile(
    r"\b(i['’]m sorry|i am sorry|sorry, |i can(no|['’])t|i am unable|i['’]m unable|unable to|as an ai\b"
    r"|language model|i (do not|don['’]t) (have|know)|i apologi[sz]e|cannot (assist|help|comply|provide))",
    re.I,
)
_ABOUT_PICTURES = re.compile(r"\b(an?\s+|the\s+)?(group|collection|photo|picture|image)s?\s+of\s+", re.I)


class AnswerError(ValueError):
    """The answer cannot name a cluster; the message is the fault, told to the model and kept as the note."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said, each text in one line.

    titles   best first, each of at most TITLE_WORDS words; none where the model only summarizes
    summary  at most SUMMARY_WORDS words
    fault    why a better answer is worth another question; empty where nothing is wrong
    """

    titles: tuple[str, ...]
    summary: str
    fault: str = ""


def read_answer(raw: str, wording: Wording, injected: Container[str] = ()) -> Answer:
    """Read three titles and a summary, and leave out those that are badly worded.

    `injected` are words that only captions with instructions in them have: an answer with one of them obeyed.
    Raises AnswerError with the fault where no title is left, where they are in another language, or where anything is
    unclean: then the rest is not trusted either.
    """
    data = _object(raw, SCHEMA)
    given = [data["titles"]] if isinstance(data["titles"], str) else data["titles"]
    if not isinstance(given, list):
        raise AnswerError("its titles were no list of texts")
    titles, summary = _clean_texts(given[:TITLES], data["summary"])
    _check_obeyed([*titles, summary], injected)
    if wording.is_foreign(f"{titles[0]}. {summary}"):
        raise AnswerError(f"it was not written in this language: {written_out(wording.language)}")
    faults = [_title_fault(title, wording) for title in titles]
    good = dict[object, str]()
    for title, fault in zip(titles, faults, strict=True):
        if not fault:
            good.setdefault(word_key(title) or title, _sentence(title))
    if not good:
        raise AnswerError(faults[0])
    kept = tuple(good.values())
    unusable = _far_too_long(summary) or _repeats(summary) or wording.fault_of_summary(summary)
    short = kept[0] if unusable else _sentence(cut_words(summary, SUMMARY_WORDS))
    return Answer(kept, short, faults[0] or unusable or _too_long_for_a_folder(summary))


def read_small_answer(raw: str, evidence: Evidence, wording: Wording, injected: Container[str] = ()) -> Answer:
    """Read a title and a summary as far as the captions hold them. Raises AnswerError with the fault."""
    data = _object(raw, SMALL_SCHEMA)
    (title,), summary = _clean_texts([data["title"]], data["summary"])
    if fault := _length_fault(title) or _far_too_long(summary):
        raise AnswerError(fault)
    kept, short = evidence.true_title(title), evidence.true_summary(summary)
    if not kept:
        raise AnswerError(f"its title says what too few captions say: {title}")
    if not evidence.has_keyword(kept):
        raise AnswerError("its title leaves out every keyword")
    return _held_answer(kept, short, wording, injected)


def read_digest(raw: str, evidence: Evidence, wording: Wording, injected: Container[str] = ()) -> Answer:
    """Read the plain text of a summarizer, as far as the captions hold it. Raises AnswerError with the fault.

    It cannot be asked again, so that "a group of dogs" is read as "dogs".
    """
    if len(raw) > LONGEST:
        raise AnswerError("it was far too long")
    text = _one_line(raw.strip())
    _check_text(text)
    if fault := _far_too_long(text):
        raise AnswerError(fault)
    return _held_answer("", evidence.true_summary(_ABOUT_PICTURES.sub("", text)).rstrip(" ."), wording, injected)


def is_refusal(text: str) -> bool:
    """Return whether a model says that it cannot or will not answer."""
    return _REFUSAL.search(text) is not None


def cut_words(text: str, limit: int) -> str:
    """Return at most `limit` words, cut where a phrase ends.

    That is after a sentence or before a joining word ("with", "and"), where the rest fills a third of the limit; a
    text without such a place is cut between words.
    """
    every = text.split()
    if len(every) <= limit:
        return text
    for is_end in (_ends_sentence, _ends_phrase, lambda *_: True):
        place = next((place for place in range(limit, 0, -1) if is_end(every[place - 1], every[place])), 0)
        if place * 3 >= limit:
            break
    kept = every[:place]
    while len(kept) > 1 and not _ends_sentence(kept[-1]) and not content_words(kept[-1]):
        kept.pop()
    return " ".join(kept).rstrip(",;:-– ")


def _ends_sentence(word: str, _following: str = "") -> bool:
    return word.endswith((".", "!", "?"))


def _ends_phrase(word: str, following: str) -> bool:
    return word.endswith((",", ";", ":")) or following.casefold() in ENGLISH.joins | ENGLISH.open


def _object(raw: str, schema: dict[str, Any]) -> dict[str, Any]:
    try:
        return find_object(raw, schema["required"])
    except NoObjectError as error:
        raise AnswerError("it was a refusal" if is_refusal(raw[:LONGEST]) else str(error)) from None


def _clean_texts(titles: Sequence[Any], summary: Any) -> tuple[list[str], str]:
    """Return one or more titles and the summary, each in one line. Raises AnswerError for any that is unclean."""
    if not all(isinstance(text, str) for text in (*titles, summary)):
        raise AnswerError("a title or its summary was no text")
    lines = [_one_line(title).strip(".:;,! ") for title in titles]
    cleaned = [line for line in lines if line] or [""]
    summary = _one_line(summary).lstrip(".:;,! ")
    for text in (*cleaned, summary):
        _check_text(text)
    return cleaned, summary


def _one_line(text: str) -> str:
    if _MARKDOWN.search(text):
        raise AnswerError("it held Markdown")
    spaced = "".join(" " if c.isspace() else c for c in unicodedata.normalize("NFC", text))
    seen = "".join(c for c in spaced if not unicodedata.category(c).startswith("C"))
    return " ".join(seen.split()).strip(" \"'“”‘’")


def _check_text(text: str) -> None:
    if not any(c.isalpha() for c in text):
        raise AnswerError("its title or summary was empty")
    if is_refusal(text):
        raise AnswerError("it was a refusal")
    if _MARKUP.search(text):
        raise AnswerError("it held markup")
    if _ADDRESS.search(text):
        raise AnswerError("it wrote a path or an address")


def _check_obeyed(texts: Sequence[str], injected: Container[str]) -> None:
    if any(word in injected for word in content_words(" ".join(texts))):
        raise AnswerError("it repeats what a caption ordered")


def _title_fault(title: str, wording: Wording) -> str:
    return _length_fault(title) or _repeats(title) or wording.fault_of_title(title)


def _length_fault(title: str) -> str:
    longer = len(title.split()) > TITLE_WORDS or len(title) > TITLE_CHARACTERS
    return f"its title was longer than {TITLE_WORDS} words" if longer else ""


def _far_too_long(summary: str) -> str:
    longer = len(summary.split()) > 3 * SUMMARY_WORDS or len(summary) > SUMMARY_CHARACTERS
    return f"its summary was far longer than {SUMMARY_WORDS} words" if longer else ""


def _too_long_for_a_folder(summary: str) -> str:
    """Return the fault of a summary that no folder's name has room for; other scripts have more bytes a character."""
    size = len(summary.rstrip(" .").encode())
    if size <= MAX_BYTES and len(summary.split()) <= SUMMARY_WORDS:
        return ""
    room = len(summary) * MAX_BYTES // size
    return f"its summary has {len(summary)} characters and there is room for {min(room, MAX_BYTES)}: make it shorter"


def _repeats(text: str) -> str:
    """Return the fault of a text in which a word follows itself, or every second word is a repetition."""
    said = content_words(text)
    again = any(word == after for word, after in pairwise(said))
    return "it repeated itself" if again or (len(said) >= 4 and len(set(said)) * 2 <= len(said)) else ""


def _held_answer(title: str, summary: str, wording: Wording, injected: Container[str]) -> Answer:
    """Return what the captions hold of an answer. Raises AnswerError where that names nothing, or is badly worded."""
    if not summary:
        raise AnswerError("its summary says what too few captions say")
    _check_obeyed([title, summary], injected)
    fault = _repeats(title) or _repeats(summary) or wording.fault_of_summary(summary)
    if title:
        fault = fault or wording.fault_of_title(title)
    if fault:
        raise AnswerError(fault)
    return Answer((_sentence(title),) if title else (), _sentence(cut_words(summary, SUMMARY_WORDS)))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
