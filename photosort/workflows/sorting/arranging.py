"""What facts say before photos are clustered: events, levels of folders, and which folders that stand go together."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from photosort.clustering.given import clustering_of
from photosort.clustering.joining import NEW
from photosort.clustering.kmeans import Clustering, Labels
from photosort.methods.method import Clusterer, VectorFactory
from photosort.models.selected import ModelSet
from photosort.naming.folder_name import name_key
from photosort.naming.folders import PLAIN
from photosort.naming.layout import level_path
from photosort.photos.facts.facts import Facts
from photosort.photos.facts.fields import UNDATED, clock, fields_of, shared, towns_of
from photosort.photos.files.photo import Photo
from photosort.settings.levels import AUTO, Layout, checked_levels, layout_of
from photosort.settings.settings import Settings
from photosort.store.runs.runs import Run
from photosort.towns.towns import Town
from photosort.workflows.sorting.events import events_of

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Arranged:
    """What is known of the folders of n photos by their facts alone.

    layout    the levels of folders
    towns     the town of each photo
    fields    the facts that its levels are made of, for each photo; empty where the layout has no such level
    labels    (n,) the cluster of each photo, where facts make the clusters; None where vectors do
    standing  the folders that stand, as paths, by number
    folder    (n,) the number of the folder of each photo that stands in one, NEW for the others
    clusters  for each folder that stands the cluster that it is of; folders of several years may be of one
    names     for each of these clusters what its folders are called in all of them; "" where it is one folder as it is
    """

    layout: Layout
    towns: tuple[Town | None, ...]
    fields: tuple[Fields, ...] = ()
    labels: Labels | None = None
    standing: tuple[str, ...] = ()
    folder: Labels | None = None
    clusters: tuple[int, ...] = ()
    names: tuple[str, ...] = ()

    def clusterer(self, joining: Clusterer | None) -> Clusterer | None:
        """Return what takes the place of k-means; None where nothing does."""
        return Given(self.labels) if self.labels is not None else joining

    def cluster_of(self, folder: Labels) -> Labels:
        """Return (n,) the cluster of the folder of each photo, NEW where it has none."""
        clusters = np.array([*self.clusters, NEW], dtype=np.intp)
        return clusters[folder]


@dataclass(frozen=True, slots=True)
class Given:
    """A `Clusterer` that gives n photos the clusters that facts have given them."""

    labels: Labels

    def __call__(self, several: Sequence[VectorFactory]) -> list[Clustering]:
        """Return the same clusters for each of several sets of (n, d) unit vectors."""
        return [clustering_of(made(), self.labels) for made in several]


def arrange(
    photos: Sequence[Photo],
    facts: Sequence[Facts],
    settings: Settings,
    standing: Sequence[str] = (),
    folder: Labels | None = None,
) -> Arranged:
    """Return what is known of the folders of n photos by their facts; `folder` (n,) has those that stand, NEW else."""
    layout, towns = settings.layout, tuple(towns_of(facts))
    single = tuple(range(len(standing)))
    plain = Arranged(layout, towns, (), None, tuple(standing), folder, single, ("",) * len(standing))
    if settings.events:
        events = events_of(photos, facts)
        fields = _of_events(events, facts, towns) if layout.splits else ()
        return replace(plain, fields=fields, labels=_beside(events, facts, photos, plain))
    if not layout.splits:
        return plain
    fields = tuple(fields_of(each, town) for each, town in zip(facts, towns, strict=True))
    if not layout.name:
        spelled = dict[str, str]()
        paths = [level_path(layout.above, each, spelled) for each in fields]
        return replace(plain, fields=fields, labels=_by_path(paths, plain))
    return _in_groups(replace(plain, fields=fields))


def _by_path(paths: Sequence[str], plain: Arranged) -> Labels:
    """Return the cluster of each photo where its path says all; folders that stand are the first ones."""
    number = {name_key(path): place for place, path in enumerate(plain.standing)}
    stays = plain.folder if plain.folder is not None else np.full(len(paths), NEW)
    for path in sorted({path for path, place in zip(paths, stays, strict=True) if place == NEW}):
        number.setdefault(name_key(path), len(number))
    pairs = zip(paths, stays.tolist(), strict=True)
    return np.array([number[name_key(path)] if place == NEW else place for path, place in pairs], dtype=np.intp)


def _beside(events: Labels, facts: Sequence[Facts], photos: Sequence[Photo], plain: Arranged) -> Labels:
    """Return the cluster of each photo of events, numbered by time.

    New photos of an event of which a folder holds photos already join that folder: the one whose photo is nearest in
    time.
    """
    if plain.folder is None or not plain.standing:
        return events
    labels = plain.folder.copy()
    undated = next((place for place, path in enumerate(plain.standing) if path.split("/")[-1] == UNDATED), None)
    moments = [each.taken for each in facts]
    order = sorted(range(len(photos)), key=lambda row: (moments[row], photos[row].path))
    known: dict[int, list[int]] = {}
    for place, row in enumerate(order):
        if labels[row] != NEW and moments[row]:
            known.setdefault(int(events[row]), []).append(place)
    numbers: dict[int, int] = {}
    for place, row in enumerate(order):
        if labels[row] != NEW:
            continue
        event = int(events[row])
        if not moments[row] and undated is not None:
            labels[row] = undated
        elif there := known.get(event):
            after = bisect_left(there, place)
            beside = (order[one] for one in there[max(after - 1, 0) : after + 1])
            now = clock(facts[row]) or 0.0
            labels[row] = plain.folder[min(beside, key=lambda one: abs((clock(facts[one]) or 0.0) - now))]
        else:
            labels[row] = numbers.setdefault(event, -2 - event)
    for number, event in enumerate(sorted(numbers)):
        labels[labels == numbers[event]] = len(plain.standing) + number
    return labels


def _of_events(events: Labels, facts: Sequence[Facts], towns: Sequence[Town | None]) -> tuple[Fields, ...]:
    """Return the fields of each photo where an event stays together: the date is that of its first photo."""
    members: dict[int, list[int]] = {}
    for row, event in enumerate(events.tolist()):
        members.setdefault(event, []).append(row)
    found = dict[int, Fields]()
    for event, rows in members.items():
        first = min(rows, key=lambda row: (facts[row].taken or "~", row))
        own = fields_of(facts[first], towns[first])
        common = shared([facts[row] for row in rows], [towns[row] for row in rows])
        found[event] = {**own, **{name: common[name] for name in ("place", "country") if common[name]}}
    return tuple(found[event] for event in events.tolist())


def _in_groups(plain: Arranged) -> Arranged:
    """Tell which of the folders that stand are of one cluster: those with one name in different levels of facts."""
    votes = [Counter[str]() for _ in plain.standing]
    spelled = dict[str, str]()
    if plain.folder is not None:
        for row in np.flatnonzero(plain.folder != NEW).tolist():
            number = int(plain.folder[row])
            above, below = (
                level_path(levels, plain.fields[row], spelled) for levels in (plain.layout.above, plain.layout.below)
            )
            votes[number][_between(plain.standing[number], above, below)] += 1
    groups: dict[str, int] = {}
    clusters, names = [], list[str]()
    for number, vote in enumerate(votes):
        name = max(sorted(vote), key=lambda one: vote[one], default="")
        key = name_key(name) if name else f"/{number}"
        if key not in groups:
            groups[key] = len(groups)
            names.append(name)
        clusters.append(groups[key])
    return replace(plain, clusters=tuple(clusters), names=tuple(names))


def _between(path: str, above: str, below: str) -> str:
    """Return what stands in a path between the levels of facts; "" where it does not have them."""
    start, end = f"{above}/" if above else "", f"/{below}" if below else ""
    whole = name_key(path)
    if not (whole.startswith(name_key(start)) and whole.endswith(name_key(end))):
        return ""
    levels = path.split("/")
    inside = levels[start.count("/") : len(levels) - end.count("/")]
    return "/".join(inside)


def with_its_layout(models: ModelSet, before: Run) -> ModelSet:
    """Return models that lay folders out as the run that is continued did, where either of the two sorts by facts.

    New photos then come into the same levels of folders, also where the flags are not repeated.
    """
    settings = models.settings
    levels, events = checked_levels(before.settings.get("levels", AUTO)), bool(before.settings.get("events"))
    template = str(before.settings.get("name_template", PLAIN))
    by_facts = events or settings.events or settings.layout.splits or layout_of(levels, template).splits
    if settings.by or settings.into is not None or not by_facts:
        return models
    was = {"levels": levels, "events": events, "name_template": template}
    if all(getattr(settings, name) == value for name, value in was.items()):
        return models
    return ModelSet(settings.model_copy(update=was), models.choice)


def given_up(given: Settings, models: ModelSet) -> tuple[str, ...]:
    """Return the flags that `with_its_layout` has given up for those of the run before."""
    plain = {"levels": AUTO, "events": False, "name_template": PLAIN}
    return tuple(
        f"--{name.replace('_', '-')}"
        for name, default in plain.items()
        if getattr(given, name) not in (default, getattr(models.settings, name))
    )
