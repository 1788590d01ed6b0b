"""photosort tag: what a run has said of photos, as keywords for other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from photosort.cli.flags import offers
from photosort.cli.flags.options import AsJson, QuietFlag, Yes, named, settings_of
from photosort.cli.sink.output import finish, speaking

if TYPE_CHECKING:
    from photosort.workflows.tagging.plan import TagPlan


def tag(
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="RUN|FOLDER|DIR",
            parser=named,
            autocompletion=offers.to_tag,
            help="A run by its number, a folder of the last run by its name, or a folder on disk.  "
            "[default: the last run]",
        ),
    ] = None,
    sidecars: Annotated[
        Literal["darktable", "lightroom"] | None,
        typer.Option(
            "--sidecars",
            help="Names of sidecars: IMG_1.JPG.xmp (darktable, digiKam) or IMG_1.xmp (Lightroom).  "
            "[default: the sidecars that are there, else darktable]",
        ),
    ] = None,
    embed: Annotated[
        bool, typer.Option("--embed", help="Write into the photos themselves, with exiftool; RAW gets sidecars.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be written.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
    quiet: QuietFlag = False,
) -> None:
    """Write captions and keywords into XMP sidecars, for digiKam, darktable and Lightroom."""
    with speaking(as_json=as_json, quiet=quiet) as out:
        from photosort.cli.sink.renewing import with_cache
        from photosort.cli.views import tag as tag_view
        from photosort.workflows.tagging import tag as workflow
        from photosort.workflows.tagging.plan import Convention

        settings = settings_of(out)
        convention = Convention(sidecars) if sidecars else None
        wish = workflow.TagWish(target, convention, embed=embed, dry_run=dry_run)

        def review(plan: TagPlan) -> None:
            out.show(lambda: tag_view.preview(plan))
            if plan.writes and not dry_run and not yes:
                out.confirm(tag_view.question(plan))

        with out.progress() as progress:
            result = with_cache(
                settings.cache_dir, out, lambda: workflow.tag(settings, wish, review=review, progress=progress)
            )
        out.show(lambda: tag_view.ending(result))
        out.document(lambda: tag_view.result_document(result))
        if result.outcome is not None:
            finish(stopped=bool(result.outcome.stopped), failed=bool(result.outcome.failed))
