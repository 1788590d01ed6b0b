"""What the preview says besides the folders."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from photosort.cli.views.preview import document, view
from photosort.clustering.choose_k import KChoice
from photosort.clustering.kmeans import Clustering
from photosort.describing.describe import Described
from photosort.filing.plan.model import Mode
from photosort.filing.plan.plan import Plan, PlannedFolder
from photosort.methods.method import Candidate, Grouping
from photosort.naming.summary import ClusterName
from photosort.store.journals.operation import Operation
from photosort.workflows.prepared import Organized, Prepared
from photosort.workflows.sorting.folders import Folders


def candidate(question: str, inertia: float, *texts: str) -> Candidate:
    labels = np.array([0, 0, 1])
    similarity = np.eye(2, dtype=np.float32)[labels]
    return Candidate(question, Clustering(labels, np.eye(2, dtype=np.float32), similarity, inertia), texts)


ONE = Grouping((candidate("", 1.0, "a dog", "a dog", "a lake"),))
TWO = Grouping(
    (
        candidate("Which animal?", 1.5, "a dog", "a dog", "a cat"),
        candidate("Which \x1b place?", 0.6, "a lake", "a lake", "a hill"),
    )
)
CHOICE = KChoice(2, 7, {2: 0.5, 3: 0.6})


def prepared(
    source: Path,
    destination: Path,
    *names: str,
    within: bool = False,
    choice: KChoice | None = None,
    grouping: Grouping = ONE,
) -> Prepared:
    folders = tuple(
        PlannedFolder(label, name, destination / name, False, (placed(source, destination / name, label),))
        for label, name in enumerate(names)
    )
    plan = Plan(source, destination, Mode.COPY, folders, (), 0, within)
    called = tuple(ClusterName(name, name, (), "keywords") for name in names)
    return Prepared(
        1, Described.__new__(Described), grouping, choice, Folders(np.array([0, 0, 1]), called, names), plan
    )


def placed(source: Path, folder: Path, number: int) -> Operation:
    name = f"{number}.jpg"
    return Operation(source / name, folder / name, 1, 1, "", number, True)


def shown(what: Prepared, *, show_all: bool = False) -> str:
    console = Console(width=100, highlight=False)
    with console.capture() as captured:
        console.print(view(what, show_all=show_all))
    return captured.get()


def test_a_destination_inside_the_source_is_said_to_be_left_out() -> None:
    inside = Path("/p/Pictures\x1b[2J/sorted")
    said = r"sorted lies inside Pictures\x1b[2J and was left out of the search."
    assert said in shown(prepared(inside.parent, inside, within=True))
    both = shown(prepared(inside.parent, inside, within=True, choice=CHOICE))
    assert said in both and "--k sets" in both
    assert "left out" not in shown(prepared(inside.parent, Path("/p/out"), choice=CHOICE))


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (
            KChoice(3, 2, {2: 0.5, 3: 0.6}),
            "2 groups of similar photos found; of 2 to 3 folders, 3 have the best silhouette. --k",
        ),
        (KChoice(2, 7, {2: 0.5}), "7 groups of similar photos found. --k sets"),
        (KChoice(1, 1), "1 group of similar photos found. --k sets"),
        (KChoice(1), "Too few different photos to choose a number of folders"),
    ],
)
def test_both_ways_to_the_number_of_folders_are_told(choice: KChoice, expected: str) -> None:
    assert expected in " ".join(shown(prepared(Path("/p"), Path("/o"), choice=choice)).split())


def test_a_folder_of_more_than_a_third_is_said_to_be_large() -> None:
    source, out = Path("/p"), Path("/o")
    counts = {"Lake": 10, "Hill": 9, "Dog": 9}
    folders = tuple(
        PlannedFolder(label, name, out / name, False, tuple(placed(source, out / name, n) for n in range(count)))
        for label, (name, count) in enumerate(counts.items())
    )
    made = prepared(source, out, *counts, choice=CHOICE)
    large = replace(made, plan=replace(made.plan, folders=folders))
    said = "Lake holds 10 of 28 photos. A larger --k may split it: --k 6"
    assert said in shown(large)
    assert said not in shown(replace(large, choice=None)), "the user chose the number"
    even = replace(large, plan=replace(large.plan, folders=folders[1:]))
    assert "holds" not in shown(even)
    few = tuple(replace(folder, files=folder.files[:count]) for folder, count in zip(folders, (4, 3, 3), strict=True))
    assert "holds" not in shown(replace(large, plan=replace(large.plan, folders=few)))


def test_the_losses_of_all_questions_are_shown() -> None:
    lines = shown(prepared(Path("/p"), Path("/o"), "Lake", "Hill", grouping=TWO)).splitlines()
    assert [line.split()[:2] for line in lines[1:3]] == [["0.5000", "Which"], ["0.2000", "Which"]]
    assert "taken" in lines[2] and "taken" not in lines[1]
    assert "\x1b" not in "".join(lines)
    assert not any("Dog" in line for line in lines)


def test_all_questions_are_shown_side_by_side_when_asked_for() -> None:
    text = shown(prepared(Path("/p"), Path("/o"), "Lake", "Hill", grouping=TWO), show_all=True)
    row = next(line for line in text.splitlines() if "Dog" in line)
    assert row.split() == ["2", "Dogs", "2", "Lakes"]


def test_programs_get_every_question_and_both_numbers() -> None:
    found = document(Organized(prepared(Path("/p"), Path("/o"), "Lake", "Hill", grouping=TWO, choice=CHOICE), None))
    assert [(one["loss"], one["taken"]) for one in found["questions"]] == [(0.5, False), (pytest.approx(0.2), True)]
    assert found["questions"][1]["clusters"][0] == {"title": "Lakes", "photos": 2}
    assert found["k_choice"] == {"k": CHOICE.k, "communities": CHOICE.communities}


def test_folders_in_folders_are_a_tree_with_the_count_of_each() -> None:
    text = shown(prepared(Path("/p"), Path("/o"), "Animals/Dogs", "Lakes", "Animals/Cats"))
    last = [line.split()[-1] for line in text.splitlines()]
    assert [word for word in last if word in ("Animals", "Dogs", "Cats", "Lakes")] == [
        "Animals",
        "Dogs",
        "Cats",
        "Lakes",
    ]
    assert "     2  Animals" in text
