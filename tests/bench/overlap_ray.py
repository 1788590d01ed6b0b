"""How little a worker of Ray waits: python tests/bench/overlap_ray.py [--photos 2048] [--speed 250] [--workers 1]

The sleeping models of overlap.py see the same photos twice in one run: by the engine of this process, and by workers
of a Ray cluster on this machine. Printed are photos a second of both, from the first photo that came to the last one,
so that the start of the cluster does not count.
"""

from __future__ import annotations

import argparse
import importlib
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from describe import write_photos
from overlap import NOTHING_KNOWN, SleepingModels
from table_row import declare

from photosort.describing.events import Event
from photosort.describing.on_ray import see_on_ray
from photosort.describing.tasks import tasks_of
from photosort.describing.worker import describe_files
from photosort.photos.files.scan import Found, scan
from photosort.settings.settings import Settings, load_settings

SIZE = (640, 480)


@dataclass
class OnRay(SleepingModels):
    """Sleeping models, and the settings that name the workers."""

    settings: Settings = field(default_factory=load_settings)


def timed(events: Iterable[Event]) -> tuple[float, float, int]:
    """Return the photos a second from the first event to the last, the share of the time before half of the photos had
    come whole, and the number of events.
    """
    came: list[tuple[float, int]] = []
    photos = 0
    for event in events:
        photos += len(event) if isinstance(event, list) else 0
        came.append((time.perf_counter(), photos))
    begin, end = came[0][0], came[-1][0]
    half = next(moment for moment, so_far in came if 2 * so_far >= photos)
    return photos / (end - begin), (half - begin) / (end - begin), len(came)


def main() -> None:
    """Print a line for each engine."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=2048)
    parser.add_argument("--speed", type=float, default=250.0)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        write_photos(Path(name), SIZE, asked.photos)
        found = scan(Path(name)).photos
        alone: Any = SleepingModels(asked.speed)
        many: Any = OnRay(asked.speed / asked.workers, settings=load_settings(engine=f"ray:{asked.workers}"))
        print(f"{asked.photos} JPEGs of {SIZE[0]} x {SIZE[1]}, models at {asked.speed:.0f} photos/s")
        local = _said("this process", describe_files(found, tasks_of(alone), NOTHING_KNOWN))
        ray = _said(f"ray:{asked.workers}", _on_ray(many, found))
        declare(f"photos/s on ray:{asked.workers}, sleeping models", f"{ray:.0f}", f"local {local:.0f}", ray / local)


def _on_ray(models: Any, found: Sequence[Found]) -> Iterable[Event]:
    try:
        yield from see_on_ray(models, found, NOTHING_KNOWN)
    finally:
        importlib.import_module("ray").shutdown()


def _said(name: str, events: Iterable[Event]) -> float:
    speed, half, count = timed(events)
    print(f"{name:14} {speed:5.0f} photos/s, half of them after {half:.0%} of the time, {count} events")
    return speed


if __name__ == "__main__":
    main()
