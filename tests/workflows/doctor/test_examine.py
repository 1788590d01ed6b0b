"""What the examination finds: a sound installation, and each thing that can be wrong with it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from fakes.filing_kit import plan_for, write
from typer.testing import CliRunner, Result

from photosort import NO_TELEMETRY
from photosort.cli import doctor
from photosort.cli.app import app
from photosort.errors import NotInOrder
from photosort.filing.journaled.apply import apply
from photosort.filing.plan.model import Mode
from photosort.settings.config_file import config_file
from photosort.settings.settings import load_settings
from photosort.store.cache import cache_file, open_cache
from photosort.store.history import history_file, open_history
from photosort.store.journals.journal import FilingState, Journal
from photosort.store.runs.runs import Runs
from photosort.workflows.doctor import machine, models, stores
from photosort.workflows.doctor.examine import examine
from photosort.workflows.doctor.finding import Finding, State


def findings(subject: str) -> list[Finding]:
    return [one for one in examine() if one.subject == subject]


def one(subject: str) -> Finding:
    found = findings(subject)
    assert len(found) == 1
    return found[0]


def run() -> Result:
    return CliRunner().invoke(app, ["doctor"])


def test_a_sound_installation_has_nothing_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not {found.subject for found in examine() if found.state is State.WRONG}
    done = run()
    assert done.exit_code == 0 and "Nothing is wrong" in done.stdout
    assert "photosort 0." in done.stdout and "SQLite" in done.stdout
    told = json.loads(CliRunner().invoke(app, ["doctor", "--json"]).stdout)
    assert told["in_order"] and {"versions", "system", "history", "network"} <= {x["subject"] for x in told["findings"]}


def test_it_makes_no_file(own_folders: Path) -> None:
    examine()
    assert list(own_folders.iterdir()) == []


def test_no_line_holds_the_home_folder(own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(own_folders))
    said = run().stdout
    assert str(own_folders) not in said and "~/data" in said and "~/config" in said


@pytest.mark.slow
def test_neither_the_network_nor_a_model_is_touched(tmp_path: Path) -> None:
    program = (
        "import socket, sys\n"
        "def refuse(*_, **__): raise AssertionError('network')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from photosort.workflows.doctor.examine import examine\n"
        "examine()\nprint(*sorted(sys.modules))"
    )
    environment = {**os.environ, "PATH": str(tmp_path)}  # where no nvidia-smi is
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert not {"torch", "transformers", "onnxruntime", "openai"} & set(done.stdout.split())


def test_a_wrong_config_file_is_shown_and_is_the_exit_code() -> None:
    config_file().parent.mkdir(parents=True)
    config_file().write_text("kk = 3\n")
    assert one("config").state is State.WRONG and one("config").remedy == "Did you mean k?"
    done = run()
    assert done.exit_code == NotInOrder.exit_code == 31 and "1 problem" in done.stdout


def test_a_variable_that_sets_nothing_is_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHOTOSORT_MODEE", "move")
    assert [found.state for found in findings("config")] == [State.GOOD, State.NOTE]


def test_sound_databases_are_told_from_damaged_ones() -> None:
    settings = load_settings()
    with open_cache(settings.cache_dir) as cache, open_history(settings.data_dir) as history:
        cache.put_digests([(Path(f"/photos/secret-{n}.jpg"), 1, 1, 1, "00" * 32) for n in range(2000)])
        assert history
    assert one("cache").said.startswith("sound") and one("history").said.startswith("sound")
    file = cache_file(settings.cache_dir)
    content = bytearray(file.read_bytes())
    content[8192:40960] = b"\xff" * 32768
    file.write_bytes(content)
    history_file(settings.data_dir).write_bytes(b"nonsense" * 1000)
    cache_line, history_line = one("cache"), one("history")
    assert cache_line.state is history_line.state is State.WRONG
    assert "Delete it" in cache_line.remedy and "backup" in history_line.remedy
    assert "secret" not in run().stdout


def test_damaged_caches_that_were_set_aside_are_a_note() -> None:
    file = cache_file(load_settings().cache_dir)
    file.parent.mkdir(parents=True)
    for name in ("cache.sqlite.damaged-1", "cache.sqlite.damaged-1-wal"):
        file.with_name(name).write_bytes(b"")
    aside = findings("cache")[1]
    assert (aside.said, aside.remedy) == ("damaged ones set aside: 1", "photosort cache clean damaged")


def test_a_locked_history_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    file = history_file(load_settings().data_dir)
    file.parent.mkdir(parents=True)
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("CREATE TABLE a (b)")
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr("photosort.store.sqlite.quick_check.SECONDS", 0.01)
        found = one_of(stores.databases(load_settings()), "history")
    assert found.state is State.WRONG and "locked" in found.said


def one_of(found: object, subject: str) -> Finding:
    return next(line for line in found if line.subject == subject)  # type: ignore[attr-defined]


def test_an_unfinished_run_is_a_note_with_its_number(tmp_path: Path) -> None:
    settings, source, out = load_settings(), write(tmp_path / "in", {"I.JPG": "a"}), tmp_path / "out"
    with open_history(settings.data_dir) as connection:
        number = Runs(connection).add(
            source=source, destination=out, mode="copy", settings={}, clusters=[], members=[], left=[]
        )
        apply(plan_for(source, out, Mode.COPY, labels=[0], folders=("Dogs",)), number, connection)
    assert one("runs").said == "none was left unfinished"
    with open_history(settings.data_dir) as connection:
        Journal(connection, number).turn(FilingState.APPLYING)
    found = one("runs")
    assert (found.state, found.said) == (State.NOTE, "not finished: 1")
    assert found.remedy == "photosort resume 1, or undo 1" and "I.JPG" not in run().stdout


def test_a_full_disk_and_a_file_in_the_way_are_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stores, "LITTLE", 1e18)
    assert one("data folder").state is State.NOTE
    monkeypatch.setattr(stores, "LEAST", 1e18)
    assert one("cache folder").state is State.WRONG
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("PHOTOSORT_CACHE_DIR", str(tmp_path / "file"))
    assert "PHOTOSORT_CACHE_DIR" in one("cache folder").remedy


def test_what_could_be_sent_is_named_without_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://secret.example/v1")
    monkeypatch.setenv("PHOTOSORT_WRITER", "openai:secret-model")
    monkeypatch.setenv("PHOTOSORT_CAPTIONER", "server:secret-model")
    monkeypatch.setenv("PHOTOSORT_ALLOW_UPLOAD", '["secret.example"]')
    monkeypatch.setenv("PHOTOSORT_ENGINE", "ray")
    said = [found.said for found in findings("network")]
    assert said[0] == "writer openai:… sends captions and keywords to another machine"
    assert said[1] == "captioner server:… sends photos to another machine"
    assert len(said) == 4 and "secret" not in run().stdout
    monkeypatch.setenv("OPENAI_BASE_URL", "http://localhost:11434/v1")
    assert findings("network")[0].said.endswith("a server on this machine")


def test_telemetry_that_is_on_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, off in NO_TELEMETRY.items():
        monkeypatch.setenv(name, off)
    assert one("telemetry").state is State.GOOD
    monkeypatch.setenv("DO_NOT_TRACK", "0")
    assert one("telemetry").said == "not switched off: DO_NOT_TRACK"


def test_models_that_the_settings_name_must_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert one("builtin").state is State.GOOD
    monkeypatch.setenv("PHOTOSORT_PROFILE", "paper")
    wrong = [(found.said, found.remedy) for found in findings("models") if found.state is State.WRONG]
    assert wrong == [
        ("captioner blip is missing", "photosort models pull blip"),
        ("image encoder clip is missing", "photosort models pull clip"),
    ]
    monkeypatch.setenv("PHOTOSORT_PROFILE", "papr")
    assert "profile papr is unknown" in run().stdout


def test_an_optional_library_that_is_missing_has_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "OPTIONAL", (("camera RAW", "no_such_module", "rawpy"), ("JSON", "json", "json")))
    there, missing = findings("optional")
    assert there.said == "installed for JSON"
    assert missing.said == "camera RAW needs no_such_module" and missing.remedy.endswith("-m pip install rawpy")
    assert missing.state is State.NOTE


def test_a_card_that_a_cpu_build_does_not_use_is_said_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho 'NVIDIA H100 80GB HBM3, 81559, 570.10'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr(machine, "torch_build", lambda: "")
    card, torch = machine.gpu()
    assert card.said == "NVIDIA H100 80GB HBM3, 81559 MiB, driver 570.10"
    assert torch.state is State.NOTE and "CPU build" in torch.said
    assert sys.platform != "linux" or "--force-reinstall torch==" in torch.remedy
    tool.write_text("#!/bin/sh\nexit 9\n")
    assert next(iter(machine.gpu())).said == "NVIDIA, but nvidia-smi does not answer"


def test_the_build_of_torch_is_read_without_loading_it() -> None:
    import torch

    told = (
        f"CUDA {torch.version.cuda}" if torch.version.cuda else f"ROCm {torch.version.hip}" if torch.version.hip else ""
    )
    assert machine.torch_build() == told


def test_memory_is_that_of_the_machine() -> None:
    assert 1e8 < machine.memory() < 1e14


def test_signs_have_a_plain_form(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    code = "import sys\nsys.argv = ['photosort', 'doctor']\nfrom photosort.__main__ import main\nmain()"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False)
    assert done.stdout.decode("ascii").splitlines()[0].startswith("+ versions")


@pytest.mark.parametrize("width", [80, 120])
def test_lines_fit_a_terminal(width: int) -> None:
    import io

    from rich.console import Console

    console = Console(file=io.StringIO(), width=width, highlight=False)
    console.print(doctor._lines((Finding("torch", State.WRONG, "x " * 200, "pip install y"),)))
    lines = console.file.getvalue().splitlines()
    assert max(map(len, lines)) <= width and lines[0].startswith("✗ torch x") and "1 problem." in lines[-1]
