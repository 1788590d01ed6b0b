"""The table of commands."""

from __future__ import annotations

from typing import Annotated

import typer

from photosort.cli import (
    apply,
    cache,
    completions,
    config,
    demo,
    doctor,
    evaluate,
    explain,
    models,
    organize,
    past,
    refine,
    suggest,
)
from photosort.cli.grouped import grouped

app = typer.Typer(
    name="photosort",
    help="Sort a folder of photos into a few well-named folders, on your own machine, losing nothing.",
    invoke_without_command=True,
    add_completion=True,
    rich_markup_mode=None,  # the rich help takes three times as long to start
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from photosort import __version__

        print(f"photosort {__version__}")
        raise typer.Exit


@app.callback()
def _top(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


app.command(name="organize", cls=grouped(organize.GROUPS))(organize.organize)
app.command(name="apply")(apply.apply)
app.command(name="refine")(refine.refine)
app.command(name="suggest")(suggest.suggest)
app.command(name="explain")(explain.explain)
app.command(name="undo")(past.undo)
app.command(name="resume")(past.resume)
app.command(name="runs")(past.runs)
app.command(name="evaluate")(evaluate.evaluate)
app.add_typer(models.app, name="models")
app.add_typer(cache.app, name="cache")
app.add_typer(config.app, name="config")
app.command(name="doctor")(doctor.doctor)
app.command(name="demo")(demo.demo)
app.command(name="completions")(completions.completions)
