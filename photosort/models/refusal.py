"""What an adapter raises where one picture, and not the model, is the fault."""

from __future__ import annotations


class PhotoRefused(Exception):
    """A model or a server refuses this one picture; `reason` says why, in a few words for the summary."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)
