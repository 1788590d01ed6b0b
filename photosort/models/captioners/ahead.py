"""What a captioner may offer besides `caption`, so that neither its model nor its server has to wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from photosort.models.protocols import Pictures, Pixels


@runtime_checkable
class Preparing(Protocol):
    """A captioner with work to do on pictures before its model sees them."""

    def prepare(self, pixels: Pictures) -> Pictures:
        """B pictures -> the same ones, with which `caption` has less to do. Called beside it, in another thread."""
        ...


@runtime_checkable
class Streamed(Protocol):
    """A captioner that is asked for one photo at a time, from up to `in_flight` threads at once."""

    in_flight: int

    def form(self, picture: Pixels) -> str:
        """Return what is sent of a picture."""
        ...

    def ask(self, sent: str, stopped: Callable[[], bool]) -> tuple[str, ...]:
        """Return the texts of one photo, by what `form` made of it. Waits for the answer.

        Raises PhotoRefused where this photo is refused, Stopped where `stopped` says so before it is sent, and
        ModelFailed where there will be no texts for the others either.
        """
        ...
