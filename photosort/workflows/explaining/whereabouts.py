"""Why a photo is not, or no longer, where its run has put it."""

from __future__ import annotations

import os
import sqlite3

from photosort.errors import NoSuchRun
from photosort.store.journals.journal import UNFINISHED, FilingState, Journal
from photosort.store.journals.operation import State
from photosort.store.placed import STANDING, states_at
from photosort.store.runs.runs import MemberRecord, Run

TAKEN_BACK = "undone"


def why_not_there(connection: sqlite3.Connection, run: Run, member: MemberRecord) -> str:
    """Return why a photo is not at its place; empty where the run has put it there, or has left it there."""
    path = member.path
    if member.standing:
        return "" if os.path.lexists(path) else "not there any more: renamed, moved or deleted since"
    try:
        journal = Journal(connection, run.id)
    except NoSuchRun:
        return f"not placed: run {run.id} {'was a preview' if run.previewed else 'stopped before its first file'}"
    operations = journal.operations(*State)
    mine = next((operation for operation in operations if operation.source == path), None)
    if mine is None:
        return ""
    state, filing = mine.state, journal.filing.state
    if state is State.THERE:
        states = states_at(connection, mine.destination)
        return TAKEN_BACK if State.UNDONE in states and not states & {*STANDING} else ""
    if state in (State.PLANNED, State.PLACING) and filing in UNFINISHED and filing is not FilingState.UNDOING:
        return f"not placed yet: photosort resume {run.id} goes on"
    return {
        State.PLANNED: "not placed: the run stopped before, and was undone",
        State.FAILED: f"not placed: {mine.reason}",
        State.UNDONE: TAKEN_BACK,
        State.KEPT: f"undo could not take it back: {mine.reason}",
    }.get(state, "")
