"""Flags that several commands share, and the settings that come of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photosort.cli.sink.log_file import CURRENT
from photosort.cli.sink.output import Form, Output

if TYPE_CHECKING:
    from photosort.settings.settings import Settings

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
AsForm = Annotated[
    Form | None,
    typer.Option("--output", help="Show all as a tree, a table, or JSON.  [default: tree, as long as the terminal]"),
]
QuietFlag = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors and questions only.")]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Sort all photos anew, also those that an earlier run has put there.")
]
RespectMoves = Annotated[
    bool | None,
    typer.Option(
        "--respect-moves/--no-respect-moves",
        help="Let photos that you moved between folders draw new ones along; they stay there either way."
        "  [default: respect-moves]",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Answer yes to every question.")]


def help_alone(context: typer.Context) -> None:
    """Print the help of a group of commands where none of them is named."""
    if context.invoked_subcommand is None:
        print(context.get_help())


def named(text: str) -> str:
    """Return the name or path that was typed. An empty one is refused: a variable was not set."""
    if not text:
        raise typer.BadParameter("A path is empty")
    return text


def named_path(text: str) -> Path:
    """Return the path that was typed. An empty one is refused and is not the current folder."""
    return Path(named(text))


def settings_of(out: Output, **flags: Any) -> Settings:
    """Return the settings of a command with these flags; name variables that only look like settings."""
    from photosort.settings.settings import load_settings, unknown_variables
    from photosort.support.files import keep_caches_below

    for line in unknown_variables():
        out.note(line)
    settings = load_settings(**flags)
    if CURRENT.log:
        CURRENT.log.settings(settings.model_dump(mode="json", exclude_defaults=True))
    keep_caches_below(settings.cache_dir)
    return settings
