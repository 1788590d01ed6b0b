"""The steps of IC|TC for one criterion: labels, names, and a category for each photo (section 3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from photosort.clustering.kmeans import Labels, Vectors
from photosort.errors import SettingsError
from photosort.methods.conversation import Proposal
from photosort.methods.criterion.choosing import Chooser, placeholders
from photosort.methods.criterion.closed_list import ClosedList, clearly_nearest, path_of
from photosort.methods.criterion.descriptions import Descriptions
from photosort.methods.criterion.desk import NOTHING, Coming, Cost, Desk, Draft
from photosort.methods.criterion.labels import counted, fold, folded, frequent, read_label
from photosort.methods.criterion.merging import Merger
from photosort.methods.criterion.names import Wanted, written
from photosort.methods.criterion.prompts import entry_tokens, label_question, plain_criterion
from photosort.methods.criterion.replies import trimmed
from photosort.methods.criterion.results import Choice, Sorted
from photosort.methods.fusion import unit
from photosort.methods.method import Clusterer, Views, constant
from photosort.models.protocols import Category
from photosort.naming.answer import cut_words
from photosort.settings.choices import Assign

LABEL_ANSWER = 12
"""Tokens of an answer with a label."""

NEW_LABELS = 4
"""One description in so many has a label of its own, about, before the labels are known."""

CLUSTER_WORDS = 6
"""Longest name of a cluster that is called by what the captioner said."""

NO_LABEL = "its description says nothing that is clearly like one of the folders"
NO_CATEGORY = "no folder was found that it could go into"


@dataclass(slots=True)
class Sorter:
    """Sorts the photos by one criterion.

    desk    where the language model is asked; None without one
    wanted  how many categories to look for
    forced  whether every description comes into a category
    flat    whether its categories are the folders of one level
    """

    criterion: str
    views: Views
    descriptions: Descriptions
    desk: Desk | None
    assign: Assign
    wanted: Wanted
    forced: bool = False
    flat: bool = False
    remarks: list[str] = field(default_factory=list, init=False)

    def sort(self, cluster: Clusterer, later: Coming) -> Sorted:
        """Sort the photos; `later` is what the next criterion will cost."""
        labels = self._labels(later)
        if not labels and self.assign != "joint":
            result = self._nowhere(labels)
        elif self.desk is None and not self.views.categories and self.assign == "text":
            result = self._clustered(labels, cluster)
        else:
            categories = _in_order(self.views.categories or self._named(labels, later))
            if not categories:
                result = self._nowhere(labels)
            elif self.assign == "llm":
                result = self._by_answer(categories, labels, later)
            elif self.assign == "text":
                result = self._by_label(categories, labels)
            else:
                result = self._by_photo(categories, labels)
        return replace(result, remarks=tuple(self.remarks))

    def cost(self) -> Cost:
        """Return what the whole criterion will cost: the questions for labels by count, the rest by estimate."""
        if self.desk is None:
            return NOTHING
        labels = self.desk.cost(self._drafts(), LABEL_ANSWER) if self._needs_labels else NOTHING
        return labels.plus(self._later_cost(named=bool(self.views.categories)))

    @property
    def _needs_labels(self) -> bool:
        return not self.views.categories or self.assign == "text"

    def _drafts(self) -> list[Draft]:
        return [partial(label_question, self.criterion, text) for text in self.descriptions.distinct]

    def _labels(self, later: Coming) -> list[str]:
        """Return a label for each distinct description (step 2a), written alike where they fold to the same.

        Empty where there is none, or none is needed. Without a language model the captioner's answer is the label.
        """
        if self.desk is None:
            return folded([trimmed(text) for text in self.descriptions.distinct])
        if not self._needs_labels:
            return [""] * len(self.descriptions.distinct)
        named = bool(self.views.categories)
        raw = self.desk.answers(self._drafts(), LABEL_ANSWER, lambda: self._later_cost(named=named).plus(later()))
        return folded([read_label(answer) for answer in raw])

    def _named(self, labels: Sequence[str], later: Coming) -> tuple[Category, ...]:
        """Return categories made of the labels (step 2b), as they were settled."""
        every = counted(self.descriptions.each(labels, lambda photo: ""))
        if not every or self.desk is None:
            return ()
        kept = frequent(every)
        if len(kept) < len(every):
            photos = sum(every.values()) - sum(kept.values())
            self.remarks.append(f"{len(every) - len(kept)} rare labels, of {photos} photos, had no say in the names.")
        merger = Merger(self.criterion, self.desk, self.views.embed)
        naming = merger.named(kept, self.wanted, lambda: self._later_cost(named=True).plus(later()))
        if naming.why:
            self.remarks.append(f"The language model chose {len(naming.names)} folders: {naming.why}.")
        if naming.mended:
            self.remarks.append("The names that the language model gave had faults, which were put right.")
        if len(naming.names) < self.wanted.least:
            self.remarks.append(
                f"The photos have only {len(kept)} different labels, so there are no more folders than that."
            )
        proposed = tuple(Category(name) for name in naming.names)
        proposal = Proposal(plain_criterion(self.criterion), proposed, naming.why, every, self.flat)
        return tuple(self.views.settle(proposal))

    def _by_answer(self, categories: Sequence[Category], labels: Sequence[str], later: Coming) -> Sorted:
        """Let the language model choose, by the whole description (step 3)."""
        if self.desk is None:
            raise SettingsError("--assign llm needs a language model", "Add --writer openai:MODEL, or --assign text.")
        said, vectors, names = self._embedded(categories, labels)
        chooser = Chooser(self.criterion, ClosedList(categories), self.desk, self.views.embed, self.forced)
        choices = chooser.chosen(self.descriptions.distinct, said, names, later)
        return self._spread(categories, choices, vectors @ names.T, vectors, labels)

    def _by_label(self, categories: Sequence[Category], labels: Sequence[str]) -> Sorted:
        """Take the name nearest to each label; a description without a label has to be clearly like one."""
        _, vectors, names = self._embedded(categories, labels)
        similarity = vectors @ names.T
        clear = clearly_nearest(similarity, names)
        nearest = [int(place) for place in similarity.argmax(axis=1)]
        choices = [
            Choice(near if label else sure, "text", NO_LABEL)
            for label, near, sure in zip(labels, nearest, clear, strict=True)
        ]
        return self._spread(categories, choices, similarity, vectors, labels)

    def _by_photo(self, categories: Sequence[Category], labels: Sequence[str]) -> Sorted:
        """Let a model of photos and texts choose; it needs no description."""
        if self.views.zero_shot is None:
            raise SettingsError("--assign joint needs an encoder of photos and texts", "Use --assign text, or llm.")
        similarity = self.views.zero_shot(categories)
        choices = [Choice(int(place), "zero-shot") for place in similarity.argmax(axis=1)]
        own = self.descriptions.each(labels, lambda photo: "")
        vectors = unit(self.views.image)
        return Sorted.of(categories, choices, similarity, vectors, self.descriptions.whole, own)

    def _clustered(self, labels: Sequence[str], cluster: Clusterer) -> Sorted:
        """Cluster the embedded labels, in place of steps 2b and 3, and name each cluster by its most frequent one."""
        place = self.descriptions.place
        usable, vectors = np.flatnonzero(place >= 0), self.views.embed(labels)
        (clustering,) = cluster([constant(vectors[place[usable]])])
        names = _usual_labels([labels[text] for text in place[usable]], clustering.labels, clustering.k)
        _, first = np.unique(place[usable], return_index=True)
        choices = [Choice(int(number), "cluster") for number in clustering.labels[first]]
        return self._spread([Category(name) for name in names], choices, clustering.similarity[first], vectors, labels)

    def _nowhere(self, labels: Sequence[str]) -> Sorted:
        """Set all photos aside: there is nothing that they could be sorted into."""
        unusable, whole = self.descriptions.unusable, self.descriptions.whole
        choices = [Choice(None, reason=unusable.get(photo, NO_CATEGORY)) for photo in range(len(whole))]
        similarity = np.zeros((len(whole), 0), dtype=np.float32)
        vectors = np.ones((len(whole), 1), dtype=np.float32)
        return Sorted.of((), choices, similarity, vectors, whole, self.descriptions.each(labels, lambda photo: ""))

    def _embedded(self, categories: Sequence[Category], labels: Sequence[str]) -> tuple[list[str], Vectors, Vectors]:
        """Return what is said of m descriptions in short, that as (m, d) unit vectors, and (c, d) of the names."""
        said = [label or text for label, text in zip(labels, self.descriptions.distinct, strict=True)]
        return said, self.views.embed(said), self.views.embed([_wording(category) for category in categories])

    def _spread(
        self,
        categories: Sequence[Category],
        choices: Sequence[Choice],
        similarity: Vectors,
        vectors: Vectors,
        labels: Sequence[str],
    ) -> Sorted:
        """Spread what was found of m descriptions over the n photos; `vectors` are of the descriptions."""
        all_ = self.descriptions
        return Sorted.of(
            categories,
            all_.each(choices, lambda photo: Choice(None, reason=all_.unusable[photo])),
            all_.rows(similarity),
            all_.rows(vectors),
            all_.whole,
            all_.each(labels, lambda photo: ""),
        )

    def _later_cost(self, *, named: bool) -> Cost:
        """Return what comes after the labels will cost, about; names are not asked for where they are `named`."""
        if self.desk is None:
            return NOTHING
        cost = NOTHING
        distinct = self.descriptions.distinct
        if not named:
            labels = len(distinct) // NEW_LABELS + 1
            cost = Merger(self.criterion, self.desk, self.views.embed).cost(
                labels, labels * entry_tokens("two words", 100), self.wanted
            )
        if self.assign != "llm":
            return cost
        listed = ClosedList(_in_order(self.views.categories or placeholders(sum(self.wanted) // 2)))
        return cost.plus(Chooser(self.criterion, listed, self.desk, self.views.embed).cost(distinct))


def _in_order(categories: Sequence[Category]) -> list[Category]:
    """Return categories by name, so that the same ones in another order are not asked about again."""
    return sorted(categories, key=lambda category: (path_of(category).casefold(), category))


def _wording(category: Category) -> str:
    """Return what is embedded of a category: its name and hint, and the folder above, which may be what tells it."""
    return ", ".join(filter(None, (category.name, category.hint, category.above)))


def _usual_labels(labels: Sequence[str], clusters: Labels, k: int) -> list[str]:
    """Return for each cluster its most frequent label that no larger cluster has, with a number if it has none."""
    names = dict[str, str]()
    for number in range(k):
        own = Counter(label for label, cluster in zip(labels, clusters, strict=True) if cluster == number)
        ranked = [cut_words(label, CLUSTER_WORDS) for label in sorted(own, key=lambda label: (-own[label], label))]
        numbered = (f"{ranked[0]} ({count})" for count in range(2, k + 2))
        name = next(label for label in (*ranked, *numbered) if fold(label) not in names)
        names[fold(name)] = written(name)
    return list(names.values())
