"""A run that continues others is remembered whole: explain, report, search, runs and plans of it need no other run."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fakes.photos import filed, tree
from fakes.walls import again, first, models, walls

from photosort.clustering.edges import edges_of
from photosort.clustering.joining import NEW, join
from photosort.errors import PlanRefused
from photosort.filing.plan.draft import DraftFolder, rename
from photosort.photos.files.own_files import is_about_name
from photosort.settings.settings import load_settings
from photosort.store.cache import open_cache
from photosort.store.history import open_history
from photosort.store.places import members_of_folders, told_of
from photosort.store.runs.centroids import centroids_of
from photosort.store.runs.runs import ClusterRecord, MemberRecord, Runs
from photosort.workflows.drafts.plan_file import apply_plan, draft_of, write_plan
from photosort.workflows.earlier_runs.continuing import Unchanged
from photosort.workflows.explaining.explain import explain, explain_photo, explain_run
from photosort.workflows.explaining.stranger import explain_stranger
from photosort.workflows.explaining.views import FolderView
from photosort.workflows.history import past_runs, undo_run
from photosort.workflows.organize import organize
from photosort.workflows.recording.centroids import space_named
from photosort.workflows.reporting.report import picture

pytestmark = pytest.mark.usefixtures("colours")


@pytest.fixture
def out(source: Path, tmp_path: Path) -> Path:
    """Folders Red and Blue of a first run, and two red photos that a second run has added."""
    first(source, tmp_path / "out")
    walls(source, "red", range(20, 22))
    again(source, tmp_path / "out")
    return tmp_path / "out"


def recorded(run: int) -> tuple[dict[str, ClusterRecord], dict[str, list[MemberRecord]]]:
    """The folders of a run by their names, and their photos."""
    with open_history(load_settings().data_dir) as connection:
        runs = Runs(connection)
        clusters = {cluster.folder: cluster for cluster in runs.clusters(run)}
        return clusters, {name: runs.members(run, cluster.number) for name, cluster in clusters.items()}


def test_photos_that_stand_are_members_at_the_place_where_they_lie(out: Path, source: Path) -> None:
    clusters, members = recorded(2)
    assert {name: len(photos) for name, photos in members.items()} == {"Red": 10, "Blue": 8}
    assert all(photo.standing and photo.path.is_relative_to(out / "Blue") for photo in members["Blue"])
    added = [photo.path for photo in members["Red"] if not photo.standing]
    assert sorted(added) == [source / "red-20.png", source / "red-21.png"]
    assert [photo.rank for photo in members["Red"]] == list(range(10))
    assert clusters["Blue"].cohesion == pytest.approx(np.mean([photo.similarity for photo in members["Blue"]]))
    assert dict(clusters["Red"].keywords)["red wall"] == 10


def test_the_overview_and_the_list_of_runs_show_the_whole_library(out: Path) -> None:
    data_dir = load_settings().data_dir
    seen = explain_run(data_dir)
    assert seen.run.id == 2 and (seen.before, seen.yours) == (16, 0)
    assert {one.cluster.folder: one.size for one in seen.clusters} == {"Red": 10, "Blue": 8}
    assert all(lying.path.is_file() for one in seen.clusters for lying in one.exemplars)
    second, run = past_runs(data_dir)
    assert (second.photos, second.before, second.folders) == (18, 16, 2)
    assert (run.photos, run.before) == (16, 0)
    folder = explain(data_dir, out / "Blue")
    assert isinstance(folder, FolderView) and (folder.run.id, len(folder.members)) == (2, 8)


def test_a_photo_that_stands_has_the_reason_of_the_run_that_filed_it(out: Path, source: Path) -> None:
    data_dir = load_settings().data_dir
    for place in (out / "Blue" / "blue-3.png", source / "blue-3.png"):
        found = explain_photo(data_dir, place)
        assert (found.run.id, found.own.folder, found.now) == (2, "Blue", "")
        assert found.photo.standing and not found.by_user
        assert found.filed and found.filed.run.id == 1 and found.filed.photo.similarity > 0.9
    first_run = explain_photo(data_dir, out / "Blue" / "blue-3.png", 1)
    assert first_run.run.id == 1 and not first_run.photo.standing
    (out / "Blue" / "blue-3.png").unlink()
    assert "not there any more" in explain_photo(data_dir, source / "blue-3.png").now


def test_folders_that_are_renamed_later_are_found_by_what_stands_in_them(out: Path) -> None:
    (out / "Blue").rename(out / "The sea")
    seen = explain_run(load_settings().data_dir)
    (blue,) = (one for one in seen.clusters if one.cluster.folder == "Blue")
    assert blue.now == out / "The sea"
    assert {lying.path.parent for lying in blue.exemplars} == {out / "The sea"}


def test_after_an_undo_the_run_before_counts(out: Path) -> None:
    data_dir = load_settings().data_dir
    undo_run(data_dir)
    found = explain_photo(data_dir, out / "Blue" / "blue-3.png")
    assert (found.run.id, found.photo.standing, found.filed) == (1, False, None)
    assert explain_run(data_dir).run.id == 1 and len(filed(out)) == 16


def test_the_report_shows_every_photo_of_the_library(out: Path) -> None:
    settings = load_settings()
    with open_cache(settings.cache_dir) as cache:
        page = picture(settings.data_dir, cache, 2).page
    assert Counter(photo.path.partition("/")[0] for photo in page.photos if "/" in photo.path) == {"Red": 8, "Blue": 8}
    assert all(photo.original for photo in page.photos) and page.has_map


def test_a_search_knows_the_folders_of_photos_that_stand(out: Path) -> None:
    _, members = recorded(2)
    with open_history(load_settings().data_dir) as connection:
        run, digests = members_of_folders(connection, "blue")
        assert (run, len(digests)) == (2, 8)
        told = told_of(connection, [photo.digest for photo in members["Blue"]])
    assert {said[0].folder for said in told.values()} == {"Blue"} and {said[0].run for said in told.values()} == {2}


def test_the_plan_of_a_dry_run_has_only_what_is_new(out: Path, source: Path, tmp_path: Path) -> None:
    walls(source, "blue", range(30, 33))
    again_dry = organize(source, out, models(), dry_run=True)
    assert not isinstance(again_dry, Unchanged)
    draft = draft_of(load_settings().data_dir)
    told = [(folder.name, len(folder.photos), folder.there) for folder in draft.folders]
    assert told == [("Blue", 3, 8), ("Red", 0, 10)]
    before = tree(out)
    blue, red = draft.folders
    first_two = replace(blue, photos=blue.photos[:2])
    write_plan(
        tmp_path / "plan.toml",
        replace(draft, folders=(first_two, DraftFolder("Azure", "Azure", photos=blue.photos[2:]), red)),
    )
    text = (tmp_path / "plan.toml").read_text()
    assert "# 8 photos lie in this folder already" in text and "# 10 photos lie" in text
    places = load_settings()
    edited = apply_plan(tmp_path / "plan.toml", places.data_dir, places.cache_dir)
    assert edited.outcome is not None and edited.outcome.photos == 3
    clusters, members = recorded(edited.run)
    assert {name: len(photos) for name, photos in members.items()} == {"Red": 10, "Blue": 10, "Azure": 1}
    assert len({cluster.number for cluster in clusters.values()}) == 3
    numbers = {cluster.number for cluster in clusters.values()}
    assert {photo.runner_up for photos in members.values() for photo in photos} <= numbers
    assert [path.name for path in (out / "Blue").iterdir() if is_about_name(path.name)].count("ABOUT (2).txt") == 0
    assert (out / "Azure" / "ABOUT.txt").exists()
    undo_run(places.data_dir)
    assert tree(out) == before


def test_a_folder_that_is_renamed_in_the_plan_leaves_the_standing_one_its_name(
    out: Path, source: Path, tmp_path: Path
) -> None:
    walls(source, "blue", range(30, 33))
    organize(source, out, models(), dry_run=True)
    places = load_settings()
    draft = draft_of(places.data_dir)
    with pytest.raises(PlanRefused, match="8 photos lie in “Blue” already, and a plan renames no folder on disk"):
        rename(draft, "Blue", "New blues")
    renamed = replace(draft.folder("Blue"), name="New blues")
    write_plan(tmp_path / "plan.toml", replace(draft, folders=(renamed, *draft.folders[1:])))
    edited = apply_plan(tmp_path / "plan.toml", places.data_dir, places.cache_dir)
    _, members = recorded(edited.run)
    assert {name: len(photos) for name, photos in members.items()} == {"Red": 10, "Blue": 8, "New blues": 3}


def test_folders_of_two_sources_are_one_library(out: Path, source: Path, tmp_path: Path) -> None:
    walls(tmp_path / "phone", "blue", range(40, 43))
    again(tmp_path / "phone", out)
    _, members = recorded(3)
    assert {name: len(photos) for name, photos in members.items()} == {"Red": 10, "Blue": 11}
    assert isinstance(organize(source, out, models()), Unchanged)
    assert isinstance(organize(tmp_path / "phone", out, models()), Unchanged)


def test_what_was_set_aside_stays_a_folder_of_the_run(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first(source, out)
    (out / "Unsorted").mkdir()
    for number in (0, 1):
        (out / "Red" / f"red-{number}.png").rename(out / "Unsorted" / f"red-{number}.png")
    walls(source, "red", range(20, 22))
    again(source, out)
    _, members = recorded(2)
    assert {name: len(photos) for name, photos in members.items()} == {"Red": 8, "Blue": 8, "Unsorted": 2}
    with open_history(load_settings().data_dir) as connection:
        kinds = {cluster.number: cluster.folder for cluster in Runs(connection).clusters(2)}
        assert sorted(kinds) == [0, 1, 2]


def test_companions_of_photos_that_stand_belong_to_the_run(source: Path, tmp_path: Path) -> None:
    (source / "red-0.xmp").write_text("<x:xmpmeta/>")
    (source / "blue-0.nef").write_bytes(b"raw of blue")
    first(source, tmp_path / "out")
    walls(source, "red", range(20, 21))
    again(source, tmp_path / "out")
    with open_history(load_settings().data_dir) as connection:
        companions = Runs(connection).companions(2)
    red, blue = tmp_path / "out" / "Red", tmp_path / "out" / "Blue"
    assert companions == {red / "red-0.xmp": red / "red-0.png", blue / "blue-0.nef": blue / "blue-0.png"}
    assert explain_photo(load_settings().data_dir, red / "red-0.xmp").run.id == 2


def test_a_sidecar_of_no_photo_that_comes_after_a_move_is_said_to_be_left(source: Path, tmp_path: Path) -> None:
    first(source, tmp_path / "out", mode="move")
    (source / "letter.xmp").write_text("<x:xmpmeta/>")
    done = organize(source, tmp_path / "out", models(mode="move"))
    assert isinstance(done, Unchanged)
    assert [(one.path.name, one.reason) for one in done.left] == [("letter.xmp", "a sidecar without its photo")]


def test_middles_and_edges_are_kept_for_the_space_that_they_are_of(out: Path, tmp_path: Path) -> None:
    chosen = models()
    with open_history(load_settings().data_dir) as connection:
        clusters = {cluster.folder: cluster.number for cluster in Runs(connection).clusters(2)}
        kept = centroids_of(connection, 2, *space_named(chosen))
        assert set(kept) == set(clusters.values())
        assert kept[clusters["Red"]].vector.argmax() == 0 and kept[clusters["Blue"]].vector.argmax() == 2
        assert all(0.9 < one.edge <= 1 for one in kept.values())
        encoder, view = space_named(chosen)
        assert centroids_of(connection, 2, "another", view) == {}
        assert centroids_of(connection, 2, encoder, space_named(models(fusion="concat"))[1]) == {}
    walls(tmp_path / "new", "blue", [70])
    walls(tmp_path / "new", "green", [71])
    blue = explain_stranger(load_settings().data_dir, tmp_path / "new" / "blue-70.png")
    assert blue.folders[0][0].folder == "Blue" and blue.fits
    green = explain_stranger(load_settings().data_dir, tmp_path / "new" / "green-71.png")
    assert green.edge is not None and green.fits is False


def test_edges_from_similarities_are_those_from_vectors() -> None:
    rng = np.random.default_rng(3)
    rows = np.repeat(np.eye(3, 6), (30, 20, 1), axis=0) + rng.normal(0, 0.1, (51, 6))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    labels = np.repeat([0, 1, 2], (30, 20, 1))
    found = edges_of(join(rows, labels))
    others = [
        float(row @ rest / np.linalg.norm(rest))
        for place, row in enumerate(rows[:30])
        for rest in [rows[:30].sum(axis=0) - rows[place]]
    ]
    mean = [
        float(row @ rest / np.linalg.norm(rest))
        for place, row in enumerate(rows[30:50])
        for rest in [rows[30:50].sum(axis=0) - rows[30 + place]]
    ]
    usual = np.quantile([*others, *mean], 0.05)
    assert found[0] == pytest.approx((30 * np.quantile(others, 0.05) + 10 * usual) / 40, abs=1e-4)
    assert found[2] == pytest.approx(usual, abs=1e-4), "a folder of one photo has the edge of all"


def test_silent_photos_draw_none_along() -> None:
    red, blue, violet = (np.array(one, np.float32) for one in ([1, 0], [0, 1], [0.75, 0.66]))
    rows = np.stack([red, red, blue, blue, violet, violet, violet])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    folder = np.array([0, 0, 1, 1, 1, 1, NEW])
    assert join(rows, folder).labels[-1] == 1
    silent = np.array([False, False, False, False, True, True, False])
    alone = join(rows, folder, silent=silent)
    assert alone.labels.tolist() == [0, 0, 1, 1, 1, 1, 0]
    assert alone.centroids[1] == pytest.approx(blue, abs=1e-6)
    everyone = np.array([False, False, True, True, True, True, False])
    assert join(rows, folder, silent=everyone).labels[-1] == 1, "a folder without another photo is heard"
