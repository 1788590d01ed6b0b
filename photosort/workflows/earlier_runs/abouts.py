"""What folders say of themselves is true again after new photos have joined them: ABOUT.txt and photosort.json.

Only texts that are as photosort wrote them are written again, wherever their folder lies by now; one that the user has
edited stays, and one that the user has deleted is not made again.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from photosort.filing.plan.about import about_again
from photosort.filing.plan.model import GeneratedFile
from photosort.filing.plan.plan import Plan, PlannedFolder
from photosort.naming.summary import ClusterName
from photosort.photos.files.digest import digest_of
from photosort.photos.files.own_files import ABOUT_DATA, ABOUT_TEXT, DATA_BEGINS, is_about_data, is_about_name
from photosort.photos.files.photo import Unread
from photosort.store.journals.operation import Operation
from photosort.store.journals.own_texts import Written, has_written, origins_below, written_below
from photosort.workflows.earlier_runs.corrections import Lies
from photosort.workflows.earlier_runs.standing import Standing

EDITED = "was changed since photosort wrote it, and does not name what joins the folder now"


@dataclass(frozen=True, slots=True)
class _Texts:
    """The texts of one folder that are as photosort wrote them, by their paths, and those that are not any more."""

    own: Mapping[Path, Written]
    edited: tuple[Path, ...]


def with_abouts(
    plan: Plan,
    names: Mapping[str, ClusterName],
    lying: Sequence[Lies],
    standing: Standing,
    connection: sqlite3.Connection,
) -> Plan:
    """Return the plan with new texts for the folders that stand and that something joins; `names` are what these stand
    for, by their paths below the destination.
    """
    joined = {folder.name: folder for folder in plan.folders if folder.name in names and not folder.about}
    beside = {one.photo.parent.relative_to(plan.destination).as_posix() for one in plan.following}
    found = {path: _about_files(plan.destination / path) for path in {*joined, *beside}}
    written = written_below(
        connection, plan.destination, (digest for files in found.values() for digest in files.values())
    )
    texts = {path: _texts(connection, files, written) for path, files in found.items()}
    if not any(one.own or one.edited for one in texts.values()):
        return plan
    known = _Known(lying, standing, origins_below(connection, plan.destination))
    about = {
        path: _renewed(plan, path, joined.get(path), names.get(path), one.own, known) for path, one in texts.items()
    }
    kept = [Unread(path, EDITED) for _, one in sorted(texts.items()) for path in one.edited]
    folders = [replace(folder, about=folder.about + about.pop(folder.name, ())) for folder in plan.folders]
    rest = tuple(file for files in about.values() for file in files)
    return replace(plan, folders=tuple(folders), about_beside=rest, edited=tuple(kept))


class _Known:
    """The photos that stand in each folder, and where they come from."""

    def __init__(self, lying: Sequence[Lies], standing: Standing, origins: Mapping[str, Path]) -> None:
        self._origins, self._groups = origins, standing.groups
        self._inside: dict[str, list[Lies]] = {}
        for one in lying:
            self._inside.setdefault(one.folder, []).append(one)

    def standing_in(self, path: str) -> list[tuple[str, str, dict[str, str]]]:
        """Return the photos of a folder as `about_again` takes them."""
        found = []
        for photo in self._inside.get(path, ()):
            origin = self._origins.get(photo.digest)
            companions = {other.name: "" for other in self._groups.get(photo.path, ())}
            found.append((photo.path.name, str(origin) if origin else "", companions))
        return found


def _renewed(
    plan: Plan,
    path: str,
    folder: PlannedFolder | None,
    name: ClusterName | None,
    own: Mapping[Path, Written],
    known: _Known,
) -> tuple[GeneratedFile, ...]:
    data = next((text for text in own.values() if text.content.startswith(DATA_BEGINS)), None)
    if data is None:
        return ()
    followed: dict[str, list[Operation]] = {}
    for one in plan.following:
        if one.photo.parent == plan.destination / path:
            followed.setdefault(one.photo.name, []).append(one.file)
    try:
        now = about_again(data.content, name, known.standing_in(path), folder.files if folder else (), followed)
        texts = {file: now[ABOUT_DATA if text is data else ABOUT_TEXT] for file, text in own.items()}
        return tuple(
            GeneratedFile(file, text, there=False, replaces=own[file].id, mtime_ns=file.stat().st_mtime_ns)
            for file, text in texts.items()
            if text != own[file].content
        )
    except (ValueError, OSError):
        return ()


def _about_files(folder: Path) -> dict[Path, str]:
    """Return the files of a folder that are called as photosort calls its texts, with their digests."""
    digests = dict[Path, str]()
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if is_about_name(entry.name) and entry.is_file(follow_symlinks=False):
                with suppress(OSError):
                    digests[Path(entry.path)] = digest_of(Path(entry.path))
    return digests


def _texts(connection: sqlite3.Connection, files: Mapping[Path, str], written: Mapping[str, Written]) -> _Texts:
    """Return the newest text of each kind that is as photosort wrote it, and those that were edited since."""
    own = {path: written[digest] for path, digest in files.items() if digest in written}
    newest = {_is_data(path): path for path, _ in sorted(own.items(), key=lambda one: one[1].id)}
    edited = [
        path
        for path in sorted(files)
        if path not in own
        and _is_data(path) not in newest
        and (is_about_data(path) or has_written(connection, path) or (newest and path.name == ABOUT_TEXT))
    ]
    return _Texts({path: own[path] for path in newest.values()}, tuple(edited))


def _is_data(path: Path) -> bool:
    return path.suffix == Path(ABOUT_DATA).suffix
