"""The row that a benchmark declares for the table of all: `declare` prints it where all.py asks for rows."""

from __future__ import annotations

import json
import os

ASKED, MARK = "PHOTOSORT_BENCH_ROWS", "ROW "
"""The variable that asks for rows, and what their lines begin with."""


def declare(what: str, ours: str, other: str, ratio: float | None = None) -> None:
    """Give a row: what was measured, photosort's value, the other's with its name, and ours by the other's.

    `ratio` is None where the two are not of a kind.
    """
    if os.environ.get(ASKED):
        print(MARK + json.dumps([what, ours, other, "" if ratio is None else f"{ratio:.2f}"]), flush=True)
