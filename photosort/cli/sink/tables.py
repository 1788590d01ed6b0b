"""Plain tables, one row a thing: aligned, without lines, and no cell is cut."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from photosort.support.printable import printable


def table(columns: Iterable[str], rows: Iterable[Iterable[str | int]], numbers: Iterable[str] = ()) -> Table:
    """Return a table with these columns. Those that hold `numbers` stand to the right; a long text goes on below."""
    made, right = Table(box=None, header_style="dim", padding=(0, 2, 0, 0)), set(numbers)
    for name in columns:
        made.add_column(name, justify="right" if name in right else "left", no_wrap=name in right, overflow="fold")
    for row in rows:
        made.add_row(*(Text(f"{cell:,}" if isinstance(cell, int) else printable(cell)) for cell in row))
    return made
