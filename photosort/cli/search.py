"""photosort search: photos by what they show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photosort.cli.flags import offers
from photosort.cli.flags.options import AsForm, AsJson, named_path, settings_of
from photosort.cli.sink.output import plural, speaking
from photosort.support.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from photosort.workflows.searching.search import Hit, Searched


def search(
    query: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="QUERY",
            show_default=False,
            help="What to find. 'dog + beach', 'fruit - apple', '2:golden retriever' and './pool.jpg - water' add,"
            " take away, and give weight.",
        ),
    ] = None,
    like: Annotated[
        Path | None,
        typer.Option("--like", metavar="PHOTO", parser=named_path, help="Find photos like this one, anywhere on disk."),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, metavar="NUMBER", help="Maximum number of photos.")] = 20,
    after: Annotated[
        str | None,
        typer.Option("--after", metavar="DATE", help="Taken on this day or later: 2023, 2023-05, 2023-05-17."),
    ] = None,
    before: Annotated[str | None, typer.Option("--before", metavar="DATE", help="Taken before this day.")] = None,
    people: Annotated[
        str | None,
        typer.Option(
            "--people", metavar="NUMBER", autocompletion=offers.people, help="Number of faces: 0, 1, 2+, or group (3+)."
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            "--kind", autocompletion=offers.kinds, help="photo, screenshot, document, receipt, meme, drawing or scan."
        ),
    ] = None,
    place: Annotated[
        str | None,
        typer.Option("--place", metavar="NAME", help="Taken there: a town or a country, or 'Paris, France'."),
    ] = None,
    inside: Annotated[
        str,
        typer.Option(
            "--in",
            metavar="FOLDER",
            autocompletion=offers.folders,
            show_default=False,
            help="A folder on disk, or a part of the name of a folder of the last run.",
        ),
    ] = "",
    profile: Annotated[
        str | None,
        typer.Option("--profile", autocompletion=offers.profiles, help="The models that looked at the photos."),
    ] = None,
    image_encoder: Annotated[
        str | None,
        typer.Option("--image-encoder", autocompletion=offers.image_encoders, help="The image encoder that did."),
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open the best photo.")] = False,
    output: AsForm = None,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print paths only, one a line.")] = False,
) -> None:
    """Find photos by what they show, among all that photosort has looked at.

    The number before a photo says how well it fits; numbers compare within one search only. Filters without a query
    list photos by date, the newest first.
    """
    with speaking(as_json=as_json, quiet=quiet, form=output) as out:
        from photosort.cli.sink.renewing import with_cache
        from photosort.models.selected import select_models
        from photosort.searching.filters import filters_of
        from photosort.searching.query import parse
        from photosort.workflows.searching.listing import listing
        from photosort.workflows.searching.search import search as search_photos

        filters = filters_of(after=after, before=before, people=people, kind=kind, place=place)
        words = " ".join(query or ())
        listed = (filters.any or inside) and like is None and not words.strip()
        terms = () if listed else parse(words, like)
        settings = settings_of(out, profile=profile, image_encoder=image_encoder)
        models = select_models(settings)
        with out.progress() as progress:
            found = with_cache(
                settings.cache_dir,
                out,
                lambda: (
                    listing(models, filters, inside=inside, top=top)
                    if listed
                    else search_photos(terms, models, filters=filters, inside=inside, top=top, progress=progress)
                ),
            )
        if found.doubtful:
            out.note(f"Nothing here looks like “{printable(found.doubtful)}”. The nearest:")
        out.show(lambda: _view(found), lambda: _table(found))
        out.paths(hit.path for hit in found.hits)
        out.document(lambda: _document(found))
        lacking = "place" if filters.place else "date" if filters.dated else "facts"
        for aside in _asides(found, lacking):
            out.note(aside)
        if open_ and not _opened(found.hits[0].path):
            out.note(f"No viewer could be started for {found.hits[0].path}")


def _view(found: Searched) -> RenderableType:
    from rich.style import Style
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right", style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for hit in found.hits:
        path = Text(printable(str(hit.path)), style=Style(bold=True, link=hit.path.as_uri()))
        copies = f"{hit.copies:,} copies" if hit.copies > 1 else ""
        said = ((hit.folder, "green"), (copies, "yellow"), (hit.caption, "dim"))
        about = Text("   ").join(Text(printable(text), style=style) for text, style in said if text)
        told = (hit.taken or "no date") if hit.similarity is None else f"{hit.similarity:.2f}"
        table.add_row(told, Text("\n").join([path, about]) if about else path)
    return table


def _table(found: Searched) -> RenderableType:
    from photosort.cli.sink.tables import table

    rows = ((f"{hit.similarity:.2f}", str(hit.path), hit.folder or "", hit.caption) for hit in found.hits)
    return table(("fits", "photo", "folder", "caption"), rows, numbers=("fits",))


def _asides(found: Searched, lacking: str) -> list[str]:
    lines = []
    if found.gone:
        lines.append(
            f"{plural(found.gone, 'photo')} left out: gone or changed since photosort looked at them. Look again with:"
            " photosort organize DIR --dry-run"
        )
    if found.unknown:
        lines.append(f"{plural(found.unknown, 'photo')} left out: no {lacking} known.")
    return lines


def _opened(photo: Path) -> bool:
    """Open a photo as the desktop does; False where that cannot be."""
    try:
        return typer.launch(str(photo)) == 0
    except OSError:
        return False


def _document(found: Searched) -> dict[str, Any]:
    return {
        "among": found.among,
        "looks_like_it": not found.doubtful,
        "left_out": {"gone": found.gone, "unknown": found.unknown},
        "photos": [_photo(hit) for hit in found.hits],
    }


def _photo(hit: Hit) -> dict[str, Any]:
    return {
        "path": str(hit.path),
        "similarity": None if hit.similarity is None else round(hit.similarity, 4),
        "taken": hit.taken or None,
        "caption": hit.caption,
        "folder": hit.folder or None,
        "run": hit.run or None,
        "copies": hit.copies,
        "places": [str(place) for place in hit.places],
    }
