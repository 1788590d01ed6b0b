"""Takes tags back: every file is as it was before, byte for byte, and new sidecars are gone."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from photosort.errors import NoSuchRun
from photosort.filing.disk.copying import Changed, write_like
from photosort.filing.disk.exchanged import MISSING, clear, digest_at, judged, sha
from photosort.filing.disk.opened import OpenedHomes
from photosort.filing.disk.place import InDoubt, is_full, reason_of, sync_folder
from photosort.filing.disk.removing import remove_judged
from photosort.filing.disk.replacing import replace_judged
from photosort.filing.journaled.apply import Remark
from photosort.filing.tagging.places import Places, is_away, require_folder
from photosort.filing.tagging.write import BATCH
from photosort.store.journals.journal import FilingState
from photosort.store.journals.operation import State
from photosort.store.journals.tag_journal import STANDING, TagJournal, TagWrite
from photosort.support.printable import printable
from photosort.support.progress import Progress, silent

STAGE = "undoing"
GONE = "was no longer there"
AWAY = "its folder is not there, or has another name now"
LEFT = (State.KEPT, State.PLACING)
"""States of files that an undo has left, for the next one; placing where the first write was never finished."""


@dataclass(frozen=True, slots=True)
class Untagged:
    """What became of tags that were taken back.

    files    as they were before, over all starts
    gone     files that had been deleted or moved since
    kept     files that stay as they are, with the reason; calling it again tries them again
    stopped  why it stopped before its end; empty when it did not
    """

    files: int
    gone: int
    kept: tuple[Remark, ...]
    stopped: str


def untag(
    connection: sqlite3.Connection,
    run_id: int,
    *,
    of: Collection[Path] | None = None,
    removed: bool = False,
    progress: Progress = silent,
) -> Untagged:
    """Take back the tags of a run, last one first; with `of`, those of these photos alone.

    A file that somebody has changed since stays as it is and is named, and so does one whose folder is not there under
    its name; both are tried again by the next call. `removed` says that the user has removed the folder of these
    photos, so that they are gone. All of it is journalled, so that an undo which is killed can be called again: with
    `of`, the files alone are marked, so that finishing the run takes back no others. The caller holds the lock of the
    folder. Raises NoSuchRun where the run has written no tags or is taken back already, DestinationError where the
    folder that was tagged is not there, and StoreError where the journal cannot be written.
    """
    journal = TagJournal(connection, run_id)
    every = journal.writes(*STANDING)[::-1]
    writes = [write for write in every if of is None or write.photo in of]
    if journal.tagging.state is FilingState.UNDONE and not writes:
        raise NoSuchRun(f"Run {run_id} has been undone already", "photosort runs lists all.")
    if removed:
        journal.mark(writes, State.UNDONE, GONE)
    else:
        require_folder(journal.tagging, "undo")
    if of is None:
        journal.turn(FilingState.UNDOING)
    stopped = ""
    for start in range(0, 0 if removed else len(writes), BATCH):
        progress(STAGE, start, len(writes))
        stopped = _take_back_batch(journal, writes[start : start + BATCH])
        if stopped:
            break
    else:
        progress(STAGE, len(writes), len(writes))
    if of is None or (len(writes) == len(every) and not stopped):
        journal.turn(FilingState.UNDOING if stopped else FilingState.UNDONE, stopped)
    undone = [write for write in journal.writes(State.UNDONE) if of is None or write.photo in of]
    gone = sum(write.reason == GONE for write in undone)
    left = [write for write in journal.writes(*LEFT) if write.reason]
    staying = [write for write in left if of is None or write.photo in of]
    kept = tuple(Remark(write.path, write.reason) for write in staying)
    return Untagged(len(undone) - gone, gone, kept, stopped)


def _take_back_batch(journal: TagJournal, batch: Sequence[TagWrite]) -> str:
    """Returns why no more can follow, or nothing."""
    away = [write for write in batch if is_away(write.path.parent)]
    for state in {write.state for write in away}:
        kept = State.PLACING if state is State.PLACING else State.KEPT
        journal.mark([write for write in away if write.state is state], kept, AWAY)
    batch = [write for write in batch if write not in away]
    placing = {write.id for write in batch if write.state is State.PLACING}
    journal.mark([write for write in batch if write.id not in placing], State.UNDOING)
    ended: dict[State, list[TagWrite]] = {State.UNDONE: [], State.PLANNED: [], State.FAILED: []}
    with OpenedHomes() as homes:
        for write in batch:
            try:
                state = _take_back_one(journal, write, homes)
            except InDoubt as doubt:
                return f"{write.path}: {doubt}"
            except (OSError, Changed) as error:
                reason = printable(reason_of(error) if isinstance(error, OSError) else str(error))
                if is_full(error):
                    return f"{write.path}: {reason}"
                journal.mark([write], State.KEPT, reason)
            else:
                ended[state].append(write)
        for folder in {write.path.parent for write in ended[State.UNDONE] if write.path.parent.is_dir()}:
            try:
                sync_folder(folder)
            except OSError as error:
                return reason_of(error)
    journal.mark(ended[State.UNDONE], State.UNDONE)
    journal.mark(ended[State.PLANNED], State.PLANNED)
    journal.mark(ended[State.FAILED], State.UNDONE, GONE)
    return ""


def _take_back_one(journal: TagJournal, write: TagWrite, homes: OpenedHomes) -> State:
    """Returns UNDONE, PLANNED where the file was never written, or FAILED where it is no longer there."""
    places = Places.of(write, journal.tagging.token, homes)
    if write.state is State.PLACING:
        clear(places.names, write.digest, write.after_digest, write.after)
        journal.mark([write], State.UNDOING)
    else:
        clear(places.names, write.after_digest, write.digest, None if write.embedded else write.before)
    now = digest_at(places.path)
    if now == write.digest:
        return State.PLANNED if write.state is State.PLACING else State.UNDONE
    if now == MISSING:
        return State.FAILED
    if now != write.after_digest:
        raise Changed("changed since")
    file = judged(places.path, now)
    if write.digest == MISSING:
        remove_judged(file, None)
        return State.UNDONE
    content = _without(write, places.path)
    with places.staging():
        write_like(content, places.new, places.path, file.seen, write.mtime_ns)
        replace_judged(places.new, places.aside, file)
    return State.UNDONE


def _without(write: TagWrite, path: Path) -> bytes:
    """Return the content as it was before. Raises Changed where it cannot be made again."""
    before = write.before or b""
    if write.cut:
        now = path.read_bytes()
        begins, length = write.cut
        before = now[:begins] + before + now[begins + length :]
    if sha(before) != write.digest:
        raise Changed(f"what it held before cannot be made again from {os.path.basename(write.path)}")  # noqa: PTH119
    return before
