"""From a run in the history to the file of its report: pictures, places, budget, and what is never overwritten."""

import json
import re
import stat
from pathlib import Path

import numpy as np
import pytest
from fakes.filing_kit import plan_for
from fakes.photos import crops

from photosort.errors import NoSuchRun, ReportRefused
from photosort.filing.journaled.apply import apply
from photosort.models.selected import select_models
from photosort.report.html import SIGNATURE
from photosort.report.projection import FEWEST, places
from photosort.settings.settings import load_settings
from photosort.store.cache import open_cache
from photosort.store.history import open_history
from photosort.store.runs.runs import ClusterRecord, MemberRecord, Runs
from photosort.workflows.reporting import report as workflow
from photosort.workflows.reporting.report import Report, write_report

COUNT = 10


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Ten real photos."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number, piece in enumerate(crops("china.jpg", COUNT)):
        piece.save(folder / f"{number}.jpg")
    return folder


def organized(own: Path, source: Path, *, mode: str = "copy", file: bool = False, vectors: bool = False) -> int:
    """A run that puts everything into one folder; with `vectors` the cache knows what its encoder has seen."""
    plan = plan_for(source, source.with_name("out"), mode, labels=[0] * len(list(source.iterdir())))
    with open_history(own / "data") as connection:
        runs = Runs(connection)
        run = runs.add(
            source=source,
            destination=plan.destination,
            mode=mode,
            settings={"seed": 7},
            clusters=[ClusterRecord(0, plan.folders[0].name, "Temples", "Temples in China", (), "keywords", 0.9)],
            members=[
                MemberRecord(
                    photo.source, photo.digest, 0, rank, "a <b>temple</b>", 0.9, 0, 0.9, {"taken": "2019-01-01"}
                )
                for rank, photo in enumerate(photo for photo in plan.files if photo.main)
            ],
            left=[(source / "x.jpg", "truncated")],
        )
        if file:
            runs.start(run)
            apply(plan, run, connection)
    if vectors:
        identity = select_models(load_settings()).image_encoder.identity
        digests = [photo.digest for photo in plan.files]
        with open_cache(own / "cache") as cache:
            rows = np.random.default_rng(1).normal(size=(len(digests), 12)).astype(np.float32)
            cache.put_vectors(identity, digests, rows)
    return run


def written(own: Path, **more: object) -> Report:
    return write_report(own / "data", own / "cache", **more)


def data(path: Path) -> dict[str, list[dict[str, object]]]:
    found = re.search(r'<script type="application/json" id="run">(.*?)</script>', path.read_text(encoding="utf-8"))
    assert found
    return json.loads(found[1])


def test_a_preview_is_shown_with_its_pictures(own_folders: Path, source: Path, tmp_path: Path) -> None:
    organized(own_folders, source)
    report = written(own_folders)
    text = report.path.read_text(encoding="utf-8")
    assert report.path == tmp_path / "out-report.html" and report.beside is None and report.missing == ()
    assert text.count('src="data:image/webp;base64,') == COUNT
    assert "a &lt;b&gt;temple&lt;/b&gt;" in text and "This is a preview" in text and "truncated" in text
    assert stat.S_IMODE(report.path.stat().st_mode) == 0o600
    photo = data(report.path)["photos"][0]
    assert photo["path"] == "0.jpg" and photo["original"] == (source / "0.jpg").as_uri()


def test_photos_that_were_moved_are_found_at_their_destination(own_folders: Path, source: Path) -> None:
    organized(own_folders, source, mode="move", file=True)
    report = written(own_folders)
    assert report.missing == () and report.page.state == "done"
    assert all("/out/" in str(photo["original"]) for photo in data(report.path)["photos"])


def test_a_photo_that_is_gone_changed_or_damaged_has_a_placeholder(own_folders: Path, source: Path) -> None:
    (source / "2.jpg").write_text("damaged")
    organized(own_folders, source)
    (source / "0.jpg").unlink()
    crops("flower.jpg", 1)[0].save(source / "1.jpg")
    report = written(own_folders)
    assert [path.name for path in report.missing] == ["0.jpg", "1.jpg", "2.jpg"]
    assert report.path.read_text(encoding="utf-8").count('class="missing"') == 3
    assert ["original" in photo for photo in data(report.path)["photos"][:3]] == [False, False, True]


def test_a_second_report_reads_no_photo(own_folders: Path, source: Path) -> None:
    organized(own_folders, source)
    written(own_folders)
    for path in source.iterdir():
        path.unlink()
    report = written(own_folders)
    assert report.missing == () and "original" not in data(report.path)["photos"][0]


def test_above_the_budget_thumbnails_lie_beside_it(
    own_folders: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "BUDGET", 20_000)
    organized(own_folders, source)
    report = written(own_folders)
    text = report.path.read_text(encoding="utf-8")
    folder = report.path.with_name("out-report-thumbnails")
    assert report.beside == folder and "data:image" not in text
    addresses = re.findall(r'<img src="([^"]+)"', text)
    assert len(addresses) == COUNT and all((report.path.parent / address).is_file() for address in addresses)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert written(own_folders).beside == folder
    (folder / "mine.jpg").write_text("mine")
    with pytest.raises(ReportRefused, match=r"out-report-thumbnails exists and holds other files. Name another file"):
        written(own_folders)
    assert (folder / "mine.jpg").read_text() == "mine"


def test_only_a_report_is_replaced(own_folders: Path, source: Path, tmp_path: Path) -> None:
    organized(own_folders, source)
    path = tmp_path / "out-report.html"
    path.write_text("<!doctype html>\nmine")
    with pytest.raises(ReportRefused, match=r"exists and is not a report of photosort. Name another file with --out"):
        written(own_folders)
    assert path.read_text() == "<!doctype html>\nmine"
    path.write_text(f"{SIGNATURE}an earlier one")
    assert written(own_folders).path.stat().st_size > 10_000
    link, target = tmp_path / "link.html", tmp_path / "target.html"
    target.write_text(SIGNATURE)
    link.symlink_to(target)
    with pytest.raises(ReportRefused, match="is not a report"):
        written(own_folders, out=link)
    assert target.read_text() == SIGNATURE
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "link.html", "out-report.html", "target.html"]


def test_out_names_a_file_or_a_folder_that_exists(own_folders: Path, source: Path, tmp_path: Path) -> None:
    organized(own_folders, source)
    assert written(own_folders, out=tmp_path / "my.html").path == tmp_path / "my.html"
    (tmp_path / "there").mkdir()
    assert written(own_folders, out=tmp_path / "there").path == tmp_path / "there" / "out-report.html"
    with pytest.raises(ReportRefused, match=r"The folder .*/gone does not exist. Name another file with --out"):
        written(own_folders, out=tmp_path / "gone" / "my.html")


def test_the_map_is_the_same_each_time_and_kept(own_folders: Path, source: Path) -> None:
    organized(own_folders, source, vectors=True)
    first, second = data(written(own_folders).path), data(written(own_folders).path)
    spots = [photo["spot"] for photo in first["photos"]]
    assert spots == [photo["spot"] for photo in second["photos"]] and len({tuple(spot) for spot in spots}) == COUNT
    assert np.min(spots) == 0 and np.max(spots) == 1


def test_without_vectors_the_page_says_why_the_map_is_missing(own_folders: Path, source: Path) -> None:
    organized(own_folders, source)
    report = written(own_folders)
    assert "the cache does not know these photos any more" in report.page.map_note
    assert "<canvas" not in report.path.read_text(encoding="utf-8")


def test_a_run_that_does_not_exist_is_refused(own_folders: Path) -> None:
    with pytest.raises(NoSuchRun, match="Nothing has been organized yet"):
        written(own_folders)


def test_names_of_broken_bytes_are_shown_and_found(own_folders: Path, source: Path) -> None:
    odd = source / b"caf\xe9.jpg".decode(errors="surrogateescape")
    (source / "3.jpg").rename(odd)
    organized(own_folders, source)
    report = written(own_folders)
    photo = next(photo for photo in data(report.path)["photos"] if "caf" in str(photo["name"]))
    assert photo["name"] == "caf\\udce9.jpg" and str(photo["original"]).endswith("caf%E9.jpg")
    assert report.missing == ()


@pytest.mark.parametrize("count", [FEWEST, 40])
def test_a_map_puts_like_photos_side_by_side(count: int) -> None:
    rng = np.random.default_rng(3)
    groups = np.arange(count) % 2
    vectors = np.eye(8, dtype=np.float32)[groups] + rng.normal(scale=0.05, size=(count, 8)).astype(np.float32)
    spots = places(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), seed=1)
    assert spots.shape == (count, 2) and spots.min() == 0 and spots.max() == 1
    away = np.linalg.norm(spots[:, None] - spots[None], axis=2) + np.eye(count) * 9
    assert (groups[away.argmin(axis=1)] == groups).mean() == 1


@pytest.mark.slow
def test_of_many_photos_a_sample_is_mapped_and_the_others_lie_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("photosort.report.projection.MAPPED", 60)
    groups = np.arange(400) % 3
    noise = np.random.default_rng(3).normal(scale=0.02, size=(400, 8)).astype(np.float32)
    vectors = np.eye(8, dtype=np.float32)[groups] + noise
    spots = places(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), seed=1)
    centres = np.stack([spots[groups == group].mean(axis=0) for group in range(3)])
    nearest = np.linalg.norm(spots[:, None] - centres[None], axis=2).argmin(axis=1)
    assert (nearest == groups).mean() > 0.98
    assert (places(np.ones((70, 8), np.float32) / np.float32(8**0.5), seed=1) == 0).all()


def test_photos_are_found_in_a_folder_that_was_renamed(own_folders: Path, source: Path, tmp_path: Path) -> None:
    organized(own_folders, source, mode="move", file=True)
    (folder,) = [path for path in (tmp_path / "out").iterdir() if path.is_dir()]
    folder.rename(tmp_path / "out" / "China by hand")
    report = written(own_folders)
    assert report.missing == ()
    photo = data(report.path)["photos"][0]
    assert photo["original"] == (tmp_path / "out" / "China by hand" / "0.jpg").as_uri()
