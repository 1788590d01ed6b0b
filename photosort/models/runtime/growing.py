"""How the size of batches follows from what fitted into the memory of a device, and from what did not."""

from __future__ import annotations

from dataclasses import dataclass, replace

SPARE = 1.25
"""What a batch may need beyond what is reckoned, because free memory lies in pieces."""


@dataclass(frozen=True, slots=True)
class Size:
    """The photos of the next batch, and what is known of larger ones.

    limit   the most that are ever tried
    failed  the smallest number of which it is known that the device has no memory for it; 0 where none is known
    """

    value: int
    limit: int
    failed: int = 0

    def after_fit(self, count: int, room: bool) -> Size:
        """Return what follows from `count` photos that fitted: twice as many, where the batch was full and the device
        seems to have `room` for them.
        """
        larger = min(2 * self.value, self.limit)
        if count < self.value or not room or larger <= self.value or (self.failed and larger >= self.failed):
            return self
        return replace(self, value=larger)

    def after_failure(self, size: int) -> Size:
        """Return what follows where more than `size` photos did not fit: so many, and never again twice as many."""
        value = max(1, min(self.value, size))
        return replace(self, value=value, failed=min(self.failed or 2 * value, 2 * value))


def has_room(peak: int, held: int, reserved: int, free: int) -> bool:
    """Return whether a device has memory for twice the last batch. All in bytes.

    peak      the most that tensors took during the batch
    held      what they still take after it: weights, and what is kept for the next batch
    reserved  what this process has taken of the device
    free      what no process has taken
    """
    return SPARE * (peak - held) <= free + reserved - peak
