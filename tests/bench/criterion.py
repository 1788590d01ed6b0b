"""What sorting by a criterion asks of a language model: python tests/bench/criterion.py [--photos 1000] [--k 8]

For each way to assign photos, and for a number of folders that the model decides: questions and tokens, as photosort
announces them beforehand and as a scripted server over real HTTP counts them, and the questions of a second run. The
descriptions are made of a vocabulary, all different, of about 100 tokens, as a captioner writes them; one answer in
five is outside the list at first. Tokens are bytes by three, which is more than tokenizers make of English.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from table_row import declare

from photosort.methods.conversation import Bill, Question
from photosort.methods.criterion.method import Criterion
from photosort.methods.criterion.prompts import question_of
from photosort.methods.method import Views
from photosort.models.protocols import Category, Vectors
from photosort.models.remote.openai_chat import OpenAIChat
from photosort.settings.choices import Assign
from photosort.store.cache import Cache, open_cache, text_key
from photosort.workflows.sorting.remembering import RememberedWriter

sys.path.append(str(Path(__file__).parents[1]))
from fakes.criterion_server import CRITERION, KINDS, CriterionServer, descriptions, embed

ASSIGN: tuple[Assign, ...] = ("llm", "text", "joint")
OUTSIDE = 0.2
MORE = (
    " The light is soft and comes from the left, and long shadows fall on the ground. Two of the people wear hats; "
    "the others carry bags and seem to talk. In the distance something moves that is too small to be made out, and "
    "above all of it the sky is grey with some lighter spots where the clouds are thin."
)
TITLE = f"  {'':<22}{'announced':>10}{'tokens in':>12}{'out':>8}{'asked':>10}{'tokens in':>12}{'out':>8}{'again':>8}"


@dataclass(frozen=True)
class Row:
    """One way to sort: by which method, and into given folders or into ones that are found."""

    name: str
    method: Criterion
    into: tuple[Category, ...] = ()


def rows(k: int) -> Iterator[Row]:
    """The ways that are compared."""
    into = tuple(Category(name) for name in KINDS)
    for assign in ASSIGN:
        yield Row(f"{assign}, {k} folders", _criterion(assign, k))
    yield Row("llm, model decides", _criterion("llm", None))
    for assign in ASSIGN:
        yield Row(f"{assign}, own folders", _criterion(assign, None), into)


def _criterion(assign: Assign, k: int | None) -> Criterion:
    return Criterion((CRITERION,), assign, k)


def measure(row: Row, texts: Sequence[str], script: CriterionServer, cache: Cache) -> str:
    """Sort twice, and return the line of the table."""
    bills = list[Bill]()
    with script.server().running() as server:
        for _ in range(2):
            writer = RememberedWriter(OpenAIChat("tiny", server.environment), cache)
            row.method.group(_views(row, texts, writer, _known(writer, cache), bills.append), lambda several: [])
            asked = sum(script.steps.values())
            if len(bills) < 2:
                first, used = asked, dict(script.tokens)
    bill = bills[0] if bills else Bill(row.method.assign, 0, 0, 0)
    ratio = first / bill.calls if bill.calls else None
    declare(f"questions, {row.name}", f"{first:,} asked", f"{bill.calls:,} announced", ratio)
    counted = (bill.calls, bill.tokens_in, bill.tokens_out, first, used.get("in", 0), used.get("out", 0), asked - first)
    return f"  {row.name:<22}" + "".join(f"{n:>{w},}" for n, w in zip(counted, (10, 12, 8, 10, 12, 8, 8), strict=True))


def _known(writer: RememberedWriter, cache: Cache) -> Callable[[Question], bool]:
    def known(question: Question) -> bool:
        key = text_key(json.dumps([*question], sort_keys=True))
        return bool(cache.texts(writer.identity, [key]))

    return known


def _views(
    row: Row,
    texts: Sequence[str],
    writer: RememberedWriter,
    known: Callable[[Question], bool],
    announce: Callable[[Bill], None],
) -> Views:
    def zero_shot(categories: Sequence[Category]) -> Vectors:
        return np.asarray(embed(texts) @ embed([category.name for category in categories]).T, dtype=np.float32)

    return Views(
        image=embed(texts),
        questions=(question_of(CRITERION),),
        texts=([(text,) for text in texts],),
        embed=embed,
        zero_shot=zero_shot,
        categories=row.into,
        model=writer,
        known=known,
        announce=announce,
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=1000)
    parser.add_argument("--k", type=int, default=8)
    arguments = parser.parse_args()
    texts = [text + MORE for text in descriptions(arguments.photos)]
    print(TITLE)
    for row in rows(arguments.k):
        with tempfile.TemporaryDirectory() as folder, open_cache(Path(folder)) as cache:
            print(measure(row, texts, CriterionServer(outside=OUTSIDE, wild=True), cache))


if __name__ == "__main__":
    main()
