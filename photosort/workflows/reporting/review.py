"""A review of a run's plan: a page of this machine edits it, and what comes of it is filed."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from photosort.clustering.kmeans import kmeans
from photosort.errors import Busy, PhotosortError, PlanRefused
from photosort.filing.disk.lock import hold
from photosort.filing.plan.draft import Draft, DraftPhoto
from photosort.filing.plan.draft_text import as_text
from photosort.report.html import render_editable
from photosort.review.server import Server
from photosort.review.session import Session, Shown
from photosort.store.cache import open_cache
from photosort.store.history import open_history
from photosort.store.runs.runs import MemberRecord, Run
from photosort.support.files import make_private_folder, new_private_file
from photosort.support.progress import Bytes, Progress, Used, silent
from photosort.workflows.drafts.filed import Edited, file_draft
from photosort.workflows.drafts.plan_file import draft_of, read_plan
from photosort.workflows.earlier_runs.recalled import image_vectors
from photosort.workflows.history import run_to_review
from photosort.workflows.reporting.report import page_of, recorded_of
from photosort.workflows.reporting.review_pictures import Pictures, lying_already

PAUSE = 0.5
"""Seconds between two looks at whether the page has asked for something, or changes are to be saved."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """How a review ended: what it filed, None where that was nothing; else the file that it goes on from, if any."""

    run: int
    edited: Edited | None
    saved: Path | None


def review(
    data_dir: Path,
    cache_dir: Path,
    number: int | None = None,
    *,
    port: int = 0,
    fresh: bool = False,
    opened: Callable[[str, bool], None],
    again: Callable[[], bool] = lambda: False,
    progress: Progress = silent,
) -> Reviewed:
    """Serve the plan of a run, of the last one without a number, until the page is done or Ctrl-C is pressed.

    Changes of an earlier review of that run are taken up, unless it is to be `fresh`. `opened` gets the address, and
    whether there are such changes; it gets another address whenever `again` says that one is wanted. Photos are filed
    in this thread, so that Ctrl-C ends that in good order.

    Raises NoSuchRun, Unfinished for a run that has filed its photos, PlanRefused where the earlier changes cannot be
    read, SettingsError for a port that is taken, and Busy where another review of the run is open.
    """
    run = run_to_review(data_dir, number)
    with open_history(data_dir) as connection:
        recorded = recorded_of(connection, data_dir, run.id, new=True)
        lying = lying_already(connection, run.id)
    members = {member.path: member for member in recorded.members}
    first = draft_of(data_dir, run.id)
    saved = _Saved(data_dir / "reviews" / f"run-{run.id}.toml", first)
    draft = first if fresh else saved.read(members)
    shown = [Shown(member.path, member.caption) for member in recorded.members]
    pictured, places = [*recorded.members], dict[str, range]()
    for name, photos in lying.items():
        places[name] = range(len(pictured), len(pictured) + len(photos))
        pictured += photos
    session = Session(draft, shown, lambda photos: _in_two(photos, run, cache_dir), places)
    edited = None
    with _alone(saved.path, data_dir, run), open_cache(cache_dir) as cache:
        page = page_of(recorded, cache, [None] * len(shown), progress=progress)
        pictures = Pictures(pictured, cache)
        with Server(
            session, pictures.thumbnail, port, large=pictures.large, page=partial(render_editable, page)
        ) as server:
            try:
                opened(server.url, draft != first)
                while (asked := session.asked(PAUSE)) != "done":
                    if again():
                        opened(server.renew(), False)
                    if asked == "file":
                        edited = _filed(session, data_dir, cache_dir, progress)
                    if edited is None:
                        saved.write(session.draft)
            except KeyboardInterrupt:
                if edited is None and session.is_filed:
                    raise
    if edited is not None:
        saved.remove()
    else:
        saved.write(session.draft)
    return Reviewed(run.id, edited, saved.path if saved.path.exists() else None)


@contextmanager
def _alone(saved: Path, data_dir: Path, run: Run) -> Iterator[None]:
    """Hold the changes of a run for the length of the block. Raises Busy where another review of it is open."""
    with ExitStack() as stack:
        try:
            stack.enter_context(hold(saved, data_dir))
        except Busy as busy:
            raise Busy(f"Another review of run {run.id} is open", "End it first, by Done on its page.") from busy
        yield


def _filed(session: Session, data_dir: Path, cache_dir: Path, progress: Progress) -> Edited | None:
    """File the plan, and show the page what became of it; None where it was refused before the first file."""

    def report(stage: str, done: int, total: int | None, used: Used | Bytes | None = None) -> None:
        session.report(stage, done, total)
        progress(stage, done, total, used)

    try:
        edited = file_draft(session.draft, data_dir, cache_dir, progress=report)
    except PhotosortError as error:
        session.failed(error)
        return None
    session.filed(_outcome(edited))
    return edited


def _outcome(edited: Edited) -> dict[str, Any]:
    outcome, plan = edited.outcome, edited.plan
    assert outcome is not None
    return {
        "run": edited.run,
        "photos": outcome.photos,
        "there": outcome.there,
        "mode": plan.mode.value,
        "destination": str(plan.destination),
        "failed": [{"path": str(remark.path), "reason": remark.reason} for remark in outcome.failed],
        "stopped": outcome.stopped,
    }


def _in_two(photos: Sequence[DraftPhoto], run: Run, cache_dir: Path) -> Sequence[Collection[Path]]:
    """Part photos by what their image vectors show; one without a vector stays with the first group."""
    with open_cache(cache_dir) as cache:
        known, vectors = image_vectors(run, [photo.digest for photo in photos], cache)
    if not known.any():
        raise PlanRefused("The cache does not know these photos any more", "Organize the folder again.")
    clustering = kmeans(vectors[known], 2, fewer=True)
    if clustering.k < 2:
        raise PlanRefused("These photos are too much alike to be split", "Move some to a folder of their own.")
    rows = iter(clustering.labels.tolist())
    labels = [next(rows) if there else 0 for there in known.tolist()]
    return [[photo.path for photo, label in zip(photos, labels, strict=True) if label == group] for group in (0, 1)]


class _Saved:
    """The plan as edited so far, in a file of the user's alone, so that a review that was stopped goes on."""

    def __init__(self, path: Path, first: Draft) -> None:
        self.path = path
        self._first = first
        self._written = first

    def read(self, members: Mapping[Path, MemberRecord]) -> Draft:
        """Return the draft that was saved, else the first one. Raises PlanRefused where it is not of these photos."""
        if not self.path.exists():
            return self._first
        reading = read_plan(self.path)
        draft = reading.draft
        if draft is None or reading.faults or {photo.path for photo in draft.photos} != set(members):
            raise PlanRefused(
                f"The changes in {self.path} do not fit run {self._first.run}", "Start anew with --fresh."
            )

        def whole(photos: Sequence[DraftPhoto]) -> tuple[DraftPhoto, ...]:
            return tuple(DraftPhoto(photo.path, members[photo.path].digest) for photo in photos)

        there = {folder.name: folder for folder in self._first.folders if folder.there}
        edited = [
            replace(folder, photos=whole(folder.photos), there=there[folder.name].there if folder.name in there else 0)
            for folder in draft.folders
        ]
        named = {folder.name for folder in edited}
        folders = (*edited, *(replace(one, photos=()) for name, one in there.items() if name not in named))
        self._written = replace(draft, folders=folders, aside=whole(draft.aside))
        return self._written

    def write(self, draft: Draft) -> None:
        """Save the draft, whole, where it has changed; one as at the beginning needs no file."""
        if draft is self._written:
            return
        make_private_folder(self.path.parent)
        temporary = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        try:
            with new_private_file(temporary) as file:
                file.writelines(as_text(draft))
            temporary.replace(self.path)
        finally:
            temporary.unlink(missing_ok=True)
        self._written = draft

    def remove(self) -> None:
        """Forget the changes: they are filed."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
