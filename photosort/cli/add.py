"""photosort add: photos of other places join the folders that an earlier run has filed to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photosort.cli.flags import offers
from photosort.cli.flags.options import AsJson, QuietFlag, Yes, named, named_path, settings_of
from photosort.cli.sink.output import finish, plural, speaking
from photosort.settings.choices import FilingMode
from photosort.support.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from photosort.store.runs.runs import Run
    from photosort.workflows.earlier_runs.continuing import Continued, Unchanged

To = Annotated[
    str | None,
    typer.Option(
        "--to",
        parser=named,
        metavar="RUN|FOLDER",
        autocompletion=offers.destinations,
        help="The run, or its destination, that photos are added to.  [default: the last run that filed photos]",
    ),
]
Mode = Annotated[
    FilingMode | None, typer.Option("--mode", help="What happens to the photos.  [default: as in that run]")
]


def add(
    new: Annotated[
        list[Path], typer.Argument(metavar="NEW", parser=named_path, help="Folders with new photos, or photos.")
    ],
    to: To = None,
    mode: Mode = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan without touching any file.")] = False,
    plan: Annotated[
        Path | None, typer.Option("--plan", parser=named_path, help="Write the plan of --dry-run to a file.")
    ] = None,
    yes: Yes = False,
    as_json: AsJson = False,
    quiet: QuietFlag = False,
) -> None:
    """Add new photos to the folders of an earlier run, as that run was made. What lies there is not touched."""
    with speaking(as_json=as_json, quiet=quiet) as out:
        from photosort.cli.run import also_written, check_plan, end_of, filed, no_plan
        from photosort.cli.views import continuing, planned, preview
        from photosort.workflows import add as workflow
        from photosort.workflows.earlier_runs.continuing import Unchanged
        from photosort.workflows.earlier_runs.gathering import new_photos

        check_plan(plan, dry_run=dry_run)
        settings = settings_of(out)
        run = workflow.destination_run(settings.data_dir, to)
        models = workflow.models_like(run, settings, mode=mode)
        found = new_photos(new, run.destination)
        added = filed(
            models,
            out,
            lambda talk, progress: workflow.add(found, run, models, dry_run=dry_run, talk=talk, progress=progress),
            lambda prepared, continues: _continues(continues, run),
            dry_run=dry_run,
            yes=yes,
            sources=found.given,
        )
        given = [str(path) for path in found.given]
        if isinstance(added, Unchanged):
            unchanged = added
            out.show(lambda: _unchanged(unchanged))
            no_plan(plan, out)
            out.document(
                lambda: {**continuing.document(unchanged, models.settings.mode, dry_run=dry_run), "added": given}
            )
            end_of(unchanged)
            return
        out.show(lambda: planned.ending(added.outcome, added.prepared.run))
        written = also_written(added.prepared.run, models.settings, out, plan)
        known = added.prepared.continues.known if added.prepared.continues else 0
        out.document(lambda: {**preview.document(added), "added": given, "already_there": known, **written})
        if added.outcome is not None:
            finish(stopped=bool(added.outcome.stopped), failed=bool(added.outcome.failed))


def _continues(continues: Continued, run: Run) -> RenderableType:
    from rich.text import Text

    from photosort.cli.views.kin import kin_lines

    said = f"Added as in run {run.id}."
    if continues.known:
        said += f" {plural(continues.known, 'photo', 'lie')} there already, and will not be put there again."
    return Text(" ".join([said, *map(printable, kin_lines(continues.kin))]), style="dim")


def _unchanged(found: Unchanged) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    from photosort.cli.views.continuing import followed_lines, left_lines

    where = printable(str(found.destination))
    said = f"Nothing new for {where}: {plural(found.photos, 'photo', 'lie')} there already."
    return Group(Text(said, style="green"), *followed_lines(found), *left_lines(found))
