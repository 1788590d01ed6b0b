"""photosort explain: why a photo lies where it does."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photosort.cli.flags import offers
from photosort.cli.flags.options import AsForm, AsJson, QuietFlag, named
from photosort.cli.sink.output import Output, speaking

if TYPE_CHECKING:
    from collections.abc import Callable

    from photosort.workflows.explaining.photo import Reasons
    from photosort.workflows.explaining.views import PhotoView


def explain(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="WHAT",
            autocompletion=offers.folders,
            parser=named,
            help="A photo, where it was or where it lies now; or a folder of a run, by its path, its number or a part"
            " of its name.",
        ),
    ] = None,
    run: Annotated[
        int | None,
        typer.Option(
            "--run",
            autocompletion=offers.runs,
            help="Number of the run.  [default: the latest whose photos lie on disk]",
        ),
    ] = None,
    left: Annotated[
        bool, typer.Option("--left", "--unread", help="List what stayed where it was, with the reasons.")
    ] = False,
    pictures: Annotated[
        bool | None,
        typer.Option("--pictures/--no-pictures", help="Show pictures.  [default: where the terminal can]"),
    ] = None,
    output: AsForm = None,
    as_json: AsJson = False,
    quiet: QuietFlag = False,
) -> None:
    """Say why photos lie where they do: all folders of a run, one of them, or one photo."""
    with speaking(as_json=as_json, quiet=quiet, form=output) as out:
        from photosort.cli.explaining import folder as explain_folder
        from photosort.cli.explaining import photo as explain_photo
        from photosort.cli.explaining import run as explain_run
        from photosort.cli.explaining.pictures import Gallery
        from photosort.errors import SettingsError
        from photosort.settings.settings import load_places
        from photosort.workflows.explaining import explain as workflow
        from photosort.workflows.explaining.views import FolderView, RunView

        found: RunView | FolderView | PhotoView | None
        data_dir, gallery = load_places().data_dir, Gallery(pictures)
        if what is None:
            found = workflow.explain_run(data_dir, run)
        else:
            found = workflow.explain(data_dir, what, run, cache_dir=_cache())
        if left and not isinstance(found, RunView):
            raise SettingsError(f"--left takes a run, not {what}", "Leave out the path, or --left.")
        if isinstance(found, RunView):
            seen = found
            out.show(
                lambda: explain_run.left(seen) if left else explain_run.view(seen, gallery, chosen=run is not None),
                lambda: explain_run.left(seen) if left else explain_run.table(seen),
            )
            out.document(lambda: explain_run.document(seen))
        elif isinstance(found, FolderView):
            folder = found
            out.show(lambda: explain_folder.view(folder, gallery))
            out.document(lambda: explain_folder.document(folder))
        elif found is None:
            assert what is not None
            _stranger(out, data_dir, Path(what), run)
        else:
            photo, reasons = found, _reasons(out, data_dir, found)
            out.show(lambda: explain_photo.view(photo, reasons()))
            out.document(lambda: explain_photo.document(photo, reasons()))


def _reasons(out: Output, data_dir: Path, found: PhotoView) -> Callable[[], Reasons]:
    """Return what finds out why a photo lies where it does, when that is to be shown, and once."""

    @cache
    def found_out() -> Reasons:
        from photosort.workflows.explaining.photo import reasons

        with out.progress() as progress:
            progress("weighing", 0, 1)
            return reasons(data_dir, found, _cache())

    return found_out


def _stranger(out: Output, data_dir: Path, photo: Path, run: int | None) -> None:
    from photosort.cli.explaining import stranger as explain_stranger
    from photosort.workflows.explaining import stranger

    with out.progress() as progress:
        progress("looking", 0, 1)
        found = stranger.explain_stranger(data_dir, photo, run, _cache())
    out.show(lambda: explain_stranger.view(found))
    out.document(lambda: explain_stranger.document(found))


def _cache() -> Path | None:
    """Return where the cache lies; None where the settings of today do not say, and those of the run have to."""
    from photosort.errors import SettingsError
    from photosort.settings.settings import load_settings

    try:
        return load_settings().cache_dir
    except SettingsError:
        return None
