"""Organize a folder, with all that a command shows and asks on the way."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from photosort.cli.sink.output import Output, finish
from photosort.errors import SettingsError
from photosort.support.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import RenderableType

    from photosort.filing.plan.plan import Plan
    from photosort.methods.conversation import Bill, Proposal
    from photosort.models.protocols import Category
    from photosort.models.selected import ModelSet
    from photosort.settings.settings import Settings
    from photosort.support.progress import Progress
    from photosort.workflows.earlier_runs.continuing import Continued, Unchanged
    from photosort.workflows.finding import Seen
    from photosort.workflows.prepared import Organized, Prepared, Talk


def run(
    source: Path,
    destination: Path | None,
    settings: Settings,
    out: Output,
    *,
    dry_run: bool = False,
    yes: bool = False,
    show_all: bool = False,
    plan: Path | None = None,
    fresh: bool = False,
    report: bool = False,
) -> None:
    """Organize, showing the preview on the way and the outcome at the end; `plan` is a file for the plan of a dry
    run; `report` writes the page of the run as well.
    """
    from photosort.cli.views import continuing, planned, preview
    from photosort.models.selected import select_models
    from photosort.workflows import organize as workflow
    from photosort.workflows.earlier_runs.continuing import Unchanged
    from photosort.workflows.reporting import report_file

    check_plan(plan, dry_run=dry_run)
    source = Path(os.path.realpath(source))
    destination = destination or source.parent / f"{source.name or 'photos'}-sorted"
    if report:
        report_file.check_report_path(report_file.report_path(destination))
    models = select_models(settings)

    def work(talk: Talk, progress: Progress) -> Organized | Unchanged:
        return workflow.organize(
            source, destination, models, dry_run=dry_run, fresh=fresh, talk=talk, progress=progress
        )

    def continues(prepared: Prepared, found: Continued) -> RenderableType:
        return continuing.view(found, settings, prepared.given_up)

    organized = filed(models, out, work, continues, dry_run=dry_run, yes=yes, show_all=show_all, fresh=fresh)
    if isinstance(organized, Unchanged):
        unchanged = organized
        out.show(lambda: continuing.unchanged(unchanged))
        no_plan(plan, out)
        written = also_written(unchanged.run, settings, out, None, report=report)
        out.document(lambda: {**continuing.document(unchanged, settings.mode, dry_run=dry_run), **written})
        end_of(unchanged)
        return
    out.show(lambda: planned.ending(organized.outcome, organized.prepared.run))
    written = also_written(organized.prepared.run, settings, out, plan, report=report)
    out.document(lambda: {**preview.document(organized), **written})
    if organized.outcome is not None:
        finish(stopped=bool(organized.outcome.stopped), failed=bool(organized.outcome.failed))


def end_of(unchanged: Unchanged) -> None:
    """End with the exit code of a run that only put files beside their photos."""
    from photosort.workflows.following import Followed

    if isinstance(unchanged, Followed) and unchanged.outcome:
        finish(stopped=bool(unchanged.outcome.stopped), failed=bool(unchanged.outcome.failed))


def no_plan(plan: Path | None, out: Output) -> None:
    """Note that no plan is written where there is nothing to file."""
    if plan is not None:
        out.note(printable(f"There is nothing to plan, so {plan} is not written"))


def check_plan(plan: Path | None, *, dry_run: bool) -> None:
    """Raise SettingsError and PlanRefused where no plan can be written to this file."""
    from photosort.workflows.drafts import plan_file

    if plan is not None:
        if not dry_run:
            raise SettingsError("--plan writes the plan of a dry run", "Add --dry-run, or leave out --plan.")
        plan_file.check_free(plan)


def filed(
    models: ModelSet,
    out: Output,
    work: Callable[[Talk, Progress], Organized | Unchanged],
    continues: Callable[[Prepared, Continued], RenderableType],
    *,
    dry_run: bool,
    yes: bool,
    show_all: bool = False,
    sources: Sequence[Path] = (),
    fresh: bool = False,
) -> Organized | Unchanged:
    """Do the work with all that it shows and asks on the way; `continues` is what is said of a run that adds to earlier
    ones, `sources` what the user has named, where that is more than the source of the run.
    """
    from photosort.cli.settling import settled
    from photosort.cli.sink.renewing import with_cache
    from photosort.cli.views import planned, preview
    from photosort.workflows.prepared import Talk

    for sent in filter(None, (models.photos_sent, models.texts_sent)):
        out.disclose(sent)
    with out.progress() as progress:

        def begin(categories: Sequence[Category]) -> None:
            for line in preview.assigned(models.settings, categories):
                out.note(line)

        def found(seen: Seen) -> None:
            out.show(lambda: preview.models(models))
            out.show(lambda: preview.found(seen))

        def captions(questions: int) -> None:
            if questions:
                out.note(preview.captions(questions))

        def announce(bill: Bill, cost: float | None) -> None:
            out.note(preview.bill(bill, cost))

        def settle(proposal: Proposal) -> Sequence[Category]:
            return settled(proposal, out, ask=not yes)

        def review(prepared: Prepared) -> None:
            out.show(
                lambda: preview.view(prepared, show_all=show_all, dry_run=dry_run, sources=sources),
                lambda: preview.view(prepared, show_all=show_all, dry_run=dry_run, as_table=True),
            )
            if standing := prepared.continues:
                out.show(lambda: continues(prepared, standing))
            for note in planned.notes(prepared.plan, prepared.unfinished, prepared.twice):
                out.note(note)
            if not dry_run and not yes:
                planned.confirm_move(prepared.plan, out, sources)
                if fresh:
                    planned.confirm_twice(prepared.twice, out)

        def follow(plan: Plan) -> None:
            for note in planned.notes(plan, (), Counter()):
                out.note(note)
            if not dry_run and not yes:
                planned.confirm_move(plan, out, sources)

        talk = Talk(begin, announce, settle, review, captions, found, follow)
        return with_cache(models.settings.cache_dir, out, lambda: work(talk, progress))


def also_written(
    run: int, settings: Settings, out: Output, plan: Path | None, *, report: bool = False
) -> dict[str, Any]:
    """Write the plan to its file and the page of the run, where they are wanted, and return what is said of them."""
    from photosort.workflows.drafts import plan_file

    written: dict[str, Any] = {}
    if plan is not None:
        plan_file.write_plan(plan, plan_file.draft_of(settings.data_dir, run))
        written = {"plan": str(plan)}
        command = f"photosort apply {shlex.quote(str(plan))}"
        out.show(lambda: printable(f"The plan is in {plan}. Edit it there, then: {command}"))
    if report:
        from photosort.cli import report as reporting

        written |= {"report": reporting.document(reporting.write(out, settings, run))}
    return written
