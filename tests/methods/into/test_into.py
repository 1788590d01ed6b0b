"""Into folders that the user names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from fakes.models import LetterTexts
from fakes.vectors import blobs

from photosort.methods.into.method import Into
from photosort.methods.method import Candidate, Examples, Views
from photosort.models.protocols import Category

NAMES = ["Beach", "Dogs", "Trains"]
SIZES = [40, 30, 20]


class Seer:
    """Rates the class of a photo 6, anything else 0 with a little noise; `blind` are names that mean nothing to it."""

    def __init__(self, truth: Sequence[str], blind: Sequence[str] = (), right: float = 0.8) -> None:
        rng = np.random.default_rng(5)
        names = sorted(set(truth))
        self.seen = [name if rng.random() < right else str(rng.choice(names)) for name in truth]
        self.blind = blind

    def __call__(self, categories: Sequence[Category]) -> np.ndarray:
        rng = np.random.default_rng(len(categories))
        scores = rng.normal(size=(len(self.seen), len(categories)))
        for place, category in enumerate(categories):
            if category.name not in self.blind:
                scores[:, place] += 6 * np.array([name == category.name for name in self.seen])
        return scores.astype(np.float32)


def world(names: Sequence[str] = NAMES, sizes: Sequence[int] = SIZES, **seer) -> tuple[Views, list[str]]:
    vectors, numbers = blobs(list(sizes), noise=0.15)
    truth = [names[int(number)] for number in numbers]
    views = Views(
        image=vectors,
        questions=("",),
        texts=(tuple((f"a photo of {name}",) for name in truth),),
        embed=LetterTexts().encode_texts,
        zero_shot=Seer(truth, **seer),
        categories=tuple(map(Category, names)),
    )
    return views, truth


def sort(views: Views, **fields) -> Candidate:
    return Into(**fields).group(views, lambda several: pytest.fail("nothing is to be clustered")).best


def names_of(found: Candidate) -> list[str]:
    named = [found.names[label] for label in found.clustering.labels]
    return [found.rest if photo in found.aside else name for photo, name in enumerate(named)]


def test_photos_go_into_the_categories_of_their_like() -> None:
    views, truth = world()
    found = sort(views)
    assert names_of(found) == truth and not found.aside and found.names == ("Beach", "Dogs", "Trains")
    assert {answer.by for answer in found.answers} == {"zero-shot"}
    assert all(answer.runner_up in set(NAMES) - {name} for answer, name in zip(found.answers, truth, strict=True))
    assert found.clustering.similarity == pytest.approx(np.eye(3)[found.clustering.labels], abs=0.2)
    assert found.texts[0] == "a photo of Beach" and found.question == "" and found.remarks == ()


def test_the_same_photos_give_the_same_folders_in_any_unit_of_scores() -> None:
    views, _ = world()
    first, again = sort(views), sort(views)
    assert first == replace(again, clustering=first.clustering)
    assert np.array_equal(first.clustering.similarity, again.clustering.similarity)
    seer = views.zero_shot
    assert seer is not None
    smaller = sort(replace(views, zero_shot=lambda some: 0.2 + 0.01 * seer(some)))
    assert names_of(smaller) == names_of(first)


def test_what_fits_none_is_set_aside_with_a_reason() -> None:
    views, truth = world(right=1)
    some = replace(views, categories=(Category("Beach"), Category("Dogs"), Category("Soup")))
    found = sort(some, rest="The rest")
    assert names_of(found) == [name if name != "Trains" else "The rest" for name in truth]
    reason = found.aside[len(truth) - 1]
    assert reason.startswith("fits none of the folders: best ") and reason.endswith(
        " below the threshold; more like trains"
    )
    assert found.remarks == ("No photo fits Soup.",)


def test_all_go_into_a_category_where_that_is_wanted() -> None:
    views, truth = world()
    found = sort(replace(views, categories=(Category("Beach"), Category("Dogs"))), forced=True)
    assert not found.aside and set(names_of(found)) <= {"Beach", "Dogs"}
    assert names_of(found)[: SIZES[0]] == truth[: SIZES[0]]


def test_facts_decide_on_kinds_and_help_with_people() -> None:
    views, _ = world(blind=["Dogs"])
    told = [("receipts",)] + [()] * 39 + [("people",)] * 30 + [("screenshots",)] + [()] * 19
    views = replace(views, told=tuple(told), categories=tuple(map(Category, ("Beach", "Receipts", "Trains", "People"))))
    names = names_of(found := sort(views))
    assert names[0] == "Receipts" and found.answers[0].by == "facts" and names[1:40] == ["Beach"] * 39
    assert set(names[40:70]) <= {"People", "Other"} and names.count("People") > 20
    assert names[71:] == ["Trains"] * 19


def test_a_picture_of_a_kind_that_was_not_asked_for_needs_a_better_fit() -> None:
    views, truth = world(right=1)
    weak = replace(views, zero_shot=lambda some: views.zero_shot(some) / 2)
    assert names_of(sort(weak)) == truth
    seer = views.zero_shot
    told = tuple([("memes",)] * 40 + [()] * 50)

    def doubtful(some: Sequence[Category]) -> np.ndarray:
        return seer(some) - np.where(np.arange(90) < 40, 3, 0)[:, None] * (len(some) < 10)

    plain, kinds = (sort(replace(views, zero_shot=doubtful, told=some)) for some in ((), told))
    assert len(plain.aside) < 5 and len(kinds.aside) > 20
    assert all("more like memes" in reason for photo, reason in kinds.aside.items() if photo < 40)


def with_examples(
    views: Views, truth: Sequence[str], count: int, only: Sequence[str] = NAMES
) -> tuple[Views, list[int]]:
    """The views of the other photos, when so many of each class are examples."""
    shown = [n for name in only for n in [m for m, other in enumerate(truth) if other == name][:count]]
    rest = [n for n in range(len(truth)) if n not in shown]
    seer, names = views.zero_shot, [category.name for category in views.categories]
    meant = {name: place for place, name in enumerate(NAMES)}
    examples = Examples(
        views.image[shown], seer(views.categories)[shown], np.array([meant[truth[photo]] for photo in shown])
    )
    assert len(names) == len(NAMES)
    texts = tuple(tuple(some[n] for n in rest) for some in views.texts)
    return replace(
        views, image=views.image[rest], texts=texts, zero_shot=lambda some: seer(some)[rest], examples=examples
    ), rest


@pytest.mark.parametrize("count", [1, 5])
def test_examples_are_enough_where_names_say_nothing(count: int) -> None:
    trips = ["2019-07 trip", "IMG", "zz"]
    views, truth = world()
    views, rest = with_examples(replace(views, categories=tuple(map(Category, trips))), truth, count)
    found = sort(views, forced=True)
    assert names_of(found) == [trips[NAMES.index(truth[photo])] for photo in rest]
    assert {answer.by for answer in found.answers} == {"examples"}
    assert len(sort(views).aside) < 0.2 * len(rest)


def test_a_category_with_examples_and_others_without() -> None:
    views, truth = world(blind=("Dogs",))
    views, rest = with_examples(views, truth, 5, only=["Dogs"])
    found = sort(views)
    agreed = np.mean([name == truth[photo] for name, photo in zip(names_of(found), rest, strict=True)])
    assert agreed > 0.95
    by = {name: answer.by for name, answer in zip(names_of(found), found.answers, strict=True)}
    assert by["Dogs"] == "examples" and by["Beach"] == by["Trains"] == "zero-shot"


def test_examples_without_a_model_that_rates_them() -> None:
    views, truth = world()
    views, rest = with_examples(views, truth, 5)
    views = replace(views, zero_shot=None, examples=views.examples._replace(zero_shot=None))
    assert names_of(sort(views, forced=True)) == [truth[photo] for photo in rest]


def test_examples_are_not_rated_by_a_model_that_is_not_asked() -> None:
    views, truth = world()
    views, _ = with_examples(views, truth, 5)
    unrated = replace(views, examples=views.examples._replace(zero_shot=None))
    found, same = (sort(some, assign="text", forced=True) for some in (views, unrated))
    assert np.array_equal(found.clustering.similarity, same.clustering.similarity)


@pytest.mark.parametrize("fields", [{"assign": "text"}, {}])
def test_captions_sort_where_they_are_wanted_or_all_there_is(fields: dict[str, str]) -> None:
    views, truth = world(right=0)
    if not fields:
        views = replace(views, zero_shot=None)
    found = sort(views, forced=True, **fields)
    assert names_of(found) == truth and found.answers[0].by == "text"


def test_texts_without_photos() -> None:
    views, truth = world()
    blind = replace(views, image=np.empty((len(truth), 0), np.float32), zero_shot=None)
    assert names_of(sort(blind, forced=True)) == truth


def test_what_does_not_belong_counts_by_text_too() -> None:
    views, _ = world()
    fits = Into(assign="text")._fits(views, (Category("Dogs"), Category("Dogs", without="a photo of Dogs")))
    assert (fits[40:70, 1] < fits[40:70, 0]).all()


def test_one_category_and_one_photo() -> None:
    views, _ = world()
    one = replace(views, categories=(Category("Beach"),))
    names = names_of(found := sort(one))
    assert names == ["Beach"] * 40 + ["Other"] * 50 and found.answers[0].runner_up == ""
    alone = replace(
        views, image=views.image[:1], texts=(views.texts[0][:1],), zero_shot=lambda some: views.zero_shot(some)[:1]
    )
    assert sort(alone, forced=True).names == ("Beach",)


def test_no_category_is_an_error() -> None:
    views, _ = world()
    with pytest.raises(ValueError, match="at least one category"):
        sort(replace(views, categories=()))
