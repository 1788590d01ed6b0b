"""photosort report, and organize --report: where the page goes, what is said of it, and how it is opened."""

import json
import webbrowser
from pathlib import Path

import pytest
from click.testing import Result
from fakes.models import COLOURS, use_colours
from PIL import Image
from typer.testing import CliRunner

from photosort.cli.app import app
from photosort.errors import NoSuchRun, ReportRefused
from photosort.workflows.reporting import report as workflow


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Twenty photos in two colours."""
    use_colours(monkeypatch)
    (tmp_path / "in").mkdir()
    for number in range(20):
        image = Image.new("RGB", (30, 20), COLOURS[("red", "blue")[number % 2]])
        image.putpixel((0, 0), (number, 0, 0))
        image.save(tmp_path / "in" / f"{number}.png")
    return tmp_path / "in"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that the browser was asked to open; it opens none that begin with an underscore."""
    asked: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: asked.append(address) or "_" not in address)
    return asked


def command(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)))


def organized(source: Path, *more: object) -> Result:
    return command("organize", source, "--k", 2, "--fusion", "image", "--names", "keywords", *more)


def test_a_report_is_written_and_opened(source: Path, tmp_path: Path, opened: list[str]) -> None:
    assert organized(source).exit_code == 0
    done = command("report", "--open")
    path = tmp_path / "in-sorted-report.html"
    assert done.exit_code == 0 and f"The report is {path}" in done.stdout
    assert opened == [path.as_uri()] and path.read_text(encoding="utf-8").count("<figure") == 20
    other = command("report", 1, "--out", tmp_path / "_.html", "--open")
    assert other.exit_code == 0 and "A browser could not be started. Open this file in one" in other.stderr


def test_programs_are_told_in_json(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflow, "BUDGET", 10)
    organized(source)
    (source / "3.png").unlink()
    path = tmp_path / "in-sorted-report.html"
    document = json.loads(command("report", "--json").stdout)
    assert document.pop("map").startswith("Photos that look alike lie near each other")
    assert document == {
        "run": 1,
        "report": str(path),
        "thumbnails": str(tmp_path / "in-sorted-report-thumbnails"),
        "photos": 20,
        "folders": 2,
        "missing": [],
    }
    assert command("report", "--quiet").output == ""


def test_people_are_told_what_lies_beside_and_what_is_missing(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workflow, "BUDGET", 10)
    organized(source, "--dry-run")
    (source / "3.png").unlink()
    done = command("report")
    assert f"They are in {tmp_path / 'in-sorted-report-thumbnails'}; keep both together." in done.stderr
    assert "1 photo without a picture in it: not found, or not readable." in done.stderr


def test_organize_writes_the_report_of_its_dry_run(source: Path, tmp_path: Path) -> None:
    done = organized(source, "--dry-run", "--report", "--json")
    document = json.loads(done.stdout)
    path = tmp_path / "in-sorted-report.html"
    assert document["report"]["report"] == str(path) and document["report"]["run"] == document["run"]
    assert "This is a preview. No photo was touched." in path.read_text(encoding="utf-8")
    assert organized(source, "--report").exit_code == 0
    assert "This is a preview" not in path.read_text(encoding="utf-8")


def test_organize_refuses_a_report_before_it_begins(source: Path, tmp_path: Path) -> None:
    (tmp_path / "in-sorted-report.html").write_text("mine")
    done = organized(source, "--report")
    assert done.exit_code == ReportRefused.exit_code and "is not a report of photosort" in done.stderr
    assert not (tmp_path / "in-sorted").exists() and command("report").exit_code == NoSuchRun.exit_code
