"""Screenshots, papers, memes, scans and drawings: what a picture is instead of a photo of something."""

from __future__ import annotations

from photosort.photos.facts import Kind
from photosort.photos.header import Header
from photosort.photos.named import kind_by_name


def kind_of(name: str, header: Header) -> Kind | None:
    """Return what a picture is, by its name and by what its file says; None for a photo, and where that is not sure."""
    if header.exposed:
        return None
    if "screenshot" in header.comment.casefold():
        return Kind("screenshot", 0.99, ("program",))
    if named := kind_by_name(name):
        return Kind(named, 0.97, ("name",))
    return None
