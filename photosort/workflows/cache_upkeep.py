"""What the cache holds, in words, and what of it can go."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from photosort.errors import SettingsError
from photosort.models.catalogue import CAPTIONERS, EFFICIENTNET, ENCODERS, MINILM, SMOLLM2, TAGS
from photosort.models.profiles import choose
from photosort.settings.settings import Settings
from photosort.store.cache import cache_file
from photosort.store.history import history_file, open_history
from photosort.store.journals.journal import FilingState, Journal, filings
from photosort.store.journals.operation import State
from photosort.store.upkeep import Held, Upkeep, damaged_files, size_of, size_of_cache

KINDS = ("gone", "models", "damaged", "all")
USUAL = ("gone", "damaged")
"""What can be taken out, and what is where the user does not say."""
MOUNTS = ("/media", "/mnt", "/run/media", "/Volumes")
"""Folders that other disks appear in."""
OWN = {
    "unreadable": "files that cannot be read",
    "header": "facts from the heads of files",
    "tone": "brightness and colours",
    "texture": "textures",
    "faces": "faces, counted",
    "label-categories": "fit to your categories",
    "prompted": "fit to your categories",
    "conse": "nouns as vectors",
    TAGS: "tags",
    EFFICIENTNET: "photos as vectors, builtin",
    MINILM: "texts as vectors, builtin",
    SMOLLM2: "names by SmolLM2",
}
"""What photosort itself keeps, whatever models the user names -> what it is."""


@dataclass(frozen=True, slots=True)
class Info:
    """What lies in the cache folder.

    photos      photos and other files known by their content
    held        what is kept of each model
    database    bytes of the database
    models      bytes of weights that were fetched or converted, and their number of files
    damaged     bytes of damaged caches that were set aside, and their number
    """

    folder: Path
    files: int
    photos: int
    held: tuple[Held, ...]
    database: int
    models: tuple[int, int]
    damaged: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What would be taken out.

    paths    files that are gone; `away` is the number of those on disks that are not connected, which are kept
    digests  photos of which no copy is left
    models   what is kept of models that are not named any more
    damaged  damaged caches that were set aside
    size     roughly, in bytes
    """

    what: tuple[str, ...]
    paths: tuple[Path, ...] = ()
    digests: frozenset[str] = frozenset()
    away: int = 0
    models: tuple[Held, ...] = ()
    damaged: tuple[Path, ...] = ()
    everything: int = 0
    size: int = 0

    @property
    def nothing(self) -> bool:
        """Whether nothing that takes up room would go; paths whose photos lie elsewhere take up none."""
        return not self.damaged and not (self.size and (self.digests or self.models or self.everything))


def look(settings: Settings) -> Info:
    """Return what lies in the cache folder; makes no file. Raises StoreError."""
    folder, held, files = settings.cache_dir, list[Held](), dict[Path, str]()
    with _opened(folder) as upkeep:
        if upkeep:
            held, files = upkeep.held(), upkeep.files()
    weights = [path for path in settings.model_folder.rglob("*") if path.is_file()]
    damaged = damaged_files(folder)
    return Info(
        folder,
        len(files),
        len(set(files.values())),
        tuple(held),
        size_of_cache(folder),
        (size_of(weights), len(weights)),
        (size_of(damaged), len(damaged)),
    )


def plan_cleaning(settings: Settings, kinds: Sequence[str]) -> Cleaning:
    """Return what would be taken out; changes nothing. Raises StoreError, and SettingsError for an unknown kind."""
    if unknown := next((kind for kind in kinds if kind not in KINDS), ""):
        raise SettingsError(f"'{unknown}' cannot be cleaned", f"Choose one of: {', '.join(KINDS)}")
    folder, what = settings.cache_dir, tuple(kinds)
    damaged = tuple(damaged_files(folder)) if {"damaged", "all"} & set(what) else ()
    size = size_of(damaged)
    if not ({"gone", "models", "all"} & set(what)):
        return Cleaning(what, damaged=damaged, size=size)
    with _opened(folder) as upkeep:
        if upkeep is None:
            return Cleaning(what, damaged=damaged, size=size)
        if "all" in what:
            entries = sum(one.texts + one.vectors for one in upkeep.held()) + len(upkeep.files())
            return Cleaning(what, damaged=damaged, everything=entries, size=size + size_of_cache(folder))
        paths, digests, away = _gone(upkeep, settings.data_dir) if "gone" in what else ((), frozenset[str](), 0)
        models = tuple(_unnamed(upkeep.held(), settings)) if "models" in what else ()
        size += upkeep.size_of_photos(digests) + sum(one.size for one in models)
    return Cleaning(what, paths, digests, away, models, damaged, size=size)


def clean(settings: Settings, cleaning: Cleaning) -> int:
    """Take it out, and return how many bytes the disk has got back. Raises StoreError, and OSError for a file."""
    folder = settings.cache_dir
    before = size_of_cache(folder) + size_of(cleaning.damaged)
    with _opened(folder) as upkeep:
        if upkeep:
            if cleaning.everything:
                upkeep.forget_all()
            if cleaning.paths or cleaning.digests:
                upkeep.forget_photos(cleaning.paths, cleaning.digests)
            if cleaning.models:
                upkeep.forget_models([one.id for one in cleaning.models])
            if cleaning.everything or cleaning.paths or cleaning.digests or cleaning.models:
                upkeep.shrink()
    for path in cleaning.damaged:
        path.unlink(missing_ok=True)
    return max(0, before - size_of_cache(folder) - size_of(cleaning.damaged))


@contextmanager
def _opened(folder: Path) -> Iterator[Upkeep | None]:
    """Open the cache, where there is one."""
    if not cache_file(folder).is_file():
        yield None
        return
    upkeep = Upkeep(folder)
    try:
        yield upkeep
    finally:
        upkeep.close()


def _gone(upkeep: Upkeep, data_dir: Path) -> tuple[tuple[Path, ...], frozenset[str], int]:
    """Return the files that are gone, the digests that no file has any more, and how many files are on absent disks."""
    known = upkeep.files()
    missing = {path for path in known if _is_missing(path)}
    away = {path for path in missing if _is_away(path)}
    gone = missing - away
    living = {digest for path, digest in known.items() if path not in gone} | _filed(data_dir)
    return tuple(gone), frozenset({known[path] for path in gone} - living), len(away)


def _filed(data_dir: Path) -> set[str]:
    """Return the digests of photos that a run has filed into a folder that is still there."""
    if not history_file(data_dir).is_file():
        return set()
    with open_history(data_dir) as connection:
        there = [
            filing
            for filing in filings(connection)
            if filing.state is not FilingState.UNDONE
            and (not _is_missing(filing.destination) or _is_away(filing.destination))
        ]
        journals = (Journal(connection, filing.run_id).operations(*State) for filing in there)
        return {operation.digest for operation in chain.from_iterable(journals)}


def _is_missing(path: Path) -> bool:
    """Return whether a file is not there for certain: one that cannot be looked at may be."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def _is_away(path: Path) -> bool:
    """Return whether a missing file lies on a disk that seems not to be connected: no folder above it is a mount."""
    if not any(parent.exists() for parent in path.parents):
        return True  # a drive of Windows
    mounts = [Path(mount) for mount in MOUNTS if path.is_relative_to(mount)]
    above = [parent for mount in mounts for parent in path.parents if parent.is_relative_to(mount)]
    return bool(mounts) and not any(os.path.ismount(parent) for parent in above)


def _unnamed(held: list[Held], settings: Settings) -> Iterator[Held]:
    """Yield what is kept of models that neither the settings nor their profile name."""
    profile = choose(settings.profile, settings.device, settings.model_folder).profile
    named = {settings.captioner, settings.image_encoder, settings.text_encoder, settings.writer, *profile.models}
    for one in held:
        if one.model not in named and one.model not in OWN:
            yield one


def in_words(model: str) -> str:
    """Return what a model's entries are; empty for one that only the user knows."""
    listed = {**CAPTIONERS, **ENCODERS}
    return OWN.get(model) or (listed[model].about if model in listed else "")
