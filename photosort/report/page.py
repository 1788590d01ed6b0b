"""What the page of a run shows, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from photosort.photos.facts.facts import Facts
from photosort.support.printable import printable

LEAST_SIMILAR = 3
"""Photos at the end of a folder that are marked as its edge, where it has three times as many."""


@dataclass(frozen=True, slots=True)
class PagePhoto:
    """A photo on the page; its index there is its place in `Page.photos`.

    folder           the number of its folder; rank 0 is the exemplar there
    path             where it was when the run saw it, below the source
    original         the address of the file as it lies now; empty where it was not found
    similarity       the cosine to the centre of its folder, and to that of `next`, the folder which came second; None
                     for a copy, which was compared with no folder
    spot             its place on the map, from 0 to 1 each way, from left and from top; None where it has none
    """

    name: str
    path: str
    folder: int
    rank: int
    caption: str
    similarity: float | None
    next: int | None = None
    next_similarity: float = 0.0
    facts: Facts = field(default_factory=Facts)
    reason: str = ""
    original: str = ""
    spot: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class PageFolder:
    """A folder on the page; `photos` are indices into `Page.photos`, exemplars first and outliers last.

    `keywords` are (word, number of photos that have it); `said` is what its name does not say already;
    `cohesion` is None for a folder of copies, in no order.
    """

    number: int
    name: str
    said: tuple[str, ...]
    keywords: tuple[tuple[str, int], ...]
    cohesion: float | None
    photos: tuple[int, ...]
    note: str = ""

    @property
    def edge(self) -> int:
        """The index of its first outlier; one past its end where it has too few photos to speak of any."""
        many = self.cohesion is not None and len(self.photos) >= 3 * LEAST_SIMILAR
        return len(self.photos) - (LEAST_SIMILAR if many else 0)


@dataclass(frozen=True, slots=True)
class Page:
    """The page of a run.

    started  ISO 8601, with the zone
    state    such as "done", or "previewed" where no file was touched
    map_note how the map was made, or why there is none
    left     (path below the source, reason) of what stayed where it was
    """

    run: int
    started: str
    source: str
    destination: str
    mode: str
    state: str
    folders: tuple[PageFolder, ...]
    photos: tuple[PagePhoto, ...]
    left: tuple[tuple[str, str], ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    map_note: str = ""
    photosort: str = ""

    @property
    def title(self) -> str:
        """The name of the source."""
        return printable(self.source.rstrip("/").rpartition("/")[2] or self.source)

    @property
    def has_map(self) -> bool:
        """Whether any photo has a place on the map."""
        return any(photo.spot for photo in self.photos)

    def document(self) -> dict[str, Any]:
        """Return what the script of the page works on, for JSON; every text is printable."""
        return {
            "run": self.run,
            "state": self.state,
            "source": printable(self.source),
            "destination": printable(self.destination),
            "folders": [
                {
                    "number": folder.number,
                    "name": printable(folder.name),
                    "keywords": [printable(word) for word, _ in folder.keywords],
                    "said": [printable(text) for text in folder.said],
                    "photos": list(folder.photos),
                }
                for folder in self.folders
            ],
            "photos": [_photo(photo) for photo in self.photos],
        }


def _photo(photo: PagePhoto) -> dict[str, Any]:
    said: dict[str, Any] = {
        "name": printable(photo.name),
        "path": printable(photo.path),
        "folder": photo.folder,
        "caption": printable(photo.caption),
        "similarity": None if photo.similarity is None else round(photo.similarity, 3),
        "original": photo.original,
        "facts": facts_in_words(photo.facts),
        "taken": photo.facts.taken[:10],
        "reason": printable(photo.reason),
    }
    if photo.next is not None:
        said |= {"next": photo.next, "nextSimilarity": round(photo.next_similarity, 3)}
    if photo.spot is not None:
        said["spot"] = [round(side, 4) for side in photo.spot]
    return {name: value for name, value in said.items() if value not in ("", [], None)}


def facts_in_words(facts: Facts) -> list[str]:
    """Return what is true of a photo, a phrase each."""
    said = []
    if facts.taken:
        by = "" if facts.taken_by == "EXIF" else ", by its file name"
        said.append(f"{printable(facts.taken[:16].replace('T', ' '))}{by}")
    if facts.people and facts.people.count:
        said.append("a portrait" if facts.people.portrait else facts.people.phrase)
    if facts.kind:
        said.append(f"a {facts.kind.name}")
    if facts.place:
        north, east = facts.place
        latitude = f"{abs(north):.4f}° {'N' if north >= 0 else 'S'}"
        said.append(f"{latitude}, {abs(east):.4f}° {'E' if east >= 0 else 'W'}")
    return said
