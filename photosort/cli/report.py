"""photosort report: the folders of a run as a page for the browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photosort.cli.flags import offers
from photosort.cli.flags.options import AsJson, QuietFlag, named_path, settings_of
from photosort.cli.sink.output import Output, plural, speaking
from photosort.support.printable import printable

if TYPE_CHECKING:
    from photosort.settings.settings import Settings
    from photosort.workflows.reporting.report import Report


def report(
    run: Annotated[
        int | None,
        typer.Argument(metavar="RUN", autocompletion=offers.runs, help="Number of the run.  [default: the latest]"),
    ] = None,
    out_file: Annotated[
        Path | None,
        typer.Option("--out", parser=named_path, help="The file to write.  [default: DESTINATION-report.html]"),
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Open the report in the browser.")] = False,
    as_json: AsJson = False,
    quiet: QuietFlag = False,
) -> None:
    """Write a page that shows the folders of a run: photos, captions, a map, a timeline. It works offline."""
    with speaking(as_json=as_json, quiet=quiet) as out:
        written = write(out, settings_of(out), run, out_file)
        out.document(lambda: document(written))
        if open_it:
            show(out, written.path)


def write(out: Output, settings: Settings, run: int | None = None, out_file: Path | None = None) -> Report:
    """Write the report of a run, and say where it is and what is missing."""
    from rich.text import Text

    from photosort.cli.sink.renewing import with_cache
    from photosort.workflows.reporting.report import write_report

    with out.progress() as progress:
        written = with_cache(
            settings.cache_dir,
            out,
            lambda: write_report(settings.data_dir, settings.cache_dir, run, out=out_file, progress=progress),
        )
    out.show(lambda: Text(f"The report is {printable(str(written.path))}"))
    if written.beside:
        out.note(f"Its thumbnails are too many for one file. They are in {written.beside}; keep both together.")
    if written.missing:
        out.note(f"{plural(len(written.missing), 'photo')} without a picture in it: not found, or not readable.")
    return written


def show(out: Output, path: Path) -> None:
    """Open a file in the browser."""
    import webbrowser

    if not webbrowser.open(path.absolute().as_uri()):
        out.note(f"A browser could not be started. Open this file in one: {path}")


def document(written: Report) -> dict[str, Any]:
    """Return what was written, for programs."""
    page = written.page
    return {
        "run": page.run,
        "report": str(written.path),
        "thumbnails": str(written.beside) if written.beside else None,
        "photos": len(page.photos),
        "folders": len(page.folders),
        "missing": [str(path) for path in written.missing],
        "map": page.map_note,
    }
