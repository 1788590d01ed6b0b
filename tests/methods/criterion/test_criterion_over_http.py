"""IC|TC with a language model on a server, over real HTTP."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from fakes.criterion_server import CRITERION, KINDS, CriterionServer, descriptions, embed, kind_of

from photosort.errors import ModelFailed
from photosort.methods.conversation import Bill, Proposal, Question
from photosort.methods.criterion.method import Criterion
from photosort.methods.criterion.prompts import question_of
from photosort.methods.method import Candidate, Views
from photosort.models.protocols import Category, LanguageModel
from photosort.models.remote.openai_chat import OpenAIChat
from photosort.store.cache import open_cache, text_key
from photosort.workflows.sorting.remembering import RememberedWriter

pytestmark = pytest.mark.slow

INTO = tuple(Category(name) for name in KINDS)


def views(texts: list[str], model: LanguageModel | None, **more) -> Views:
    image = np.ones((len(texts), 1), dtype=np.float32)
    return Views(image, (question_of(CRITERION),), ([(text,) for text in texts],), embed, model=model, **more)


def group(views: Views, **options) -> Candidate:
    return Criterion((CRITERION,), **options).group(views, lambda several: pytest.fail("nothing is clustered")).best


def folders(found: Candidate) -> list[str]:
    return [
        "" if photo in found.aside else found.names[label]
        for photo, label in enumerate(found.clustering.labels.tolist())
    ]


def test_the_closed_list_holds_in_all_of_a_thousand_wild_answers() -> None:
    script = CriterionServer(outside=0.2, sorry=0.3, wild=True)
    texts = descriptions(1000)
    with script.server().running() as server:
        found = group(views(texts, OpenAIChat("tiny", server.environment), categories=INTO))
    assert set(found.names) <= set(KINDS)
    placed = folders(found)
    right = [kind_of(text) == folder for text, folder in zip(texts, placed, strict=True) if folder]
    assert all(right) and len(right) > 900
    ways = [answer.by for photo, answer in enumerate(found.answers) if photo not in found.aside]
    assert ways.count("second answer") > 60 and ways.count("nearest") > 20 and len(found.aside) > 10
    assert script.steps["choice"] == 1000 and 150 < script.steps["choice again"] < 250
    (remark,) = found.remarks
    assert remark == (
        f"Folders by the answer of the language model: {ways.count('answer')} photos, "
        f"{ways.count('second answer')} by a second one, {ways.count('nearest')} as the nearest name, "
        f"{len(found.aside)} in none."
    )
    assert all('"Spaceship"' in reason for reason in found.aside.values())
    assert all(
        answer.runner_up in KINDS and answer.runner_up != folder
        for answer, folder in zip(found.answers, placed, strict=True)
        if folder
    )


def test_the_criterion_reaches_all_four_prompts() -> None:
    script = CriterionServer(outside=0.2)
    with script.server().running() as server:
        asked = views(descriptions(40), OpenAIChat("tiny", server.environment))
        group(asked, k=6)
    assert asked.questions[0].startswith(CRITERION)
    assert script.prompts.keys() == {"label", "names", "choice"} and script.steps["choice again"]
    assert all(CRITERION in prompt for prompts in script.prompts.values() for prompt in prompts)
    messages = [str(body["messages"]) for body in server.asked]
    assert all("Do not consider gender" in message for message in messages)
    choices = [body for body in server.asked if "sort photos into folders" in str(body["messages"])]
    for body in choices:
        schema = body["response_format"]["json_schema"]["schema"]
        assert sorted(schema["properties"]["category"]["enum"]) == sorted(KINDS)


def test_a_second_run_asks_nothing_and_a_new_photo_one_question_a_step(tmp_path: Path) -> None:
    script, bills, texts = CriterionServer(wild=True, outside=0.2, sorry=0.1), list[Bill](), descriptions(60)
    with script.server().running() as server, open_cache(tmp_path) as cache:

        def run(texts: list[str]) -> Candidate:
            writer = RememberedWriter(OpenAIChat("tiny", server.environment), cache)

            def known(question: Question) -> bool:
                key = text_key(json.dumps([*question], sort_keys=True))
                return bool(cache.texts(writer.identity, [key]))

            return group(views(texts, writer, known=known, announce=bills.append), k=6)

        first, asked = run(texts), len(server.asked)
        again = run(texts)
        assert len(server.asked) == asked and bills[1] == Bill("llm", 0, 0, 0)
        assert (again.names, again.answers) == (first.names, first.answers)
        run([*texts, texts[0], descriptions(1, start=60)[0]])
    assert bills[0].calls == 60 + 1 + 60
    assert bills[2].calls == 1 + 1 + 61, "the names may change, since a label has another number"
    assert script.steps["label"] == 61 and script.steps["names"] == 2
    assert script.steps["choice"] == 61, "but they did not"


def test_a_run_that_was_cut_off_goes_on_where_it_was(tmp_path: Path) -> None:
    script, texts = CriterionServer(fails=100), descriptions(80)
    with script.server().running() as server, open_cache(tmp_path) as cache:

        def run() -> Candidate:
            writer = OpenAIChat("tiny", server.environment, retries=1)
            return group(views(texts, RememberedWriter(writer, cache)), k=6)

        with pytest.raises(ModelFailed, match=r"has not answered all questions.*the same command goes on"):
            run()
        assert script.steps["label"] == 80 and script.steps["choice"] == 100 - 81
        script.fails = 0
        found = run()
    assert script.steps == {"label": 80, "names": 1, "choice": 80}
    assert set(found.names) == set(KINDS) and not found.aside


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (json.dumps({"names": {"1": "Beach", "2": "Mountains"}}), "it had 2 names instead of 6"),
        (json.dumps({"names": [*KINDS, "Zoo", "Moon"]}), "it had 8 names instead of 6"),
        (json.dumps({"names": ["Beach", "The beaches", *[*KINDS][1:5]]}), "say the same"),
        (json.dumps({"names": ["", *[*KINDS][:5]]}), "a name was empty"),
        (json.dumps({"names": ["Other places", *[*KINDS][:5]]}), "says nothing of what belongs there"),
        (json.dumps({"names": ["A very long name for a single folder", *[*KINDS][:5]]}), "is longer than 4 words"),
        ("I'm sorry, I cannot do that.", "it was a refusal"),
    ],
)
def test_names_with_a_fault_are_asked_for_again_and_then_put_right(given: str, fault: str) -> None:
    for tries in (1, 2):
        script = CriterionServer(names=[given] * tries)
        with script.server().running() as server:
            found = group(views(descriptions(48), OpenAIChat("tiny", server.environment)), k=6)
        assert script.steps["names again"] == 1 and fault in script.prompts["names"][1]
        assert len(found.names) == 6 and len({name.lower().rstrip("s") for name in found.names}) == 6
        assert {kind_of(name) for name in found.names} == set(KINDS) and not found.aside
        mended = any("put right" in remark for remark in found.remarks)
        assert mended == (tries == 2)


def test_the_model_may_choose_the_number_and_says_why() -> None:
    script, seen = CriterionServer(), list[Proposal]()

    def settle(proposal: Proposal) -> list[Category]:
        seen.append(proposal)
        return [Category("Snowy mountains"), Category("Forest"), Category("Zoo")]

    with script.server().running() as server:
        asked = views(descriptions(96), OpenAIChat("tiny", server.environment), settle=settle)
        found = group(asked, min_k=3, max_k=4)
    (proposal,) = seen
    assert "from 3 to 4" in script.prompts["names"][0] and len(proposal.categories) == 4
    assert proposal.why == "There are so many kinds of places" and proposal.criterion == CRITERION
    assert sum(proposal.labels.values()) == 96 and len(proposal.labels) == 24
    assert found.remarks[0] == "The language model chose 4 folders: There are so many kinds of places."
    assert "Snowy mountains" in found.names and "Zoo" not in found.names
    assert all("2. Snowy mountains" in prompt for prompt in script.prompts["choice"])


def test_a_long_dictionary_is_merged_level_by_level_in_a_small_context(tmp_path: Path) -> None:
    script, texts = CriterionServer(context=2048, fine=True, schemas=False), descriptions(480)
    with script.server().running() as server, open_cache(tmp_path) as cache:
        model = OpenAIChat("tiny", server.environment)
        found = group(views(texts, RememberedWriter(model, cache)), k=6)
        asked = len(server.asked)
        again = group(views(texts, RememberedWriter(OpenAIChat("tiny", server.environment), cache)), k=6)
        assert len(server.asked) == asked and again.answers == found.answers
    assert script.steps["names"] > 4 and script.steps["label"] == 480
    assert {kind_of(name) for name in found.names} == set(KINDS) and len(found.names) == 6
    right = [kind_of(name) == kind_of(text) for name, text in zip(folders(found), texts, strict=True)]
    assert all(right) and not found.aside
    assert model.budget <= 1536


def test_long_descriptions_and_lists_fit_a_small_context() -> None:
    script = CriterionServer(context=2048)
    long = [f"{text} {'There is much more to say of this. ' * 80}" for text in descriptions(24)]
    into = tuple(Category(name, hint="words " * 60) for name in (*KINDS, *(f"Place of kind {n}" for n in range(30))))
    with script.server().running() as server:
        found = group(views(long, OpenAIChat("tiny", server.environment), categories=into), assign="llm")
    assert set(found.names) == set(KINDS) and not found.aside


def test_the_bill_comes_first_and_counts_labels_exactly() -> None:
    script, order = CriterionServer(), list[object]()
    with script.server().running() as server:
        texts = [*descriptions(30), *descriptions(30), "", "something unclear"]
        model = OpenAIChat("tiny", server.environment)
        found = group(views(texts, model, announce=lambda bill: order.append((bill, len(server.asked)))), k=6)
        text = group(views(texts, model, announce=order.append), k=6, assign="text")
    ((bill, asked), of_text) = order
    assert (
        asked == 0
        and bill.calls == 30 + 1 + 30 == sum(script.steps[step] for step in ("label", "names", "choice")) - 31
    )
    assert of_text.calls == 31 and 0.5 < bill.tokens_in / (script.tokens["in"] * 2 / 3) < 3
    assert found.aside == {60: "it has no description", 61: "its description says nothing: something unclear"}
    assert set(text.names) == set(KINDS) and {answer.by for answer in text.answers} == {"text", ""}


def test_two_criteria_make_folders_in_folders() -> None:
    script, bills = CriterionServer(), list[Bill]()
    outer, inner = descriptions(48), [*descriptions(24, start=2), *descriptions(24, start=100)]
    with script.server().running() as server:
        two = views(outer, OpenAIChat("tiny", server.environment), announce=bills.append)
        two = Views(
            two.image,
            ("a", "b"),
            (two.texts[0], [(text,) for text in inner[:-1]] + [("",)]),
            embed,
            model=two.model,
            announce=bills.append,
        )
        nested = Criterion(("the place", "what it recalls"), k=6).group(two, lambda several: []).best
    (bill,) = bills
    assert bill.calls == 48 + 1 + 48 + 47 + 1 + 47 == sum(script.steps.values())
    pairs = [*zip(nested.above, nested.names, strict=True)]
    assert len(set(pairs)) == len(pairs) > 6 and len(set(nested.names)) == 6
    for photo, label in enumerate(nested.clustering.labels.tolist()):
        if photo not in nested.aside:
            assert pairs[label] == (kind_of(outer[photo]), kind_of(inner[photo]))
    assert dict(nested.aside) == {47: "by what it recalls: it has no description"}
    assert nested.answers[0].label == "beach / kitchen" and " / " in nested.answers[0].runner_up
    assert nested.remarks[-1].startswith("Folders by the answer of the language model: 4")
