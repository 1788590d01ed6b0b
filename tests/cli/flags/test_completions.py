"""What the program offers to a shell that completes a command line."""

import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import get_args

import pytest
import typer
from fakes.odd_folders import BROKEN, FOLDERS, PLAIN, odd_history
from fakes.tag_home import make_home
from hypothesis import given
from hypothesis import strategies as st

from photosort.cli.app import app
from photosort.cli.complete import offered, typed
from photosort.cli.completions import Shell, script
from photosort.cli.flags import offers
from photosort.errors import ModelMissing
from photosort.models.selected import select_models
from photosort.settings.config_edit import values_of
from photosort.settings.settings import Settings, load_settings
from photosort.store.history import history_file, open_history
from photosort.store.journals.journal import FilingState, Journal
from photosort.workflows.explaining.offered import folders_offered
from photosort.workflows.history import undo_run


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setenv("PHOTOSORT_DATA_DIR", str(folder))
    odd_history(folder)
    return folder


def offers_at(line: str) -> dict[str, str]:
    """What is offered at the end of a line -> what is said of it."""
    found = [one.partition("\t") for one in offered(typer.main.get_command(app), line)]
    return {word: help_ for word, _, help_ in found}


@pytest.mark.parametrize(
    ("line", "among"),
    [
        ("photosort ", ["organize", "explain", "undo", "models", "demo"]),
        ("photosort organize --dry", ["--dry-run"]),
        ("photosort organize DIR --fusion ", ["sum", "concat"]),
        ("photosort organize DIR --fusion=c", ["concat"]),
        ("photosort search dog --kind ", ["photo", "screenshot"]),
        ("photosort search dog --people ", ["2+", "group"]),
        ("photosort organize DIR --profile ", ["auto", "builtin", "best"]),
        ("photosort organize DIR --captioner b", ["blip", "blip2-flan-t5-xl"]),
        ("photosort organize DIR --image-encoder ", ["efficientnet-lite2", "clip", "open_clip:"]),
        ("photosort organize DIR --text-encoder ", ["minilm", "clip", "st:"]),
        ("photosort organize DIR --writer ", ["auto", "smollm2", "openai:"]),
        ("photosort refine --writer ", ["smollm2"]),
        ("photosort organize DIR --device c", ["cuda", "cpu"]),
        ("photosort organize DIR --engine ", ["local", "ray"]),
        ("photosort organize DIR --levels year", ["year,auto", "year,month"]),
        ("photosort organize DIR --name-template ", ["{name}", "{year}/{name}"]),
        ("photosort organize DIR --name-template {year}/{ti", ["{year}/{title}"]),
        ("photosort evaluate DIR --methods image,text-", ["image,text-sbert", "image,text-tfidf"]),
        ("photosort models pull ", ["fast", "smollm2", "qwen3-vl"]),
        ("photosort completions ", ["powershell"]),
        ("photosort config set mo", ["mode"]),
        ("photosort config set mode ", ["copy", "move"]),
        ("photosort config set facts ", ["true", "false"]),
    ],
)
def test_what_is_offered(line: str, among: list[str]) -> None:
    found = offers_at(line)
    assert set(among) <= set(found)
    assert all(name.startswith(line.replace("=", " ").rpartition(" ")[2]) for name in found)


@pytest.mark.parametrize("command", ["report", "review", "refine", "explain --run", "organize D --by x --names-from"])
def test_runs_are_offered_with_what_they_are(data_dir: Path, command: str) -> None:
    found = offers_at(f"photosort {command} ")
    assert list(found) == ["2", "1"]
    assert found["1"].endswith("Pictures to Pictures-sorted, copy") and found["2"].endswith("dry run")


def test_runs_are_offered_that_can_be_undone_resumed_or_tagged(tmp_path: Path, own_folders: Path) -> None:
    home = make_home(tmp_path)
    home.organize(file=False)
    commands = ("undo", "resume", "tag")
    assert [offers_at(f"photosort {command} ") for command in commands] == [{}, {}, {}]
    number = str(home.organize())
    assert list(offers_at("photosort undo ")) == [number] and offers_at("photosort resume ") == {}
    assert list(offers_at("photosort tag ")) == [number, "Animals", "2019/Beach days", "Mixed"]
    assert list(offers_at("photosort tag M")) == ["Mixed"]
    tagged = str(home.tag().run)
    assert list(offers_at("photosort undo ")) == [tagged, number]
    assert offers_at("photosort undo ")[tagged].endswith(f"{home.out.name}, tag")
    with open_history(home.settings.data_dir) as connection:
        Journal(connection, int(number)).turn(FilingState.STOPPED, "full")
    assert list(offers_at("photosort resume ")) == [number]
    undo_run(home.settings.data_dir, int(number))
    assert [offers_at(f"photosort {command} ") for command in commands] == [{}, {}, {}]


def test_folders_are_those_of_the_run_that_counts_or_is_named(data_dir: Path) -> None:
    assert set(offers_at("photosort search dog --in ")) == {"Zebras"}
    assert set(offers_at("photosort explain --run 1 ")) == set(FOLDERS.values())
    assert offers_at("photosort explain --run 1 2") == {"2": FOLDERS["Bob"], FOLDERS["20"]: ""}
    assert offers_at('photosort explain --run 1 "Alpine la') == {PLAIN: ""}
    assert offers_at("photosort explain --run 1 Alpine\\ ") == {PLAIN: ""}


def test_a_name_that_no_shell_can_show_is_not_offered(data_dir: Path) -> None:
    assert BROKEN in folders_offered(data_dir, 1)
    assert offers_at("photosort explain --run 1 Gu") == {}


@pytest.mark.parametrize("history", [None, b"", b"no database", "locked"])
def test_a_history_that_cannot_be_read_offers_nothing_and_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, history: bytes | str | None
) -> None:
    monkeypatch.setenv("PHOTOSORT_DATA_DIR", str(tmp_path))
    file = history_file(tmp_path)
    if isinstance(history, bytes):
        file.write_bytes(history)
    holder = sqlite3.connect(file) if history == "locked" else None
    if holder:
        holder.execute("CREATE TABLE runs (id)")
        holder.execute("BEGIN EXCLUSIVE")
    assert offers_at("photosort undo ") == offers_at("photosort explain ") == {}
    if holder:
        holder.close()
    if isinstance(history, bytes):
        assert file.read_bytes() == history
    assert file.exists() == (history is not None)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("photosort ", ([], "")),
        ("photosort undo", ([], "undo")),
        ("photosort undo ", (["undo"], "")),
        ("photosort explain Alpine\\ la", (["explain"], "Alpine la")),
        ("photosort explain 'Alpine ", (["explain"], "Alpine ")),
        ("photosort explain \"it's ", (["explain"], "it's ")),
        ("photosort search $(touch x) # a", (["search", "$(touch", "x)", "#"], "a")),
    ],
)
def test_a_line_is_split_as_a_shell_splits_it(line: str, words: tuple[list[str], str]) -> None:
    assert typed(line) == words


@given(st.text())
def test_no_line_is_too_odd(line: str) -> None:
    before, last = typed(f"photosort {line}")
    assert isinstance(last, str) and all(isinstance(word, str) for word in before)


@pytest.mark.slow
@pytest.mark.parametrize("line", ["photosort undo ", "photosort explain ", "photosort organize D --profile "])
def test_offering_loads_no_model_library(data_dir: Path, line: str) -> None:
    code = f"import sys\nfrom photosort.__main__ import _run\nsys.argv = ['photosort', 'complete', {line!r}]\n_run()\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}print('MODULES', *sys.modules)"], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.rpartition("MODULES")[2].split())
    assert not loaded & {"torch", "transformers", "sklearn", "scipy", "onnxruntime", "openai", "PIL", "numpy"}


def test_values_of_settings_are_those_that_they_take() -> None:
    assert values_of("seed") == values_of("nothing") == ()
    named = [(name, value) for name in Settings.model_fields for value in values_of(name)]
    assert len(named) > 20
    for name, value in named:
        with suppress(Exception):  # some need another setting too
            Settings(**{name: value})
    assert Settings(mode=values_of("mode")[0]).mode == "copy"


def whole(names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(":")]


def test_whatever_is_offered_is_known() -> None:
    def known(**named: str) -> None:
        with suppress(ModelMissing):
            select_models(Settings(**named)).make_all()

    for name in whole(offers.captioners("")):
        known(captioner=name, image_encoder="efficientnet-lite2")
    for name in whole(offers.image_encoders("")):
        known(image_encoder=name, captioner="blip" if name != "efficientnet-lite2" else "tags")
    for name in whole(offers.text_encoders("")):
        known(text_encoder=name)
    for name in whole(offers.writers("")):
        known(writer=name)
    for name in offers.profiles(""):
        known(profile=name)
    for name in offers.engines(""):
        Settings(engine=name)
    for name in offers.levels(""):
        Settings(levels=name)
    assert [load_settings(k=name).k for name in offers.numbers_of_folders("")] == [None]


@pytest.mark.parametrize("shell_", get_args(Shell))
def test_every_script_asks_the_program(shell_: Shell) -> None:
    assert "photosort complete" in script(shell_) or '"$1" complete' in script(shell_)
