"""What a folder says about itself: a text for people and the same as data for programs. Pure."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from photosort.naming.summary import BY_KEYWORDS, ClusterName
from photosort.photos.files.own_files import ABOUT_DATA, ABOUT_TEXT
from photosort.store.journals.operation import Operation
from photosort.support.printable import printable

FORMAT = 1
UNKNOWN = "(put here by you)"
"""Stands in the text for where a photo comes from that no run has put there."""


def about_files(name: ClusterName, files: Sequence[Operation]) -> dict[str, bytes]:
    """File name -> content, for a folder of this name with these files.

    The same folder says the same, so that a second run finds it there: no date, no number of the run.
    """
    return _written({**_head(name), "photos": _photos(files)})


def about_again(
    before: bytes,
    name: ClusterName | None,
    standing: Sequence[tuple[str, str, Mapping[str, str]]],
    files: Sequence[Operation],
    followed: Mapping[str, Sequence[Operation]],
) -> dict[str, bytes]:
    """Return what a folder says of itself after `files` have joined it; `before` is the photosort.json it had, which
    also gives its title where `name` is missing.

    standing  the photos that it holds already: the name of each, where it comes from, "" where that is not known, and
              the same of what travels with it
    followed  name of such a photo -> files that are put beside it now

    Raises ValueError where `before` cannot be read as a photosort.json.
    """
    try:
        earlier = json.loads(before)
        told = {photo["file"]: photo for photo in earlier["photos"]}
    except (ValueError, TypeError, LookupError) as error:
        raise ValueError("not the data about a folder") from error
    place = {file: number for number, file in enumerate(told)}
    photos = []
    for file, origin, companions in sorted(standing, key=lambda one: (place.get(one[0], len(place)), one[0])):
        known = told.get(file, {"from": "", "companions": []})
        said = {str(one.get("file")): str(one.get("from")) for one in known["companions"]}
        beside = [{"file": one, "from": said.get(one) or come_from} for one, come_from in sorted(companions.items())]
        beside += [_origin(one) for one in followed.get(file, ())]
        photos.append({"file": file, "from": origin or known["from"], "companions": beside})
    new = _photos(files)
    return _written({**(_head(name) if name else earlier), "photos": [*photos, *new]})


def without(data: bytes, failed: Collection[tuple[str, str]]) -> dict[str, bytes]:
    """Return the same files, of which `data` is the one for programs, without the photos and companions that have
    `failed`: the name of each, and where it was to come from.

    Nothing where no photo is left.
    """
    content = json.loads(data)
    content["photos"] = [
        {**photo, "companions": [one for one in photo["companions"] if (one["file"], one["from"]) not in failed]}
        for photo in content["photos"]
        if (photo["file"], photo["from"]) not in failed
    ]
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
    lines += [f"{printable(photo['file']):<{width}}  {printable(photo['from']) or UNKNOWN}" for photo in photos]
    return "\n".join(printable(line) for line in lines) + "\n"


def _head(name: ClusterName) -> dict[str, Any]:
    return {
        "photosort": FORMAT,
        "title": printable(name.title),
        "summary": printable(name.summary),
        "keywords": [printable(word.term) for word in name.keywords],
        "words": [{"word": printable(word.term), "photos": word.count} for word in name.keywords],
        "named_by": name.source,
    }


def _photos(files: Sequence[Operation]) -> list[dict[str, Any]]:
    companions: dict[int, list[Operation]] = {}
    for file in files:
        if not file.main:
            companions.setdefault(file.group, []).append(file)
    return [
        {**_origin(file), "companions": [_origin(other) for other in companions.get(file.group, ())]}
        for file in files
        if file.main
    ]


def _origin(file: Operation) -> dict[str, str]:
    return {"file": file.destination.name, "from": str(file.source)}
