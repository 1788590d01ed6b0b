"""What the tests of tags share: plans for folders of files, and whole runs of tags on them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from filing_kit import open_runs, photos_in

from photosort.filing.tagging.write import TagOutcome, write_tags
from photosort.photos.files.digest import digest_of
from photosort.photos.tags.xmp import Tags
from photosort.store.journals.tag_journal import TagJournal
from photosort.workflows.tagging.plan import Convention, Planner, TagPlan

RUN = 5
TAGS = Tags("a photo of a dog – 狗 👩‍👩‍👧 שלום Übung", ("dog", "Übung", "狗"), ("photosort|Animals|dog",))


def plan_tags(folder: Path, tags: Tags = TAGS, convention: Convention | None = None) -> TagPlan:
    """The plan to give every photo of a folder the same tags, in sidecars."""
    plan = TagPlan(folder)
    planner = Planner(plan, convention, None, digest_of)
    for photo in photos_in(folder):
        planner.add(photo.path, photo.companions, tags)
    return plan


def begin(connection: sqlite3.Connection, folder: Path, run: int = RUN, tags: Tags = TAGS) -> TagJournal:
    """Plan tags and write the plan into the journal."""
    connection.execute("INSERT OR IGNORE INTO runs (id) VALUES (?)", (run,))
    return TagJournal.begin(connection, run, folder=folder, writes=plan_tags(folder, tags).writes)


def tag(folder: Path, database: Path, run: int = RUN, tags: Tags = TAGS) -> TagOutcome:
    """Tag every photo of a folder."""
    connection = open_runs(database, run)
    try:
        return write_tags(begin(connection, folder, run, tags))
    finally:
        connection.close()
