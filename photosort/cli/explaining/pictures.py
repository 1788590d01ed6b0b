"""Photos as pictures, in terminals that can show them: kitty's protocol or sixel, by textual-image.

The library asks the terminal what it can do when it is imported, so it is imported only where pictures are wanted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from photosort.support.printable import printable

if TYPE_CHECKING:
    from PIL.Image import Image
    from rich.console import RenderableType

    from photosort.workflows.explaining.views import Lying

SIDE = 256
"""Pixels of the longer side of a picture."""
COLUMNS = 19
"""Columns that a picture takes."""
PROGRAMS = frozenset({"iTerm.app", "WezTerm", "ghostty"})
TERMS = ("kitty", "ghostty", "foot", "mlterm", "contour", "wezterm", "yaft")


def can_show_pictures() -> bool:
    """Return whether the terminal says by its name that it can show pictures; it is asked nothing."""
    if not _has_cells() or os.environ.get("TMUX") or os.environ.get("NO_COLOR"):
        return False
    term, program = os.environ.get("TERM", ""), os.environ.get("TERM_PROGRAM", "")
    return "KITTY_WINDOW_ID" in os.environ or program in PROGRAMS or any(name in term for name in TERMS)


class Gallery:
    """Photos in a row.

    wanted  whether pictures are shown; None for where the terminal can. Where they are wanted of a terminal that
            cannot, they are made of coloured blocks.
    """

    def __init__(self, wanted: bool | None = None) -> None:
        self._wanted = wanted

    def of(self, photos: Sequence[Lying]) -> RenderableType | None:
        """Return the pictures of some photos, each over its name; None where none is wanted or can be read."""
        if not (can_show_pictures() if self._wanted is None else self._wanted and _has_cells()):
            return None
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text
        from textual_image.renderable import Image as Picture

        read = [(lying.path, picture) for lying in photos if (picture := _picture(lying.path))]
        if not read:
            return None
        row = Table.grid(padding=(0, 2, 0, 0))
        for _ in read:
            row.add_column(width=COLUMNS, overflow="ellipsis", no_wrap=True)
        names = (Text(printable(path.name), style="dim") for path, _ in read)
        row.add_row(
            *(Group(Picture(picture, width=COLUMNS), name) for (_, picture), name in zip(read, names, strict=True))
        )
        return row


def _has_cells() -> bool:
    """Return whether there is a terminal, and it says how large it is."""
    try:
        return sys.stdout.isatty() and os.get_terminal_size(sys.stdout.fileno()).columns > 0
    except OSError:
        return False


def _picture(path: Path) -> Image | None:
    from PIL import Image

    from photosort.photos.pixels.decode import UnreadablePhoto, decode
    from photosort.photos.pixels.formats import register_formats
    from photosort.photos.pixels.frame import Frame

    register_formats()
    try:
        (pixels,) = decode(path.read_bytes(), [Frame(SIDE, "inside")], path.name)
    except (OSError, UnreadablePhoto):
        return None
    return Image.fromarray(pixels)
