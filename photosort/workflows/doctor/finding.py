"""One line of `photosort doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How it stands: in order; worth knowing, but photosort works; or wrong."""

    GOOD = "good"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it stands, and the command or step that helps; no path says whose home it is in."""

    subject: str
    state: State
    said: str
    remedy: str = ""
