"""Photos by what is true of them alone, without a query: the newest first."""

from __future__ import annotations

from photosort.errors import NothingFound
from photosort.models.selected import ModelSet
from photosort.searching.filters import Filters
from photosort.store.cache import open_cache
from photosort.store.history import open_history
from photosort.store.places import told_of
from photosort.workflows.searching.lying import library_of
from photosort.workflows.searching.search import (
    Searched,
    hit_of,
    inside_of,
    lying_inside,
    not_looked_at,
    nothing_fits,
    there,
)
from photosort.workflows.searching.true_of import fitting


def listing(models: ModelSet, filters: Filters, *, inside: str = "", top: int = 20) -> Searched:
    """Return the photos that fit the filters, `top` of them at most, by date, those without one last.

    `inside` is as in `search`. Raises NotLookedAt where the image encoder knows none, NothingFound where none fits or
    lies on disk any more.
    """
    settings = models.settings
    with open_cache(settings.cache_dir) as cache, open_history(settings.data_dir) as connection:
        library = library_of(cache, connection)
        digests = sorted(library.places.keys() & cache.keys(models.image_encoder.identity))
        if not digests:
            raise not_looked_at(models, cache, library)
        below, within = inside_of(inside, connection)
        fits = fitting(digests, library, filters, models, cache, always=True)
        wanted = fits.wanted & lying_inside(digests, library, below, within)
        if not wanted.any():
            raise nothing_fits(len(digests), fits, inside)
        order = sorted(wanted.nonzero()[0].tolist(), key=lambda row: fits.taken[row], reverse=True)
        found, gone = there(order, digests, library, below, top)
        if not found:
            raise NothingFound(
                f"None of the {int(wanted.sum()):,} photos that fit lies where it was looked at, unchanged",
                "Look again with: photosort organize DIR --dry-run",
            )
        told = told_of(connection, [digests[row] for row, _ in found])
        hits = tuple(hit_of(None, lying, told.get(digests[row], []), fits.taken[row]) for row, lying in found)
        return Searched(hits, int(wanted.sum()), gone, fits.unknown)
