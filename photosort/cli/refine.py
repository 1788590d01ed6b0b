"""photosort refine: the photos of an earlier run again, by another criterion."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from photosort.cli.flags import offers
from photosort.cli.flags.options import AsJson, QuietFlag, Yes, named_path, settings_of
from photosort.cli.sink.output import speaking

KEPT = frozenset(
    [
        *("mode", "about", "name_template", "exclude", "follow_links", "facts", "min_k", "max_k", "seed", "device"),
        *("profile", "captioner", "captions", "image_encoder", "text_encoder", "writer", "max_cost", "assign"),
        *("into", "other", "engine", "batch", "in_flight"),
    ]
)
"""Settings of the earlier run that hold again, where no flag says otherwise."""


def refine(
    number: Annotated[
        int | None,
        typer.Argument(
            metavar="RUN", autocompletion=offers.runs, help="Number of the run.  [default: the last one with --by]"
        ),
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option("--by", metavar="CRITERION", help="The new criterion; twice for two levels.")
    ] = None,
    k: Annotated[
        str | None,
        typer.Option(
            "--k",
            metavar="NUMBER",
            autocompletion=offers.numbers_of_folders,
            help="Number of folders, or auto.  [default: as before]",
        ),
    ] = None,
    writer: Annotated[
        str | None,
        typer.Option("--writer", autocompletion=offers.writers, help="Language model.  [default: as before]"),
    ] = None,
    max_cost: Annotated[float | None, typer.Option("--max-cost", help="Maximum cost, in US dollars.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", parser=named_path, help="Where the folders go.  [default: as before]")
    ] = None,
    allow_upload: Annotated[
        list[str] | None,
        typer.Option("--allow-upload", metavar="HOST", help="Host that may receive photos; repeatable."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan without touching any file.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
    quiet: QuietFlag = False,
) -> None:
    """Sort the photos of an earlier run by a changed criterion. Only what changed is asked again."""
    with speaking(as_json=as_json, quiet=quiet) as out_:
        from photosort.cli.run import run
        from photosort.errors import SettingsError
        from photosort.settings.settings import load_places
        from photosort.workflows.history import run_to_refine

        if not by:
            raise SettingsError("refine needs the new criterion", 'Add --by "the mood of the scene".')
        earlier = run_to_refine(load_places().data_dir, number, beside=dry_run or out is not None)
        before = {name: value for name, value in earlier.settings.items() if name in KEPT and value is not None}
        flags = {"k": k or earlier.settings.get("k"), "writer": writer, "max_cost": max_cost}
        flags |= {"allow_upload": allow_upload or None}
        given = {name: value for name, value in flags.items() if value is not None}
        settings = settings_of(out_, **{**before, **given, "by": by})
        run(earlier.source, out or earlier.destination, settings, out_, dry_run=dry_run, yes=yes, fresh=True)
