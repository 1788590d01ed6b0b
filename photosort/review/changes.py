"""What the page may ask for: each change of a plan, read strictly from what it sends. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from photosort.filing.plan.draft import Draft, DraftPhoto, add_folder, merge, move, pin, rename, set_aside, split

Split = Callable[[Sequence[DraftPhoto]], Sequence[Collection[Path]]]
"""The photos of a folder -> two groups of them. Raises PlanRefused where they cannot be told apart."""


class BadRequest(Exception):
    """A request that the page would not send; the text says what is wrong with it."""


def changed(draft: Draft, change: Mapping[str, Any], photos: Sequence[Path], in_two: Split) -> Draft:
    """Return the draft with one change made: rename, merge, move, aside, split or pin.

    The change names folders by their names, and photos by their places in `photos`. Raises BadRequest for a change of
    another shape, PlanRefused for one that the plan cannot take.
    """
    asked = dict(change)
    do = _take(asked, "do", str)
    if do == "rename":
        made = rename(draft, _take(asked, "folder", str), _take(asked, "to", str).strip())
    elif do == "merge":
        made = merge(draft, _take(asked, "folder", str), _take(asked, "other", str))
    elif do == "move":
        chosen, folder = _photos(asked, photos), _take(asked, "folder", str).strip()
        made = move(add_folder(draft, folder) if asked.pop("new", False) is True else draft, chosen, folder)
    elif do == "aside":
        made = set_aside(draft, _photos(asked, photos))
    elif do == "split":
        folder = _take(asked, "folder", str)
        made = split(draft, folder, in_two(draft.folder(folder).photos))
    elif do == "pin":
        made = pin(draft, _take(asked, "folder", str), pinned=_take(asked, "pinned", bool))
    else:
        raise BadRequest("“do” names no change")
    if asked:
        raise BadRequest("there are keys that the change does not have")
    return made


def _take(asked: dict[str, Any], key: str, kind: type) -> Any:
    value = asked.pop(key, None)
    if type(value) is not kind:
        raise BadRequest(f"“{key}” is missing or of the wrong kind")
    return value


def _photos(asked: dict[str, Any], photos: Sequence[Path]) -> list[Path]:
    places = _take(asked, "photos", list)
    if not places or any(type(place) is not int or not 0 <= place < len(photos) for place in places):
        raise BadRequest("“photos” must be numbers of photos")
    return [photos[place] for place in places]
