"""add and watch as people and programs see them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from fakes.models import use_colours
from fakes.photos import filed
from fakes.walls import models as coloured
from fakes.walls import walls
from typer.testing import CliRunner

from photosort.cli.app import app
from photosort.cli.flags import offers
from photosort.errors import Declined, NoDestination
from photosort.workflows import watch as workflow
from photosort.workflows.organize import organize
from photosort.workflows.prepared import Organized
from photosort.workflows.watch import Away, Event, Failed, There


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    use_colours(monkeypatch)
    walls(tmp_path / "in", "red", range(8))
    walls(tmp_path / "in", "blue", range(8))
    done = organize(tmp_path / "in", tmp_path / "out", coloured(k=2))
    assert isinstance(done, Organized)
    for folder in done.prepared.plan.folders:
        folder.path.rename(tmp_path / "out" / folder.photos[0].source.name.partition("-")[0].capitalize())
    return tmp_path / "out"


def command(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def test_people_see_where_new_photos_go_and_how_many_are_there(out: Path, tmp_path: Path) -> None:
    walls(tmp_path / "card", "red", range(20, 22))
    shutil.copy(tmp_path / "in" / "red-0.png", tmp_path / "card")
    shown = command("add", tmp_path / "card", "--dry-run")
    assert shown.exit_code == 0 and "card → out   1 folder, 2 photos to copy" in shown.stdout
    assert "2  Red   8 there" in shown.stdout and "photosort explain --run 2" in shown.stdout
    assert "Added as in run 1. 1 photo lies there already, and will not be put there again." in shown.stdout
    done = command("add", tmp_path / "card")
    assert done.exit_code == 0 and "2 photos copied." in done.stdout and len(filed(out)) == 18
    again = command("add", tmp_path / "card")
    assert again.stdout.endswith(f"Nothing new for {out}: 3 photos lie there already.\n")


def test_the_head_names_all_that_was_given(out: Path, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("card", "phone", "scans", "old")]
    for number, folder in enumerate(folders):
        walls(folder, "red", [20 + number])
    assert "card and phone → out   1 folder, 2 photos" in command("add", *folders[:2], "--dry-run").stdout
    assert "card, phone and scans → out" in command("add", *folders[:3], "--dry-run").stdout
    assert "card, phone and 2 other places → out" in command("add", *folders, "--dry-run").stdout


def test_a_plan_of_nothing_is_not_written_and_that_is_said(out: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    for line in (["add", tmp_path / "in"], ["organize", tmp_path / "in", "--out", out]):
        shown = command(*line, "--dry-run", "--plan", plan)
        assert shown.exit_code == 0 and f"There is nothing to plan, so {plan} is not written" in shown.stderr
        told = json.loads(command(*line, "--dry-run", "--json").stdout)
        assert (told["mode"], told["dry_run"], told["folders"], told["outcome"]) == ("copy", True, [], None)
    assert not plan.exists()


def test_a_report_is_written_where_nothing_is_new(out: Path, tmp_path: Path) -> None:
    told = json.loads(command("organize", tmp_path / "in", "--out", out, "--report", "--json").stdout)
    assert told["new"] == 0 and Path(told["report"]["report"]).is_file()


def test_programs_get_the_numbers(out: Path, tmp_path: Path) -> None:
    walls(tmp_path / "card", "red", range(20, 22))
    told = json.loads(command("add", tmp_path / "card", tmp_path / "in", "--to", out, "--json").stdout)
    assert (told["run"], told["already_there"], told["outcome"]["photos"]) == (2, 16, 2)
    assert told["added"] == [str(tmp_path / "card"), str(tmp_path / "in")]
    again = json.loads(command("add", tmp_path / "card", "--json").stdout)
    assert (again["new"], again["already_there"], again["outcome"]) == (0, 2, None)


def test_a_move_is_asked_about(out: Path, tmp_path: Path) -> None:
    walls(tmp_path / "card", "red", range(20, 22))
    for arguments in (("add", tmp_path / "card"), ("watch", tmp_path / "card")):
        done = command(*arguments, "--mode", "move")
        assert done.exit_code == Declined.exit_code and "Run it again with --yes" in done.stderr
    assert len(filed(tmp_path / "card")) == 2
    assert command("add", tmp_path / "card", "--mode", "move", "--yes").exit_code == 0
    assert filed(tmp_path / "card") == []


def test_a_failure_is_one_line_with_a_code_of_its_own(out: Path, tmp_path: Path) -> None:
    for name in ("add", "watch"):
        done = command(name, tmp_path / "in", "--to", out / "Red")
        assert (done.exit_code, done.stderr.count("\n")) == (NoDestination.exit_code, 1)
        assert done.stderr.endswith(f"New photos find their folder there: --to {out}\n")


def test_the_shell_offers_destinations_and_runs(out: Path, tmp_path: Path) -> None:
    walls(tmp_path / "card", "red", range(20, 22))
    command("add", tmp_path / "card")
    assert offers.destinations("") == [str(out), "2", "1"] and offers.destinations("1") == ["1"]


def ended(monkeypatch: pytest.MonkeyPatch, folder: Path, *events: Event, more: tuple[str, ...] = ()) -> Result:
    """Watch until, after what is real, these events and then Ctrl-C have come."""
    real = workflow.watch

    def watch(*arguments: object, **named: object) -> Iterator[Event]:
        yield next(real(*arguments, **named))  # type: ignore[arg-type]
        yield from events
        raise KeyboardInterrupt

    monkeypatch.setattr(workflow, "watch", watch)
    return command("watch", folder, *more)


@pytest.mark.slow
def test_each_batch_is_a_line_and_ctrl_c_ends_with_a_summary(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    walls(tmp_path / "card", "red", range(20, 22))
    walls(tmp_path / "card", "green", range(6))
    (tmp_path / "card" / "broken.png").write_bytes(b"half")
    failed = Failed(NoDestination("X is not there any more", "Connect its disk."), 3)
    done = ended(monkeypatch, tmp_path / "card", failed, Away(), There())
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[1].startswith(f"Watching {tmp_path / 'card'}. What arrives joins")
    assert "8 photos copied: " in lines[2] and "(new), Red 2 (run 2)" in lines[2]
    assert "left in place: broken.png, " in lines[3]
    assert lines[-2].startswith("Ended after 00:00:") and f"8 photos added to {out} in 1 run." in lines[-2]
    assert lines[-1] == "Take the last batch back:  photosort undo 2"
    assert done.stderr.splitlines() == [
        "3 photos not added, tried again later: X is not there any more. Connect its disk.",
        f"{tmp_path / 'card'} is not there now. Waiting for it.",
        f"{tmp_path / 'card'} is there again.",
    ]


@pytest.mark.slow
def test_programs_get_a_summary_of_a_watch(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    walls(tmp_path / "card", "red", range(20, 22))
    told = json.loads(ended(monkeypatch, tmp_path / "card", more=("--json",)).stdout)
    assert (told["runs"], told["photos"], told["failed_batches"], told["cut_off"]) == ([2], 2, 0, None)
    assert (told["watched"], told["destination"]) == (str(tmp_path / "card"), str(out))
