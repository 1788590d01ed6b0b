"""What a folder says about itself: a text for people and the same as data for programs. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from photosort.filing.facts import Placement
from photosort.naming.summary import KEYWORDS, ClusterName
from photosort.photos.own_files import ABOUT_DATA, ABOUT_TEXT
from photosort.printable import printable

FORMAT = 1


def about_files(name: ClusterName, files: Sequence[Placement]) -> dict[str, bytes]:
    """File name -> content, for a folder of this name with these files.

    The same folder says the same, so that a second run finds it there: no date, no number of the run.
    """
    photos = [file for file in files if file.main]
    return {ABOUT_TEXT: _text(name, photos).encode(), ABOUT_DATA: _data(name, photos, files).encode()}


def _text(name: ClusterName, photos: Sequence[Placement]) -> str:
    keywords = ", ".join(f"{word.term} ({word.count})" for word in name.keywords)
    lines = [name.title, "=" * len(name.title), "", *_unless(name.title, name.summary)]
    lines += [f"Keywords: {', '.join(name.topics)}"] if name.topics else []
    lines += [f"Words of the captions, with the number of photos: {keywords}"] if keywords else []
    by = "by counting what the captions say" if name.source == KEYWORDS else f"by {name.source}"
    lines += [f"Named {by}.", "", f"Photos: {len(photos)}, and where each came from", ""]
    width = max((len(printable(photo.destination.name)) for photo in photos), default=0)
    lines += [f"{printable(photo.destination.name):<{width}}  {printable(str(photo.source))}" for photo in photos]
    return "\n".join(lines) + "\n"


def _unless(title: str, summary: str) -> list[str]:
    return [] if summary == title else [summary, ""]


def _data(name: ClusterName, photos: Sequence[Placement], files: Sequence[Placement]) -> str:
    companions: dict[int, list[Placement]] = {}
    for file in files:
        if not file.main:
            companions.setdefault(file.group, []).append(file)
    content = {
        "photosort": FORMAT,
        "title": name.title,
        "summary": name.summary,
        "keywords": list(name.topics) or [word.term for word in name.keywords],
        "words": [{"word": word.term, "photos": word.count} for word in name.keywords],
        "named_by": name.source,
        "photos": [
            {**_origin(photo), "companions": [_origin(other) for other in companions.get(photo.group, ())]}
            for photo in photos
        ],
    }
    return json.dumps(content, indent=2, ensure_ascii=True) + "\n"


def _origin(file: Placement) -> dict[str, str]:
    return {"file": file.destination.name, "from": str(file.source)}
