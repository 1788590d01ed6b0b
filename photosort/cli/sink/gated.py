"""A console that shows no text which the gate has not seen, whoever has forgotten to send it there."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment

from photosort.support.printable import printable

PLACEHOLDER = "\U0010eeee"
"""Stands for a cell of a picture in kitty's protocol; it shows nothing but a picture that was sent before."""


class GatedConsole(Console):
    """Rich's console, with `printable` for the text of everything but its own control codes.

    rows  how many lines a view may have that can be shorter; None where all of it is wanted
    """

    rows: int | None = None

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the segments of a view."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else "\n".join(map(_gated, text.split("\n"))), style, control)


def rows_of(console: Console) -> int | None:
    """Return how many lines a view may have that can be shorter; None where all of it is wanted."""
    return console.rows if isinstance(console, GatedConsole) else None


class Unpadded:
    """A view whose lines end where their text ends: no spaces fill a column that nothing comes after."""

    def __init__(self, view: RenderableType) -> None:
        self._view = view

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in Segment.split_lines(console.render(self._view, options)):
            yield from _without_padding(line, coloured=console.color_system is not None)
            yield Segment.line()


def _without_padding(line: list[Segment], *, coloured: bool) -> list[Segment]:
    """Return a line without the spaces at its end; what has a background shows something there."""
    kept = list(line)
    while kept:
        text, style, control = kept[-1]
        if control or (coloured and style and (style.bgcolor or style.reverse)):
            break
        if bare := text.rstrip(" "):
            kept[-1] = Segment(bare, style)
            break
        kept.pop()
    return kept


def _gated(line: str) -> str:
    return PLACEHOLDER.join(map(printable, line.split(PLACEHOLDER))) if PLACEHOLDER in line else printable(line)
