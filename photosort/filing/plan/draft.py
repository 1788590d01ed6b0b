"""A plan as the user edits it: folders with names and photos, before it is known what the disks hold. Pure.

The plan file and `photosort review` both edit this. Every function returns a new draft, and leaves the old one as it
was. It raises PlanRefused, with what is wrong, where the change cannot be made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from photosort.errors import PlanRefused
from photosort.filing.plan.model import Mode
from photosort.naming.folder_name import UNNAMED, folder_name, name_key
from photosort.support.printable import printable


@dataclass(frozen=True, slots=True)
class DraftPhoto:
    """A photo at its place in the source, absolute, with the SHA-256 that it had when the plan was made."""

    path: Path
    digest: str


@dataclass(frozen=True, slots=True)
class DraftFolder:
    """A folder that the plan makes.

    name      path below the destination, with "/" between levels
    title     what the name was made from, without the rules for file names
    keywords  words that stand for the folder, the better ones first
    clusters  numbers of the run's folders that it comes from, its own first; empty where the user made it
    pinned    whether the user has settled the name: no change of the plan touches it
    there     photos that earlier runs have put there, and that stay: then it is a folder on disk, and keeps its name
    """

    name: str
    title: str
    summary: str = ""
    keywords: tuple[str, ...] = ()
    photos: tuple[DraftPhoto, ...] = ()
    clusters: tuple[int, ...] = ()
    pinned: bool = False
    there: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """The plan of run `run`, as edited so far. Photos that are set `aside` stay where they are."""

    run: int
    source: Path
    destination: Path
    mode: Mode
    folders: tuple[DraftFolder, ...] = ()
    aside: tuple[DraftPhoto, ...] = ()

    @property
    def photos(self) -> tuple[DraftPhoto, ...]:
        """All photos of the plan, folder by folder, and those set aside at the end."""
        return (*(photo for folder in self.folders for photo in folder.photos), *self.aside)

    def folder(self, name: str) -> DraftFolder:
        """Return the folder of this name, in any spelling that a disk takes for it. Raises PlanRefused."""
        for folder in self.folders:
            if name_key(folder.name) == name_key(name):
                return folder
        raise PlanRefused(f"The plan has no folder “{printable(name)}”", "Take a name from the list of folders.")


def rename(draft: Draft, name: str, to: str) -> Draft:
    """Call a folder `to`, with "/" between levels. Its title becomes the last part."""
    folder = draft.folder(name)
    if to == folder.name:
        return draft
    if folder.pinned:
        raise PlanRefused(f"The name “{printable(folder.name)}” is pinned", "Unpin it before you rename the folder.")
    if folder.there:
        lie = "1 photo lies" if folder.there == 1 else f"{folder.there:,} photos lie"
        raise PlanRefused(
            f"{lie} in “{printable(folder.name)}” already, and a plan renames no folder on disk",
            "Rename it on disk: the next run finds it. Or move the new photos to a new folder.",
        )
    renamed = replace(folder, name=to, title=to.rpartition("/")[2])
    _refuse_names([other.name for other in draft.folders if other is not folder], to)
    return _with(draft, folder, renamed)


def merge(draft: Draft, name: str, other: str) -> Draft:
    """Put the photos of `other` into the folder `name`, which stays; of the two names a pinned one is kept.

    Photos that lie in `other` on disk already stay there, and so does that folder.
    """
    into, gone = draft.folder(name), draft.folder(other)
    if into is gone:
        raise PlanRefused(f"“{printable(into.name)}” cannot be merged with itself", "Name two different folders.")
    if gone.there:
        return move(draft, [photo.path for photo in gone.photos], into.name)
    named, unnamed = (gone, into) if gone.pinned and not into.pinned and not into.there else (into, gone)
    merged = replace(
        named,
        photos=(*into.photos, *gone.photos),
        clusters=(*named.clusters, *unnamed.clusters),
        keywords=tuple(dict.fromkeys((*named.keywords, *unnamed.keywords))),
    )
    left = replace(draft, folders=tuple(folder for folder in draft.folders if folder is not gone))
    return _with(left, into, merged)


def move(draft: Draft, photos: Iterable[Path], name: str) -> Draft:
    """Put photos into a folder, from wherever they are in the plan."""
    into = draft.folder(name)
    rest, taken = _take(draft, photos, but=into)
    at = next(place for place, folder in enumerate(draft.folders) if folder is into)
    folder = rest.folders[at]
    return _with(rest, folder, replace(folder, photos=(*folder.photos, *taken)))


def set_aside(draft: Draft, photos: Iterable[Path]) -> Draft:
    """Leave photos where they are, out of every folder."""
    rest, taken = _take(draft, photos)
    return replace(rest, aside=(*rest.aside, *taken))


def add_folder(draft: Draft, name: str) -> Draft:
    """Add an empty folder at the end. One without photos is not made on disk."""
    _refuse_names([folder.name for folder in draft.folders], name)
    return replace(draft, folders=(*draft.folders, DraftFolder(name, name.rpartition("/")[2])))


def split(draft: Draft, name: str, groups: Sequence[Collection[Path]]) -> Draft:
    """Part a folder into groups of its photos: the first keeps the name, each other gets it with a number.

    Every photo of the folder is in one group.
    """
    folder = draft.folder(name)
    known = {photo.path: photo for photo in folder.photos}
    given = [path for group in groups for path in group]
    if len(groups) < 2 or not all(groups) or len(given) != len(known) or set(given) != set(known):
        raise PlanRefused(
            f"“{printable(folder.name)}” cannot be split like this",
            "Give two groups or more that have each of its photos once.",
        )
    taken = [other.name for other in draft.folders]
    above, slash, leaf = folder.name.rpartition("/")
    parts: list[DraftFolder] = []
    for group in groups:
        wanted = set(group)
        photos = tuple(photo for photo in folder.photos if photo.path in wanted)
        if not parts:
            parts.append(replace(folder, photos=photos))
            continue
        beside = [other.rpartition("/")[2] for other in taken if _is_beside(other, above)]
        part = folder_name(leaf, beside)
        taken.append(f"{above}{slash}{part}")
        parts.append(DraftFolder(taken[-1], part, "", folder.keywords, photos))
    at = next(place for place, other in enumerate(draft.folders) if other is folder)
    return replace(draft, folders=(*draft.folders[:at], *parts, *draft.folders[at + 1 :]))


def pin(draft: Draft, name: str, *, pinned: bool = True) -> Draft:
    """Settle the name of a folder, or let it go again."""
    folder = draft.folder(name)
    return _with(draft, folder, replace(folder, pinned=pinned))


def without_doubles(draft: Draft) -> Draft:
    """Leave out folders without photos that have the name of one with photos: the user has given it to that one."""
    filled = {folder.name for folder in draft.folders if folder.photos}
    kept = tuple(folder for folder in draft.folders if folder.photos or folder.name not in filled)
    return replace(draft, folders=kept)


def name_fault(name: str) -> str:
    """Return what is wrong with a folder's name; empty where every file system takes it."""
    for part in name.split("/"):
        safe = folder_name(part)
        if name_key(safe) != name_key(part):
            return f"“{printable(name)}” is not a safe folder name; this is one: “{printable(_safe(name))}”"
    return ""


def meeting_faults(names: Iterable[str]) -> list[str]:
    """Return a line for each two names of which a disk may make one folder, and which are not the same level spelled
    alike.
    """
    faults, whole, levels = [], dict[str, str](), dict[str, str]()
    for name in names:
        key = name_key(name)
        if key in whole:
            faults.append(f"two folders have one name: “{printable(whole[key])}” and “{printable(name)}”")
            continue
        whole[key] = name
        parts = name.split("/")
        for depth in range(1, len(parts) + 1):
            level = "/".join(parts[:depth])
            if levels.setdefault(name_key(level), level) != level:
                other = levels[name_key(level)]
                faults.append(
                    f"“{printable(level)}” and “{printable(other)}” differ in spelling only; use one of the two"
                )
                break
    return faults


def _refuse_names(others: Sequence[str], name: str) -> None:
    before = meeting_faults(others)
    faults = [name_fault(name)] if name_fault(name) else meeting_faults([*others, name])
    if len(faults) > len(before) or name_fault(name):
        raise PlanRefused(faults[-1][0].upper() + faults[-1][1:], "Choose another name.")


def _safe(name: str) -> str:
    parts = (folder_name(part) for part in name.split("/"))
    return "/".join(part for part in parts if part != UNNAMED) or UNNAMED


def _is_beside(name: str, above: str) -> bool:
    return name_key(name.rpartition("/")[0]) == name_key(above)


def _with(draft: Draft, old: DraftFolder, new: DraftFolder) -> Draft:
    return replace(draft, folders=tuple(new if folder is old else folder for folder in draft.folders))


def _take(draft: Draft, paths: Iterable[Path], but: DraftFolder | None = None) -> tuple[Draft, list[DraftPhoto]]:
    """Return the draft without these photos, and the photos; those that are in the folder `but` stay there."""
    wanted = dict.fromkeys(paths)
    known = {photo.path: photo for photo in draft.photos}
    for path in wanted:
        if path not in known:
            raise PlanRefused(f"{printable(str(path))} is not a photo of the plan", "Take photos from the plan.")
    inside = {photo.path for photo in but.photos} if but else set[Path]()
    moved = wanted.keys() - inside
    folders = tuple(
        replace(folder, photos=tuple(photo for photo in folder.photos if photo.path not in moved))
        if any(photo.path in moved for photo in folder.photos)
        else folder
        for folder in draft.folders
    )
    aside = tuple(photo for photo in draft.aside if photo.path not in moved)
    return replace(draft, folders=folders, aside=aside), [known[path] for path in wanted if path in moved]
