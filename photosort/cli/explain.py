"""photosort explain: why a photo lies where it does."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photosort.cli import explain_photo
from photosort.cli.explain_photo import beside
from photosort.cli.options import AsJson, QuietFlag, named_path
from photosort.cli.output import grid, plural, short, speaking
from photosort.support.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from photosort.store.runs import ClusterRecord, MemberRecord, Run
    from photosort.workflows.explain import FolderView, RunView

NOUNS = 6
MOST = 4
"""Photos, and folders near by, that are shown of a folder."""


def explain(
    path: Annotated[
        Path | None,
        typer.Argument(
            metavar="PATH", parser=named_path, help="A photo, where it was or where it lies now, or a folder of a run."
        ),
    ] = None,
    run: Annotated[
        int | None, typer.Option("--run", help="Number of the run.  [default: the latest, or the latest with PATH]")
    ] = None,
    left: Annotated[
        bool, typer.Option("--left", "--unread", help="List what stayed where it was, with the reasons.")
    ] = False,
    as_json: AsJson = False,
    quiet: QuietFlag = False,
) -> None:
    """Say why photos lie where they do: all folders of a run, one of them, or one photo."""
    with speaking(as_json=as_json, quiet=quiet) as out:
        from photosort.errors import SettingsError
        from photosort.settings.settings import load_places
        from photosort.workflows.explain import FolderView, PhotoView, RunView, explain_run
        from photosort.workflows.explain import explain as explain_path

        data_dir = load_places().data_dir
        found = explain_run(data_dir, run) if path is None else explain_path(data_dir, path, run)
        if left and not isinstance(found, RunView):
            raise SettingsError(f"--left takes a run, not the path {path}", "Leave out the path, or --left.")
        if isinstance(found, PhotoView):
            photo = found
            out.show(lambda: explain_photo.view(photo))
            out.document(lambda: explain_photo.document(photo))
        elif isinstance(found, FolderView):
            folder = found
            out.show(lambda: _folder(folder))
            out.document(lambda: _folder_document(folder))
        else:
            seen = found
            out.show(lambda: _left(seen) if left else _run(seen))
            out.document(lambda: _run_document(seen))


def _run(seen: "RunView") -> "RenderableType":
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    head = f"Run {_when(seen.run)}: {seen.run.source} → {seen.run.destination}"
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
            Text(_keywords(view.cluster), style="green"),
            f"{view.cluster.cohesion:.2f}",
            Text("  ".join(short(member.path.name, 20) for member in view.exemplars), style="dim"),
        )
    lines: list[RenderableType] = [Text(printable(head)), table]
    for cluster in (view.cluster for view in seen.clusters if view.cluster.note):
        lines.append(Text(printable(f"{cluster.folder}: {cluster.note}"), style="yellow"))
    if seen.left:
        lines.append(Text(f"{plural(len(seen.left), 'file')} left in place: photosort explain --left", style="yellow"))
    return Group(*lines)


def _named(cluster: "ClusterRecord") -> "RenderableType":
    """Return the folder, and what of title and summary it does not say."""
    from rich.text import Text

    lines = [(printable(cluster.folder), "bold"), *((printable(text), "italic") for text in beside(cluster))]
    return Text("\n").join(Text(text, style) for text, style in lines)


def _when(run: "Run") -> str:
    what = "previewed" if run.previewed else "organized"
    return f"{run.id}, {what} {run.started.astimezone():%Y-%m-%d %H:%M}"


def _keywords(cluster: "ClusterRecord") -> str:
    return printable(", ".join(f"{word} {count}" for word, count in cluster.keywords))


def _folder(found: "FolderView") -> "RenderableType":
    """Return what holds a folder together, what lies at its edge, and which folders are near."""
    from rich.console import Group
    from rich.text import Text

    size, cluster = len(found.members), found.cluster
    rows = grid()
    for text in beside(cluster):
        rows.add_row("about", Text(printable(text), style="italic"))
    if cluster.note:
        rows.add_row("its name", Text(printable(cluster.note), style="yellow"))
    if cluster.support:
        rows.add_row("true of", f"{cluster.support:.0%} of the photos, as far as the models can tell")
    if found.nouns:
        fitting = ", ".join(f"{noun} {weight:.0%}" for noun, weight in found.nouns[:NOUNS])
        rows.add_row("nouns", Text(printable(fitting)))
    if cluster.keywords:
        rows.add_row("keywords", Text(_keywords(cluster), style="green"))
    rows.add_row("cohesion", f"{cluster.cohesion:.2f}, the average similarity of a photo to the folder")
    rows.add_row("most typical", _similar(found.members[:MOST]))
    if rest := found.members[MOST:][-MOST:]:
        rows.add_row("least typical", _similar(rest[::-1]))
    for number, (other, count) in enumerate(found.neighbours[:MOST]):
        text = f"“{printable(other.folder)}”, the next best for {count:,} of {plural(size, 'photo')}"
        rows.add_row("" if number else "next", Text(text))
    head = Text.assemble((printable(cluster.folder), "bold green"), f"   {plural(size, 'photo')}")
    rows.add_row("run", Text(printable(f"{_when(found.run)}: {found.run.source} → {found.run.destination}")))
    return Group(head, rows)


def _similar(members: "Sequence[MemberRecord]") -> "Text":
    from rich.text import Text

    return Text("   ".join(f"{short(member.path.name, 20)} {member.similarity:.2f}" for member in members))


def _left(seen: "RunView") -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    if not seen.left:
        return Text("Nothing was left in place.")
    table = Table("reason", "file", box=None, header_style="dim")
    for path, reason in seen.left:
        table.add_row(Text(printable(reason)), Text(printable(str(path)), overflow="fold"))
    return table


def _run_document(seen: "RunView") -> dict[str, Any]:
    return {
        "run": seen.run.id,
        "started": seen.run.started.isoformat(),
        "previewed": seen.run.previewed,
        "source": str(seen.run.source),
        "destination": str(seen.run.destination),
        "clusters": [
            {
                **_cluster_document(view.cluster, view.size),
                "exemplars": [str(member.path) for member in view.exemplars],
            }
            for view in seen.clusters
        ],
        "left": [{"path": str(path), "reason": reason} for path, reason in seen.left],
    }


def _folder_document(found: "FolderView") -> dict[str, Any]:
    return {
        "run": found.run.id,
        **_cluster_document(found.cluster, len(found.members)),
        "nouns": [{"noun": noun, "weight": round(weight, 4)} for noun, weight in found.nouns],
        "members": [{"path": str(member.path), "similarity": round(member.similarity, 4)} for member in found.members],
        "next": [{"folder": other.folder, "photos": count} for other, count in found.neighbours],
    }


def _cluster_document(cluster: "ClusterRecord", size: int) -> dict[str, Any]:
    return {
        "folder": cluster.folder,
        "photos": size,
        "summary": cluster.summary,
        "title": cluster.title,
        "named_by": cluster.named_by,
        "note": cluster.note,
        "support": round(cluster.support, 4),
        "keywords": [{"word": word, "photos": count} for word, count in cluster.keywords],
        "cohesion": round(cluster.cohesion, 4),
    }
