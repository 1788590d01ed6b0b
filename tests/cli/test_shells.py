"""Real shells with the completion scripts, driven key by key, where they are installed."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fakes.odd_folders import FOLDERS, PLAIN, odd_history

from photosort.cli.completions import Shell, script

pexpect = pytest.importorskip("pexpect")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="shells of POSIX")]

STARTS = {
    "bash": ["--norc", "--noprofile", "-i"],
    "zsh": ["-f", "-i"],
    "fish": ["--no-config", "-i"],
}
LOADS = {
    "bash": "source {}",
    "zsh": "autoload -Uz compinit && compinit -u -D && source {}",
    "fish": "source {}",
}


@pytest.fixture(params=list(STARTS))
def shell(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A real shell with the script loaded. Its `photosort` completes as ever, but otherwise writes down its words."""
    kind: Shell = request.param
    if not shutil.which(kind):
        pytest.skip(f"{kind} is not installed")
    odd_history(tmp_path / "data")
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "photosort"
    command.write_text(
        f'#!/bin/sh\n[ "$1" = complete ] && exec "{sys.executable}" -m photosort "$@"\n'
        "printf '%s\\0' \"$@\" >words.new && mv words.new words\n"
    )
    command.chmod(0o755)
    (tmp_path / "script").write_text(script(kind))
    work = tmp_path / "work"
    work.mkdir()
    environment = {
        "PATH": f"{folder}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "TERM": "xterm",
        "LC_ALL": "C.UTF-8",
        "PHOTOSORT_DATA_DIR": str(tmp_path / "data"),
        "PYTHONPATH": ":".join(sys.path),
        "fish_features": "no-query-term",
    }
    started = pexpect.spawn(kind, STARTS[kind], cwd=work, env=environment, timeout=20, dimensions=(50, 200))
    started.sendline(LOADS[kind].format(tmp_path / "script") + " && echo loa''ded")
    started.expect("loaded")
    yield started
    started.close(force=True)


def run(shell: Any, work: Path, keys: str) -> list[str]:
    """Type keys and Enter; return the words that the program got."""
    shell.send(keys)
    shell.send("\r")
    shell.send("test -e words && echo fini''shed\r")
    shell.expect("finished")
    return (work / "words").read_bytes().decode().split("\0")[:-1]


@pytest.mark.parametrize("typed_", FOLDERS)
def test_a_shell_inserts_a_folder_as_one_word_and_runs_nothing(shell: Any, tmp_path: Path, typed_: str) -> None:
    assert run(shell, tmp_path / "work", f"photosort explain --run 1 {typed_}\t") == [
        *("explain", "--run", "1"),
        FOLDERS[typed_],
    ]
    assert {path.name for path in (tmp_path / "work").iterdir()} == {"words"}


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ('photosort explain --run 1 "Alp\t', ["explain", "--run", "1", PLAIN]),
        ('photosort explain --run 1 "Ca\t', ["explain", "--run", "1", FOLDERS["Ca"]]),
        ('photosort explain --run 1 "Ec\t', ["explain", "--run", "1", FOLDERS["Ec"]]),
        ("photosort explain --run 1 'Bob\t", ["explain", "--run", "1", FOLDERS["Bob"]]),
        ("photosort explain --run 1 Alpine\\ la\t", ["explain", "--run", "1", PLAIN]),
        ("photosort explain --run 1 Gu\t", ["explain", "--run", "1", "Gu"]),
        ("photosort org\tD --prof\tbuil\t", ["organize", "D", "--profile", "builtin"]),
        ("photosort organize --writer opena\tgpt", ["organize", "--writer", "openai:gpt"]),
        ("photosort organize --captioner serve\tx", ["organize", "--captioner", "server:x"]),
        ("photosort models pull smollm\t", ["models", "pull", "smollm2"]),
        ("photosort apply some\t", ["apply", "some file.toml"]),
    ],
)
def test_a_shell_completes_words_in_quotes_flags_and_files(
    shell: Any, tmp_path: Path, keys: str, words: list[str]
) -> None:
    (tmp_path / "work" / "some file.toml").touch()
    assert run(shell, tmp_path / "work", keys) == words
