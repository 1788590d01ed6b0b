"""Finding photos by what a query says, among all that were looked at: no photo is decoded for a text."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from photosort.describing.describe import describe
from photosort.describing.tasks import TEXTURES
from photosort.errors import NothingFound, NotLookedAt, SettingsError
from photosort.models.catalogue import TAGS
from photosort.models.encoders.search_space import LABEL_SPACE, SearchSpace
from photosort.models.protocols import Vectors
from photosort.models.selected import ModelSet
from photosort.photos.files.digest import digest_of
from photosort.photos.files.scan import Found
from photosort.searching.doubt import looks_like
from photosort.searching.filters import Filters
from photosort.searching.query import Term
from photosort.searching.ranking import best_first, combined, with_captions
from photosort.store.cache import Cache, open_cache
from photosort.store.history import open_history
from photosort.store.places import Told, members_of_folders, told_of, written_captions
from photosort.support.progress import Progress, silent
from photosort.workflows.searching.lying import Library, Lying, library_of
from photosort.workflows.searching.other_things import kept_directions
from photosort.workflows.searching.true_of import Fitting, fitting
from photosort.workflows.sorting.remembering import RememberedTexts

STAGE = "indexing"
CHUNK = 4096
"""Photos that are placed in the space of the search, and kept, at once."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A photo that was found.

    path        where it lies: the place that the newest run gave it, else where it was seen
    similarity  how well it fits; numbers of one search compare; None where nothing was searched for
    caption, folder, run  what the run that filed it, or the newest that knows it, said of it; empty and 0 without one
    copies      equal files of the user's own, this one among them
    places      every file that holds it, copies that runs have made as well
    taken       the day it was taken, where that was asked for
    """

    path: Path
    similarity: float | None
    caption: str
    folder: str
    run: int
    copies: int
    places: tuple[Path, ...]
    taken: str = ""


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search found.

    hits       the best first
    among      how many photos fit the filters
    gone       photos that would be among the hits, but lie nowhere any more, or were changed since they were looked at
    unknown    photos that were left out because what a filter asks for is not known of them
    doubtful   the query where no photo looks like it, and these are only the nearest; empty where one does, or where
               that cannot be said: of photos, and of several terms together
    """

    hits: tuple[Hit, ...]
    among: int
    gone: int
    unknown: int
    doubtful: str = ""


def search(
    terms: Sequence[Term],
    models: ModelSet,
    *,
    filters: Filters = Filters(),  # noqa: B008  (immutable)
    inside: str = "",
    top: int = 20,
    progress: Progress = silent,
) -> Searched:
    """Return the photos that fit the terms best, `top` of them at most, among all that the image encoder knows.

    `inside` is a folder on disk, or a part of the name of a folder of the last run. A photo that is compared with is
    not among the hits. Raises SettingsError for a photo that cannot be read, NotLookedAt where the encoder knows none,
    NothingFound where none fits the filters or lies on disk any more, and what the models raise.
    """
    settings = models.settings
    with open_cache(settings.cache_dir) as cache, open_history(settings.data_dir) as connection:
        space = models.search_space(lambda encoder: RememberedTexts(encoder, cache))
        library = library_of(cache, connection)
        digests, placed = _placed(models, space, cache, library, progress)
        direction, shown = _direction(terms, models, space, cache)
        others = np.array([digest not in shown for digest in digests], dtype=np.bool_)
        below, within = inside_of(inside, connection)
        fits = fitting(digests, library, filters, models, cache)
        wanted = others & fits.wanted & lying_inside(digests, library, below, within)
        if not wanted.any():
            raise nothing_fits(int(others.sum()), fits, inside)
        scores, among = space.scores(placed, direction), int(wanted.sum())
        captions = written_captions(connection, TAGS) if space.identity.model == LABEL_SPACE else {}
        doubtful = "" if captions else _doubtful(terms, space, placed, np.where(wanted, scores, -np.inf), cache)
        scores = _with_captions(scores, terms, digests, captions, models, cache)
        found, gone = there(best_first(scores, wanted), digests, library, below, top)
        if not found:
            raise NothingFound(
                f"None of the {among:,} photos that fit lies where it was looked at, unchanged",
                "Look again with: photosort organize DIR --dry-run",
            )
        told = told_of(connection, [digests[row] for row, _ in found])
        hits = tuple(hit_of(float(scores[row]), lying, told.get(digests[row], [])) for row, lying in found)
        return Searched(hits, among, gone, fits.unknown, doubtful)


def _doubtful(terms: Sequence[Term], space: SearchSpace, placed: Vectors, scores: Vectors, cache: Cache) -> str:
    """Return the query where the photo with the best score does not look like it: one text, which is not taken away."""
    if len(terms) != 1 or terms[0].photo is not None:
        return ""
    best = int(scores.argmax())
    others = kept_directions(space, cache)
    near = np.array([space.scores(placed[best : best + 1], other)[0] for other in others], dtype=np.float32)
    return "" if looks_like(float(scores[best]), near) else terms[0].text


def there(
    order: Iterable[int], digests: Sequence[str], library: Library, below: bytes, top: int
) -> tuple[list[tuple[int, Lying]], int]:
    """Return the first `top` photos of an order that lie on disk, and how many before them do not."""
    found, gone = list[tuple[int, Lying]](), 0
    for row in order:
        if lying := library.lying(digests[row], below):
            found.append((row, lying))
            if len(found) == top:
                break
        else:
            gone += 1
    return found, gone


def _placed(
    models: ModelSet, space: SearchSpace, cache: Cache, library: Library, progress: Progress
) -> tuple[list[str], Vectors]:
    """Return the photos that the image encoder knows, and what the space keeps of them, (n, e)."""
    own = models.image_encoder.identity
    if space.identity == own:
        keys, vectors = cache.all_vectors(own)
        rows = [row for row, key in enumerate(keys) if key in library.places]
        digests = [keys[row] for row in rows]
        placed = space.place(vectors[rows].astype(np.float32)) if rows else np.empty((0, 0), np.float32)
    else:
        new = sorted((cache.keys(own) & library.places.keys()) - cache.keys(space.identity))
        if new:
            progress(STAGE, 0, len(new))
        for start in range(0, len(new), CHUNK):
            part = new[start : start + CHUNK]
            cache.put_vectors(space.identity, part, space.place(cache.matrix(own, part)))
            progress(STAGE, start + len(part), len(new))
        keys, vectors = cache.all_vectors(space.identity)
        rows = [row for row, key in enumerate(keys) if key in library.places]
        digests, placed = [keys[row] for row in rows], vectors[rows].astype(np.float32)
    if not digests:
        raise not_looked_at(models, cache, library)
    return digests, placed


def not_looked_at(models: ModelSet, cache: Cache, library: Library) -> NotLookedAt:
    encoder = models.image_encoder.identity.model
    counts = {
        identity.model: len(cache.keys(identity) & library.places.keys())
        for identity in cache.models()
        if identity.model not in (TEXTURES.model, LABEL_SPACE)
    }
    other = max(counts, key=lambda model: counts[model], default="")
    if counts.get(other):
        photos = "one known photo was" if counts[other] == 1 else f"{counts[other]:,} known photos were"
        by = f"an older {other}" if other == encoder else other
        add = "Look" if other == encoder else f"Add --image-encoder {other}, or look"
        return NotLookedAt(
            f"The {photos} looked at by {by}, not by {encoder}",
            f"{add} again with: photosort organize DIR --dry-run",
        )
    return NotLookedAt(
        "No photo was looked at yet, so there is nothing to search", "photosort organize DIR --dry-run looks at photos."
    )


def _direction(
    terms: Sequence[Term], models: ModelSet, space: SearchSpace, cache: Cache
) -> tuple[Vectors, frozenset[str]]:
    """Return what the terms ask for together, (q,), and the photos that are among them."""
    texts = [term.text for term in terms if term.photo is None]
    photos = [_digest(term.photo, models, cache) for term in terms if term.photo is not None]
    weights = [term.weight for term in terms if term.photo is None]
    weights += [term.weight for term in terms if term.photo is not None]
    parts = [space.of_texts(texts)] if texts else []
    if photos:
        parts.append(space.of_photos(space.place(cache.matrix(models.image_encoder.identity, photos))))
    return combined(np.vstack(parts), weights), frozenset(photos)


def _with_captions(
    scores: Vectors,
    terms: Sequence[Term],
    digests: Sequence[str],
    captions: Mapping[str, str],
    models: ModelSet,
    cache: Cache,
) -> Vectors:
    """Add what captions by a model say, which has seen more than the labels of the builtin network."""
    rows = [row for row, digest in enumerate(digests) if digest in captions]
    texts = [term for term in terms if term.photo is None]
    if not rows or not texts:
        return scores
    encoder = RememberedTexts(models.text_encoder, cache)
    query = combined(encoder.encode_texts([term.text for term in texts]), [term.weight for term in texts])
    known, said = np.zeros(len(digests), dtype=np.bool_), np.zeros(len(digests), dtype=np.float32)
    known[rows] = True
    said[rows] = encoder.encode_texts([captions[digests[row]] for row in rows]) @ query
    return with_captions(scores, said, known)


def _digest(path: Path, models: ModelSet, cache: Cache) -> str:
    """Return the digest of a photo that the image encoder knows, after a look at it where that is needed."""
    path = Path(os.path.realpath(path))
    try:
        stat = path.stat()
        digest = cache.digest_of(path, digest_of)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(f"{path} cannot be compared with ({reason})", "Give the path of a photo.") from error
    encoder = models.image_encoder
    if cache.vectors(encoder.identity, [digest]):
        return digest
    found = Found(path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    described = describe([found], encoder, (), cache)
    if described.unread:
        raise SettingsError(
            f"{path} cannot be compared with ({described.unread[0].reason})", "Give the path of a photo."
        )
    return described.photos[0].digest


def inside_of(inside: str, connection: sqlite3.Connection) -> tuple[bytes, frozenset[str] | None]:
    """Return a folder on disk as the beginning of paths, or the photos of the folders that are called so."""
    if not inside:
        return b"", None
    folder = Path(inside).expanduser()
    if folder.is_dir():
        return os.fsencode(os.path.realpath(folder)).rstrip(b"/") + b"/", None
    run, members = members_of_folders(connection, inside.strip("/"))
    if not members:
        of = f" of run {run}" if run else ""
        raise NothingFound(
            f"{inside} is neither a folder on disk nor a part of the name of a folder{of}",
            "photosort explain lists the folders of the last run.",
        )
    return b"", frozenset(members)


def lying_inside(
    digests: Sequence[str], library: Library, below: bytes, within: frozenset[str] | None
) -> NDArray[np.bool_]:
    if within is not None:
        return np.array([digest in within for digest in digests], dtype=np.bool_)
    if not below:
        return np.ones(len(digests), dtype=np.bool_)
    return np.array([library.may_lie(digest, below) for digest in digests], dtype=np.bool_)


def nothing_fits(known: int, fits: Fitting, inside: str) -> NothingFound:
    """Return why no photo is wanted of so many that are known, beside those that are compared with."""
    if not known:
        what = "No photo is known but the one that is compared with"
    elif fits.wanted.all():
        what = f"No known photo lies in {inside}"
    else:
        which = "The one known photo does not fit" if known == 1 else f"None of the {known:,} known photos fits"
        what = f"{which} the filters{f' and lies in {inside}' if inside else ''}"
    unsure = f"Of {fits.unknown:,} it is not known whether they fit. " if fits.unknown else ""
    return NothingFound(what, f"{unsure}photosort organize DIR --dry-run looks at more photos.")


def hit_of(score: float | None, lying: Lying, told: Sequence[Told], taken: str = "") -> Hit:
    """Return a photo as what was found, with what runs have said of it."""
    of = next((one for one in told if one.run == lying.run), told[0] if told else Told(0, "", ""))
    return Hit(lying.path, score, of.caption, of.folder, of.run, lying.copies, lying.places, taken[:10])
