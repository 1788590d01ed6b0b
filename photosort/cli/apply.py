"""photosort apply: a plan file, edited or as it was written, carried out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photosort.cli.flags.options import AsForm, AsJson, QuietFlag, Yes, named_path, settings_of
from photosort.cli.sink.output import finish, speaking
from photosort.settings.choices import FilingMode

if TYPE_CHECKING:
    from photosort.workflows.drafts.filed import Edited


def apply(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", parser=named_path, help="The file that --dry-run --plan has written.")
    ],
    mode: Annotated[
        FilingMode | None, typer.Option("--mode", help="What happens to the photos.  [default: as the plan says]")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the plan without touching any file.")] = False,
    yes: Yes = False,
    output: AsForm = None,
    as_json: AsJson = False,
    quiet: QuietFlag = False,
) -> None:
    """File photos as an edited plan says. Anything wrong with it is listed before any file is touched."""
    with speaking(as_json=as_json, quiet=quiet, form=output) as out:
        from photosort.cli.sink.renewing import with_cache
        from photosort.cli.views import plan_tree, planned
        from photosort.workflows.drafts.plan_file import apply_plan

        settings = settings_of(out)

        def review(edited: Edited) -> None:
            out.show(
                lambda: plan_tree.PlanTree(edited.plan, edited.names),
                lambda: plan_tree.table(edited.plan, edited.names),
            )
            for note in planned.notes(edited.plan, edited.unfinished, edited.twice):
                out.note(note)
            if not dry_run and not yes:
                planned.confirm_move(edited.plan, out)

        with out.progress() as progress:
            edited = with_cache(
                settings.cache_dir,
                out,
                lambda: apply_plan(
                    plan,
                    settings.data_dir,
                    settings.cache_dir,
                    mode=mode,
                    dry_run=dry_run,
                    review=review,
                    progress=progress,
                ),
            )
        out.show(lambda: planned.ending(edited.outcome, edited.run))
        out.document(lambda: _document(edited))
        if edited.outcome is not None:
            finish(stopped=bool(edited.outcome.stopped), failed=bool(edited.outcome.failed))


def _document(edited: Edited) -> dict[str, Any]:
    from photosort.cli.views import planned

    return {
        "run": edited.run,
        "plan_of_run": edited.edited,
        **planned.head_document(edited.plan),
        "dry_run": edited.outcome is None,
        **planned.folders_document(edited.plan, edited.names),
        "outcome": edited.outcome and planned.outcome_document(edited.outcome),
    }
