"""One review: the plan as edited so far, what the page is shown of it, and what it has asked for.

The server's threads call it, and so does the command, which waits for what is to be done; one lock guards it.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from photosort.errors import PhotosortError, PlanRefused
from photosort.filing.plan.draft import Draft
from photosort.review.changes import BadRequest, Split, changed
from photosort.support.printable import printable

MOST_UNDONE = 500
"""Changes that can be taken back."""


class Phase(StrEnum):
    """Where a review stands. Only while `editing` can the plan be changed."""

    EDITING = "editing"
    FILING = "filing"
    FILED = "filed"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo as the page shows it: its path, and what the run said of it."""

    path: Path
    caption: str


class Session:
    """The plan that is under review, with all photos of its run in a fixed order."""

    def __init__(
        self,
        draft: Draft,
        photos: Sequence[Shown],
        in_two: Split,
        lying: Mapping[str, Sequence[int]] = MappingProxyType({}),
    ) -> None:
        """`lying` maps names of folders to the numbers of some pictures of photos that lie in them already."""
        self.photos = photos
        self._lying = lying
        self._draft = draft
        self._in_two = in_two
        self._paths = [photo.path for photo in photos]
        self._number = {path: number for number, path in enumerate(self._paths)}
        self._before: list[Draft] = []
        self._phase = Phase.EDITING
        self._progress: tuple[str, int, int | None] | None = None
        self._filed: dict[str, Any] | None = None
        self._failure: dict[str, Any] | None = None
        self._asked: queue.SimpleQueue[Literal["file", "done"]] = queue.SimpleQueue()
        self._lock = threading.Lock()

    @property
    def draft(self) -> Draft:
        """The plan as edited so far."""
        with self._lock:
            return self._draft

    @property
    def is_filed(self) -> bool:
        """Whether photos are being filed, or were."""
        with self._lock:
            return self._phase in (Phase.FILING, Phase.FILED)

    def list_photos(self) -> dict[str, Any]:
        """Return every photo as the page shows it, in the order that `state` counts by; it never changes."""
        source = self._draft.source
        return {
            "photos": [
                {
                    "name": printable(photo.path.name),
                    "from": printable(str(_below(photo.path.parent, source))),
                    "caption": printable(photo.caption),
                }
                for photo in self.photos
            ]
        }

    def state(self) -> dict[str, Any]:
        """Return everything that can change: folders with the numbers of their photos, and how far the filing is."""
        with self._lock:
            return self._state()

    def change(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Make one change, or take the last one back, and return the new state.

        Raises BadRequest and PlanRefused; the plan is as before then.
        """
        with self._lock:
            self._refuse_late()
            if asked == {"do": "undo"}:
                if not self._before:
                    raise PlanRefused("There is no change to take back", "Every change is undone already.")
                self._draft = self._before.pop()
            else:
                after = changed(self._draft, asked, self._paths, self._in_two)
                if after != self._draft:
                    self._before = [*self._before[1 - MOST_UNDONE :], self._draft]
                    self._draft = after
            self._failure = None
            return self._state()

    def ask(self, what: str) -> dict[str, Any]:
        """Ask the command to file the plan, or to end. Raises BadRequest and PlanRefused."""
        with self._lock:
            if what == "file":
                self._refuse_late()
                self._phase, self._progress, self._failure = Phase.FILING, None, None
                self._asked.put("file")
            elif what == "done":
                if self._phase is Phase.FILING:
                    raise PlanRefused("Photos are being filed", "Wait until they are in place.")
                self._phase = Phase.ENDED
                self._asked.put("done")
            else:
                raise BadRequest("there is nothing of that name to do")
            return self._state()

    def asked(self, timeout: float) -> Literal["file", "done"] | None:
        """Return what the page has asked for, waiting at most `timeout` seconds; None where that is nothing."""
        try:
            return self._asked.get(timeout=timeout)
        except queue.Empty:
            return None

    def report(self, stage: str, done: int, total: int | None) -> None:
        """Show how far the filing is."""
        with self._lock:
            self._progress = (stage, done, total)

    def filed(self, outcome: dict[str, Any]) -> None:
        """Show what has become of the photos; nothing can be changed any more."""
        with self._lock:
            self._phase, self._filed = Phase.FILED, outcome

    def failed(self, error: PhotosortError) -> None:
        """Show why nothing was filed, and let the user go on with the plan."""
        with self._lock:
            self._phase = Phase.EDITING
            self._failure = failure_document(error)

    def _refuse_late(self) -> None:
        if self._phase is not Phase.EDITING:
            raise PlanRefused("The plan is filed, or about to be", "photosort undo takes it back.")

    def _state(self) -> dict[str, Any]:
        draft = self._draft
        return {
            "run": draft.run,
            "source": printable(str(draft.source)),
            "destination": printable(str(draft.destination)),
            "mode": draft.mode.value,
            "folders": [
                {
                    "name": folder.name,
                    "title": printable(folder.title),
                    "summary": printable(folder.summary),
                    "keywords": [printable(word) for word in folder.keywords],
                    "pinned": folder.pinned,
                    "photos": [self._number[photo.path] for photo in folder.photos],
                    "there": folder.there,
                    "lying": list(self._lying.get(folder.name, ())) if folder.there else [],
                }
                for folder in draft.folders
            ],
            "aside": [self._number[photo.path] for photo in draft.aside],
            "changes": len(self._before),
            "phase": self._phase.value,
            "progress": self._progress and dict(zip(("stage", "done", "total"), self._progress, strict=True)),
            "filed": self._filed,
            "failure": self._failure,
        }


def failure_document(error: PhotosortError) -> dict[str, Any]:
    """Return a failure as the page shows it."""
    return {
        "problem": printable(error.problem),
        "hint": printable(error.hint),
        "details": [printable(line) for line in error.details],
    }


def _below(folder: Path, source: Path) -> Path:
    return folder.relative_to(source) if folder.is_relative_to(source) else folder
