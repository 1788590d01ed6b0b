"""A run: all its folders, and what it left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from photosort.cli.explaining.pictures import Gallery
from photosort.cli.explaining.shown import apart, beside, contrast_document, counted, head, paths, quoted, when
from photosort.cli.sink.output import grid, plural
from photosort.support.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from photosort.store.runs.runs import Run
    from photosort.workflows.explaining.views import ClusterView, RunView


def view(seen: RunView, gallery: Gallery, *, chosen: bool = False) -> RenderableType:
    """Return all folders of a run, each with what it has of its own; `chosen` where the user has named the run."""
    from rich.console import Group
    from rich.text import Text

    lines: list[RenderableType] = [head(seen.run)]
    if not seen.run.previewed and not seen.stands:
        lines.append(Text("Nothing of this run lies on disk that photosort has put there.", style="yellow"))
    if seen.before:
        by_you = f", {seen.yours:,} of them put there by you" if seen.yours else ""
        lines.append(Text(f"Photos that lay there before: {seen.before:,}{by_you}.", style="dim"))
    if seen.newer:
        lines.append(Text(printable(_behind(seen.newer)), style="dim"))
    for one in seen.clusters:
        lines += ["", _folder(one, seen.run, gallery)]
    if seen.left:
        explain = f"photosort explain{f' --run {seen.run.id}' if chosen else ''} --left"
        left = f"{plural(len(seen.left), 'file')} left in place: {explain}"
        lines += ["", Text(left, style="yellow")]
    return Group(*lines)


def table(seen: RunView) -> RenderableType:
    """Return a row for each folder of a run."""
    from photosort.cli.sink.tables import table

    rows = (
        (one.number, one.size, str(one.now or one.cluster.folder), counted(one.cluster.keywords))
        for one in seen.clusters
    )
    return table(("number", "photos", "folder", "keywords"), rows, numbers=("number", "photos"))


def left(seen: RunView) -> RenderableType:
    """Return what a run left, with the reasons."""
    from rich.table import Table
    from rich.text import Text

    if not seen.left:
        return Text("Nothing was left in place.")
    table = Table("reason", "file", box=None, header_style="dim")
    for path, reason in seen.left:
        table.add_row(Text(printable(reason)), Text(printable(str(path)), overflow="fold"))
    return table


def document(seen: RunView) -> dict[str, Any]:
    """Return everything of `view` and `left`, whole."""
    return {
        "run": seen.run.id,
        "started": seen.run.started.isoformat(),
        "previewed": seen.run.previewed,
        "source": str(seen.run.source),
        "destination": str(seen.run.destination),
        "newer": seen.newer and seen.newer.id,
        "stood_before": seen.before,
        "put_by_you": seen.yours,
        "clusters": [
            {
                **cluster_document(one),
                "exemplars": [str(lying.photo.path) for lying in one.exemplars],
            }
            for one in seen.clusters
        ],
        "left": [{"path": str(path), "reason": reason} for path, reason in seen.left],
    }


def cluster_document(one: ClusterView) -> dict[str, Any]:
    """Return what the list says of a folder, for programs."""
    cluster = one.cluster
    return {
        "number": one.number,
        "folder": cluster.folder,
        "renamed_to": one.now and str(one.now),
        "photos": one.size,
        "summary": cluster.summary,
        "title": cluster.title,
        "named_by": cluster.named_by,
        "note": cluster.note,
        "support": round(cluster.support, 4),
        "keywords": [{"word": word, "photos": count} for word, count in cluster.keywords],
        "exclusive": [{"word": word, "photos": count} for word, count in one.keywords],
        "cohesion": None if cluster.of_copies else round(cluster.cohesion, 4),
        "lie_at": [str(lying.path) for lying in one.exemplars],
        "nearest": one.nearest
        and {
            "folder": one.nearest.cluster.folder,
            "photos": one.nearest.photos,
            **contrast_document(one.nearest.apart),
        },
    }


def _folder(one: ClusterView, run: Run, gallery: Gallery) -> RenderableType:
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    cluster = one.cluster
    title = Text.assemble(
        (f"{one.number:>3}  ", "cyan"),
        (printable(cluster.folder), "bold"),
        (f"   {plural(one.size, 'photo')}{'' if cluster.of_copies else f', cohesion {cluster.cohesion:.2f}'}", "dim"),
    )
    rows = grid()
    if one.now:
        rows.add_row("now at", Text(printable(str(one.now)), style="yellow"))
    for text in beside(cluster):
        rows.add_row("about", Text(printable(text), style="italic"))
    if cluster.note:
        rows.add_row("its name", Text(printable(cluster.note), style="yellow"))
    if cluster.keywords:
        rows.add_row("its own", Text(own_words(one), style="green"))
    if one.nearest:
        rows.add_row("nearest", Text(f"{quoted(one.nearest.cluster)}: {apart(one.nearest)}"))
    rows.add_row(
        "copies" if cluster.of_copies else "typical",
        gallery.of(one.exemplars) or paths(one.exemplars, (run.destination, run.source)),
    )
    return Group(title, Padding(rows, (0, 0, 0, 5), expand=False))


def own_words(one: ClusterView) -> str:
    """Return the keywords of a folder that are its own; of one that has none, those that it shares."""
    return counted(one.keywords) or f"no word; shares {counted(one.cluster.keywords)} with larger folders"


def _behind(newer: Run) -> str:
    why = "is a preview" if newer.previewed else "does not lie on disk"
    return f"Run {when(newer)}, {why}: photosort explain --run {newer.id}"
