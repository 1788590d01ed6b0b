"""Writes tags as a plan says.

The order that loses nothing, for one batch:

journal   every write was written down as `planned` before the first; the batch becomes `placing`
stage     the new content is written under a temporary name and flushed to disk
place     the names are exchanged in one step, or a new sidecar gets its name exclusively
check     the old file, now under the temporary name, is the one that was judged; else it goes back
remove    the old file; the journal has what undo needs
journal   `done`
"""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from photosort.errors import NoSuchRun
from photosort.filing.disk.copying import Changed, write_like, write_whole
from photosort.filing.disk.exchanged import MISSING, clear, digest_at, judged
from photosort.filing.disk.opened import OpenedHomes
from photosort.filing.disk.place import InDoubt, is_full, look, reason_of, sync_folder
from photosort.filing.disk.renaming import rename_exclusive
from photosort.filing.disk.replacing import replace_judged
from photosort.filing.journaled.apply import Remark
from photosort.filing.tagging.places import Places, require_folder
from photosort.store.journals.journal import UNFINISHED, FilingState
from photosort.store.journals.operation import State
from photosort.store.journals.tag_journal import TagJournal, TagWrite
from photosort.support.printable import printable
from photosort.support.progress import Progress, silent

BATCH = 256
STAGE = "tagging"


@dataclass(frozen=True, slots=True)
class Embedding:
    """A photo with its tags inside, and how to take them out again.

    content       the whole file
    before, cut   the part of the old file that was replaced; where it began, and how many bytes are there now
    after_digest  SHA-256 of the content
    """

    content: bytes
    before: bytes
    cut: tuple[int, int]
    after_digest: str


class EmbeddingFailed(Exception):
    """Why tags cannot be written into a photo, in a few words."""


Embed = Callable[[TagWrite, Path], Embedding]
"""Makes the photo with tags from the file at a path, which it only reads. Raises EmbeddingFailed and OSError."""


@dataclass(frozen=True, slots=True)
class TagOutcome:
    """What became of a run of tags, over all its starts.

    written  files that hold the tags now, of `photos` photos
    failed   files left as they were, with the reason
    stopped  why the run stopped before its end; empty when it did not
    """

    written: int
    photos: int
    failed: tuple[Remark, ...]
    stopped: str


def no_embedding(write: TagWrite, path: Path) -> Embedding:
    """Refuse: no program that can write into photos was found."""
    raise EmbeddingFailed("exiftool is not installed")


def write_tags(journal: TagJournal, *, embed: Embed = no_embedding, progress: Progress = silent) -> TagOutcome:
    """Write all tags that are planned.

    Keeps the promises that nothing is lost or overwritten, that each write is in the journal before it happens, and
    that every file is whole at any moment. A file that fails stays as it was, and the rest goes on; a full disk stops
    the run in good order. Raises StoreError where the journal cannot be written.
    """
    writes = journal.writes(State.PLANNED)
    stopped = ""
    for start in range(0, len(writes), BATCH):
        progress(STAGE, start, len(writes))
        stopped = _write_batch(journal, writes[start : start + BATCH], embed)
        if stopped:
            break
    if writes and not stopped:
        progress(STAGE, len(writes), len(writes))
    journal.turn(FilingState.STOPPED if stopped else FilingState.DONE, stopped)
    return read_outcome(journal)


def resume_tags(
    connection: sqlite3.Connection, run_id: int, *, embed: Embed = no_embedding, progress: Progress = silent
) -> TagOutcome:
    """Finish writing where a process was stopped. The caller holds the lock of the folder.

    Raises NoSuchRun where there is nothing to resume, and DestinationError where the folder is not there.
    """
    journal = TagJournal(connection, run_id)
    state = journal.tagging.state
    if state not in UNFINISHED or state is FilingState.UNDOING:
        raise NoSuchRun(f"Run {run_id} is {state}: there is nothing to resume", "photosort runs lists all.")
    require_folder(journal.tagging, "resume")
    journal.turn(FilingState.APPLYING)
    with OpenedHomes() as homes:
        for write in journal.writes(State.PLACING):
            try:
                settled = _settle(write, journal.tagging.token, homes)
            except Changed as changed:
                journal.mark([write], State.FAILED, str(changed))
            except (OSError, InDoubt) as error:
                journal.turn(FilingState.STOPPED, f"{write.path}: {_said(error)}")
                return read_outcome(journal)
            else:
                journal.mark([write], settled)
    return write_tags(journal, embed=embed, progress=progress)


def read_outcome(journal: TagJournal) -> TagOutcome:
    """Return what the journal says has become of a run of tags."""
    failed = tuple(Remark(write.path, write.reason) for write in journal.writes(State.FAILED))
    return TagOutcome(*journal.written(), failed, journal.tagging.problem)


def _settle(write: TagWrite, token: str, homes: OpenedHomes) -> State:
    places = Places.of(write, token, homes)
    clear(places.names, write.digest, write.after_digest, write.after)
    return State.DONE if digest_at(places.path) == write.after_digest else State.PLANNED


def _write_batch(journal: TagJournal, batch: Sequence[TagWrite], embed: Embed) -> str:
    """Returns why no more can follow, or nothing."""
    journal.mark([write for write in batch if not write.embedded], State.PLACING)
    done: list[TagWrite] = []
    stopped = ""
    with OpenedHomes() as homes:
        for place, write in enumerate(batch):
            try:
                _write_one(journal, write, homes, embed)
            except InDoubt as doubt:
                stopped = f"{write.path}: {doubt}"
                _plan_again(journal, batch[place + 1 :])
                break
            except (OSError, Changed, EmbeddingFailed) as error:
                if is_full(error):
                    stopped = f"{write.path}: {_said(error)}"
                    _plan_again(journal, batch[place:])
                    break
                journal.mark([write], State.FAILED, printable(_said(error)))
            else:
                done.append(write)
        try:
            for folder in {homes.at(write.path).parent for write in done}:
                sync_folder(folder)
        except (OSError, Changed) as error:
            return stopped or _said(error)  # they stay in doubt, and the next start looks at them
    journal.mark(done, State.DONE)
    return stopped


def _plan_again(journal: TagJournal, writes: Iterable[TagWrite]) -> None:
    journal.mark(list(writes), State.PLANNED)


def _write_one(journal: TagJournal, write: TagWrite, homes: OpenedHomes, embed: Embed) -> None:
    places = Places.of(write, journal.tagging.token, homes)
    photo = look(places.photo)
    if photo is None:
        raise Changed("its photo is no longer there")
    clear(places.names, write.digest, write.after_digest, write.after)
    if write.embedded:
        _embed(journal, write, places, embed)
    elif write.digest == MISSING:
        if look(places.path) is not None:
            raise Changed("a sidecar of that name has appeared")
        mode = 0o644 if stat.S_ISLNK(photo.st_mode) else stat.S_IMODE(photo.st_mode) & 0o666 | 0o600
        with places.staging():
            write_whole(write.after or b"", places.new, mode)
            rename_exclusive(places.new, places.path)
    else:
        file = judged(places.path, write.digest)
        with places.staging():
            write_like(write.after or b"", places.new, places.path, file.seen, None)
            replace_judged(places.new, places.aside, file)


def _embed(journal: TagJournal, write: TagWrite, places: Places, embed: Embed) -> None:
    """Write tags into the photo itself, which keeps its time."""
    file = judged(places.path, write.digest)
    if file.seen.st_nlink > 1:
        raise Changed("is a hard link, and writing into it would change the other file too")
    made = embed(write, places.path)
    journal.prepared(write, made.before, made.cut, made.after_digest)
    with places.staging():
        write_like(made.content, places.new, places.path, file.seen, file.seen.st_mtime_ns)
        replace_judged(places.new, places.aside, file)


def _said(error: Exception) -> str:
    return reason_of(error) if isinstance(error, OSError) else str(error)
