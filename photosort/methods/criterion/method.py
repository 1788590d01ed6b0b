"""The method IC|TC, "Image Clustering Conditioned on Text Criteria" (Kwon et al., ICLR 2024), as a whole.

Descriptions answer the question of the criterion (step 1, by a captioner; see `prompts.question_of`). A language model
labels each distinct one (2a), makes names of the labels (2b) and chooses a name for each description (3). In place of
step 3 the nearest name by the vector of the label may be taken (`text`), or what an encoder of photos and texts says
(`joint`); on Stanford-40, k-means of the labels has an accuracy of .80, and step 3 of .77.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from photosort.clustering.choose_k import most_for
from photosort.errors import SettingsError
from photosort.methods.criterion.descriptions import Descriptions
from photosort.methods.criterion.desk import NOTHING, Cost, Desk
from photosort.methods.criterion.names import Wanted
from photosort.methods.criterion.prompts import plain_criterion
from photosort.methods.criterion.results import Sorted, nested, rest_of, with_counts, without_rest
from photosort.methods.criterion.steps import Sorter
from photosort.methods.method import Candidate, Clusterer, Grouping, Views
from photosort.methods.sorting import sorted_into
from photosort.models.protocols import tokens
from photosort.settings.choices import Assign

MOST_CRITERIA = 2

LONGEST_CRITERION = 300
"""Tokens of a criterion, beside which a description still has room in a small context."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """A `Method` that sorts by one criterion, or by two, the second inside the first.

    criteria  in the user's words, one for each question of the views; "" where the user names only categories
    assign    how photos come to their categories: "llm", "text" or "joint"
    k         the number of categories of each criterion; None lets the language model decide
    min_k     the least number that it may decide for
    max_k     the largest; None for that of `most_for`
    rest      the name of the folder for photos that belong into none of the categories of the views, which a language
              model may choose as well; empty where it may not
    forced    whether each photo with a description comes into one of them
    """

    criteria: tuple[str, ...]
    assign: Assign = "llm"
    k: int | None = None
    min_k: int = 2
    max_k: int | None = None
    rest: str = ""
    forced: bool = False

    def group(self, views: Views, cluster: Clusterer) -> Grouping:
        """Sort the photos into the categories of the views, or into those that are found by the criteria.

        Raises SettingsError where a model is missing, ModelFailed where the language model has failed for good, what
        `cluster` raises, and what `views.announce` and `views.settle` raise.
        """
        self._check(views)
        rest = self.rest if views.categories and self.assign == "llm" else ""
        if rest:
            views = replace(views, categories=(*views.categories, rest_of(rest)))
        wants_model = self.assign != "joint" or not views.categories
        model = views.model if wants_model else None
        desk = Desk(model, views.known, views.announce, self.assign, views.progress) if model else None
        flat = len(self.criteria) > 1
        sorters = [
            Sorter(
                criterion, views, Descriptions.of(texts), desk, self.assign, self._wanted(len(texts)), self.forced, flat
            )
            for criterion, texts in zip(self.criteria, views.texts, strict=True)
        ]
        found = [sorter.sort(cluster, _cost_of(sorters[number + 1 :])) for number, sorter in enumerate(sorters)]
        if desk:
            desk.close()
        criteria = [plain_criterion(criterion) for criterion in self.criteria]
        whole = found[0] if len(found) == 1 else nested(found[0], found[1], criteria)
        if rest:
            whole = without_rest(whole, rest)
        if self.assign == "llm":
            whole = with_counts(whole)
        return Grouping((_candidate(whole, rest, " / ".join(views.questions)),))

    def _wanted(self, photos: int) -> Wanted:
        if self.k is not None:
            return Wanted(self.k, self.k)
        most = self.max_k or max(self.min_k, most_for(photos))
        return Wanted(min(self.min_k, most), most)

    def _check(self, views: Views) -> None:
        """Raise SettingsError for what cannot be asked for together, or without a model."""
        if not 1 <= len(self.criteria) <= MOST_CRITERIA:
            raise SettingsError(f"Photos are sorted by one criterion or by {MOST_CRITERIA}", "Leave out some --by.")
        if any(tokens(criterion) > LONGEST_CRITERION for criterion in self.criteria):
            raise SettingsError("A criterion is too long to stand in every question", "Say it in a sentence or two.")
        if views.categories and len(self.criteria) > 1:
            raise SettingsError("Folders of your own go with one criterion", "Leave out --into, or one --by.")
        without = "Add --writer openai:MODEL, name the folders yourself with --into, or use --assign text."
        if views.model is None and (self.assign == "llm" or (self.assign == "joint" and not views.categories)):
            raise SettingsError(f"--assign {self.assign} needs a language model", without)
        if views.model is not None and views.model.form == "digest":
            raise SettingsError(f"{views.model.identity.model} follows no instructions, it only summarizes", without)


def _cost_of(sorters: Sequence[Sorter]) -> Callable[[], Cost]:
    return lambda: reduce(Cost.plus, (sorter.cost() for sorter in sorters), NOTHING)


def _candidate(found: Sorted, rest: str, question: str) -> Candidate:
    return sorted_into(
        found.categories,
        found.chosen,
        found.similarity,
        found.vectors,
        found.texts,
        aside=found.aside,
        rest=rest,
        answers=found.answers,
        remarks=found.remarks,
        question=question,
    )
