"""photosort evaluate says what it sends before it looks at a photo, however little it is to say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def said(*words: object) -> str:
    environment = os.environ | {"OPENAI_BASE_URL": "http://localhost:9/v1"}
    command = [sys.executable, "-m", "photosort", "evaluate", *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stderr


@pytest.mark.slow
@pytest.mark.parametrize("flags", [(), ("--quiet",), ("--json",), ("--csv",)])
def test_photos_that_are_sent_are_told(flags: tuple[str, ...], tmp_path: Path) -> None:
    first, *_ = said(tmp_path / "none", "--captioner", "server:tiny", *flags).splitlines()
    assert first.startswith("Each new photo is sent") and first.endswith("to localhost (on this machine)")


def test_nothing_is_told_where_nothing_is_sent(tmp_path: Path) -> None:
    assert "sent" not in said(tmp_path / "none")
    assert "sent" not in said(tmp_path, "--captioner", "server:tiny", "--texts-file", tmp_path / "none.jsonl")
