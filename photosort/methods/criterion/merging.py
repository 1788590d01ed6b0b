"""From a dictionary of labels to the names of folders (step 2b of IC|TC), in as many questions as it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from photosort.clustering.kmeans import Labels, Vectors
from photosort.errors import ModelFailed
from photosort.methods.criterion.desk import Coming, Cost, Desk, nothing
from photosort.methods.criterion.labels import fold
from photosort.methods.criterion.names import Embed, Names, Wanted, merged, put_right, read_names
from photosort.methods.criterion.prompts import entry_tokens, names_question, room_for_labels
from photosort.models.protocols import QuestionTooLong

SHARE = 4
"""Of so many labels in a part of a dictionary that is too long for one question, one name is made."""

ANSWER_TOKENS, NAME_TOKENS = 60, 10
"""Tokens of an answer, for its form and the reason, and for each name."""


@dataclass(frozen=True, slots=True)
class Naming:
    """What a dictionary of labels came to.

    why    why there are so many, where the model had to decide
    mended whether what the model gave was put right
    """

    names: tuple[str, ...]
    why: str = ""
    mended: bool = False


class Merger:
    """Asks for names until they hold; the same dictionary and answers give the same names."""

    def __init__(self, criterion: str, desk: Desk, embed: Embed) -> None:
        self._criterion, self._desk, self._embed = criterion, desk, embed

    def named(self, labels: Mapping[str, int], wanted: Wanted, coming: Coming = nothing) -> Naming:
        """Return names for the folders that labels, with their numbers of photos, go into.

        A dictionary that one question has no room for is halved until each part fits, so that labels stay with those
        they are alike; each part becomes a few names, and these with the sums of their photos are the next dictionary.
        """
        wanted = Wanted(min(wanted.least, len(labels)), min(wanted.most, len(labels)))
        while True:
            budget = self._desk.budget
            try:
                return self._named(labels, wanted, budget, coming)
            except QuestionTooLong:
                continue

    def cost(self, labels: int, tokens_of_labels: int, wanted: Wanted) -> Cost:
        """Return about what questions about so many labels will cost, which are not known yet."""
        if not labels:
            return Cost()
        room = max(1, self._room(wanted, self._desk.budget))
        calls = 1 if tokens_of_labels <= room else ceil(tokens_of_labels / room) + 1
        instructions = self._desk.budget - room
        names = wanted.most if calls == 1 else labels // SHARE + wanted.most
        answers = calls * ANSWER_TOKENS + names * NAME_TOKENS
        return Cost(calls, calls * instructions + min(tokens_of_labels, calls * room), answers)

    def _named(self, labels: Mapping[str, int], wanted: Wanted, budget: int, coming: Coming) -> Naming:
        while len(parts := self._parts(labels, wanted, budget)) > 1:
            sizes = [max(ceil(len(part) / SHARE), min(wanted.most, len(part) // 2)) for part in parts]
            found = self._asked(parts, [Wanted(size, size) for size in sizes], budget, coming)
            names = {fold(name): name for one in reversed(found) for name in reversed(one.names)}
            smaller = merged([*reversed(names.values())], labels, self._embed)
            most = max(1, len(labels) * 3 // 4)
            labels = dict([*smaller.items()][:most])
        (found_names,) = self._asked(parts, [wanted], budget, coming)
        return found_names

    def _asked(
        self, parts: Sequence[Mapping[str, int]], wanted: Sequence[Wanted], budget: int, coming: Coming
    ) -> list[Naming]:
        """Return names for each part: by the first answer, by a second one where that has a fault, or put right."""
        first = self._read(parts, wanted, [""] * len(parts), budget, coming)
        again = [place for place, one in enumerate(first) if one.fault]
        second = self._read(
            [parts[place] for place in again],
            [wanted[place] for place in again],
            [first[place].fault for place in again],
            budget,
            nothing,
        )
        best = dict(enumerate(first)) | {
            place: max(first[place], one, key=lambda names: _merit(names, wanted[place]))
            for place, one in zip(again, second, strict=True)
        }
        return [
            Naming(put_right(names.names, parts[place], wanted[place], self._embed), names.why, bool(names.fault))
            for place, names in sorted(best.items())
        ]

    def _read(
        self,
        parts: Sequence[Mapping[str, int]],
        wanted: Sequence[Wanted],
        faults: Sequence[str],
        budget: int,
        coming: Coming,
    ) -> list[Names]:
        questions = [
            names_question(self._criterion, part, *each, fault)
            for part, each, fault in zip(parts, wanted, faults, strict=True)
        ]
        longest = ANSWER_TOKENS + NAME_TOKENS * max((each.most for each in wanted), default=0)
        answers = self._desk.fixed_answers(questions, budget, longest, coming)
        return [read_names(raw, each) for raw, each in zip(answers, wanted, strict=True)]

    def _parts(self, labels: Mapping[str, int], wanted: Wanted, budget: int) -> list[dict[str, int]]:
        room = self._room(wanted, budget)
        size = np.array([entry_tokens(*entry) for entry in labels.items()])
        if size.sum() <= room:
            return [dict(labels)]
        if room < 2 * size.max(initial=0):
            raise ModelFailed(
                f"A question of {budget} tokens has no room for the labels of photos",
                "Start the server with a larger context, or name the folders yourself: --into",
            )
        entries = [*labels.items()]
        halves = _halved(self._embed([*labels]), size, np.arange(len(entries)), room)
        return [dict(entries[place] for place in sorted(part)) for part in halves]

    def _room(self, wanted: Wanted, budget: int) -> int:
        return room_for_labels(self._criterion, *wanted, budget)


def _merit(names: Names, wanted: Wanted) -> tuple[bool, int]:
    """Return what one answer is better by than another: no fault, then a number nearer to what was wanted."""
    count = len(names.names)
    return not names.fault, -max(0, wanted.least - count, count - wanted.most)


def _halved(vectors: Vectors, size: Labels, places: Labels, room: int) -> list[list[int]]:
    """Return groups of `places` of at most `room` tokens each: halves along the direction in which they differ most."""
    if size[places].sum() <= room:
        return [places.tolist()]
    centred = vectors[places] - vectors[places].mean(axis=0)
    _, turns = np.linalg.eigh(centred.T @ centred)
    along = turns[:, -1] * np.sign(turns[np.abs(turns[:, -1]).argmax(), -1])
    order = places[np.argsort(centred @ along, kind="stable")]
    middle = max(1, len(order) // 2)
    return _halved(vectors, size, order[:middle], room) + _halved(vectors, size, order[middle:], room)
