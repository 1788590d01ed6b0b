"""The table of commands."""

from __future__ import annotations

from typing import Annotated

import typer

from photosort.cli import (
    add,
    apply,
    cache,
    complete,
    completions,
    config,
    demo,
    doctor,
    duplicates,
    evaluate,
    explain,
    manual,
    models,
    organize,
    past,
    refine,
    report,
    review,
    search,
    suggest,
    tag,
    watch,
)
from photosort.cli.flags.grouped import grouped
from photosort.cli.flags.organize_help import GROUPS

app = typer.Typer(
    name="photosort",
    help="Sort a folder of photos into a few well-named folders, on your own machine, losing nothing.",
    invoke_without_command=True,
    add_completion=False,  # typer's scripts have the shell evaluate names of folders; photosort completions has its own
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
    verbose: Annotated[
        int,
        typer.Option(
            "--verbose",
            "-v",
            count=True,
            show_default=False,
            help="Write a log for a bug report: photosort -v organize ... With -vv it may name photos.",
        ),
    ] = 0,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())
    elif verbose:
        _logged(context, verbose)


def _logged(context: typer.Context, verbosity: int) -> None:
    """Write a log of the command, and say where it lies when the command ends."""
    import sys

    from photosort.cli.sink import log_file
    from photosort.support.printable import printable

    log = log_file.begin(verbosity, context.invoked_subcommand or "")
    if log is None:
        print("photosort: No log can be written in the cache folder.", file=sys.stderr)
        return
    context.call_on_close(lambda: print(f"Log: {printable(str(log.path))}", file=sys.stderr))
    context.call_on_close(log_file.end)


app.command(name="organize", cls=grouped(GROUPS))(organize.organize)
app.command(name="add", short_help="Add new photos to the folders of an earlier run.")(add.add)
app.command(name="watch", short_help="Add photos that arrive in a folder to those of a run.")(watch.watch)
app.command(name="apply")(apply.apply)
app.command(name="review", short_help="Edit the plan of a dry run in the browser.")(review.review)
app.command(name="refine")(refine.refine)
app.command(name="suggest", short_help="Propose criteria to sort photos by.")(suggest.suggest)
app.command(name="explain", short_help="Say why photos lie where they do.")(explain.explain)
app.command(name="search", short_help="Find photos by what they show.")(search.search)
app.command(name="duplicates", short_help="Find exact copies, edited versions and bursts.")(duplicates.duplicates)
app.command(name="report", short_help="Write a page that shows the folders of a run.")(report.report)
app.command(name="tag", short_help="Write captions and keywords for other programs.")(tag.tag)
app.command(name="undo", short_help="Undo a run; keep files changed since.")(past.undo)
app.command(name="resume")(past.resume)
app.command(name="runs")(past.runs)
app.command(name="evaluate", short_help="Measure how well methods sort photos of known classes.")(evaluate.evaluate)
app.add_typer(models.app, name="models")
app.add_typer(cache.app, name="cache")
app.add_typer(config.app, name="config")
app.command(name="doctor", short_help="Check the installation.")(doctor.doctor)
app.command(name="demo")(demo.demo)
app.command(name="completions")(completions.completions)
app.command(name="complete", hidden=True)(complete.complete)
app.command(name="manual", short_help="Write the man pages into a folder.")(manual.manual)
