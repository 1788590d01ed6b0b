"""Photos of other places join the folders of an earlier run, as that run was made. What lies there stays as it is."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from fakes.filing_kit import tree
from fakes.models import use_colours
from fakes.photos import digests, filed
from fakes.walls import models as coloured
from fakes.walls import walls

from photosort.errors import (
    EmptyFolder,
    NoDestination,
    NoPhotos,
    NoSuchRun,
    OwnDestination,
    PlanRefused,
    SourceMissing,
)
from photosort.settings.settings import load_settings
from photosort.store.history import open_history
from photosort.store.runs.previews import KEPT
from photosort.store.runs.runs import Runs
from photosort.workflows.add import add, destination_run, models_like, runs_to_add_to
from photosort.workflows.drafts.plan_file import apply_plan, draft_of, write_plan
from photosort.workflows.earlier_runs.continuing import TAKEN_OUT, Unchanged
from photosort.workflows.earlier_runs.gathering import new_photos
from photosort.workflows.explaining.explain import explain_run
from photosort.workflows.history import run_to_refine, undo_run
from photosort.workflows.organize import organize
from photosort.workflows.prepared import Organized, Prepared, Talk
from photosort.workflows.sorting.categories import kept_settings


@pytest.fixture(autouse=True)
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    use_colours(monkeypatch)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the first run has put the photos: a folder for each colour, which the user has named."""
    return sorted_into(tmp_path / "out", tmp_path / "in")


def sorted_into(out: Path, source: Path, **changed: object) -> Path:
    walls(source, "red", range(8))
    walls(source, "blue", range(8))
    done = organize(source, out, coloured(k=2, **changed))
    assert isinstance(done, Organized)
    for folder in done.prepared.plan.folders:
        folder.path.rename(out / folder.photos[0].source.name.partition("-")[0].capitalize())
    return out


def added(*new: Path, to: str | None = None, mode: str | None = None, dry_run: bool = False) -> Organized | Unchanged:
    settings = load_settings()
    run = destination_run(settings.data_dir, to)
    return add(new_photos(new, run.destination), run, models_like(run, settings, mode=mode), dry_run=dry_run)


def coming(done: Organized | Unchanged) -> dict[str, list[str]]:
    assert isinstance(done, Organized)
    return {folder.name: [photo.source.name for photo in folder.photos] for folder in done.prepared.plan.folders}


def to(folder: Path | None = None) -> Path:
    return destination_run(load_settings().data_dir, None if folder is None else str(folder)).destination


def test_folders_and_single_photos_join_without_a_touch_on_what_lies_there(out: Path, tmp_path: Path) -> None:
    walls(tmp_path / "card", "red", range(20, 23))
    walls(tmp_path / "phone", "blue", range(20, 24))
    (tmp_path / "phone" / "blue-20.xmp").write_text("<x/>")
    shutil.copy(tmp_path / "in" / "red-0.png", tmp_path / "card" / "The gate.png")
    before, sources = tree(out), tree(tmp_path / "card") | tree(tmp_path / "phone")
    done = added(tmp_path / "card", tmp_path / "phone" / "blue-20.png", tmp_path / "phone" / "blue-21.png")
    assert coming(done) == {"Red": [f"red-{n}.png" for n in range(20, 23)], "Blue": ["blue-20.png", "blue-21.png"]}
    assert isinstance(done, Organized) and done.prepared.continues and done.prepared.continues.known == 1
    after = tree(out)
    assert {name for name in before if after[name] != before[name]} == {
        f"0/{folder}/{text}" for folder in ("Red", "Blue") for text in ("ABOUT.txt", "photosort.json")
    }
    assert "red-20.png" in (out / "Red" / "ABOUT.txt").read_text(encoding="utf-8")
    assert (out / "Blue" / "blue-20.xmp").exists(), "what belongs to a photo comes with it"
    assert tree(tmp_path / "card") | tree(tmp_path / "phone") == sources
    undo_run(load_settings().data_dir)
    assert tree(out) == before


def test_enough_of_another_kind_get_a_folder(out: Path, tmp_path: Path) -> None:
    walls(tmp_path / "card", "green", range(9))
    (green,) = coming(added(tmp_path / "card"))
    assert green not in ("Red", "Blue") and len(list((out / green).glob("*.png"))) == 9


def test_nothing_new_is_said_with_a_number_and_nothing_is_stored(out: Path, tmp_path: Path) -> None:
    shutil.copytree(tmp_path / "in", tmp_path / "card")
    before = tree(out)
    done = added(tmp_path / "card")
    assert isinstance(done, Unchanged) and (done.photos, done.left) == (16, ())
    assert tree(out) == before and len(runs_to_add_to(load_settings().data_dir)) == 1


def test_equal_new_photos_are_added_once(out: Path, tmp_path: Path) -> None:
    walls(tmp_path / "card", "red", range(20, 22))
    shutil.copytree(tmp_path / "card", tmp_path / "phone")
    done = added(tmp_path / "phone", tmp_path / "card", tmp_path / "card" / "red-20.png", mode="move")
    assert coming(done) == {"Red": ["red-20.png", "red-21.png"]} and filed(tmp_path / "card") == []
    assert isinstance(done, Organized)
    assert {one.path: one.reason for one in done.prepared.plan.left} == {
        tmp_path / "phone" / f"red-{n}.png": f"equal to red-{n}.png, which is added" for n in (20, 21)
    }
    assert set(Counter(digests(out)).values()) == {1}


def test_the_settings_are_those_of_the_run(tmp_path: Path) -> None:
    sorted_into(tmp_path / "out", tmp_path / "in", mode="hardlink", about=False, name_template="The {title}")
    walls(tmp_path / "card", "green", range(9))
    walls(tmp_path / "card", "red", range(20, 21))
    done = added(tmp_path / "card")
    new = next(name for name in coming(done) if name != "Red")
    assert new.startswith("The ") and [path.suffix for path in (tmp_path / "out" / new).iterdir()] == [".png"] * 9
    assert (tmp_path / "out" / "Red" / "red-20.png").samefile(tmp_path / "card" / "red-20.png")
    walls(tmp_path / "card", "blue", range(20, 21))
    added(tmp_path / "card", mode="copy")
    assert not (tmp_path / "out" / "Blue" / "blue-20.png").samefile(tmp_path / "card" / "blue-20.png")


def test_what_into_names_is_found_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("kinds.txt").write_text("Ripe\nSky\n")
    settings = {into: kept_settings(load_settings(into=into), ()) for into in ("kinds.txt", "Ripe, Sky", "x" * 5000)}
    assert [kept["into"] for kept in settings.values()] == [str(tmp_path / "kinds.txt"), "Ripe, Sky", "x" * 5000]


def test_how_photos_were_added_once_says_nothing_of_the_next_time(out: Path, tmp_path: Path) -> None:
    for number, mode in ((20, "move"), (21, None)):
        walls(tmp_path / "card", "red", range(number, number + 1))
        added(tmp_path / "card", mode=mode)
    assert [path.name for path in filed(tmp_path / "card")] == ["red-21.png"]
    assert destination_run(load_settings().data_dir, "2").settings["mode"] == "move"


def test_a_photo_that_was_taken_out_comes_back_where_it_is_named(out: Path, tmp_path: Path) -> None:
    (out / "Red" / "red-0.png").unlink()
    done = added(tmp_path / "in")
    assert isinstance(done, Unchanged) and [one.reason for one in done.left] == [TAKEN_OUT]
    assert coming(added(tmp_path / "in" / "red-0.png")) == {"Red": ["red-0.png"]}


def test_the_run_tells_what_was_added(out: Path, tmp_path: Path) -> None:
    walls(tmp_path / "a" / "card", "red", range(20, 22))
    walls(tmp_path / "a" / "phone", "red", range(30, 32))
    added(tmp_path / "a" / "card", tmp_path / "a" / "phone" / "red-30.png")
    with open_history(load_settings().data_dir) as connection:
        run = Runs(connection).last()
    assert (run.source, run.settings["command"]) == (tmp_path / "a", "add")
    assert run.settings["sources"] == [str(tmp_path / "a" / "card"), str(tmp_path / "a" / "phone" / "red-30.png")]


def test_a_plan_of_what_is_added_can_be_edited_and_applied(out: Path, tmp_path: Path) -> None:
    walls(tmp_path / "a" / "card", "red", range(20, 22))
    walls(tmp_path / "a" / "phone", "red", range(30, 32))
    settings, plan = load_settings(), tmp_path / "plan.toml"
    done = added(tmp_path / "a" / "card", tmp_path / "a" / "phone" / "red-30.png", dry_run=True)
    assert isinstance(done, Organized)
    write_plan(plan, draft_of(settings.data_dir, done.prepared.run))
    plan.write_text(plan.read_text().replace('name = "Red"', 'name = "Blue"'))
    apply_plan(plan, settings.data_dir, settings.cache_dir)
    assert {path.name for path in (out / "Blue").glob("red*")} == {"red-20.png", "red-21.png", "red-30.png"}


def test_the_destination_is_the_last_one_that_stands(tmp_path: Path) -> None:
    first = sorted_into(tmp_path / "one", tmp_path / "in")
    second = sorted_into(tmp_path / "two", tmp_path / "in")
    assert (to(), to(first), destination_run(load_settings().data_dir, "1").destination) == (second, first, first)
    link = tmp_path / "link"
    link.symlink_to(first)
    assert to(link) == first
    undo_run(load_settings().data_dir)
    assert to() == first


REFUSED = {
    "9": (NoSuchRun, r"Run 9 does not exist\. photosort runs"),
    "2": (NoDestination, r"Run 2 was undone, so nothing of it lies on disk\. Name another with --to"),
    "3": (NoDestination, r"Run 3 was a preview and filed nothing\. Name another"),
    "TMP/out/Red": (NoDestination, r"out/Red lies inside .*out, where run 1 filed .*: --to .*out$"),
    "TMP/nowhere": (NoDestination, r"No run has filed photos to .*nowhere\. Sort some there first"),
    "TMP": (NoDestination, r"No run has filed photos to .*\. Perhaps: --to .*out$"),
    "TMP/two": (NoDestination, r"Run 2 into .*two was undone.*\. Sort anew: photosort organize .*in --out .*two"),
}


@pytest.mark.parametrize("named", REFUSED)
def test_what_is_no_destination_is_refused_with_what_to_do(out: Path, tmp_path: Path, named: str) -> None:
    sorted_into(tmp_path / "two", tmp_path / "in")
    undo_run(load_settings().data_dir)
    organize(tmp_path / "in", tmp_path / "three", coloured(k=2), dry_run=True)
    kind, message = REFUSED[named]
    with pytest.raises(kind, match=message):
        added(tmp_path / "in", to=named.replace("TMP", str(tmp_path)))


def test_two_destinations_that_may_be_meant_are_named(out: Path, tmp_path: Path) -> None:
    sorted_into(tmp_path / "two", tmp_path / "in")
    with pytest.raises(
        NoDestination, match=r"holds 2 destinations, .*\(run \d\) and .*\(run \d\)\. Name one with --to"
    ):
        to(tmp_path)


def test_a_number_that_is_a_folder_too_is_not_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sorted_into(tmp_path / "out", tmp_path / "in")
    sorted_into(tmp_path / "1", tmp_path / "in")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoDestination, match=r"1 is run 1, into .*out, and the destination of run 2\. .*\./1"):
        to(Path("1"))
    assert destination_run(load_settings().data_dir, "./1").id == 2


def test_without_a_run_there_is_nothing_to_add_to() -> None:
    with pytest.raises(NoDestination, match=r"No run has filed photos .*photosort organize DIR"):
        to()


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("nothing", SourceMissing, r"nothing does not exist\. Name a folder"),
        ("out", OwnDestination, r"out is the destination .*--to"),
        ("out/Red", OwnDestination, r"Red lies inside the destination"),
        ("out/Red/red-0.png", OwnDestination, "red-0.png lies inside the destination"),
        ("empty", EmptyFolder, "empty is empty"),
        ("notes.txt", NoPhotos, "notes.txt is neither a photo nor belongs to one"),
    ],
)
def test_what_cannot_be_added_is_refused(
    out: Path, tmp_path: Path, name: str, kind: type[Exception], message: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").touch()
    before = tree(out)
    with pytest.raises(kind, match=message):
        added(tmp_path / name)
    assert tree(out) == before


def test_a_destination_that_is_gone_is_not_made_again(out: Path, tmp_path: Path) -> None:
    walls(tmp_path / "card", "red", range(20, 22))
    out.rename(tmp_path / "unmounted")
    with pytest.raises(NoDestination, match=r"out is not there any more\. Connect its disk"):
        added(tmp_path / "card")
    out.mkdir()
    with pytest.raises(NoDestination, match=r"No photo of a run lies in .*out any more"):
        added(tmp_path / "card")
    assert list(out.iterdir()) == []


def test_copies_that_were_put_apart_are_no_destination(out: Path, tmp_path: Path) -> None:
    with open_history(load_settings().data_dir) as connection:
        settings = json.dumps({"command": "duplicates"})
        connection.execute("UPDATE runs SET settings = ?", (settings,))
    with pytest.raises(NoDestination, match=r"Run 1 put copies apart, and sorted nothing\. Name another"):
        destination_run(load_settings().data_dir, "1")
    with pytest.raises(NoDestination, match="No run has filed photos"):
        to()


def test_a_plan_whose_single_photo_is_gone_says_which_line_is_wrong(out: Path, tmp_path: Path) -> None:
    walls(tmp_path / "phone", "blue", range(20, 22))
    new = [tmp_path / "phone" / f"blue-{number}.png" for number in (20, 21)]
    done = added(*new, dry_run=True)
    assert isinstance(done, Organized)
    settings = load_settings()
    write_plan(tmp_path / "plan.toml", draft_of(settings.data_dir, done.prepared.run))
    new[0].unlink()
    with pytest.raises(PlanRefused) as refused:
        apply_plan(tmp_path / "plan.toml", settings.data_dir, settings.cache_dir)
    assert len(refused.value.details) == 1 and "blue-20.png" in refused.value.details[0]


def test_a_run_that_added_photos_is_not_refined(out: Path, tmp_path: Path) -> None:
    walls(tmp_path / "card", "red", range(20, 22))
    done = added(tmp_path / "card", dry_run=True)
    assert isinstance(done, Organized)
    with pytest.raises(NoSuchRun, match="did not sort a folder"):
        run_to_refine(load_settings().data_dir, done.prepared.run)


def test_a_run_is_kept_while_its_question_waits(out: Path, tmp_path: Path) -> None:
    walls(tmp_path / "card", "red", range(20, 22))
    walls(tmp_path / "other", "blue", range(8))

    def others(prepared: Prepared) -> None:
        for _ in range(KEPT + 1):
            organize(tmp_path / "other", tmp_path / "elsewhere", coloured(k=1), dry_run=True)

    settings = load_settings()
    run = destination_run(settings.data_dir)
    done = add(new_photos([tmp_path / "card"], out), run, models_like(run, settings), talk=Talk(review=others))
    assert isinstance(done, Organized) and done.outcome and done.outcome.photos == 2
    with open_history(settings.data_dir) as connection:
        assert connection.execute("SELECT count(*) FROM wanted").fetchone() == (0,)


def test_a_later_dry_run_does_not_hide_what_was_added(out: Path, tmp_path: Path) -> None:
    walls(tmp_path / "card", "red", range(20, 22))
    added(tmp_path / "card")
    organize(tmp_path / "in", tmp_path / "elsewhere", coloured(k=2), dry_run=True)
    assert explain_run(load_settings().data_dir).run.id == 2
