"""The scripts in completions/ are the ones that the command prints, and they complete."""

import os
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from photosort.cli.completions import Shell, script

SUFFIXES = {"powershell": "ps1"}
FOLDER = Path(__file__).parents[2] / "completions"


@pytest.mark.parametrize("shell", get_args(Shell))
def test_the_file_is_what_the_command_prints(shell: Shell) -> None:
    assert (FOLDER / f"photosort.{SUFFIXES.get(shell, shell)}").read_text() == script(shell)


def test_the_script_asks_the_program_and_gets_its_commands() -> None:
    asked = {"COMP_WORDS": "photosort ", "COMP_CWORD": "1", "_PHOTOSORT_COMPLETE": "complete_bash"}
    done = subprocess.run(
        [sys.executable, "-m", "photosort"],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        check=False,
    )
    assert {"organize", "explain", "undo", "models", "demo"} <= set(done.stdout.split())
