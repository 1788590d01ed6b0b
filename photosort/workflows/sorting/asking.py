"""The language model of a run: checked before it is needed, and its bills shown before it is asked."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

from photosort.errors import TooExpensive
from photosort.methods.conversation import Announce, Bill
from photosort.models.protocols import LanguageModel
from photosort.models.selected import ModelSet
from photosort.photos.files.scan import Found
from photosort.settings.settings import Settings
from photosort.store.cache import Cache
from photosort.workflows.sorting.remembering import RememberedWriter

Show = Callable[[Bill, float | None], None]
"""What is shown a bill and its cost in US dollars, None where no price is known."""


def unshown(bill: Bill, cost: float | None) -> None:
    """Show nothing."""


def captions_to_ask(photos: Iterable[Found], models: ModelSet, cache: Cache) -> int:
    """Return how many questions the captioners have to be asked about photos; a photo that is new counts as one that
    can be read.
    """
    digests = cache.digests()
    stamps = [(os.fsencode(photo.path), photo.size, photo.mtime_ns, photo.ctime_ns) for photo in photos]
    keys = [cache.keys(captioner.identity) for captioner in models.captioners]
    return (models.settings.captions or 1) * sum(digests.get(one, "") not in known for known in keys for one in stamps)


def checked_writer(models: ModelSet, cache: Cache) -> RememberedWriter | None:
    """Return the language model of the run, checked before hours of looking at photos; None where it has none."""
    if models.language_model is None:
        return None
    remembered = RememberedWriter(models.language_model, cache)
    remembered.check()
    return remembered


def announcing(writer: LanguageModel | None, settings: Settings, show: Show) -> Announce:
    """Return what shows a bill with its cost; one above the limit of the user raises TooExpensive instead."""

    def announce(bill: Bill) -> None:
        cost, most = writer.cost(bill.tokens_in, bill.tokens_out) if writer else 0.0, settings.max_cost
        if cost is not None and most is not None and cost > most:
            raise TooExpensive(
                f"{bill.calls:,} questions would cost about ${cost:.4f}, more than --max-cost {most:g} allows",
                "Allow more, or sort without a language model: --assign text or joint, or --into.",
            )
        show(bill, cost)

    return announce
