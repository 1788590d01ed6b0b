"""The name of a folder that holds folders."""

from __future__ import annotations

from collections.abc import Sequence

from photosort.naming.folder_name import name_key
from photosort.naming.prompt import MIXED
from photosort.naming.subject import Subject, inside

NEARLY_ALL = 2 / 3
"""The share of all photos that has to support a subject, so that no folder below it is of something else."""
LISTED = 2
"""Titles that are listed where no subject holds for all folders."""


def name_above(subject: Subject, titles: Sequence[str]) -> str:
    """Return the subject of all photos of several folders, or else the titles of these folders.

    What is mixed names none, nor does what is the title of one of the folders.
    """
    title = subject.title
    taken = {name_key(other) for other in titles}
    if subject.share >= NEARLY_ALL and not title.casefold().startswith(MIXED) and name_key(title) not in taken:
        return title
    return _listed(titles)


def _listed(titles: Sequence[str]) -> str:
    """Return the titles without what stands in brackets, each once, and no mixed one beside others."""
    plain = list(dict.fromkeys(title.partition(" (")[0] for title in titles))
    plain = [title for title in plain if title.casefold() != MIXED] or plain
    shown = plain[:LISTED]
    rest = " and more" if len(plain) > LISTED else ""
    return ", ".join([shown[0], *map(inside, shown[1:])]) + rest
