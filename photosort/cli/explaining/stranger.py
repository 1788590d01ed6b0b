"""A photo that was in no run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from photosort.cli.explaining.facts import facts_document, facts_of
from photosort.cli.explaining.shown import alike, quoted, when
from photosort.cli.sink.output import grid
from photosort.support.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from photosort.workflows.explaining.stranger import StrangerView


def view(found: StrangerView) -> RenderableType:
    """Return what a photo shows, and where it would go."""
    from rich.console import Group
    from rich.text import Text

    (first, cosine), *others = found.folders
    head = Text.assemble((printable(found.path.name), "bold"), " would go to ", (printable(first.folder), "bold green"))
    rows = grid()
    if found.caption:
        label = "tags" if found.run.settings.get("captioner") == "tags" else "caption"
        rows.add_row(label, Text(printable(found.caption)))
    rows.add_row("similarity", f"{cosine:.2f} to the folder (its average is {first.cohesion:.2f})")
    if found.edge is not None:
        fits = "so the photo belongs there" if found.fits else "so the photo is unlike what lies there"
        rows.add_row("its edge", f"{found.edge:.2f}, {fits}")
    for label, (cluster, similarity) in zip(("next", "then"), others, strict=False):
        rows.add_row(label, Text(f"{similarity:.2f} to {quoted(cluster)}"))
    if found.remark:
        rows.add_row("", Text(printable(found.remark), style="yellow"))
    for number, neighbour in enumerate(found.neighbours):
        rows.add_row("" if number else "most alike", alike(neighbour))
    for label, text in facts_of(found.facts):
        rows.add_row(label, Text(printable(text)))
    rows.add_row("run", Text(printable(f"{when(found.run)}: {found.run.source}; this photo was in no run")))
    return Group(head, rows)


def document(found: StrangerView) -> dict[str, Any]:
    """Return everything of `view`, whole."""
    return {
        "run": found.run.id,
        "photo": str(found.path),
        "in_run": False,
        "caption": found.caption,
        "facts": facts_document(found.facts.as_dict()),
        "would_go_to": [
            {"folder": cluster.folder, "similarity": round(similarity, 4)} for cluster, similarity in found.folders
        ],
        "edge": None if found.edge is None else round(found.edge, 4),
        "within_edge": found.fits,
        "neighbours": [
            {"photo": str(one.lying.photo.path), "similarity": round(one.similarity, 4), "folder": one.folder.folder}
            for one in found.neighbours
        ],
        "remark": found.remark or None,
    }
