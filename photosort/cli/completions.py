"""photosort completions SHELL."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

Shell = Literal["bash", "zsh", "fish", "powershell"]


def completions(
    shell: Annotated[Shell, typer.Argument(metavar="SHELL", help="The shell to print the script for.")],
) -> None:
    """Print the completion script of a shell. Put it where that shell looks for it."""
    print(script(shell), end="")


def script(shell: Shell) -> str:
    """Return the completion script: it asks the installed photosort what may come next."""
    from typer._completion_shared import get_completion_script

    return get_completion_script(prog_name="photosort", complete_var="_PHOTOSORT_COMPLETE", shell=shell).strip() + "\n"
