"""A cache that is damaged costs time, and no run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from photosort.errors import StoreDamaged

if TYPE_CHECKING:
    from photosort.cli.sink.output import Output

Result = TypeVar("Result")


def with_cache(folder: Path, out: Output, work: Callable[[], Result]) -> Result:
    """Return what `work` returns; where it finds the cache in `folder` damaged, it is done once more with a new one.

    The damage may show at any time before the first file is touched: what `work` does until then can be repeated.
    """
    from photosort.store.cache import cache_file, set_aside

    try:
        return work()
    except StoreDamaged as damage:
        if damage.path != cache_file(folder):
            raise
        try:
            aside = set_aside(folder)
        except OSError:
            raise damage from None
        out.note(f"{damage.problem}. It is now {aside}, and is made again: nothing is lost but time.")
    return work()
