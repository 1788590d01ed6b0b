"""photosort explain: why a photo lies where it does."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photosort.cli.options import AsJson, QuietFlag, settings_of
from photosort.cli.output import plural, short, speaking
from photosort.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from photosort.explaining import PhotoView, RunView
    from photosort.store.runs import ClusterRecord


def explain(
    photo: Annotated[Path | None, typer.Argument(help="A photo, where it was or where it lies now.")] = None,
    run: Annotated[
        int | None, typer.Option("--run", help="Number of the run.  [default: the last; the last with PHOTO]")
    ] = None,
    unread: Annotated[bool, typer.Option("--unread", help="List what stayed where it was, with the reasons.")] = False,
    as_json: AsJson = False,
    quiet: QuietFlag = False,
) -> None:
    """Say why photos lie where they do: all folders of a run, or one PHOTO."""
    with speaking(as_json=as_json, quiet=quiet) as out:
        from photosort.explaining import explain_photo, explain_run

        data_dir = settings_of(out).data_dir
        if photo is not None:
            found = explain_photo(data_dir, photo, run)
            out.show(lambda: _photo(found))
            out.document(lambda: _photo_document(found))
        else:
            seen = explain_run(data_dir, run)
            out.show(lambda: _unread(seen) if unread else _run(seen))
            out.document(lambda: _run_document(seen))


def _run(seen: "RunView") -> "RenderableType":
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    what = "previewed" if seen.run.previewed else "organized"
    when = seen.run.started.astimezone().strftime("%Y-%m-%d %H:%M")
    head = f"Run {seen.run.id}, {what} {when}: {seen.run.source} → {seen.run.destination}"
    table = Table(
        "photos",
        "folder",
        "keywords",
        "cohesion",
        "most typical",
        box=None,
        header_style="dim",
        padding=(0, 2, 0, 0),
    )
    table.columns[0].justify = "right"
    for view in seen.clusters:
        table.add_row(
            f"{view.size:,}",
            _named(view.cluster),
            Text(
                printable(", ".join(f"{word} {count}" for word, count in view.cluster.keywords)),
                style="green",
            ),
            f"{view.cluster.cohesion:.2f}",
            Text("  ".join(short(member.path.name, 20) for member in view.exemplars), style="dim"),
        )
    lines: list[RenderableType] = [Text(printable(head)), table]
    for cluster in (view.cluster for view in seen.clusters if view.cluster.note):
        lines.append(Text(printable(f"{cluster.folder}: {cluster.note}"), style="yellow"))
    if seen.left:
        lines.append(
            Text(f"{plural(len(seen.left), 'file')} left in place: photosort explain --unread", style="yellow")
        )
    return Group(*lines)


def _named(cluster: "ClusterRecord") -> "RenderableType":
    """The folder, and what of title and summary it does not say."""
    from rich.text import Text

    from photosort.cli.preview import beside

    lines = [(printable(cluster.folder), "bold")]
    lines += [
        (printable(text), "italic") for text in beside(cluster.folder, cluster.title, cluster.summary, cluster.named_by)
    ]
    return Text("\n").join(Text(text, style) for text, style in lines)


def _unread(seen: "RunView") -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    table = Table("reason", "file", box=None, header_style="dim")
    for path, reason in seen.left:
        table.add_row(Text(printable(reason)), Text(printable(str(path)), overflow="fold"))
    return table


def _photo(found: "PhotoView") -> "RenderableType":
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from photosort.cli.preview import beside

    photo = found.photo
    head = Text.assemble((printable(photo.path.name), "bold"), " → ", (printable(found.own.folder), "bold green"))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    for text in beside(found.own.folder, found.own.title, found.own.summary, found.own.named_by):
        grid.add_row("about", Text(printable(text), style="italic"))
    if found.own.note:
        grid.add_row("its name", Text(printable(found.own.note), style="yellow"))
    grid.add_row("tags" if _is_tagged(found) else "caption", Text(printable(photo.caption)))
    for label, text in _distances(found):
        grid.add_row(label, Text(text))
    shared = [word for word, _ in found.own.keywords if word in photo.caption.lower()]
    if shared:
        grid.add_row("shares", Text(printable(", ".join(shared)), style="green"))
    grid.add_row("from", Text(printable(str(photo.path))))
    if found.now:
        grid.add_row("now", Text(printable(found.now), style="yellow"))
    return Group(head, grid)


def _distances(found: "PhotoView") -> Iterator[tuple[str, str]]:
    """How near the photo is to its own folder and to the next; of one that was set aside, to the nearest."""
    from photosort.foldering import UNSORTED

    photo, following = found.photo, found.next
    if found.own.named_by == UNSORTED.source:
        if following is not None:
            yield "nearest", f"{photo.similarity:.2f} to “{printable(following.folder)}”, hardly more than to the next"
        return
    yield "similarity", f"{photo.similarity:.2f} to its own folder (the folder's average is {found.own.cohesion:.2f})"
    if following is not None:
        place = printable(following.folder)
        yield "next", f"{photo.runner_up_similarity:.2f} to “{place}”, a margin of {found.margin:.2f}"


def _is_tagged(found: "PhotoView") -> bool:
    return bool(found.run.settings.get("captioner") == "tags")


def _run_document(seen: "RunView") -> dict[str, Any]:
    return {
        "run": seen.run.id,
        "started": seen.run.started.isoformat(),
        "previewed": seen.run.previewed,
        "source": str(seen.run.source),
        "destination": str(seen.run.destination),
        "clusters": [
            {
                "folder": view.cluster.folder,
                "photos": view.size,
                "summary": view.cluster.summary,
                "title": view.cluster.title,
                "named_by": view.cluster.named_by,
                "note": view.cluster.note,
                "keywords": [{"word": word, "photos": count} for word, count in view.cluster.keywords],
                "cohesion": round(view.cluster.cohesion, 4),
                "exemplars": [str(member.path) for member in view.exemplars],
            }
            for view in seen.clusters
        ],
        "left": [{"path": str(path), "reason": reason} for path, reason in seen.left],
    }


def _photo_document(found: "PhotoView") -> dict[str, Any]:
    photo = found.photo
    following = found.next and {
        "folder": found.next.folder,
        "similarity": round(photo.runner_up_similarity, 4),
    }
    return {
        "run": found.run.id,
        "photo": str(photo.path),
        "folder": found.own.folder,
        "title": found.own.title,
        "summary": found.own.summary,
        "note": found.own.note,
        "caption": photo.caption,
        "similarity": round(photo.similarity, 4),
        "next": following or None,
        "margin": round(found.margin, 4),
        "now": found.now or None,
    }
