"""A console that shows no text which the gate has not seen, whoever has forgotten to send it there."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from photosort.support.printable import printable

PLACEHOLDER = "\U0010eeee"
"""Stands for a cell of a picture in kitty's protocol; it shows nothing but a picture that was sent before."""


class GatedConsole(Console):
    """Rich's console, with `printable` for the text of everything but its own control codes."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the segments of a view."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else "\n".join(map(_gated, text.split("\n"))), style, control)


def _gated(line: str) -> str:
    return PLACEHOLDER.join(map(printable, line.split(PLACEHOLDER))) if PLACEHOLDER in line else printable(line)
