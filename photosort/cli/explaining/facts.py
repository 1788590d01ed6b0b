"""The facts of one photo, as photosort explain shows them, and what they had to do with its folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from photosort.cli.sink.output import plural
from photosort.naming.folders import PLAIN
from photosort.photos.facts.facts import Facts
from photosort.photos.facts.fields import fields_of, towns_of
from photosort.settings.levels import AUTO, BY_FACT, Layout, checked_levels, layout_of

if TYPE_CHECKING:
    from photosort.store.runs.runs import Run


def facts_of(facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield what is true of a photo, and how sure that is."""
    if facts.kind:
        by = f" (by its {' and '.join(facts.kind.by)})" if facts.kind.by else ""
        yield "kind", f"{facts.kind.name}, {facts.kind.sure:.0%} sure{by}"
    if facts.people:
        faces = plural(facts.people.count, "face") if facts.people.count else "no face"
        yield "people", f"{faces}{', a portrait' if facts.people.portrait else ''}, {facts.people.sure:.0%} sure"
    if facts.taken:
        yield "taken", f"{facts.taken.replace('T', ' ')}{' (by its name)' if facts.taken_by == 'name' else ''}"
    if facts.place:
        (town,) = towns_of([facts])
        degrees = f"{facts.place[0]:.5f}, {facts.place[1]:.5f}"
        where = f"{town.name}, {town.country} ({degrees})" if town else f"{degrees} (latitude, longitude), near no town"
        yield "place", where


def facts_document(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a photo for programs, with the town and the country of its place."""
    (town,) = towns_of([Facts.from_dict({**facts})])
    return {**facts, **({"town": town.name, "country": town.country} if town else {})}


def layout_in(run: Run) -> Layout | None:
    """Return the levels of folders of a run; None for one that has split photos into events."""
    settings = run.settings
    if settings.get("events"):
        return None
    return layout_of(checked_levels(settings.get("levels", AUTO)), settings.get("name_template", PLAIN))


def by_facts(run: Run, facts: Facts) -> Iterator[tuple[str, str]]:
    """Yield by which facts a photo came to its folder."""
    layout = layout_in(run)
    if layout is None:
        yield "sorted by", "gaps in time; photosort explain FOLDER shows those before and after"
        return
    own = fields_of(facts, *towns_of([facts])) if layout.facts else {}
    if levels := [f"{name} {own[name]}" for name in (*BY_FACT, "kind") if name in layout.facts]:
        yield "sorted by", ", ".join(levels) + (", and what it shows" if layout.name else "")
