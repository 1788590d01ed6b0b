"""photosort completions SHELL."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

Shell = Literal["bash", "zsh", "fish", "powershell"]

SCRIPTS: dict[Shell, str] = {
    "bash": "photosort.bash",
    "zsh": "photosort.zsh",
    "fish": "photosort.fish",
    "powershell": "photosort.ps1",
}
"""Files in `completions`, which lies beside the package in a clone and inside it once installed. They hand the line to
`photosort complete`, and quote what it offers."""


def completions(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="The shell to print the script for.")],
) -> None:
    """Print the completion script of a shell. Put it where that shell looks for it."""
    print(script(shell), end="")


def script(shell: Shell) -> str:
    """Return the completion script of a shell."""
    package = Path(__file__).parents[1]
    installed, cloned = package / "data" / "completions", package.parent / "completions"
    folder = installed if installed.is_dir() else cloned
    return (folder / SCRIPTS[shell]).read_text(encoding="utf-8")
