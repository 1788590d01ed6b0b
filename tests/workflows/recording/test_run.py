"""A run remembers the plan: the folders that photos really go into, and the photos that really go there."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from fakes.filing_kit import photos_in

from photosort.clustering.kmeans import Clustering
from photosort.filing.disk.survey import survey
from photosort.filing.plan.model import Mode
from photosort.filing.plan.plan import Plan, make_plan
from photosort.methods.method import Candidate, Found
from photosort.naming.keywords import Keyword
from photosort.naming.summary import ClusterName
from photosort.photos.facts.facts import Facts
from photosort.store.history import open_history
from photosort.store.runs.runs import Runs
from photosort.workflows.recording.run import record
from photosort.workflows.sorting.folders import ASIDE, UNCLEAR, Folders

NAMES = ("Dogs", "Lakes", "Moons")
FILES = {"d1.jpg": "d1", "d1.xmp": "of d1", "d2.jpg": "d2", "d3.jpg": "d3", "l1.jpg": "l1", "m1.jpg": "m1"}
SIMILARITY = np.array(
    [[0.8, 0.1, 0.5], [0.9, 0.1, 0.6], [0.7, 0.2, 0.3], [0.4, 0.9, 0.6], [0.3, 0.2, 0.9]], dtype=np.float32
)
"""d1, d2, d3, l1, m1 to the three centroids; m1 is changed later, and so is the exemplar d2 where a test says so."""


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Runs]:
    with open_history(tmp_path / "data") as connection:
        yield Runs(connection)


def recorded(runs: Runs, source: Path, *changed: str, labels: Sequence[int] = (0, 0, 0, 1, 2)) -> tuple[int, Plan]:
    """Look, change some photos behind the program's back, plan and record."""
    photos = tuple(photos_in(source))
    assert [photo.path.name for photo in photos] == ["d1.jpg", "d2.jpg", "d3.jpg", "l1.jpg", "m1.jpg"]
    for name in changed:
        os.utime(source / name, ns=(0, 0))
    destination = source.with_name("out")
    plan = make_plan(
        photos,
        labels,
        (*NAMES, "Unsorted"),
        source=source,
        destination=destination,
        mode=Mode.COPY,
        survey=survey(source, destination, photos, NAMES, mode=Mode.COPY),
    )
    captions = tuple(photo.path.stem for photo in photos)
    clustering = Clustering(np.array([0, 0, 0, 1, 2]), np.eye(3, dtype=np.float32), SIMILARITY, 1.0)
    names = tuple(ClusterName(name, name, (Keyword(name.lower(), 1, 1.0),), "keywords") for name in NAMES)
    folders = Folders(np.array(labels), (*names, ClusterName("Unsorted", UNCLEAR, (), ASIDE)), (*NAMES, "Unsorted"))
    found = tuple(Found(f"label {n}", "Lakes", "answer") for n in range(len(photos)))
    grouped = Candidate("", clustering, captions, aside={1: "fits none"} if 3 in labels else {}, answers=found)
    return record(runs, plan, photos, grouped, [Facts()] * len(photos), folders, {"k": 3}), plan


def test_folders_are_named_as_at_the_destination(runs: Runs, source: Path) -> None:
    (source.with_name("out") / "dogs").mkdir(parents=True)
    (source.with_name("out") / "Lakes").write_text("a file is in the way")
    run, plan = recorded(runs, source)
    folders = [cluster.folder for cluster in runs.clusters(run)]
    assert folders == [folder.name for folder in plan.folders]
    assert folders == ["dogs", "Lakes (2)", "Moons"]


def test_a_refused_photo_is_left_and_no_member(runs: Runs, source: Path) -> None:
    run, _ = recorded(runs, source, "d2.jpg")
    assert [(member.path.name, member.rank) for member in runs.members(run, 0)] == [("d1.jpg", 0), ("d3.jpg", 1)]
    assert runs.left(run) == [(source / "d2.jpg", "changed since it was looked at")]
    assert runs.clusters(run)[0].cohesion == pytest.approx((0.8 + 0.7) / 2)


def test_a_cluster_of_refused_photos_is_left_out_everywhere(runs: Runs, source: Path) -> None:
    run, _ = recorded(runs, source, "m1.jpg")
    assert [cluster.number for cluster in runs.clusters(run)] == [0, 1]
    assert runs.sizes(run) == {0: 3, 1: 1}
    lake, dog = runs.members(run, 1)[0], runs.members(run, 0)[0]
    assert (lake.runner_up, lake.runner_up_similarity) == (0, pytest.approx(0.4))
    assert (dog.runner_up, dog.runner_up_similarity) == (1, pytest.approx(0.1))


def test_the_runner_up_is_the_second_best_of_all_folders(runs: Runs, source: Path) -> None:
    run, _ = recorded(runs, source)
    assert {member.path.stem: member.runner_up for member in runs.members(run)} == {
        "d1": 2,
        "d2": 2,
        "d3": 2,
        "l1": 2,
        "m1": 0,
    }


def test_where_one_folder_is_left_no_other_is_next(runs: Runs, source: Path) -> None:
    run, _ = recorded(runs, source, "l1.jpg", "m1.jpg")
    assert {(member.cluster, member.runner_up) for member in runs.members(run)} == {(0, 0)}


def test_a_run_that_files_nothing_is_recorded_all_the_same(runs: Runs, source: Path) -> None:
    run, _ = recorded(runs, source, "d1.jpg", "d2.jpg", "d3.jpg", "l1.jpg", "m1.jpg")
    assert (runs.clusters(run), runs.members(run)) == ([], [])
    assert len(runs.left(run)) == 5


def test_companions_are_remembered_with_their_photo(runs: Runs, source: Path) -> None:
    run, _ = recorded(runs, source)
    found = runs.member_at(run, source / "d1.xmp")
    assert found is not None and found.path == source / "d1.jpg"


def test_an_outlier_has_the_nearest_folder_as_its_next(runs: Runs, source: Path) -> None:
    run, _ = recorded(runs, source, labels=(0, 3, 0, 1, 2))
    aside = runs.members(run, 3)[0]
    assert (aside.path.name, aside.runner_up, aside.runner_up_similarity) == ("d2.jpg", 0, pytest.approx(0.9))
    assert [(cluster.folder, cluster.named_by) for cluster in runs.clusters(run)][3] == ("Unsorted", "outliers")
    assert runs.sizes(run) == {0: 2, 1: 1, 2: 1, 3: 1}


def test_what_was_found_out_of_a_photo_is_remembered(runs: Runs, source: Path) -> None:
    run, _ = recorded(runs, source, labels=(0, 3, 0, 1, 2))
    assert runs.members(run, 0)[0].answer == {"label": "label 0", "by": "answer", "runner_up": "Lakes"}
    assert runs.members(run, 3)[0].answer["reason"] == "fits none"
