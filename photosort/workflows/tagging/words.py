"""What a run has said of a photo, as tags."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photosort.methods.sorting import UNSORTED
from photosort.naming.cluster_texts import UNCLEAR, without_doubt
from photosort.naming.photo_words import photo_words
from photosort.naming.prompt import MIXED, speaks_to_model
from photosort.naming.words import singular
from photosort.photos.facts.facts import Facts
from photosort.photos.tags.xmp import Tags, clean
from photosort.store.placed import standing_runs
from photosort.store.places import LOOKUP
from photosort.store.runs.packed import CAPTION, CLUSTER, DIGEST, FACTS, packed_members
from photosort.store.runs.runs import ORGANIZED

ROOT = "photosort"
"""The highest level of all hierarchical keywords, so that other programs show them apart from the user's own."""
PEOPLE, KIND = "people", "kind"
"""Levels below it for what is not a matter of folders."""
_SAYS_NOTHING = re.compile(rf"({MIXED}|{UNCLEAR}|{UNSORTED})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Described:
    """What a run has said of a photo: its folder below `destination`, the title of that, caption and facts."""

    run: int
    destination: Path
    folder: str
    title: str
    caption: str
    facts: Facts


def described(connection: sqlite3.Connection, digests: Iterable[str], run: int | None = None) -> dict[str, Described]:
    """Map photos to what `run` has said of them; else to what the newest run that stands has, or the newest of all."""
    wanted, found = list(dict.fromkeys(digests)), dict[str, Described]()
    there = standing_runs(connection)
    ranks = dict[str, tuple[bool, bool, int]]()

    def take(rows: Iterable[tuple[Any, ...]]) -> None:
        for digest, number, destination, folder, title, caption, facts in rows:
            rank = (number == run, number in there, number)
            if digest not in ranks or rank > ranks[digest]:
                ranks[digest] = rank
                place = Path(os.fsdecode(destination))
                known = Facts.from_dict(json.loads(facts))
                found[digest] = Described(number, place, folder, title, caption, known)

    for start in range(0, len(wanted), LOOKUP):
        part = wanted[start : start + LOOKUP]
        query = (
            "SELECT m.digest, m.run, r.destination, c.folder, c.title, m.caption, m.facts FROM members m"
            " JOIN clusters c ON c.run = m.run AND c.number = m.cluster JOIN runs r ON r.id = m.run"
            f" WHERE m.digest IN ({', '.join('?' * len(part))}) AND {ORGANIZED}"
        )
        take(connection.execute(query, part))
    query = f"SELECT destination FROM runs r WHERE id = ? AND {ORGANIZED}"
    folders = "SELECT number, folder, title FROM clusters WHERE run = ?"
    for number, members in packed_members(connection, (DIGEST, CLUSTER, CAPTION, FACTS), wanted):
        names = {cluster: name for cluster, *name in connection.execute(folders, (number,))}
        for (destination,) in connection.execute(query, (number,)).fetchall():
            take(
                (digest, number, destination, *names[cluster], caption, facts)
                for digest, cluster, caption, facts in members
                if cluster in names
            )
    return found


def tags_for(said: Described, photo: Path) -> Tags:
    """Return the tags of a photo that lies at `photo` now.

    Keywords are the nouns that its own caption says without doubt, the title of its folder, the number of people and
    the kind of picture. Where the user has moved the photo to another folder of the destination, or renamed the folder,
    the folder that it lies in counts. The description is the caption, unless that is only a guess.
    """
    levels = [level for level in map(_level, _levels(said, photo)) if level and not _SAYS_NOTHING.match(level)]
    people = said.facts.people.count if said.facts.people else 0
    kind = said.facts.kind.name if said.facts.kind else ""
    words = [_level(word) for word in photo_words(said.caption)]
    same = {kind, "person" if people else "", *(form for level in levels[-1:] for form in _forms(level))}
    words = [word for word in words if word and word.casefold() not in same]
    counted = f"{people} {'person' if people == 1 else 'people'}" if people else ""
    above = "|".join((ROOT, *levels))
    paths = [f"{above}|{word}" for word in words]
    paths += [above] if levels and not words else []
    paths += [f"{ROOT}|{PEOPLE}|{counted}"] if counted else []
    paths += [f"{ROOT}|{KIND}|{kind}"] if kind else []
    keywords = dict.fromkeys(word for word in (*words, *levels[-1:], counted, kind) if word)
    return Tags(_sentence(said.caption), tuple(keywords), tuple(dict.fromkeys(paths)))


def _levels(said: Described, photo: Path) -> Sequence[str]:
    """Return the folders that the photo lies in, with the title of the last one where it is the run's own."""
    folder = said.folder
    if photo.is_relative_to(said.destination):
        folder = photo.parent.relative_to(said.destination).as_posix()
    if folder == ".":
        return ()
    levels = folder.split("/")
    return (*levels[:-1], said.title or levels[-1]) if folder == said.folder else levels


def _forms(title: str) -> tuple[str, str]:
    """Return a title as a keyword of a caption could spell it: "Animals" says what "animal" does."""
    folded = title.casefold()
    return folded, singular(folded)


def _level(text: str) -> str:
    """Return a keyword that no program takes for several: "|" and "/" part levels, a comma or semicolon keywords."""
    return clean(re.sub(r"\s*[|/,;]\s*", " ", text))


def _sentence(caption: str) -> str:
    sure = without_doubt(caption).strip(" ,")
    return clean(caption) if sure and photo_words(caption) and not speaks_to_model(caption) else ""
