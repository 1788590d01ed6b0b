"""photosort duplicates: photos that show the same."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photosort.cli.flags.options import AsForm, AsJson, QuietFlag, Yes, named_path, settings_of
from photosort.cli.sink.output import finish, plural, speaking
from photosort.settings.choices import FilingMode
from photosort.support.printable import printable

if TYPE_CHECKING:
    from photosort.workflows.duplicates import Duplicates


def duplicates(
    source: Annotated[Path, typer.Argument(metavar="DIR", parser=named_path, help="The folder with the photos.")],
    near: Annotated[
        bool,
        typer.Option(
            "--near/--exact",
            help="Also photos that were edited, resized or recompressed, and bursts; or exact copies only.",
        ),
    ] = True,
    into: Annotated[
        Path | None,
        typer.Option(
            "--into", parser=named_path, metavar="FOLDER", help="Put all but the best photo of each group here."
        ),
    ] = None,
    mode: Annotated[
        FilingMode | None, typer.Option("--mode", help="What happens to the photos with --into.  [default: copy]")
    ] = None,
    bursts: Annotated[
        bool, typer.Option("--bursts", help="With --into, also put all but the best photo of each burst there.")
    ] = False,
    filed: Annotated[
        bool, typer.Option("--filed", help="Also report copies that photosort itself has made of photos in DIR.")
    ] = False,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="PATTERN", help="Files to skip, a pattern as in .gitignore; repeatable."),
    ] = None,
    follow_links: Annotated[bool | None, typer.Option("--follow-links", help="Follow symbolic links.")] = None,
    facts: Annotated[
        bool | None,
        typer.Option("--facts/--no-facts", help="Count faces, to choose the best photo of a burst.  [default: facts]"),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With --into, show the plan only.")] = False,
    yes: Yes = False,
    output: AsForm = None,
    as_json: AsJson = False,
    quiet: QuietFlag = False,
) -> None:
    """Find photos that show the same: exact copies, edited versions, bursts. Reports only, unless --into is given."""
    with speaking(as_json=as_json, quiet=quiet, form=output) as out:
        from photosort.cli.sink.renewing import with_cache
        from photosort.cli.views import duplicates as view
        from photosort.errors import SettingsError
        from photosort.workflows.duplicates import Wish, find_duplicates

        if into is None:
            needing = {"--mode": mode is not None, "--bursts": bursts, "--dry-run": dry_run}
            if idle := next((flag for flag, given in needing.items() if given), ""):
                raise SettingsError(f"{idle} needs --into", "Name the folder for the duplicates: --into FOLDER.")
        if bursts and not near:
            raise SettingsError("--bursts and --exact exclude each other", "Choose one.")
        settings = settings_of(out, mode=mode, exclude=exclude or None, follow_links=follow_links, facts=facts)

        def review(found: Duplicates) -> None:
            out.show(lambda: view.groups(found), lambda: view.table(found))
            plan = found.plan
            if plan is None:
                return
            out.show(lambda: view.plan(plan))
            if plan.mode == "move" and not dry_run and not yes and plan.files:
                count = sum(len(folder.photos) for folder in plan.folders)
                out.confirm(f"Move {plural(count, 'photo')} out of {printable(str(found.source))}?")

        wish = Wish(near=near, filed=filed, into=into, bursts=bursts, dry_run=dry_run)
        with out.progress() as progress:
            found = with_cache(
                settings.cache_dir,
                out,
                lambda: find_duplicates(source, settings, wish, review=review, progress=progress),
            )
        out.show(lambda: view.ending(found, wish))
        out.document(lambda: view.document(found))
        if found.outcome is not None:
            finish(stopped=bool(found.outcome.stopped), failed=bool(found.outcome.failed))
