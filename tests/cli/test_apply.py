"""A plan goes from the command to a file, and back through the command, for people and for programs."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from fakes.filing_kit import names, tree
from fakes.models import COLOURS, use_colours
from PIL import Image
from typer.testing import CliRunner

from photosort.cli.app import app
from photosort.cli.sink.ending import DETAILS
from photosort.errors import Declined, PlanRefused, SettingsError


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sixty photos in two colours."""
    use_colours(monkeypatch)
    (tmp_path / "in").mkdir()
    for number in range(60):
        image = Image.new("RGB", (30, 20), COLOURS[("red", "blue")[number % 2]])
        image.putpixel((0, 0), (number, 0, 0))
        image.save(tmp_path / "in" / f"{number}.png")
    return tmp_path / "in"


def command(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def planned(source: Path, *more: object) -> Result:
    plain = ("--k", 2, "--fusion", "image", "--names", "keywords")
    return command("organize", source, *plain, "--plan", source.with_name("plan.toml"), *more)


def test_a_plan_is_written_edited_and_applied(source: Path, tmp_path: Path) -> None:
    done = planned(source, "--dry-run", "--json")
    assert done.exit_code == 0 and json.loads(done.stdout)["plan"] == str(tmp_path / "plan.toml")
    text = (tmp_path / "plan.toml").read_text()
    name = json.loads(done.stdout)["folders"][0]["title"]
    (tmp_path / "plan.toml").write_text(text.replace(f'name = "{name}"', 'name = "Mine"'))
    shown = command("apply", tmp_path / "plan.toml", "--dry-run")
    assert shown.exit_code == 0 and "30  Mine" in shown.stdout and "Nothing was touched" in shown.stdout
    told = command("apply", tmp_path / "plan.toml", "--json")
    document = json.loads(told.stdout)
    assert told.exit_code == 0 and document["plan_of_run"] == 1 and document["outcome"]["photos"] == 60
    assert document["folders"][0]["named_by"] == "you"
    assert len(list((tmp_path / "in-sorted" / "Mine").glob("*.png"))) == 30


def test_the_way_on_is_shown_to_people(source: Path, tmp_path: Path) -> None:
    done = planned(source, "--dry-run")
    plan = tmp_path / "plan.toml"
    assert f"The plan is in {plan}. Edit it there, then: photosort apply {plan}" in done.stdout
    again = planned(source, "--dry-run")
    assert again.exit_code == PlanRefused.exit_code
    assert f"photosort: {plan} exists already. Name another file with --plan" in again.stderr


def test_a_plan_is_for_a_dry_run(source: Path) -> None:
    done = planned(source)
    assert done.exit_code == SettingsError.exit_code and "Add --dry-run" in done.stderr
    assert not source.with_name("in-sorted").exists() and not source.with_name("plan.toml").exists()


def test_a_move_asks_first(source: Path, tmp_path: Path) -> None:
    planned(source, "--dry-run", "--mode", "move")
    before = tree(tmp_path)
    done = command("apply", tmp_path / "plan.toml")
    assert done.exit_code == Declined.exit_code and f"Move 60 photos out of {source}?" in done.stderr
    assert tree(tmp_path) == before
    assert command("apply", tmp_path / "plan.toml", "--yes").exit_code == 0 and names(source) == []
    assert command("undo").exit_code == 0 and len(names(source)) == 60


def test_faults_are_listed_up_to_a_count_and_whole_for_programs(source: Path, tmp_path: Path) -> None:
    planned(source, "--dry-run")
    for path in list(source.iterdir())[:50]:
        path.write_bytes(path.read_bytes() + b"edited")
    done = command("apply", tmp_path / "plan.toml")
    lines = done.stderr.splitlines()
    assert done.exit_code == PlanRefused.exit_code and len(lines) == DETAILS + 2
    assert all(line.endswith(".png: was changed since the plan was made") for line in lines[:DETAILS])
    assert lines[DETAILS] == f"  and {50 - DETAILS} more; --json lists all"
    assert lines[-1].startswith(f"photosort: {tmp_path / 'plan.toml'} cannot be applied: 50 faults. Correct the plan")
    error = json.loads(command("apply", tmp_path / "plan.toml", "--json").stdout)["error"]
    assert error["kind"] == "PlanRefused" and len(error["details"]) == 50
