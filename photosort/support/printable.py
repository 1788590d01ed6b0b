"""The one gate for text from outside: names on disk, captions, what a model or a server says.

Whatever is shown on a terminal, or written into a file for people, has passed it: no escape sequence, no line break and
no letter that turns the direction of others can forge what stands there.
"""

from __future__ import annotations


def one_line(text: str) -> str:
    """Return the same on one line, with white space folded."""
    return printable(" ".join(text.split()))


def printable(text: str) -> str:
    """Make visible what does not print as itself: control and bidi characters, line breaks, bytes of no encoding."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
