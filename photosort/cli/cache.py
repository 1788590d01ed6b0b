"""photosort cache: what it holds, and taking out what is not needed."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from photosort.cli.flags import offers
from photosort.cli.flags.options import AsJson, QuietFlag, Yes, help_alone, settings_of
from photosort.cli.sink.output import Output, plural, speaking
from photosort.support.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from photosort.workflows.cache_upkeep import Cleaning, Info

app = typer.Typer(
    help="Show what the cache holds, and clean it. Runs and photos are never touched.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.callback()(help_alone)


@app.command(short_help="Show what the cache holds, by model.")
def info(as_json: AsJson = False, quiet: QuietFlag = False) -> None:
    """Show the files of the cache, their sizes, and what is kept of each model."""
    with speaking(as_json=as_json, quiet=quiet) as out:
        from photosort.workflows.cache_upkeep import look

        found = look(settings_of(out))
        out.show(lambda: _info(found))
        out.document(lambda: _info_document(found))


@app.command(short_help="Delete results that are not needed any more.")
def clean(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[WHAT]...",
            autocompletion=offers.cleanings,
            help="gone: results for photos whose files are gone. models: results of models that neither your settings"
            " nor your profile name. damaged: damaged caches that were set aside. all: everything but the weights of"
            " models.  [default: gone damaged]",
        ),
    ] = None,
    yes: Yes = False,
    as_json: AsJson = False,
    quiet: QuietFlag = False,
) -> None:
    """Delete cached results that are not needed any more, after a question."""
    with speaking(as_json=as_json, quiet=quiet) as out:
        from photosort.workflows.cache_upkeep import USUAL, plan_cleaning
        from photosort.workflows.cache_upkeep import clean as take_out

        settings = settings_of(out)
        planned = plan_cleaning(settings, what or USUAL)
        if planned.away:
            out.note(f"{plural(planned.away, 'file')} on disks that are not connected: results kept")
        if planned.nothing:
            freed = 0
            out.note("There is nothing to delete.")
        else:
            _agree(planned, yes, out)
            freed = take_out(settings, planned)
            out.note(f"{_size(freed)} freed in {settings.cache_dir}")
        out.document(lambda: _clean_document(planned, freed))


def _agree(planned: "Cleaning", yes: bool, out: Output) -> None:
    """Say what goes, and ask."""
    for line in _parts(planned):
        out.note(line)
    if not yes:
        out.confirm(f"Delete about {_size(planned.size)}?")


def _parts(planned: "Cleaning") -> list[str]:
    """Return what goes, a line for each kind."""
    lines = []
    if planned.everything:
        lines.append(f"all {planned.everything:,} entries; photos are looked at again")
    if planned.paths:
        lines.append(f"results for {plural(len(planned.digests), 'photo')}: {plural(len(planned.paths), 'file')} gone")
    lines += [f"results of {one.model}: {one.texts + one.vectors:,}, {_size(one.size)}" for one in planned.models]
    if planned.damaged:
        lines.append(f"{plural(len(planned.damaged), 'file')} of damaged caches")
    return lines


def _info(found: "Info") -> "RenderableType":
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from photosort.cli.sink.output import grid
    from photosort.workflows.cache_upkeep import in_words

    labels = grid()
    labels.add_row("folder", printable(str(found.folder)))
    labels.add_row(
        "database", f"{_size(found.database)}, {plural(found.photos, 'photo')} in {plural(found.files, 'file')}"
    )
    labels.add_row("weights", f"{_size(found.models[0])}, {plural(found.models[1], 'file')}: fetched or converted")
    if found.damaged[1]:
        labels.add_row("damaged", f"{_size(found.damaged[0])}, set aside: photosort cache clean damaged")
    if not found.held:
        return labels
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    table.add_column("model", no_wrap=True, overflow="ellipsis")
    table.add_column("what it is")
    for name in ("texts", "vectors", "size"):
        table.add_column(name, justify="right", no_wrap=True)
    for one in found.held:
        counts = (f"{one.texts:,}" if one.texts else "", f"{one.vectors:,}" if one.vectors else "")
        table.add_row(printable(one.model), Text(in_words(one.model)), *counts, _size(one.size))
    return Group(labels, Text(), table)


def _info_document(found: "Info") -> dict[str, Any]:
    return {
        "folder": str(found.folder),
        "files": found.files,
        "photos": found.photos,
        "database_bytes": found.database,
        "weights": {"bytes": found.models[0], "files": found.models[1]},
        "damaged": {"bytes": found.damaged[0], "files": found.damaged[1]},
        "models": [
            {
                "model": one.model,
                "revision": one.revision,
                "texts": one.texts,
                "vectors": one.vectors,
                "bytes": one.size,
            }
            for one in found.held
        ],
    }


def _clean_document(planned: "Cleaning", freed: int) -> dict[str, Any]:
    return {
        "what": list(planned.what),
        "files_gone": len(planned.paths),
        "photos_forgotten": len(planned.digests),
        "files_on_absent_disks": planned.away,
        "models": [one.model for one in planned.models],
        "damaged": len(planned.damaged),
        "freed_bytes": freed,
    }


def _size(count: int) -> str:
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count} bytes"
