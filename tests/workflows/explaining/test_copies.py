"""A run of the command duplicates explains its copies, and is never taken for the last run that organized."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from fakes.photos import crops
from typer.testing import CliRunner

from photosort.cli.app import app
from photosort.errors import NoSuchRun, NotInRun
from photosort.settings.settings import Settings, load_settings
from photosort.store.history import open_history
from photosort.store.places import members_of_folders, told_of, written_captions
from photosort.store.runs.runs import ClusterRecord, MemberRecord, Runs
from photosort.workflows.drafts.plan_file import draft_of
from photosort.workflows.duplicates import Wish, find_duplicates
from photosort.workflows.explaining.explain import explain, explain_photo, explain_run
from photosort.workflows.explaining.photo import Reasons, reasons
from photosort.workflows.explaining.stranger import explain_stranger
from photosort.workflows.history import run_to_refine, run_to_review
from photosort.workflows.reporting.report import write_report

COPY = "temple (1).jpg"


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "Pictures"
    folder.mkdir()
    crops("china.jpg", 1, seed=1)[0].save(folder / "temple.jpg", quality=92)
    crops("flower.jpg", 1, seed=2)[0].save(folder / "flower.jpg", quality=92)
    shutil.copy2(folder / "temple.jpg", folder / COPY)
    return folder


@pytest.fixture
def settings() -> Settings:
    return load_settings(facts=False, by=["the mood"])


def put_apart(photos: Path, settings: Settings) -> int:
    found = find_duplicates(photos, settings, Wish(into=photos.with_name("apart")))
    assert found.run
    return found.run


def previewed(photos: Path, settings: Settings) -> int:
    """A run over all photos that saw the two temples as one folder."""
    from photosort.photos.files.digest import digest_of

    names = ["temple.jpg", COPY, "flower.jpg"]
    with open_history(settings.data_dir) as connection:
        return Runs(connection).add(
            source=photos,
            destination=photos.with_name("sorted"),
            mode="copy",
            settings={},
            clusters=[ClusterRecord(n, name, name, "", (), "keywords", 0.9) for n, name in enumerate(("One", "Two"))],
            members=[
                MemberRecord(photos / name, digest_of(photos / name), n // 2, n % 2, "a photo", 0.9, n // 2, 0.9)
                for n, name in enumerate(names)
            ],
            left=[],
        )


def as_json(*arguments: object) -> dict[str, Any]:
    done = CliRunner().invoke(app, [*map(str, arguments), "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.output)
    return found


def test_it_is_the_last_run_of_no_command(photos: Path, settings: Settings, tmp_path: Path) -> None:
    organized, data = previewed(photos, settings), settings.data_dir
    copies = put_apart(photos, settings)
    assert copies > organized
    assert explain_run(data).run.id == organized
    assert explain_run(data).newer is None
    one = explain(data, "1")
    assert one is not None and one.run.id == organized
    with pytest.raises(NotInRun):
        explain(data, "exact")
    assert explain_photo(data, photos / "temple.jpg").run.id == organized
    assert draft_of(data).run == organized
    assert run_to_review(data).id == organized
    assert write_report(data, settings.cache_dir, out=tmp_path / "report.html").page.run == organized
    with pytest.raises(NoSuchRun, match="by a criterion"):
        run_to_refine(data)
    with open_history(data) as connection:
        assert members_of_folders(connection, "e")[0] == organized
        assert members_of_folders(connection, "exact") == (organized, set())
        digest = Runs(connection).members(copies)[0].digest
        assert [told.run for told in told_of(connection, [digest])[digest]] == [organized] * 2
        assert written_captions(connection, "tags") == {}


def test_alone_it_leaves_nothing_organized(photos: Path, settings: Settings) -> None:
    put_apart(photos, settings)
    with pytest.raises(NoSuchRun, match="Nothing has been organized yet"):
        explain_run(settings.data_dir)
    assert explain(settings.data_dir, photos / "temple.jpg") is None, "the photo that was kept is no copy of itself"


def test_a_copy_says_what_was_kept_and_nothing_else(photos: Path, settings: Settings) -> None:
    run = put_apart(photos, settings)
    place = photos.with_name("apart") / "Exact copies" / COPY
    for path in (photos / COPY, place):
        found = explain_photo(settings.data_dir, path)
        assert (found.run.id, found.photo.caption) == (run, "exact copy; the best is temple.jpg")
        assert reasons(settings.data_dir, found) == Reasons()
    done = CliRunner().invoke(app, ["explain", str(place)], catch_exceptions=False)
    assert "put apart" in done.output and "the best is temple.jpg" in done.output
    for said in ("similarity", "cannot be weighed", "sorted by", "1.00"):
        assert said not in done.output
    document = as_json("explain", place)
    assert (document["similarity"], document["margin"], document["untold"]) == (None, None, None)


def test_its_number_shows_its_folders_without_cohesion(photos: Path, settings: Settings, tmp_path: Path) -> None:
    run = put_apart(photos, settings)
    for arguments in ((), ("1",)):
        done = CliRunner().invoke(app, ["explain", *arguments, "--run", str(run)], catch_exceptions=False)
        assert "Exact copies" in done.output and COPY in done.output
        assert "cohesion" not in done.output and "1.00" not in done.output
    assert as_json("explain", "--run", run)["clusters"][0]["cohesion"] is None
    assert as_json("explain", "1", "--run", run)["members"] == [
        {"path": str(photos / COPY), "copy": "exact copy; the best is temple.jpg"}
    ]
    with pytest.raises(NotInRun, match="was not in run"):
        explain_stranger(settings.data_dir, photos / "flower.jpg", run)
    page = write_report(settings.data_dir, settings.cache_dir, run, out=tmp_path / "report.html").page
    assert page.settings == {"command": "duplicates", "mode": "copy"}
    assert [(photo.similarity, photo.caption) for photo in page.photos] == [
        (None, "exact copy; the best is temple.jpg")
    ]
    assert '"similarity"' not in (tmp_path / "report.html").read_text()
