"""The photosort command with colours for models: starts fast, and may die by SIGKILL while it files. A script.

DIE_AT in the environment is the number of steps that it makes before; see `killable`. DIE_BY names the signal.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import photosort
from fakes.command import Finished


def start(*arguments: object, die_at: int | None = None, by: str = "SIGKILL") -> subprocess.Popen[str]:
    """Start the command in a process of its own."""
    here = [Path(photosort.__file__).parents[1], Path(__file__).parents[1]]
    dying = {} if die_at is None else {"DIE_AT": str(die_at), "DIE_BY": by}
    return subprocess.Popen(
        [sys.executable, __file__, *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **dying, "PYTHONPATH": os.pathsep.join(map(str, here))},
    )


def run(*arguments: object, die_at: int | None = None) -> Finished:
    """Run the command to its end, or to its death."""
    process = start(*arguments, die_at=die_at)
    out, err = process.communicate(timeout=300)
    return Finished(process.returncode, out, err)


def said(process: subprocess.Popen[str], text: str) -> str:
    """Read what a command says until a line has this text, or to the end."""
    assert process.stdout
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            break
    return "".join(lines)


def _dying(steps: int, by: str) -> None:
    """Count steps from the moment on at which the first file is about to be touched."""
    from fakes.killable import _watch
    from photosort.workflows import filing, history

    left = [steps]

    def step() -> None:
        left[0] -= 1
        if left[0] == -1:
            os.kill(os.getpid(), getattr(signal, by))

    def before(work: Any, place: int) -> Any:
        def watched(*arguments: Any, **more: Any) -> Any:
            _watch(step, False, arguments[place])
            return work(*arguments, **more)

        return watched

    filing.apply = before(filing.apply, 2)  # type: ignore[assignment]
    history.undo = before(history.undo, 0)  # type: ignore[assignment]
    history.resume = before(history.resume, 0)  # type: ignore[assignment]


if __name__ == "__main__":
    import pytest

    from fakes.models import use_colours
    from photosort.__main__ import main

    use_colours(pytest.MonkeyPatch())
    if "DIE_AT" in os.environ:
        _dying(int(os.environ["DIE_AT"]), os.environ["DIE_BY"])
    main()
