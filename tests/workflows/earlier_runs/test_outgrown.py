"""A folder whose photos have become others keeps its name, and what photosort would call it is said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from fakes.filing_kit import tree
from fakes.models import ColourCaptioner, nearest_colours, use_colours
from fakes.walls import again, coming, models, walls
from typer.testing import CliRunner

from photosort.cli.app import app
from photosort.models import registry
from photosort.settings.settings import load_settings
from photosort.store.identity import Identity
from photosort.workflows.add import add, destination_run, models_like
from photosort.workflows.earlier_runs.gathering import new_photos
from photosort.workflows.earlier_runs.outgrown import Outgrown
from photosort.workflows.history import undo_run
from photosort.workflows.organize import organize
from photosort.workflows.prepared import Organized

ANIMALS = {"red": "dog", "blue": "boat", "white": "cat", "green": "goose"}


class AnimalCaptioner(ColourCaptioner):
    """Takes each colour for something that WordNet knows."""

    identity = Identity("animal-words", "1")

    def caption(self, vectors: np.ndarray, tones: Sequence[tuple[str, ...]], said: object) -> list[str]:
        return [f"a photo of a {ANIMALS[name]}" for name in nearest_colours(vectors)]


@pytest.fixture(autouse=True)
def animals(monkeypatch: pytest.MonkeyPatch) -> None:
    use_colours(monkeypatch)
    monkeypatch.setattr(registry, "captioner", lambda settings, question: AnimalCaptioner())


@pytest.fixture
def source(tmp_path: Path) -> Path:
    walls(tmp_path / "in", "red", range(8))
    walls(tmp_path / "in", "blue", range(8))
    return tmp_path / "in"


@pytest.fixture
def out(source: Path, tmp_path: Path) -> Path:
    done = again(source, tmp_path / "out", k=2, facts=False)
    assert set(coming(done)) == {"Dogs", "Boats"}
    return tmp_path / "out"


def said(source: Path, out: Path, **changed: object) -> tuple[Outgrown, ...]:
    return again(source, out, facts=False, **changed).prepared.outgrown


def test_what_is_no_longer_true_of_most_is_said_as_long_as_photos_come(source: Path, out: Path) -> None:
    walls(out / "Dogs", "white", range(9))
    walls(source, "red", [20])
    before = tree(out)
    shown = organize(source, out, models(facts=False), dry_run=True)
    assert isinstance(shown, Organized)
    assert shown.prepared.outgrown == (Outgrown("Dogs", 18, 9 / 18, "Mammals"),) and tree(out) == before
    assert said(source, out) == shown.prepared.outgrown and (out / "Dogs" / "red-20.png").exists()
    walls(out / "Dogs", "white", range(20, 22))
    walls(source, "red", [21])
    assert said(source, out) == (Outgrown("Dogs", 21, 10 / 21, "Mammals"),), "the name was true when it was given"
    walls(source, "blue", [21])
    assert said(source, out) == (), "nothing has come into Dogs"


def test_new_photos_of_another_kind_do_it_too(source: Path, out: Path, tmp_path: Path) -> None:
    walls(out / "Dogs", "white", range(7))
    walls(source, "red", [20])
    assert said(source, out) == (), "nine of sixteen are dogs"
    walls(tmp_path / "card", "white", range(20, 24))
    settings = load_settings()
    run = destination_run(settings.data_dir)
    done = add(new_photos([tmp_path / "card"], out), run, models_like(run, settings))
    assert isinstance(done, Organized) and set(coming(done)) == {"Dogs"}
    assert done.prepared.outgrown == (Outgrown("Dogs", 20, 9 / 20, "Mammals"),)
    undo_run(settings.data_dir)
    walls(source, "red", [21])
    assert said(source, out) == (), "ten of seventeen are dogs"


def test_a_broader_name_may_be_what_most_photos_show_now(source: Path, out: Path) -> None:
    walls(out / "Dogs", "green", range(9))
    walls(source, "red", [20])
    assert [(one.photos, one.title) for one in said(source, out)] == [(18, "Animals")]


def test_a_name_of_the_user_is_never_held_against_the_photos(source: Path, out: Path) -> None:
    (out / "Dogs").rename(out / "Puppies")
    walls(out / "Puppies", "white", range(20))
    walls(source, "red", [20])
    done = again(source, out, facts=False)
    assert set(coming(done)) == {"Puppies"} and done.prepared.outgrown == ()


@pytest.mark.parametrize("changed", [{"levels": "year,auto"}, {"events": True}])
def test_names_of_dates_and_events_are_left_alone(source: Path, tmp_path: Path, changed: dict[str, object]) -> None:
    first = again(source, tmp_path / "out", k=2, **changed)
    for number, folder in enumerate(first.prepared.plan.folders):
        walls(folder.path, "white", range(20 * number, 20 * number + 20))
    walls(source, "red", [20])
    assert again(source, tmp_path / "out").prepared.outgrown == ()


def test_people_and_programs_get_one_line(source: Path, out: Path) -> None:
    walls(out / "Dogs", "white", range(9))
    walls(source, "red", [20])
    flags = ["organize", str(source), "--out", str(out), "--fusion", "image", "--names", "keywords", "--no-facts"]
    shown = CliRunner().invoke(app, [*flags, "--dry-run"])
    line = 'Dogs   no longer true of most of its 18 photos; photosort would call it "Mammals"'
    assert line in shown.stdout.splitlines(), shown.output
    told = json.loads(CliRunner().invoke(app, [*flags, "--dry-run", "--json"]).stdout)
    assert told["no_longer_true"] == [{"folder": "Dogs", "photos": 18, "share": 0.5, "would_be": "Mammals"}]
