"""What a folder says about itself: a text for people and the same as data for programs. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from photosort.naming.summary import BY_KEYWORDS, ClusterName
from photosort.photos.files.own_files import ABOUT_DATA, ABOUT_TEXT
from photosort.store.journals.operation import Operation
from photosort.support.printable import printable

FORMAT = 1


def about_files(name: ClusterName, files: Sequence[Operation]) -> dict[str, bytes]:
    """File name -> content, for a folder of this name with these files.

    The same folder says the same, so that a second run finds it there: no date, no number of the run.
    """
    return _written(_data(name, [file for file in files if file.main], files))


def without(data: bytes, sources: Collection[str]) -> dict[str, bytes]:
    """Return the same files, of which `data` is the one for programs, without the photos that were to come from
    `sources`.

    Nothing where no photo is left.
    """
    content = json.loads(data)
    content["photos"] = [photo for photo in content["photos"] if photo["from"] not in sources]
    return _written(content) if content["photos"] else {}


def _written(data: dict[str, Any]) -> dict[str, bytes]:
    return {
        ABOUT_TEXT: _text(data).encode(),
        ABOUT_DATA: (_as_json(data) + "\n").encode(),
    }


def _as_json(data: dict[str, Any]) -> str:
    """Return what json.dumps makes of it with an indent of 2; the many photos without its slow way there."""
    whole = json.dumps({**data, "photos": []}, indent=2)
    if not data["photos"] or list(data)[-1] != "photos":
        return json.dumps(data, indent=2)
    return whole[: -len("[]\n}")] + "[\n" + ",\n".join(map(_photo_as_json, data["photos"])) + "\n  ]\n}"


def _photo_as_json(photo: dict[str, Any]) -> str:
    lines = [f'      "file": {json.dumps(photo["file"])}', f'      "from": {json.dumps(photo["from"])}']
    if list(photo) != ["file", "from", "companions"] or photo["companions"]:
        return "    " + json.dumps(photo, indent=2).replace("\n", "\n    ")
    return "    {\n" + ",\n".join([*lines, '      "companions": []']) + "\n    }"


def _text(data: dict[str, Any]) -> str:
    title, summary, photos = data["title"], data["summary"], data["photos"]
    words = ", ".join(f"{word['word']} ({word['photos']})" for word in data["words"])
    by = "by counting what the photos show" if data["named_by"] == BY_KEYWORDS else f"by {data['named_by']}"
    lines = [title, "=" * len(title), "", *([] if summary == title else [summary, ""])]
    lines += [f"Words of the captions, with the number of photos: {words}"] if words else []
    lines += [f"Named {by}.", "", f"Photos: {len(photos)}, and where each came from", ""]
    width = max((len(printable(photo["file"])) for photo in photos), default=0)
    lines += [f"{printable(photo['file']):<{width}}  {printable(photo['from'])}" for photo in photos]
    return "\n".join(printable(line) for line in lines) + "\n"


def _data(name: ClusterName, photos: Sequence[Operation], files: Sequence[Operation]) -> dict[str, Any]:
    companions: dict[int, list[Operation]] = {}
    for file in files:
        if not file.main:
            companions.setdefault(file.group, []).append(file)
    return {
        "photosort": FORMAT,
        "title": printable(name.title),
        "summary": printable(name.summary),
        "keywords": [printable(word.term) for word in name.keywords],
        "words": [{"word": printable(word.term), "photos": word.count} for word in name.keywords],
        "named_by": name.source,
        "photos": [
            {**_origin(photo), "companions": [_origin(other) for other in companions.get(photo.group, ())]}
            for photo in photos
        ],
    }


def _origin(file: Operation) -> dict[str, str]:
    return {"file": file.destination.name, "from": str(file.source)}
