"""Every finished look at a folder: what explain, report, undo and the next organize read."""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from photosort.errors import NoSuchRun
from photosort.store.runs.packed import pack, packed_companions, packed_sizes, packed_standing, unpack
from photosort.store.runs.previews import no_such_run
from photosort.store.runs.records import DUPLICATES, FOLLOWING, TAGS, ClusterRecord, CompanionRecord, MemberRecord
from photosort.store.sqlite.database import LARGEST_ID, storable, transaction

__all__ = ["DUPLICATES", "TAGS", "ClusterRecord", "CompanionRecord", "MemberRecord", "Run", "Runs"]

MIGRATION = (
    "CREATE TABLE runs (id INTEGER PRIMARY KEY, started TEXT, source BLOB, destination BLOB, mode TEXT,"
    " previewed INTEGER, settings TEXT)",
    "CREATE TABLE clusters (run INTEGER REFERENCES runs, number INTEGER, folder TEXT, title TEXT, summary TEXT,"
    " keywords TEXT, named_by TEXT, cohesion REAL, PRIMARY KEY (run, number))",
    "CREATE TABLE members (run INTEGER REFERENCES runs, path BLOB, digest TEXT, cluster INTEGER, rank INTEGER,"
    " caption TEXT, similarity REAL, runner_up INTEGER, runner_up_similarity REAL, PRIMARY KEY (run, path))",
    "CREATE INDEX members_by_digest ON members (digest)",
    "CREATE TABLE companions (run INTEGER REFERENCES runs, path BLOB, digest TEXT, photo BLOB,"
    " PRIMARY KEY (run, path))",
    "CREATE INDEX companions_by_digest ON companions (digest)",
    "CREATE TABLE left_behind (run INTEGER REFERENCES runs, path BLOB, reason TEXT)",
)

ADD_NOTES = ("ALTER TABLE clusters ADD COLUMN note TEXT NOT NULL DEFAULT ''",)
ADD_SUPPORT = ("ALTER TABLE clusters ADD COLUMN support REAL NOT NULL DEFAULT 0",)
ADD_ANSWERS = ("ALTER TABLE members ADD COLUMN answer TEXT NOT NULL DEFAULT '{}'",)
ADD_FACTS = ("ALTER TABLE members ADD COLUMN facts TEXT NOT NULL DEFAULT '{}'",)
ADD_STANDING = (
    "ALTER TABLE members ADD COLUMN standing INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE centroids (run INTEGER REFERENCES runs ON DELETE CASCADE, cluster INTEGER, encoder TEXT, view TEXT,"
    " edge REAL, vector BLOB, PRIMARY KEY (run, cluster))",
)
INDEX_LEFT = "CREATE INDEX left_behind_by_path ON left_behind (run, path)"

LOOKUP = 500
"""Paths that are asked for at once."""
_SORTING = f"json_extract(settings, '$.command') IS NOT '{TAGS}'"
ORGANIZED = f"(coalesce(json_extract(settings, '$.command'), '') NOT IN ('{DUPLICATES}', '{FOLLOWING}') AND {_SORTING})"
"""Whether a run is none of those."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run without its clusters and members. `started` is UTC; a previewed run has touched no file."""

    id: int
    started: datetime
    source: Path
    destination: Path
    mode: str
    previewed: bool
    settings: dict[str, Any]

    @property
    def of_copies(self) -> bool:
        """Whether it organized nothing: it put copies apart, or files beside their photos."""
        return self.settings.get("command") in (DUPLICATES, FOLLOWING)


class Runs:
    """The runs in one database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(
        self,
        *,
        source: Path,
        destination: Path,
        mode: str,
        settings: dict[str, Any],
        clusters: Sequence[ClusterRecord],
        members: Iterable[MemberRecord],
        left: Iterable[tuple[Path, str]],
        companions: Iterable[CompanionRecord] = (),
    ) -> int:
        """Store a run, whole or not at all, as one that has touched no file yet; returns its id."""
        with transaction(self._db):
            cursor = self._db.execute(
                "INSERT INTO runs (started, source, destination, mode, previewed, settings) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    datetime.now(UTC).isoformat(timespec="seconds"),
                    os.fsencode(source),
                    os.fsencode(destination),
                    mode,
                    True,
                    json.dumps(settings),
                ),
            )
            run = cursor.lastrowid
            assert run is not None
            rows = (_cluster_row(run, cluster) for cluster in clusters)
            self._db.executemany("INSERT INTO clusters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
            beside = ((run, os.fsencode(c.path), c.digest, os.fsencode(c.photo)) for c in companions)
            pack(self._db, run, (_member_row(run, member) for member in members), beside)
            staying = ((run, os.fsencode(path), storable(reason)) for path, reason in left)
            self._db.executemany("INSERT INTO left_behind VALUES (?, ?, ?)", staying)
        return run

    def start(self, run: int) -> None:
        """Turn a preview into a run that files: its files are about to be touched."""
        with transaction(self._db):
            unpack(self._db, run)
            if not self._db.execute("UPDATE runs SET previewed = 0 WHERE id = ?", (run,)).rowcount:
                raise no_such_run(self._db, run)

    def get(self, run: int) -> Run:
        """Return the run of this number. Raises NoSuchRun, also where it only wrote tags."""
        found = self._runs("WHERE id = ?", run) if 0 < run <= LARGEST_ID else []
        if not found or found[0].settings.get("command") == TAGS:
            raise no_such_run(self._db, run)
        return found[0]

    def last(self) -> Run:
        """Return the newest run that organized, a preview too. Raises NoSuchRun where there is none yet."""
        found = self._runs(f"WHERE {ORGANIZED} ORDER BY id DESC LIMIT 1")
        if not found:
            raise NoSuchRun("Nothing has been organized yet", "Start with: photosort organize DIR --dry-run")
        return found[0]

    def all(self, *, tags: bool = False) -> list[Run]:
        """Return every run that has put photos somewhere, the newest first; with `tags` those of tags as well."""
        return self._runs("ORDER BY id DESC" if tags else f"WHERE {_SORTING} ORDER BY id DESC")

    def clusters(self, run: int) -> list[ClusterRecord]:
        """In their order, the largest first."""
        rows = self._db.execute(
            "SELECT number, folder, title, summary, keywords, named_by, cohesion, note, support FROM clusters"
            " WHERE run = ? ORDER BY number",
            (run,),
        )
        return [
            ClusterRecord(number, folder, title, summary, tuple((w, n) for w, n in json.loads(words)), *rest)
            for number, folder, title, summary, words, *rest in rows
        ]

    def members(
        self, run: int, cluster: int | None = None, *, first: int = -1, every: int = 1, new: bool = False
    ) -> list[MemberRecord]:
        """Return the members of one cluster or of all, exemplars first; at most `first` of them where it is not
        negative, and of each cluster `every` so many alone. With `new`, without those that were there before the run.
        """
        unpack(self._db, run)
        where = ("AND cluster = ?" if cluster is not None else "") + (" AND NOT standing" if new else "")
        values = (run, cluster, every, first) if cluster is not None else (run, every, first)
        return self._members(f"WHERE run = ? {where} AND rank % ? = 0 ORDER BY cluster, rank LIMIT ?", *values)

    def ranks(self, run: int) -> list[tuple[bytes, int, int]]:
        """Return path, cluster and rank of all members, in no order."""
        unpack(self._db, run)
        return self._db.execute("SELECT path, cluster, rank FROM members WHERE run = ?", (run,)).fetchall()

    def members_at(self, run: int, paths: Sequence[bytes]) -> list[MemberRecord]:
        """Return the members that lay at these paths when the run saw them, in no order."""
        found: list[MemberRecord] = []
        for start in range(0, len(paths), LOOKUP):
            part = paths[start : start + LOOKUP]
            found += self._members(f"WHERE run = ? AND path IN ({', '.join('?' * len(part))})", run, *part)
        return found

    def runner_ups(self, run: int) -> dict[int, Counter[int]]:
        """Cluster -> each of the others that is next for members of it, with the number of these."""
        unpack(self._db, run)
        found: dict[int, Counter[int]] = {}
        query = "SELECT cluster, runner_up, count(*) FROM members WHERE run = ? AND runner_up <> cluster GROUP BY 1, 2"
        for cluster, other, count in self._db.execute(query, (run,)):
            found.setdefault(cluster, Counter())[other] = count
        return found

    def sizes(self, run: int) -> dict[int, int]:
        """Cluster -> number of members."""
        packed = packed_sizes(self._db, run)
        query = "SELECT cluster, count(*) FROM members WHERE run = ? GROUP BY cluster"
        found = Counter(dict(self._db.execute(query, (run,))))
        found.update(packed[0] if packed else {})
        return dict(sorted(found.items()))

    def standing(self, run: int, user: str = "") -> tuple[int, int]:
        """Return how many members lay in their folders before the run, and how many of these `user` has put there."""
        packed = packed_standing(self._db, run, user) or (0, 0)
        query = "SELECT count(*), total(json_extract(answer, '$.by') = ?) FROM members WHERE run = ? AND standing"
        before, yours = self._db.execute(query, (user, run)).fetchone()
        return packed[0] + int(before), packed[1] + int(yours)

    def standing_sizes(self, run: int) -> Counter[int]:
        """Cluster -> number of members that lay in its folder before the run."""
        unpack(self._db, run)
        query = "SELECT cluster, count(*) FROM members WHERE run = ? AND standing GROUP BY cluster"
        return Counter(dict(self._db.execute(query, (run,)).fetchall()))

    def files(self, run: int) -> int:
        """Return the number of members and their companions."""
        packed = packed_sizes(self._db, run)
        query = "SELECT (SELECT count(*) FROM members WHERE run = ?) + (SELECT count(*) FROM companions WHERE run = ?)"
        return (packed[1] if packed else 0) + int(self._db.execute(query, (run, run)).fetchone()[0])

    def companions_brought(self, run: int) -> int:
        """Return the number of companions that the run has brought: of those that lay there before it has no digest."""
        query = "SELECT count(*) FROM companions WHERE run = ? AND digest <> ''"
        return packed_companions(self._db, run) + int(self._db.execute(query, (run,)).fetchone()[0])

    def companions(self, run: int) -> dict[Path, Path]:
        """Return the files that travel with a photo -> that photo."""
        unpack(self._db, run)
        rows = self._db.execute("SELECT path, photo FROM companions WHERE run = ?", (run,))
        return {Path(os.fsdecode(path)): Path(os.fsdecode(photo)) for path, photo in rows}

    def member_at(self, run: int, path: Path) -> MemberRecord | None:
        """Return the photo that lay at `path` when the run saw it, or whose companion did."""
        unpack(self._db, run)
        photo = "(SELECT photo FROM companions WHERE run = ? AND path = ?)"
        name = os.fsencode(path)
        found = self._members(f"WHERE run = ? AND path IN (?, {photo})", run, name, run, name)
        return found[0] if found else None

    def member_with(self, run: int, digest: str, name: str = "") -> MemberRecord | None:
        """Return a photo by its content or a companion's, wherever it lies now; of equal ones that of `name`, or the
        first.
        """
        unpack(self._db, run)
        rows = self._db.execute(
            "SELECT path, path FROM members WHERE run = ? AND digest = ?"
            " UNION ALL SELECT path, photo FROM companions WHERE run = ? AND digest = ? ORDER BY 1",
            (run, digest, run, digest),
        ).fetchall()
        equal = [(Path(os.fsdecode(path)), Path(os.fsdecode(photo))) for path, photo in rows]
        photos = [photo for path, photo in equal if path.name == name] or [photo for _, photo in equal]
        return self.member_at(run, photos[0]) if photos else None

    def left(self, run: int) -> list[tuple[Path, str]]:
        """Return what stayed where it was, with the reason."""
        rows = self._db.execute("SELECT path, reason FROM left_behind WHERE run = ? ORDER BY path", (run,))
        return [(Path(os.fsdecode(path)), reason) for path, reason in rows]

    def reason_left(self, run: int, path: Path) -> str | None:
        """Return why `path` stayed where it was; None where the run did not leave it."""
        query = "SELECT reason FROM left_behind WHERE run = ? AND path = ?"
        row = self._db.execute(query, (run, os.fsencode(path))).fetchone()
        return None if row is None else str(row[0])

    def _runs(self, tail: str, *values: object) -> list[Run]:
        query = "SELECT id, started, source, destination, mode, previewed, settings FROM runs " + tail
        return [_run(*row) for row in self._db.execute(query, values)]

    def _members(self, tail: str, *values: object) -> list[MemberRecord]:
        query = (
            "SELECT path, digest, cluster, rank, caption, similarity, runner_up, runner_up_similarity, facts, answer,"
            " standing FROM members " + tail
        )
        return [
            MemberRecord(*(Path(os.fsdecode(path)), *rest, json.loads(facts), json.loads(answer), bool(standing)))
            for path, *rest, facts, answer, standing in self._db.execute(query, values)
        ]


def _run(number: int, started: str, source: bytes, destination: bytes, mode: str, previewed: int, settings: str) -> Run:
    places = Path(os.fsdecode(source)), Path(os.fsdecode(destination))
    return Run(number, datetime.fromisoformat(started), *places, mode, bool(previewed), json.loads(settings))


def _cluster_row(run: int, cluster: ClusterRecord) -> tuple[object, ...]:
    said = (cluster.folder, cluster.title, cluster.summary, json.dumps(cluster.keywords))
    return (run, cluster.number, *said, cluster.named_by, cluster.cohesion, storable(cluster.note), cluster.support)


def _member_row(run: int, member: MemberRecord) -> tuple[object, ...]:
    place = (os.fsencode(member.path), member.digest, member.cluster, member.rank)
    near = (member.similarity, member.runner_up, member.runner_up_similarity)
    said = (json.dumps(member.facts), json.dumps(member.answer) if member.answer else "{}")
    return (run, *place, storable(member.caption), *near, *said, member.standing)
