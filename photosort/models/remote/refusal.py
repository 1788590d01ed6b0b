"""What a model says no to."""

from __future__ import annotations


class PhotoRefused(Exception):
    """A model or server refuses this one picture, as a content filter does; of several, at least one of them."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
