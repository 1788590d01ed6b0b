"""What the tests of filing share: photo folders, whole runs on them, and trees to compare."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from photosort.filing.disk.survey import survey
from photosort.filing.journaled.apply import Outcome, apply
from photosort.filing.plan.model import GeneratedFile, Mode
from photosort.filing.plan.plan import Plan, make_plan, no_files
from photosort.photos.files.companions import companions_of
from photosort.photos.files.photo import Photo
from photosort.store.history import MIGRATIONS
from photosort.store.journals.operation import Operation
from photosort.store.sqlite.database import open_database

FOLDERS = ("Dogs at play", "Alpine lakes", "Été à la plage")


def write(root: Path, files: Mapping[str, bytes | str]) -> Path:
    """Write files under `root`, each with its own old time and no group or world access."""
    for age, (name, content) in enumerate(files.items()):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(0o640)
        os.utime(path, ns=(10**18 + age, 10**18 + 123_456_789 * (age + 1)))
    return root


def photos_in(source: Path, skip: Path | None = None) -> list[Photo]:
    """Every photo of a folder with its digest and companions."""
    photos = []
    for folder, _, names in sorted(os.walk(source)):
        if skip and Path(folder).is_relative_to(skip):
            continue
        for main, companions in companions_of(Path(folder) / name for name in names).items():
            stat = main.stat()
            photos.append(Photo(main, stat.st_size, stat.st_mtime_ns, sha(main), companions))
    return photos


def label_of(photo: Photo) -> int:
    """A folder that depends on the content alone."""
    return int(photo.digest, 16) % len(FOLDERS)


def plan_for(
    source: Path,
    destination: Path,
    mode: Mode | str = Mode.COPY,
    *,
    labels: Iterable[int] | None = None,
    folders: tuple[str, ...] = FOLDERS,
    about: bool = False,
) -> Plan:
    """Scan, survey and plan; `about` writes files about the folders as well."""
    photos = photos_in(source, skip=destination)
    chosen = [label_of(photo) for photo in photos] if labels is None else list(labels)
    seen = survey(source, destination, photos, folders, mode=Mode(mode))
    return make_plan(
        photos,
        chosen,
        folders,
        source=source,
        destination=destination,
        mode=Mode(mode),
        survey=seen,
        about=_about if about else no_files,
    )


def _about(label: int, files: Sequence[Operation]) -> dict[str, bytes]:
    lines = [f"{file.destination.name} was {file.source}" for file in files]
    return {"ABOUT.txt": "\n".join([FOLDERS[label], *lines]).encode(errors="surrogateescape"), "photosort.json": b"{}"}


def rewriting(connection: sqlite3.Connection, destination: Path, content: bytes) -> Plan:
    """A plan that puts a text in the place of the last one that was written about a folder, and does nothing else."""
    texts = connection.execute(
        "SELECT id, destination FROM operations WHERE content IS NOT NULL ORDER BY id"
    ).fetchall()
    number, place = [row for row in texts if row[1].endswith(b"ABOUT.txt")][-1]
    path = Path(os.fsdecode(place))
    about = GeneratedFile(
        path, content, there=False, replaces=number, mtime_ns=path.stat().st_mtime_ns if path.exists() else 0
    )
    return Plan(destination, destination, Mode.COPY, (), (), 0, False, about_beside=(about,))


def open_runs(path: Path, run_id: int = 1) -> sqlite3.Connection:
    """The database of runs, with a run of that number in it."""
    connection = open_database(path, MIGRATIONS, durable=True)
    connection.execute("INSERT OR IGNORE INTO runs (id) VALUES (?)", (run_id,))
    return connection


def organize(source: Path, destination: Path, database: Path, mode: Mode | str = Mode.COPY, run_id: int = 1) -> Outcome:
    """A whole run, everything into one folder each by content."""
    connection = open_runs(database, run_id)
    try:
        return apply(plan_for(source, destination, mode), run_id, connection)
    finally:
        connection.close()


def sha(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tree(*roots: Path) -> dict[str, tuple[object, ...]]:
    """Everything under the roots: content, time and permissions of files, targets of links, folders."""
    found: dict[str, tuple[object, ...]] = {}
    for number, root in enumerate(roots):
        for path in sorted(root.rglob("*")):
            name = f"{number}/{path.relative_to(root)}"
            if path.is_symlink():
                found[name] = ("link", str(path.readlink()))
            elif path.is_dir():
                found[name] = ("folder",)
            else:
                stat = path.stat()
                found[name] = ("file", sha(path), stat.st_mtime_ns, stat.st_mode & 0o7777)
    return found


def names(root: Path) -> list[str]:
    """The files and links under `root`, by their relative names."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_symlink() or path.is_file())


def digests(*roots: Path) -> Counter[str]:
    """How many files there are of each content; two names of one file count once."""
    seen = set()
    found: Counter[str] = Counter()
    for root in roots:
        for path in root.rglob("*"):
            if path.is_file() and not path.is_symlink():
                stat = path.stat()
                if (stat.st_dev, stat.st_ino) not in seen:
                    seen.add((stat.st_dev, stat.st_ino))
                    found[sha(path)] += 1
    return found
