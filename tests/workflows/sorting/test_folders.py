"""From clusters to folders, with names made of keywords."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from fakes.vectors import blobs
from fakes.writer import ScriptedWriter

from photosort.clustering.kmeans import Clustering, kmeans
from photosort.methods.fusion import unit
from photosort.methods.method import Candidate
from photosort.methods.sorting import sorted_into
from photosort.models.protocols import Category
from photosort.naming import said
from photosort.photos.facts.facts import Facts
from photosort.settings.settings import Settings
from photosort.workflows.sorting.folders import ASIDE, THE_USER, Folders, make_folders

KINDS = ("dog", "cat", "lake", "hill")
COUNTS = (40, 30, 20, 10)


def clustered(extra: int = 0, counts: Sequence[int] = COUNTS) -> tuple[Clustering, list[str]]:
    """Two kinds of animals near each other, two kinds of landscape, and photos halfway between dogs and lakes."""
    animal, land = np.eye(16, dtype=np.float32)[[0, 1]]
    own = np.eye(16, dtype=np.float32)[2:6] * 0.5
    centres = unit(np.array([animal, animal, land, land]) + own)
    noise = np.random.default_rng(0).normal(size=(sum(counts), 16)).astype(np.float32) * 0.02
    vectors = unit(np.repeat(centres, counts, axis=0) + noise)
    between = unit(np.repeat(centres[:1] + centres[2:3], extra, axis=0))
    captions = [f"a {kind}" for kind, count in zip(KINDS, counts, strict=True) for _ in range(count)]
    return kmeans(np.vstack([vectors, between]), 4), captions + ["a shoe"] * extra


def folders(extra: int = 0, counts: Sequence[int] = COUNTS, **settings: object) -> Folders:
    clustering, captions = clustered(extra, counts)
    chosen = Settings(writer="keywords", **settings)  # type: ignore[arg-type]
    return make_folders(
        Candidate("", clustering, tuple(captions)),
        [Facts()] * len(captions),
        chosen,
        None,
        subjects_of=lambda clusters: said.subjects([[captions[photo] for photo in cluster] for cluster in clusters]),
    )


def test_each_cluster_becomes_a_folder_of_its_name() -> None:
    found = folders()
    assert found.paths == ("Dogs", "Cats", "Lakes", "Hills")
    assert np.bincount(found.labels).tolist() == list(COUNTS)
    assert [name.title for name in found.names] == list(found.paths)


def test_two_levels_put_what_is_akin_together_and_name_both() -> None:
    found = folders(counts=(30, 20, 30, 20), levels=2)
    tops = [path.split("/")[0] for path in found.paths]
    above = dict(zip((path.split("/")[-1] for path in found.paths), tops, strict=True))
    assert above["Dogs"] == above["Cats"] == "Mammals"
    assert above["Lakes"] == above["Hills"] != "Mammals"
    assert all(path.count("/") == 1 for path in found.paths)


def test_no_folder_of_most_photos_stands_above_others() -> None:
    found = folders(levels=2)
    assert found.paths == ("Dogs", "Cats", "Lakes", "Hills"), "dogs and cats are 70 of 100"
    assert "more than half" in found.flat
    assert not folders().flat


def test_outliers_are_set_aside_and_name_no_folder() -> None:
    found = folders(extra=2, outliers=True)
    aside = np.flatnonzero(found.labels == 4)
    assert {100, 101} <= set(aside.tolist()) and len(aside) <= 6
    assert (found.names[4].title, found.names[4].source) == ("Unsorted", ASIDE) and found.paths[4] == "Unsorted"
    assert not any("shoe" in str(name) for name in found.names)


def test_no_folder_is_made_for_outliers_that_are_not_there() -> None:
    vectors, _ = blobs([10, 10], noise=0)
    captions = ["a dog"] * 10 + ["a cat"] * 10
    found = make_folders(
        Candidate("", kmeans(vectors, 2), tuple(captions)),
        [Facts()] * 20,
        Settings(writer="keywords", outliers=True),
        None,
    )
    assert len(found.names) == len(found.paths) == 2


@pytest.mark.parametrize("levels", [1, 2])
def test_a_cluster_whose_photos_are_all_outliers_is_handled(levels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("photosort.workflows.sorting.folders.outliers", lambda clustering: clustering.labels == 3)
    found = folders(outliers=True, levels=levels)
    assert (found.labels == 3).sum() == 0 and (found.labels == 4).sum() == 10
    assert len(set(found.paths)) == 5


CHOSEN = np.array([0] * 3 + [1] * 5 + [2] * 4)


def in_categories(*categories: Category, settings: Settings, writer: ScriptedWriter | None = None) -> Folders:
    """Three calm photos, five loud ones, four of which the last fits nothing."""
    vectors, _ = blobs([3, 5, 4])
    captions = ["a dog"] * 3 + ["a band on a stage"] * 5 + ["a lake"] * 4
    fits = np.eye(3, dtype=np.float32)[CHOSEN]
    grouped = sorted_into(categories, CHOSEN, fits, vectors, captions, aside={11: "fits none"}, rest="The rest")
    return make_folders(grouped, [Facts()] * 12, settings, writer)


def test_names_of_the_user_are_kept_without_asking_a_writer() -> None:
    writer, named = ScriptedWriter([]), [Category("calm"), Category("loud"), Category("wet")]
    found = in_categories(*named, settings=Settings(into="calm, loud, wet", outliers=True, levels=2), writer=writer)
    assert writer.asked == []
    assert found.paths == ("loud", "calm", "wet", "The rest") and not found.flat
    assert {name.source for name in found.names[:3]} == {THE_USER} and found.names[3].source == ASIDE
    assert found.names[1].keywords[0].term == "dog"
    assert found.labels.tolist() == [1] * 3 + [0] * 5 + [2] * 3 + [3]


def test_a_language_model_is_said_to_have_made_the_names_of_a_criterion() -> None:
    named = [Category("calm"), Category("loud"), Category("wet")]
    found = in_categories(*named, settings=Settings(by=("the mood",)), writer=ScriptedWriter([]))
    assert {name.source for name in found.names[:3]} == {"scripted"}


def test_categories_lie_in_the_folders_that_the_user_names() -> None:
    named = [Category("same", above="Indoors"), Category("same", above="Outdoors"), Category("Indoors")]
    found = in_categories(*named, settings=Settings(into="x"))
    assert found.paths == ("Outdoors/same", "Indoors (2)/same", "Indoors", "The rest")
