"""Groups of duplicates as people see them, at any width, and what the flags allow."""

import io
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from fakes.photos import crops, tree
from rich.console import Console
from typer.testing import CliRunner, Result

from photosort.cli.app import app
from photosort.cli.views import duplicates as view
from photosort.duplicates.groups import Group, Member
from photosort.duplicates.shots import Shot
from photosort.photos.files.copies import Copies
from photosort.photos.files.photo import Unread
from photosort.workflows.duplicates import Duplicates

BEST = Shot(Path("/p/IMG_2041.JPG"), "0", size=5_100_000, width=4000, height=3000)
SMALL = Shot(Path("/p/sent to grandma/IMG_2041-small [1].jpg"), "1", size=400_000, width=1600, height=1200)
FOUND = Duplicates(
    Path("/p"),
    1204,
    (
        Group(
            BEST,
            (Member(replace(BEST, path=Path("/p/old/e\x1b[2J.JPG")), "exact copy"), Member(SMALL, "smaller")),
            "most pixels: 4000 × 3000, the next has 1600 × 1200",
        ),
    ),
    (Group(BEST, (Member(replace(BEST, path=Path("/p/IMG_2042.JPG")), "same moment"),), "the sharpest"),),
    (Unread(Path("/p/bad.jpg"), "truncated"),),
    (Copies(3, Path("/p/Sorted"), 1),),
)


def shown(found: Duplicates, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(view.groups(found))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_line_is_too_long_and_nothing_is_lost(width: int) -> None:
    text = shown(FOUND, width)
    assert max(map(len, text.splitlines())) <= width
    letters = re.sub(r"\s", "", text)
    for said in ("IMG_2041.JPG", "IMG_2041-small[1].jpg", "4000×3000", "5MB", "thenexthas1600×1200", "exactcopy"):
        assert re.sub(r"\s", "", said) in letters or len(said) > 20, said
    assert "\x1b" not in text


@pytest.mark.parametrize("width", [60, 80])
def test_a_long_name_is_on_one_line_and_keeps_its_beginning_and_its_end(width: int) -> None:
    long = replace(BEST, path=Path("/p/animals/mammals_erase_cheetah_in_the_tall_grass_of_the_savanna.webp"))
    group = Group(long, (Member(SMALL, "recompressed or edited"),), "no difference found; the older file")
    lines = shown(replace(FOUND, groups=(group,)), width).splitlines()
    row = next(line for line in lines if line.startswith("keep"))
    assert re.match(r"keep  anim\S*…\S*\.webp  ", row), row
    assert re.search(r"4000 × 3000 +5 MB", row), row


def test_a_name_in_wide_characters_keeps_its_suffix() -> None:
    wide = replace(BEST, path=Path("/p") / ("写真" * 30 + ".jpg"))
    text = shown(replace(FOUND, groups=(Group(wide, (Member(SMALL, "smaller"),), "most pixels"),)), 80)
    assert re.search(r"keep  写真\S*…\S*真\.jpg ", text), text


def test_the_summary_counts_copies_edits_and_bursts() -> None:
    text = " ".join(shown(FOUND, 200).split())
    assert (
        "1,204 photos: 1 exact copy in 1 group, 1 near duplicate in 1 group, 1 burst of 2 photos. 6 MB could be saved."
    ) in text
    assert "1 copy that run 3 made in /p/Sorted was passed over" in text
    assert "1 file not compared: truncated" in text


def test_many_groups_are_cut_and_json_has_all() -> None:
    many = replace(FOUND, groups=FOUND.groups * 50)
    assert "and 10 more groups; --json lists all" in shown(many, 100)
    assert len(view.document(many)["groups"]) == 51


def photosort(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A photo with two copies."""
    folder = tmp_path / "Pictures"
    folder.mkdir()
    crops("china.jpg", 1)[0].save(folder / "a.jpg")
    shutil.copy2(folder / "a.jpg", folder / "a (1).jpg")
    shutil.copy2(folder / "a.jpg", folder / "a copy.jpg")
    return folder


@pytest.mark.parametrize("flags", [["--mode", "move"], ["--bursts"], ["--dry-run"]])
def test_flags_that_need_a_folder_say_so(photos: Path, flags: list[str]) -> None:
    done = photosort("duplicates", photos, *flags)
    assert done.exit_code == 2
    assert f"{flags[0]} needs --into. Name the folder for the duplicates: --into FOLDER." in done.output


def test_bursts_cannot_be_had_from_exact_copies(photos: Path, tmp_path: Path) -> None:
    done = photosort("duplicates", photos, "--exact", "--bursts", "--into", tmp_path / "apart")
    assert (done.exit_code, "--bursts and --exact exclude each other" in done.output) == (2, True)


def test_the_command_reports_asks_and_moves(photos: Path, tmp_path: Path) -> None:
    before, into = tree(photos), tmp_path / "apart"
    report = json.loads(photosort("duplicates", photos, "--exact", "--json").output)
    assert [(group["kind"], Path(group["best"]["path"]).name) for group in report["groups"]] == [("exact", "a.jpg")]
    assert (report["exact_copies"], report["plan"], report["outcome"]) == (2, None, None)
    assert photosort("duplicates", photos, "--exact", "--quiet").output == ""
    asked = photosort("duplicates", photos, "--exact", "--into", into, "--mode", "move")
    assert (asked.exit_code, "Move 2 photos out of" in asked.output) == (14, True)
    assert tree(photos) == before and not into.exists()
    done = photosort("duplicates", photos, "--exact", "--into", into, "--mode", "move", "--yes")
    assert done.exit_code == 0 and "2 photos moved." in done.output
    assert set(tree(photos)) == {"a.jpg"} and set(tree(into)) == {"Exact copies/a (1).jpg", "Exact copies/a copy.jpg"}
    assert "1 photo: no duplicates." in photosort("duplicates", photos, "--exact").output
    assert photosort("undo").exit_code == 0
    assert tree(photos) == before
