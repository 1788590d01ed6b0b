"""The categories of a run that the user has named: in a list, a file, an earlier run, or a folder of examples."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from photosort.describing.describe import describe
from photosort.errors import PhotosortError, SettingsError, SourceMissing
from photosort.methods.building import assignment
from photosort.methods.conversation import Settle
from photosort.methods.into.category_lists import LIKE, checked, from_lines, from_list, from_toml
from photosort.methods.sorting import UNSORTED
from photosort.models.protocols import Category, LanguageModel
from photosort.models.selected import ModelSet
from photosort.naming.folder_name import name_key
from photosort.photos.files.scan import Found, scan
from photosort.settings.settings import Settings
from photosort.store.cache import Cache
from photosort.store.runs.runs import Runs
from photosort.support.progress import Progress, silent
from photosort.workflows.sorting.asking import Show, announcing
from photosort.workflows.sorting.folders import ASIDE
from photosort.workflows.sorting.grouping import Categories

CATEGORIES = "categories"
"""What the categories of a run are kept under, among its settings."""
EXAMPLES = 100
"""Photos of a folder that are looked at as examples, spread over it by name; their mean hardly changes with more."""
LARGEST = 1_000_000
"""Bytes of a file with categories."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user wants photos to be sorted into.

    categories  in their order
    examples    for each of them photos that show it; empty but for a folder
    named_by    what an earlier run had their names from; empty where they are the user's
    """

    categories: tuple[Category, ...] = ()
    examples: tuple[tuple[Found, ...], ...] = ()
    named_by: str = ""


def read_categories(into: str, source: Path, *, other: str = "") -> Wanted:
    """Read what follows --into: the path of a folder or of a file where there is one, else a list.

    The subfolders of a folder are the categories, those in subfolders too; the one called `other`, and "Unsorted", are
    none, nor is what lies in `source`, the photos to sort. Raises SettingsError, and SourceMissing for a path where
    there is nothing.
    """
    path = _path(into)
    try:
        if path.is_dir():
            return _from_folder(path.resolve(), source, {name_key(name) for name in (other, UNSORTED)})
        if path.is_file():
            return Wanted(_from_file(path))
    except (OSError, ValueError) as error:
        if "," not in into:
            raise _unreadable(path, error) from error
    if "," not in into and (os.sep in into or path.suffix in (".txt", ".toml")):
        raise SourceMissing(f"{into} is neither a file nor a folder", LIKE)
    return Wanted(from_list(into))


def wanted_categories(settings: Settings, source: Path, connection: sqlite3.Connection) -> Wanted:
    """Return the categories of the settings for the photos of `source`, none where they name none. Raises what
    `read_categories` raises, and NoSuchRun.
    """
    if settings.into is not None:
        return _without(read_categories(settings.into, source, other=settings.other), settings.other)
    if settings.names_from is None:
        return Wanted()
    runs = Runs(connection)
    run = runs.get(settings.names_from)
    known = [Category(*told) for told in run.settings.get(CATEGORIES) or ()]
    named = [cluster for cluster in runs.clusters(run.id) if cluster.named_by != ASIDE]
    titles = [Category(cluster.title) for cluster in named]
    return Wanted(checked(known or titles, f"Run {run.id}"), named_by=named[0].named_by if named else "")


def kept_settings(settings: Settings, categories: Sequence[Category], clusters: int | None = None) -> dict[str, Any]:
    """Return what a run keeps of its settings, as JSON, and its categories; a path after --into becomes absolute, and
    a k that is only usual is the number of `clusters` where there are fewer.
    """
    kept = settings.model_dump(mode="json")
    if clusters and settings.k and settings.k_is_usual:
        kept["k"] = min(settings.k, clusters)
    with suppress(OSError):  # a list may be too long for a path
        if settings.into is not None and (path := _path(settings.into)).exists():
            kept["into"] = str(path.absolute())
    return {**kept, CATEGORIES: [tuple(category) for category in categories]}


def _without(wanted: Wanted, other: str) -> Wanted:
    """Leave out a category that is called like the folder for what fits none: it is that folder."""
    kept = [
        place
        for place, category in enumerate(wanted.categories)
        if category.above or name_key(category.name) != name_key(other)
    ]
    if not kept:
        raise SettingsError(f"--into names nothing but {other}, the folder for what fits none", LIKE)
    examples = tuple(wanted.examples[place] for place in kept) if wanted.examples else ()
    return Wanted(tuple(wanted.categories[place] for place in kept), examples)


def check_assignment(models: ModelSet) -> None:
    """Raise SettingsError where the models of the run cannot put photos into categories as the settings want it."""
    settings = models.settings
    if not settings.by and settings.into is None:
        return
    assign, writer = assignment(settings), models.language_model
    if writer is not None and writer.form != "full":
        raise SettingsError(
            f"--writer {settings.writer} cannot put photos into categories: it follows no instructions",
            "Use --writer openai:MODEL; with OPENAI_BASE_URL that may be a server on this machine. Or leave it out.",
        )
    if assign == "llm" and writer is None:
        raise SettingsError(
            "--assign llm needs a language model",
            f"Add --writer openai:MODEL, or use --assign {'text' if settings.by else 'joint'}.",
        )
    if assign == "joint" and settings.by and settings.into is not None:
        raise SettingsError(
            "--assign joint compares photos with names, and reads no criterion",
            "Leave out --by, or use --assign text or llm.",
        )
    if assign == "joint" and settings.by and settings.into is None and settings.names_from is None and writer is None:
        raise SettingsError(
            "--by with --assign joint needs names for its folders",
            'Add --writer openai:MODEL, which makes some, or --into "some, names of, yours".',
        )


def categories_of(
    wanted: Wanted,
    models: ModelSet,
    cache: Cache,
    writer: LanguageModel | None,
    announce: Show,
    settle: Settle,
    progress: Progress = silent,
) -> Categories:
    """Describe the examples of the categories, and put together what a method has to know of these.

    A bill above the limit of the user raises TooExpensive before anything is asked.
    """
    show = announcing(writer, models.settings, announce)
    found = [photo for photos in wanted.examples for photo in photos]
    if not found or models.settings.by or assignment(models.settings) == "llm":
        return Categories(wanted.categories, announce=show, settle=settle)
    owner = [place for place, photos in enumerate(wanted.examples) for _ in photos]
    shown = describe(found, models.image_encoder, (), cache, progress=progress)
    read = {photo.path for photo in shown.photos}
    kept = tuple(place for photo, place in zip(found, owner, strict=True) if photo.path in read)
    return Categories(wanted.categories, shown if kept else None, kept, show, settle)


def _from_file(path: Path) -> tuple[Category, ...]:
    if path.stat().st_size > LARGEST:
        raise SettingsError(f"{path} is too large for a list of categories", LIKE)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not encoded in UTF-8", "Save it as UTF-8.") from error
    return from_toml(text, path.name) if path.suffix == ".toml" else from_lines(text, path.name)


def _path(into: str) -> Path:
    try:
        return Path(into).expanduser()
    except RuntimeError:  # ~name, and there is no such user
        return Path(into)


def _from_folder(folder: Path, source: Path, left_out: set[str]) -> Wanted:
    if folder == source:
        raise SettingsError(
            f"{folder} holds the photos to sort, so it cannot hold the examples for them",
            "Name another folder with --into, or the categories themselves.",
        )
    try:
        found = scan(folder, skip=source)
    except PhotosortError as error:
        raise type(error)(
            error.problem, f"--into takes a folder with a subfolder of photos for each category. {error.hint}"
        ) from error
    photos: dict[Category, list[Found]] = {}
    main = found.groups()
    for photo in sorted(found.photos, key=lambda photo: os.fsencode(photo.path)):
        parts = photo.path.relative_to(folder).parts[:-1]
        if photo.path in main and parts and name_key(parts[0]) not in left_out:
            category = Category(parts[-1] if len(parts) == 1 else parts[1], above=parts[0] if len(parts) > 1 else "")
            photos.setdefault(category, []).append(photo)
    if not photos:
        raise SettingsError(
            f"{folder} has no subfolder with photos", "Make a folder for each category, with some photos that show it."
        )
    categories = checked(photos, str(folder))
    return Wanted(categories, tuple(tuple(_spread(photos[category])) for category in categories))


def _spread(photos: list[Found]) -> list[Found]:
    if len(photos) <= EXAMPLES:
        return photos
    return [photos[place * len(photos) // EXAMPLES] for place in range(EXAMPLES)]


def _unreadable(path: Path, error: OSError | ValueError) -> SettingsError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    return SettingsError(f"{path} cannot be read ({reason})", "Check the path and its permissions.")
