"""photosort review: the plan of a run on a page, to be put right before it is filed."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photosort.cli.flags import offers
from photosort.cli.flags.options import AsJson, QuietFlag, settings_of
from photosort.cli.sink.output import finish, speaking

if TYPE_CHECKING:
    from photosort.workflows.reporting.review import Reviewed


def review(
    number: Annotated[
        int | None,
        typer.Argument(metavar="RUN", autocompletion=offers.runs, help="Number of a dry run.  [default: the last run]"),
    ] = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port of the page; 0 for any free one.")] = 0,
    no_open: Annotated[bool, typer.Option("--no-open", help="Show the address, and open no browser.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget earlier changes of this run's plan.")] = False,
    as_json: AsJson = False,
    quiet: QuietFlag = False,
) -> None:
    """Edit the plan of a dry run in the browser, and file it from there. The page is served to this machine only."""
    with speaking(as_json=as_json, quiet=quiet) as out, ExitStack() as stack:
        from photosort.cli.browser import page_opened
        from photosort.cli.keys import enter_pressed, has_keys
        from photosort.cli.views import plan_tree, planned
        from photosort.workflows.reporting.review import review as serve

        settings = settings_of(out)

        def opened(url: str, goes_on: bool) -> None:
            if goes_on:
                out.note("The review goes on with your earlier changes; --fresh forgets them.")
            out.disclose(f"Review: {url} (for this machine only, and once)")
            if not no_open and not stack.enter_context(page_opened(url, settings.data_dir / "reviews")):
                out.note("No browser was found: open the address yourself.")
            again = " If the page was closed, Enter opens it again." if has_keys() else ""
            out.note(f"To end: Done on the page, or Ctrl-C here.{again}")

        with out.progress() as progress:
            reviewed = serve(
                settings.data_dir,
                settings.cache_dir,
                number,
                port=port,
                fresh=fresh,
                opened=opened,
                again=enter_pressed,
                progress=progress,
            )
        edited = reviewed.edited
        if edited is not None:
            done = edited
            out.show(lambda: plan_tree.PlanTree(done.plan, done.names))
            out.show(lambda: planned.ending(done.outcome, done.run))
        else:
            going_on = f" Your changes are kept: photosort review {reviewed.run}" if reviewed.saved else ""
            out.show(lambda: f"No files were touched.{going_on}")
        out.document(lambda: _document(reviewed))
        if edited is not None and edited.outcome is not None:
            finish(stopped=bool(edited.outcome.stopped), failed=bool(edited.outcome.failed))


def _document(reviewed: Reviewed) -> dict[str, Any]:
    from photosort.cli.views import planned

    edited = reviewed.edited
    return {
        "run": edited.run if edited else None,
        "plan_of_run": reviewed.run,
        "saved": str(reviewed.saved) if reviewed.saved else None,
        **(planned.head_document(edited.plan) if edited else {}),
        **(planned.folders_document(edited.plan, edited.names) if edited else {}),
        "outcome": planned.outcome_document(edited.outcome) if edited and edited.outcome else None,
    }
