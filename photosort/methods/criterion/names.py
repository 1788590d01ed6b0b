"""The names of folders that a language model makes of labels (step 2b of IC|TC), read, checked and put right."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from photosort.clustering.kmeans import Vectors
from photosort.methods.criterion.labels import counted, fold
from photosort.methods.criterion.prompts import NAME_WORDS
from photosort.methods.criterion.replies import trimmed
from photosort.naming.answer import is_refusal
from photosort.naming.extraction import NoObjectError, after_thoughts, find_object

Embed = Callable[[Sequence[str]], Vectors]

LONGEST_NAME = 60
"""Characters of a name; one word more than was asked for is let through."""


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


_CATCH_ALL = _listed(
    "other others misc miscellaneous various unknown unsorted uncategorized uncategorised unclassified sonstiges "
    "sonstige verschiedenes autres autre divers otros otro altro altri overige diversen"
)
_EMPTY_WORDS = _CATCH_ALL | _listed(
    "none general everything anything else mixed rest thing stuff item category folder photo picture image label "
    "name and or of the"
)
_LINE = re.compile(r"^[^\w\n]*(?:(?:answer|name|folder|category)\s*)?(\d+)\s*[.:)\-–]\s*(.+)$", re.I | re.M)
_CUT_OFF = re.compile(r'"\d+"\s*:\s*"([^"\n]+)"')
_NUMBER = re.compile(r"^[^\w\n]*(?:(?:answer|name|folder|category)\s*)?\d+\s*[.:)\-–]\s*(?=\D)", re.I)
_UNSAFE = re.compile(r"\s*[/\\|]\s*")
_MARKUP = re.compile(r"[<>{}]")


class Wanted(NamedTuple):
    """How many names there should be."""

    least: int
    most: int

    def __str__(self) -> str:
        return f"{self.most}" if self.least == self.most else f"{self.least} to {self.most}"


class Names(NamedTuple):
    """What an answer holds.

    names  usable ones, no two of which say the same
    why    why there are so many, where the model had to decide
    fault  what is wrong with the answer, to be read by the model; empty where nothing is
    """

    names: tuple[str, ...]
    why: str = ""
    fault: str = ""


def read_names(raw: str, wanted: Wanted) -> Names:
    """Read names by number, as a list, or as numbered lines of prose."""
    given, why = _given(raw)
    if not given:
        return Names((), "", "it was a refusal" if is_refusal(raw) else "it held no names by number")
    names, faults = dict[str, str](), list[str]()
    for text in given:
        name = cleaned_name(text)
        if fault := fault_of_name(name):
            faults.append(fault)
        elif fold(name) in names:
            faults.append(f'"{name}" and "{names[fold(name)]}" say the same')
        else:
            names[fold(name)] = name
    if not wanted.least <= len(given) <= wanted.most:
        faults.insert(0, f"it had {len(given)} names instead of {wanted}")
    return Names(tuple(names.values()), trimmed(why), "; ".join(faults[:3]))


def put_right(names: Sequence[str], labels: Mapping[str, int], wanted: Wanted, embed: Embed) -> tuple[str, ...]:
    """Return as many names as are wanted, as far as there are labels to make them of.

    Of too many those stay that most photos' labels are nearest to. To too few the labels are added that have many
    photos and are far from every name: the largest product of the number and what the nearest name lacks to 1.
    """
    names = list(names)
    if len(names) > wanted.most:
        photos = nearest_counts(names, labels, embed)
        best = sorted(range(len(names)), key=lambda place: (-photos[place], place))[: wanted.most]
        return tuple(names[place] for place in sorted(best))
    taken = {fold(name) for name in names}
    spare = {label: count for label, count in labels.items() if fold(label) not in taken and not fault_of_name(label)}
    if len(names) < wanted.least and spare:
        names += _farthest(spare, names, wanted.least - len(names), embed)
    return tuple(names)


def nearest_counts(names: Sequence[str], labels: Mapping[str, int], embed: Embed) -> list[int]:
    """Return for each name the number of photos whose labels are nearest to it; equal ones are nearest of all."""
    own = {fold(name): place for place, name in reversed([*enumerate(names)])}
    near = (embed([*labels]) @ embed(names).T).argmax(axis=1)
    photos = [0] * len(names)
    for (label, count), place in zip(labels.items(), near, strict=True):
        photos[own.get(fold(label), int(place))] += count
    return photos


def merged(names: Sequence[str], labels: Mapping[str, int], embed: Embed) -> dict[str, int]:
    """Return the names as labels, each with the photos of the labels that are nearest to it."""
    photos = nearest_counts(names, labels, embed)
    return counted(name for name, count in zip(names, photos, strict=True) for _ in range(count))


def written(text: str) -> str:
    """Return a name as a folder is called: with a capital."""
    return text[:1].upper() + text[1:]


def _farthest(spare: Mapping[str, int], names: Sequence[str], missing: int, embed: Embed) -> list[str]:
    labels, keys, found = [*spare], {fold(label): label for label in reversed([*spare])}, list[str]()
    vectors, counts = embed(labels), np.array([*spare.values()])
    near = (vectors @ embed(names).T).max(axis=1) if names else np.zeros(len(labels), dtype=np.float32)
    open_ = np.array([keys[fold(label)] == label for label in labels])
    while open_.any() and len(found) < missing:
        place = int(np.where(open_, counts * (1.001 - near), -np.inf).argmax())
        found.append(written(labels[place]))
        open_[place] = False
        near = np.maximum(near, vectors @ vectors[place])
    return found


def _given(raw: str) -> tuple[list[str], str]:
    """Return the names as they were written, and why there are so many."""
    try:
        data = find_object(raw, ("names",))
    except NoObjectError:
        data = {"names": _loose(raw)}
    why, names = data.get("why", ""), data["names"]
    if isinstance(names, Mapping):
        names = [names[key] for key in sorted(names, key=_by_number)]
    if isinstance(names, str):
        names = names.split(",")
    if not isinstance(names, list):
        return [], ""
    return [text for one in names if (text := _text_of(one)) is not None], why if isinstance(why, str) else ""


def _loose(raw: str) -> Any:
    """Return names that are in no object with the right key: by number, also in one that was cut off, or in a list."""
    try:
        prose = after_thoughts(raw)
    except NoObjectError:
        return None
    for mark in ("{", "["):
        start = prose.find(mark)
        try:
            data, _ = json.JSONDecoder().raw_decode(prose, start) if start >= 0 else (None, 0)
        except (ValueError, RecursionError):
            continue
        if isinstance(data, list):
            return data
        if isinstance(data, dict) and data and all(str(key).isdecimal() for key in data):
            return data
    return _CUT_OFF.findall(prose) or [text for _, text in _LINE.findall(prose)]


def _text_of(entry: Any) -> str | None:
    if isinstance(entry, Mapping):
        entry = entry.get("name", next((value for value in entry.values() if isinstance(value, str)), None))
    return _NUMBER.sub("", entry) if isinstance(entry, str) else None


def _by_number(key: str) -> tuple[int, str]:
    digits = "".join(filter(str.isdecimal, key))[:9]
    return (int(digits) if digits else 0, key)


def cleaned_name(text: str) -> str:
    """Return a name that a model wrote in one line, with a capital, without Markdown and what no folder's name has."""
    return written(_UNSAFE.sub(" or ", _MARKUP.sub(" ", trimmed(text))).strip())


def fault_of_name(name: str) -> str:
    """Return what is wrong with one name, to be read by the model; empty where nothing is."""
    words = fold(name).split()
    if not any(c.isalnum() for c in name):
        return "a name was empty"
    if is_refusal(name):
        return "a name was a refusal"
    if len(name.split()) > NAME_WORDS + 1 or len(name) > LONGEST_NAME:
        return f'"{name[:LONGEST_NAME]}" is longer than {NAME_WORDS} words'
    if any(word in _CATCH_ALL for word in words) or all(word in _EMPTY_WORDS for word in words):
        return f'"{name}" says nothing of what belongs there'
    return ""
