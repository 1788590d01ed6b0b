"""How well a search finds what it is asked for: python tests/bench/retrieval.py DIR

DIR is what labelled_photos.py makes. Queries are the names of the 14 classes; a description of each class without its
name; and 20 narrower things, of which the captions in DIR/captions.csv know which photos show them. All were written
before anything was measured. Printed are the means over the queries of average precision and of precision at 10 (of a
query with fewer photos, at as many), for what the builtin profile could compare a query with; below them the same for a
photo as the query, where the photos of its class are right, as the mean over classes.
"""

from __future__ import annotations

import argparse
import csv
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from table_row import declare

from photosort.describing.describe import Described, describe
from photosort.methods.fusion import unit
from photosort.models.protocols import Category, Vectors
from photosort.models.selected import ModelSet, select_models
from photosort.photos.files.scan import scan
from photosort.searching.ranking import with_captions
from photosort.settings.settings import load_settings
from photosort.store.cache import Cache, open_cache
from photosort.workflows.sorting.remembering import RememberedTexts

NAMES = {
    "bird": "birds",
    "fish": "fish",
    "flower": "flowers",
    "fruit": "fruit",
    "gravestone": "gravestones_halloween",
    "hand tool": "hand_tools",
    "insect": "insects",
    "mammal": "mammals",
    "monument": "monuments",
    "musical instrument": "musical_instruments",
    "painting": "paintings",
    "solar power": "solar_power",
    "vehicle": "vehicles",
    "wind power": "wind_power",
}
DESCRIPTIONS = {
    "a bird with feathers and a beak": "birds",
    "something that swims in the sea": "fish",
    "a plant in bloom": "flowers",
    "something sweet that grows on trees": "fruit",
    "a tombstone in a cemetery": "gravestones_halloween",
    "a tool for repairs in the workshop": "hand_tools",
    "a small bug with six legs": "insects",
    "an animal with fur on four legs": "mammals",
    "a famous old building that tourists visit": "monuments",
    "something to play music with": "musical_instruments",
    "a picture painted by an artist": "paintings",
    "panels on a roof that turn sunlight into electricity": "solar_power",
    "a car, truck or plane that carries people": "vehicles",
    "a windmill on a hill": "wind_power",
}
THINGS = {
    "dog": "dog|dingo",
    "cat": "cat|kitten",
    "a horse in a field": "horse",
    "guitar": "guitar",
    "hammer": "hammer|mallet",
    "penguin": "penguin",
    "a pair of scissors": "scissors",
    "giraffe in the savanna": "giraffe",
    "castle": r"castle|palace|palais|chateau\w*",
    "a truck on the road": "truck|dumper",
    "a ship with white sails": "ship|sailboat",
    "a bear in the wild": "bear",
    "monkey sitting in a tree": "gibbon|gorilla|monkey|macaque|chimpanzee|lemur|tamarin",
    "pyramid": "pyramid",
    "screwdriver": "screw driver",
    "farm animals": "cow|calf|pig|sheep|goat|donkey|bull|ram|horse|chicken|hen|rooster|duck|turkey",
    "a duck on a lake": "duck|drake",
    "orange fruit": "orange",
    "big cat such as a lion or tiger": "lion|tiger|jaguar|cheetah",
    "church": "cathedral|eglise.*",
}
FIRST = 10

Marks = NDArray[np.bool_]
Scores = Callable[[str], Vectors]


def precision(scores: Vectors, right: Marks) -> tuple[float, float]:
    """Return average precision, and precision at 10 or at as many as there are."""
    hits = right[np.argsort(-scores, kind="stable")]
    at = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(at[hits].mean()), float(hits[:FIRST].sum() / min(FIRST, hits.sum()))


def ways(described: Described, models: ModelSet, cache: Cache) -> dict[str, Scores]:
    """Return what queries can be compared with: the scores of all photos for a query."""
    texts = RememberedTexts(models.text_encoder, cache)
    joint, reader = models.joint(texts), models.categories(texts)
    assert joint is not None and reader is not None, "an image encoder that reads no text"
    space = models.search_space(lambda encoder: RememberedTexts(encoder, cache))
    placed, kept = unit(joint.place(described.vectors)), space.place(described.vectors)
    tags = texts.encode_texts(described.captions)
    return {
        "tags as texts": lambda query: tags @ texts.encode_texts([query])[0],
        "ConSE": lambda query: placed @ texts.encode_texts([query])[0],
        "ConSE + tags": lambda query: spread(placed, texts, query) + spread(tags, texts, query),
        "categories of --into": lambda query: reader.scores(described.vectors, [Category(query)])[:, 0],
        "**photosort search**": lambda query: space.scores(kept, space.of_texts([query])[0]),
    }


def spread(vectors: Vectors, texts: RememberedTexts, query: str) -> Vectors:
    """Return cosines in their own deviations."""
    near = vectors @ texts.encode_texts([query])[0]
    return np.asarray((near - near.mean()) / near.std(), np.float32)


def rated(scores: Scores, queries: Mapping[str, str], right: Callable[[str], Marks]) -> str:
    """Return the two means as cells of a table; queries without a photo do not count."""
    found = [precision(scores(query), marks) for query, of in queries.items() if (marks := right(of)).any()]
    average, first = np.mean(found, axis=0)
    return f"{average:.3f} | {first:.3f}"


def by_photos(alike: Vectors, classes: NDArray[np.str_]) -> str:
    """Return the two means for each photo as a query, (n, n) scores, and the others as what is found."""
    found: dict[str, list[tuple[float, float]]] = {}
    for row, name in enumerate(classes):
        others = np.arange(len(classes)) != row
        found.setdefault(name, []).append(precision(alike[row, others], (classes == name)[others]))
    average, first = np.mean([np.mean(each, axis=0) for each in found.values()], axis=0)
    return f"{average:.3f} | {first:.3f}"


def print_captions(
    search: Scores, said: Sequence[str], known: Marks, models: ModelSet, cache: Cache, classes: NDArray[np.str_]
) -> None:
    """Print what captions by people add, among the photos that have one."""
    texts = RememberedTexts(models.text_encoder, cache)
    vectors = texts.encode_texts(said)

    def captions(query: str) -> Vectors:
        return np.asarray(vectors @ texts.encode_texts([query])[0], np.float32)

    rows: dict[str, Scores] = {
        "captions by people": lambda query: captions(query)[known],
        "photosort search without them": lambda query: search(query)[known],
        "**photosort search with them**": lambda query: with_captions(search(query), captions(query), known)[known],
    }
    for name, scores in rows.items():
        cells = (rated(scores, queries, lambda of: (classes == of)[known]) for queries in (NAMES, DESCRIPTIONS))
        print(f"| {name} | {' | '.join(cells)} |")


def main() -> None:
    """Print three tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.resolve()
    with (folder / "captions.csv").open(newline="", encoding="utf-8") as file:
        lines = {line["path"]: line for line in csv.DictReader(file)}
    models = select_models(load_settings(profile="builtin"))
    with open_cache(models.settings.cache_dir) as cache:
        described = describe(
            scan(folder).photos, models.image_encoder, models.captioners, cache, facts=models.fact_models
        )
        rows = [lines[photo.path.relative_to(folder).as_posix()] for photo in described.photos]
        classes = np.array([row["class"] for row in rows])
        said = [row["caption"].lower() for row in rows]

        def of_class(name: str) -> Marks:
            return np.asarray(classes == name)

        def shown(pattern: str) -> Marks:
            return np.array([bool(re.search(rf"\b(?:{pattern})s?\b", text)) for text in said])

        print("| | names: AP | P@10 | descriptions: AP | P@10 | things: AP | P@10 |\n|---|---|---|---|---|---|---|")
        compared = ways(described, models, cache)
        average: dict[str, float] = {}
        for name, scores in compared.items():
            cells = [rated(scores, queries, of_class) for queries in (NAMES, DESCRIPTIONS)]
            average[name] = float(cells[0].split()[0])
            print(f"| {name} | {' | '.join([*cells, rated(scores, THINGS, shown)])} |")
        ours, other = average["**photosort search**"], average["tags"]
        declare("average precision, names", f"{ours:.3f}", f"tags as texts {other:.3f}", ours / other)
        human = np.array([row["caption_source"] == "human" for row in rows])
        print_captions(compared["**photosort search**"], said, human, models, cache, classes)
        image = unit(described.vectors)
        space = models.search_space(lambda encoder: RememberedTexts(encoder, cache))
        kept = space.place(described.vectors)
        own = np.stack([space.scores(kept, direction) for direction in space.of_photos(kept)])
        print(f"| image vectors | {by_photos(image @ image.T, classes)} |")
        print(f"| **photosort search --like** | {by_photos(own, classes)} |")


if __name__ == "__main__":
    main()
