"""photosort complete: what may come next on a command line. The scripts of the shells ask for it.

One offer a line: the word as the program is to get it, then a tab and what it is. The shell's script quotes it. Nothing
here is shell code, and no shell evaluates it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Annotated

import typer

LINE = "_PHOTOSORT_LINE"
"""The variable in which a script hands over the command line up to the cursor. An argument would need more quoting."""
CURSOR = "\ue000"
"""A letter of no alphabet, which marks the end of the word that is being typed."""


def complete(
    context: typer.Context,
    line: Annotated[str, typer.Argument(metavar="LINE", envvar=LINE, help="The command line up to the cursor.")],
) -> None:
    """Print what may come next on a command line."""
    root = context.find_root().command
    for offer in offered(root, line):
        print(offer)


def offered(command: object, line: str) -> Iterator[str]:
    """Yield what may come at the end of a line: "word" or "word<tab>help".

    A word that holds a line break or another sign that does not print is left out: no shell can show it as it is.
    """
    from typer._click.shell_completion import ShellComplete

    class Asked(ShellComplete):
        name, source_template = "photosort", ""

        def source_vars(self) -> dict[str, str]:
            return {}

        def get_completion_args(self) -> tuple[list[str], str]:
            return typed(line)

        def format_completion(self, item: object) -> str:
            return ""

    asked = Asked(command, {}, "photosort", LINE)  # type: ignore[arg-type]
    for item in asked.get_completions(*typed(line)):
        word, help_ = str(item.value), " ".join((item.help or "").split())
        if item.type == "plain" and word.isprintable():
            yield f"{word}\t{help_}" if help_.isprintable() and help_ else word


def typed(line: str) -> tuple[list[str], str]:
    """Split a command line as a shell does: its whole words without the first, and the one that is being typed.

    A quote that is still open ends at the cursor. Nothing is expanded.
    """
    for closing in ("", '"', "'"):
        lexer = shlex.shlex(f"{line}{CURSOR}{closing}", posix=True)
        lexer.whitespace_split, lexer.commenters = True, ""
        try:
            words = list(lexer)
        except ValueError:
            continue
        return words[1:-1], words[-1].removesuffix(CURSOR)
    return [], ""
