"""One folder of a run in depth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from photosort.cli.explaining.pictures import Gallery
from photosort.cli.explaining.run import cluster_document, own_words
from photosort.cli.explaining.shown import apart, beside, counted, linked, quoted, similar, when
from photosort.cli.sink.output import grid, plural, short
from photosort.cli.views.kin import kin_said
from photosort.support.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from photosort.store.runs.runs import MemberRecord
    from photosort.workflows.explaining.periods import Period
    from photosort.workflows.explaining.views import Edge, FolderView, Theme

NOUNS = 6
COPIES = 20
"""Copies that are listed with what they are copies of."""
MOST = 4
"""Folders near by that are shown of a folder."""


def view(found: FolderView, gallery: Gallery) -> RenderableType:
    """Return what holds a folder together, which parts it has, what lies at its edge, and which folders are near."""
    from rich.console import Group
    from rich.text import Text

    rows = grid()
    for label, text in (*_name(found), *_words(found)):
        rows.add_row(label, text)
    if found.cluster.of_copies:
        _copies(found, rows)
    else:
        rows.add_row("cohesion", f"{found.cluster.cohesion:.2f}, the average similarity of a photo to the folder")
        rows.add_row("most typical", gallery.of(found.view.exemplars) or similar(found.view.exemplars))
    for label, texts in (
        ("least typical", map(_edge, found.edge)),
        ("parts", map(_theme, found.themes)),
        ("next", _next(found)),
        ("now at", [Text(printable(str(found.view.now)), style="yellow")] if found.view.now else []),
    ):
        for number, text in enumerate(texts):
            rows.add_row("" if number else label, text)
    head = Text.assemble((printable(found.cluster.folder), "bold green"), f"   {plural(len(found.members), 'photo')}")
    rows.add_row("run", Text(printable(f"{when(found.run)}: {found.run.source} → {found.run.destination}")))
    return Group(head, rows)


def _copies(found: FolderView, rows: Table) -> None:
    """Add which photos were put apart, and why."""
    from rich.text import Text

    for photo in found.members[:COPIES]:
        rows.add_row(printable(photo.path.name), Text(printable(photo.caption)))
    if len(found.members) > COPIES:
        rows.add_row("", f"and {len(found.members) - COPIES:,} more; --json lists all")


def _name(found: FolderView) -> Iterator[tuple[str, RenderableType]]:
    """Yield what is behind the name of the folder."""
    from rich.text import Text

    cluster = found.cluster
    for text in beside(cluster):
        yield "about", Text(printable(text), style="italic")
    if cluster.note:
        yield "its name", Text(printable(cluster.note), style="yellow")
    if found.kin:
        yield "its kind", Text(printable(kin_said(found.kin)))
    if found.period:
        yield "event", event(found.period)
    if cluster.support:
        yield "true of", f"{cluster.support:.0%} of the photos, as far as the models can tell"


def event(period: Period) -> str:
    """Return when an event was, and how long no photo was taken before and after it."""
    start, end = (moment[:16].replace("T", " ") for moment in (period.first, period.last))
    around = [
        f"no photo for {duration(gap)} {where}" if gap is not None else f"no photo of this run {where}"
        for gap, where in ((period.before, "before"), (period.after, "after"))
    ]
    return f"{start if start == end else f'{start} to {end}'}; {around[0]}, {around[1]}"


def duration(seconds: float) -> str:
    """Return a time in words, in hours up to two days: "17 hours", "12 days"."""
    hours = round(seconds / 3600)
    return plural(hours, "hour") if hours < 48 else plural(round(hours / 24), "day")


def _words(found: FolderView) -> Iterator[tuple[str, RenderableType]]:
    """Yield what the photos of the folder have in common, in words."""
    from rich.text import Text

    if found.nouns:
        fitting = ", ".join(f"{noun} {weight:.0%}" for noun, weight in found.nouns[:NOUNS])
        yield "nouns", Text(printable(fitting))
    if keywords := found.cluster.keywords:
        yield "keywords", Text(counted(keywords), style="green")
        if found.view.keywords != keywords:
            yield "its own", Text(own_words(found.view), style="green")


def _next(found: FolderView) -> Iterator[Text]:
    """Yield the folders that are near, and what sets this one apart from the nearest."""
    from rich.text import Text

    for other, count in found.neighbours[:MOST]:
        yield Text(f"{quoted(other)}, the next best for {count:,} of {plural(len(found.members), 'photo')}")
    if nearest := found.view.nearest:
        yield Text(f"apart from {quoted(nearest.cluster)}: {apart(nearest)}")


def _edge(edge: Edge) -> Text:
    from rich.text import Text

    photo = edge.lying.photo
    said = linked(edge.lying.path, f"{short(edge.lying.path.name, 28)} {photo.similarity:.2f}")
    if edge.leans is None:
        return said
    return Text.assemble(said, (f"  leans to {quoted(edge.leans)} {photo.runner_up_similarity:.2f}", "dim"))


def _theme(theme: Theme) -> Text:
    from rich.text import Text

    words = Text(counted(theme.keywords) or "no word of its own", style="green" if theme.keywords else "")
    first = Text("  ").join(linked(lying.path, short(lying.path.name, 20), "dim") for lying in theme.exemplars)
    return Text.assemble(f"{plural(theme.photos, 'photo')}: ", words, "   ", first)


def document(found: FolderView) -> dict[str, Any]:
    """Return everything of `view`, whole."""
    return {
        "run": found.run.id,
        **cluster_document(found.view),
        "event": found.period
        and {
            "first": found.period.first,
            "last": found.period.last,
            "hours_before": None if found.period.before is None else round(found.period.before / 3600, 2),
            "hours_after": None if found.period.after is None else round(found.period.after / 3600, 2),
        },
        "nouns": [{"noun": noun, "weight": round(weight, 4)} for noun, weight in found.nouns],
        "members": [_member(member, of_copies=found.cluster.of_copies) for member in found.members],
        "next": [{"folder": other.folder, "photos": count} for other, count in found.neighbours],
        "edge": [
            {
                "path": str(edge.lying.photo.path),
                "similarity": round(edge.lying.photo.similarity, 4),
                "leans_to": edge.leans and edge.leans.folder,
                "margin": round(edge.margin, 4),
            }
            for edge in found.edge
        ],
        "parts": [
            {
                "photos": theme.photos,
                "keywords": [{"word": word, "photos": count} for word, count in theme.keywords],
                "exemplars": [str(lying.photo.path) for lying in theme.exemplars],
            }
            for theme in found.themes
        ],
        "forgotten": found.forgotten,
        "kin": dict(found.kin),
    }


def _member(photo: MemberRecord, *, of_copies: bool) -> dict[str, Any]:
    if of_copies:
        return {"path": str(photo.path), "copy": photo.caption}
    stands = {"stood_before": True, "put_by_you": photo.answer.get("by") == "you"} if photo.standing else {}
    return {"path": str(photo.path), "similarity": round(photo.similarity, 4), **stands}
