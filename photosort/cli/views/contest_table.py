"""What `evaluate` found: a table for people, a document and rows for programs."""

import math
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.console import Group
from rich.table import Table
from rich.text import Text

from photosort.cli.sink.output import plural, short
from photosort.support.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from photosort.evaluation.result import QuestionResult, Result
    from photosort.workflows.evaluate import Evaluation

HEADS = {"acc": "ACC", "nmi": "NMI", "ari": "ARI", "silhouette": "silhouette", "sem": "SEM", "sbert": "SBERT"}
AGREED = ("acc", "nmi", "ari")
"""What is measured of each question."""
CAPTIONS, TOGETHER = "captions", "all as one"


def view(found: "Evaluation") -> "RenderableType":
    """Lay out the methods, one a row; under it Euclidean k-means, the run of the lowest inertia, and each question."""
    first, *others = found.results[0].seeds
    seeds = f"mean ± deviation over {len(others) + 1} seeds from {first}" if others else f"seed {first}"
    head = f"{plural(len(found.truth), 'photo')}, {plural(found.classes, 'class')}, texts {found.source}, {seeds}"
    table = Table("method", *HEADS.values(), box=None, header_style="dim", padding=(0, 2, 0, 0), pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    before = ""
    for result in found.results:
        for label, cells in _lines_of(result, before):
            table.add_row(label, *cells)
        before = result.method
    blank = [""] * (len(HEADS) - len(found.true_names))
    table.add_row(Text("true classes", style="dim"), *blank, *map(_number, found.true_names))
    lines = [Text(f"CLIPScore of the texts {_number(found.clip_score)}")] if not math.isnan(found.clip_score) else []
    lines += [
        Text(f"{count:,} left out: {printable(reason)}", style="yellow")
        for reason, count in Counter(left.reason for left in found.left).most_common()
    ]
    return Group(Text(printable(head)), Text(), table, *([Text()] if lines else []), *lines)


def _lines_of(result: "Result", before: str) -> Iterator[tuple[Text, list[str]]]:
    beneath = result.euclidean and result.method.startswith(before) and bool(before)
    name = f"  {result.method.removeprefix(before).strip('-')}" if beneath else result.method
    yield Text(name), [_cell(result, measure) for measure in HEADS]
    if len(result.runs) > 1 and result.inertias:
        lowest = result.runs[result.lowest]
        yield Text("  best run", style="dim"), [_number(getattr(lowest, measure)) for measure in HEADS]
    for asked in result.questions:
        label = TOGETHER if asked.together else short(asked.question or CAPTIONS)
        yield Text(f"  {label}", style="dim"), [_cell(asked, measure) for measure in AGREED]


def _cell(result: "Result | QuestionResult", measure: str) -> str:
    mean = _number(result.mean(measure))
    return f"{mean}±{_number(result.deviation(measure))}" if mean and len(result.runs) > 1 else mean


def _number(score: float) -> str:
    return "" if math.isnan(score) else f"{score:.3f}".replace("0.", ".", 1)


def document(found: "Evaluation") -> dict[str, Any]:
    """Return everything that was measured, for --json."""
    return {
        "photos": len(found.truth),
        "classes": found.classes,
        "texts": found.source,
        "seeds": list(found.results[0].seeds),
        "clip_score": _plain(found.clip_score),
        "names_of_true_classes": dict(zip(("sem", "sbert"), found.true_names, strict=True)),
        "methods": [_method(result) for result in found.results],
        "left": [{"path": str(left.path), "reason": left.reason} for left in found.left],
    }


def _method(result: "Result") -> dict[str, Any]:
    lowest = result.lowest
    run = result.runs[lowest]
    return {
        "method": result.method,
        "kmeans": "euclidean" if result.euclidean else "spherical",
        **{measure: _spread(result, measure) for measure in HEADS},
        "inertia": [round(inertia, 6) for inertia in result.inertias],
        "lowest_inertia": {
            "seed": result.seeds[lowest],
            **{measure: _plain(getattr(run, measure)) for measure in HEADS},
        },
        "questions": [
            {
                "question": None if asked.together else asked.question,
                **{measure: _spread(asked, measure) for measure in AGREED},
            }
            for asked in result.questions
        ],
    }


def _spread(result: "Result | QuestionResult", measure: str) -> dict[str, Any]:
    return {
        "mean": _plain(result.mean(measure)),
        "deviation": _plain(result.deviation(measure)),
        "runs": [_plain(getattr(run, measure)) for run in result.runs],
    }


def rows(found: "Evaluation") -> list[dict[str, Any]]:
    """Return one row a run, for --csv."""
    return [
        {
            "method": result.method,
            "seed": seed,
            **{measure: _plain(getattr(run, measure)) for measure in HEADS},
            "inertia": _plain(inertia),
        }
        for result in found.results
        for seed, run, inertia in zip(result.seeds, result.runs, result.inertias, strict=True)
    ]


def _plain(score: float) -> float | None:
    return None if math.isnan(score) else round(score, 6)
