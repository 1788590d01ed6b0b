"""Which category of a list each description belongs into (step 3 of IC|TC), by a language model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from photosort.clustering.kmeans import Vectors
from photosort.errors import ModelFailed
from photosort.methods.criterion.closed_list import ClosedList, clearly_nearest
from photosort.methods.criterion.desk import Coming, Cost, Desk, Draft, nothing
from photosort.methods.criterion.names import Embed
from photosort.methods.criterion.prompts import choice_question, has_room_for_list
from photosort.methods.criterion.replies import read_reply
from photosort.methods.criterion.results import Choice
from photosort.models.protocols import Category

CHOICE_ANSWER = 14
"""Tokens of an answer with the name of a category."""

NO_NAME = 'the language model named no folder of the list for it: "{}"'
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Chooser:
    """Asks which of the categories each of m descriptions belongs into; where `forced`, each comes into one."""

    criterion: str
    listed: ClosedList
    desk: Desk
    embed: Embed
    forced: bool = False

    def chosen(
        self, descriptions: Sequence[str], said: Sequence[str], names: Vectors, coming: Coming = nothing
    ) -> list[Choice]:
        """Return a choice for each description; `said` are their labels, or they themselves where they have none.

        names  (c, d) unit vectors of the categories

        An answer outside the list is asked for once more. If that fails, the name counts that what was answered, or
        what was `said` where the answer was an apology, is clearly like, and else there is none.
        """
        self._check()
        raw = self.desk.answers([self._draft(text) for text in descriptions], CHOICE_ANSWER, coming)
        places = [self.listed.read(answer) for answer in raw]
        choices = [Choice(place, "answer") for place in places]
        again = [number for number, place in enumerate(places) if place is None]
        faults = [_fault(raw[number]) for number in again]
        drafts = [self._draft(descriptions[number], fault) for number, fault in zip(again, faults, strict=True)]
        second = self.desk.answers(drafts, CHOICE_ANSWER)
        left = dict[int, str]()
        for number, answer in zip(again, second, strict=True):
            place = self.listed.read(answer)
            choices[number] = Choice(place, "second answer")
            if place is None:
                left[number] = _text(answer) or _text(raw[number]) or said[number]
        if left:
            similarity = np.asarray(self.embed([*left.values()]) @ names.T)
            nearest = similarity.argmax(axis=1).tolist() if self.forced else clearly_nearest(similarity, names)
            for (number, text), place in zip(left.items(), nearest, strict=True):
                reason = "" if place is not None else NO_NAME.format(text[:SHOWN])
                choices[number] = Choice(place, "nearest", reason)
        return choices

    def cost(self, descriptions: Sequence[str]) -> Cost:
        """Return what the first question about each description costs, where it is not known."""
        return self.desk.cost([self._draft(text) for text in descriptions], CHOICE_ANSWER)

    def _check(self) -> None:
        """Raise ModelFailed where the list leaves no room for a description: the answers would mean nothing."""
        budget = self.desk.budget
        if not has_room_for_list(self.criterion, self.listed.categories, self.listed.shown, budget):
            raise ModelFailed(
                f"A question of {budget} tokens has no room for {len(self.listed.shown)} folders and a description",
                "Use --assign text or joint, or fewer folders.",
            )

    def _draft(self, description: str, fault: str = "") -> Draft:
        categories, shown = self.listed.categories, self.listed.shown
        return lambda budget: choice_question(self.criterion, categories, shown, description, budget, fault)


def placeholders(count: int) -> tuple[Category, ...]:
    """Return categories as long as usual ones, to reckon with before there are any."""
    return tuple(Category(f"Folder number {number}") for number in range(1, count + 1))


def _text(raw: str) -> str:
    return read_reply(raw, "category").text[:200]


def _fault(raw: str) -> str:
    text = _text(raw)
    return f'"{text[:SHOWN]}" is not on the list.' if text else "Your last answer did not name a folder."
