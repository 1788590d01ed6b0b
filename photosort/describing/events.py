"""What comes of the describing stage, in the order in which it is to be kept."""

from __future__ import annotations

from dataclasses import dataclass

from photosort.describing.decoding.look import Look
from photosort.describing.tasks import Said, Task
from photosort.errors import ModelFailed


@dataclass(frozen=True, slots=True)
class Batch:
    """What task number `task` gives for some photos, by their digests."""

    task: int
    said: dict[str, Said]


Event = Batch | list[Look]
"""Batches as they are done, and looks once everything is said of them; in the order in which they are to be kept."""


def failed(task: Task, reason: str) -> ModelFailed:
    """Return the failure of a task, whose reason may have many lines."""
    return ModelFailed(
        f"The model {task.identity.model} stopped working ({' '.join(reason.split())[:300]})",
        "What was looked at is kept; the same command goes on from there.",
    )
