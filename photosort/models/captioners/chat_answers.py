"""What a chat model writes around its answer, taken away before anything counts or compares the words."""

from __future__ import annotations

import re

from photosort.support.printable import one_line

_THOUGHTS = re.compile(r"<(think(?:ing)?|thought|reasoning)>.*?(?:</\1>|\Z)", re.S | re.I)
_BEFORE_THOUGHTS_END = re.compile(r"\A.*</(?:think(?:ing)?|thought|reasoning)>", re.S | re.I)
_FENCES = re.compile(r"^\s*```\w*\s*$", re.M)
_ITEM = re.compile(r"^\s*(?:[-*+•]|\(?\d{1,2}[.)])\s+")
_HEADING = re.compile(r"^\s*#{1,6}\s+")
_EMPHASIS = re.compile(r"(\*\*|__|\*|`)(?=\S)(.+?)(?<=\S)\1")
_GREETING = re.compile(r"^(?:sure|certainly|of course|okay|ok|absolutely|great)\b[^.:!\n]{0,60}[.:!]\s*", re.I)
_PREAMBLE = re.compile(
    r"^(?:here(?:['’]s| is| are)|(?:the|some|possible)\b[^.:\n]{0,60}\b(?:keywords?|caption|description|answer|words)|"
    r"(?:keywords?|caption|description|answer|response|tags)\b)[^:\n]{0,80}:\s*",
    re.I,
)
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "„": "“"}


def cleaned(answer: str) -> str:
    """Return an answer as one line: without thoughts, Markdown, headings, numbering, an introduction, and quotes around
    it.

    The items of a list are joined by commas. What is left of an answer that is all thoughts is empty.
    """
    text = _BEFORE_THOUGHTS_END.sub("", _THOUGHTS.sub("", answer))
    lines = [line for line in _FENCES.sub("", text).splitlines() if line.strip()]
    lines = [line for line in lines if not _HEADING.match(line)] or [_HEADING.sub("", line) for line in lines]
    if lines:
        lines[0] = _introduced(lines[0])
    parts: list[str] = []
    for line in filter(str.strip, lines):
        item = _ITEM.match(line)
        said = _EMPHASIS.sub(r"\2", line[item.end() :] if item else line).strip()
        if item:
            said = said.rstrip(".,;")
        joint = ", " if item and parts and not parts[-1].endswith((":", ",")) else " "
        parts += [joint, said] if parts else [said]
    return _unquoted(_introduced(one_line("".join(parts))))


def _introduced(text: str) -> str:
    """Return what follows an introduction, such as "Sure! Here are the keywords:"."""
    rest = _GREETING.sub("", text, count=1)
    return _PREAMBLE.sub(
        "", _EMPHASIS.sub(r"\2", rest) if _PREAMBLE.match(_EMPHASIS.sub(r"\2", rest)) else rest, count=1
    )


def _unquoted(text: str) -> str:
    text = text.strip()
    while len(text) > 1 and _QUOTES.get(text[0]) == text[-1] and text[0] not in text[1:-1]:
        text = text[1:-1].strip()
    return text
