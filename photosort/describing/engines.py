"""Where the models run: in this process, in one process for each GPU, or on a Ray cluster.

All engines give the events of `worker.describe_files`; only their order differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from photosort.describing.decoding.look import Known
from photosort.describing.events import Event
from photosort.describing.on_devices import see_on_devices
from photosort.describing.tasks import tasks_of
from photosort.describing.worker import describe_files
from photosort.models.runtime.devices import CPU, devices
from photosort.models.selected import ModelSet
from photosort.photos.files.scan import Found

FEW = 64
"""Photos that are not worth the start of a second process."""


class Engine(Protocol):
    """Looks at files, and does for each the tasks that are still to be done."""

    def __call__(self, found: Sequence[Found], *, known: Known) -> Iterator[Event]: ...


def engine_for(models: ModelSet) -> Engine:
    """Return the engine that the settings name; it raises what `devices` and the models raise."""
    settings = models.settings

    def engine(found: Sequence[Found], known: Known) -> Iterator[Event]:
        if settings.engine != "local":
            from photosort.describing.on_ray import see_on_ray

            return see_on_ray(models, found, known)
        names = devices(settings.device)
        if names != (CPU,) and len(found) > FEW:
            return see_on_devices(models, names, found, known)
        return describe_files(found, tasks_of(models), known)

    return engine
