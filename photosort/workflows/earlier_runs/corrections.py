"""What the user has made of the folders of earlier runs: which of them have other names, and which photos were moved.

Both are told by content. A folder is where most of its photos lie now, unless it has some of them under its own name
still; a photo that lies elsewhere was put there by the user.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from photosort.store.remembered import Remembered, filed_at, remembered
from photosort.workflows.sorting.folders import THE_USER


class Lies(NamedTuple):
    """A photo below a destination: its path, its content, and the path of its folder below the destination."""

    path: Path
    digest: str
    folder: str


@dataclass(frozen=True, slots=True)
class Trace:
    """What earlier runs remember of the photos below a destination, held against where these lie now.

    known  digest -> where the newest run that knows the photo had it
    homes  folder as that run called it -> the folder that it is now; one that is gone, or was merged, is missing
    yours  photo that the user has put where it lies -> the folder that photosort had it in; "" where it had it in none
    strays  photos that lie where a run has put them for want of a better folder
    """

    known: Mapping[str, Sequence[Remembered]] = field(default_factory=dict)
    homes: Mapping[str, str] = field(default_factory=dict)
    yours: Mapping[Path, str] = field(default_factory=dict)
    strays: Set[Path] = frozenset()


def trace(connection: sqlite3.Connection, runs: Sequence[int], lying: Sequence[Lies]) -> Trace:
    """Return what the user has made of the folders of these runs, newest first; photos at the top lie in no folder."""
    known = remembered(connection, runs, {one.digest for one in lying}, THE_USER)
    homes = homes_of((had.folder, one.folder) for one in lying if one.folder for had in known.get(one.digest, ()))
    joined = {one.folder for one in lying if one.digest in known and one.folder}
    unknown = {one.path: _as_filed(one, homes) for one in lying if one.folder in joined and one.digest not in known}
    filed = filed_at(connection, runs, {place for places in unknown.values() for place in places})
    yours = {path: "" for path, places in unknown.items() if filed.isdisjoint(places)}
    for one in lying:
        if one.folder and (had := known.get(one.digest)):
            said = _was(had, one.folder, homes)
            if said is not None:
                yours[one.path] = said
    strays = {
        one.path
        for one in lying
        for had in known.get(one.digest, ())
        if had.stray and one.path not in yours and homes.get(had.folder, had.folder) == one.folder
    }
    return Trace(known, homes, yours, strays)


def homes_of(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Map folders as they were to what they are now, by (the folder that a photo was in, the folder that it is in).

    A folder that has one of its photos under its own name is still that one. Any other is the folder that holds at
    least half of its photos, unless that is another one already: then it was merged, and is no folder any more.
    """
    votes: dict[str, Counter[str]] = {}
    for was, now in pairs:
        votes.setdefault(was, Counter())[now] += 1
    homes = {was: was for was, found in votes.items() if was in found}
    taken = set(homes)
    for was, found in sorted(votes.items(), key=lambda voted: (-voted[1].most_common(1)[0][1], voted[0])):
        now, count = min(found.items(), key=lambda vote: (-vote[1], vote[0]))
        if was not in homes and now not in taken and 2 * count >= found.total():
            homes[was] = now
            taken.add(now)
    return homes


def _as_filed(one: Lies, homes: Mapping[str, str]) -> set[Path]:
    """Return where a run may have filed a photo that was edited since: in its folder, as that was called then."""
    top = one.path.parents[one.folder.count("/") + 1]
    return {one.path} | {top / was / one.path.name for was, now in homes.items() if now == one.folder}


def _was(had: Sequence[Remembered], folder: str, homes: Mapping[str, str]) -> str | None:
    """Return the folder that photosort had a photo in; None where it lies where photosort has put it."""
    here = [one for one in had if homes.get(one.folder, one.folder) == folder]
    if any(not one.by_user for one in here):
        return None
    if here:
        return homes.get(here[0].was, here[0].was)
    first = next((one for one in had if not one.by_user), had[0])
    return homes.get(first.folder, first.folder)
