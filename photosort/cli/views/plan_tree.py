"""A plan as a tree, no longer than the terminal, or as a table with a row for each folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.text import Text
from rich.tree import Tree

from photosort.cli.sink import tables
from photosort.cli.sink.gated import rows_of
from photosort.cli.sink.output import plural, short
from photosort.cli.sink.quantities import readable_bytes
from photosort.cli.views.planned import VERB, beside, named_places
from photosort.filing.plan.plan import Plan, PlannedFolder
from photosort.naming.summary import ClusterName
from photosort.support.printable import printable

SAMPLES = 3
AROUND = 7
"""Rows of a terminal that are left for what stands above and below a plan."""
FEWEST = 3
"""Folders that are shown however low the terminal is."""
WIDEST = 40
"""Columns up to which the names of folders are made equally wide, so that keywords stand below each other."""


@dataclass(frozen=True)
class PlanTree:
    """Every folder with its count, keywords and three samples, and what stays.

    Where that is longer than the terminal, each folder has one line; where these are too many, the last ones are summed
    up.

    names     what the folders stand for, by their labels
    explain   the command that says more of this run
    standing  the photos that folders have already
    sources   what the user has named, where that is more than the source of the plan
    """

    plan: Plan
    names: Sequence[ClusterName]
    explain: str = "photosort explain"
    standing: Mapping[str, int] | None = None
    sources: Sequence[Path] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the tree that fits."""
        rows = rows_of(console)
        if rows is None:
            yield self.tree()
            return

        def surplus(view: RenderableType) -> int:
            return len(console.render_lines(view, options, pad=False)) - max(rows - AROUND, 0)

        limit = len(self.plan.folders)
        view = self.tree()
        if surplus(view) > 0:
            view = self.tree(limit)
            while (more := surplus(view)) > 0 and limit > FEWEST:
                limit = max(FEWEST, limit - more)
                view = self.tree(limit)
        yield view

    def tree(self, brief: int = 0) -> Tree:
        """Return the tree whole; or in brief, a line for each of so many folders and one for the others."""
        whole = Tree(self._head(), guide_style="dim")
        above: dict[str, Tree] = {}
        folders = self._ordered
        shown = folders[:brief] if brief else folders
        width = min(WIDEST, max((len(folder.name.rpartition("/")[2]) for folder in shown), default=0))
        for folder in shown:
            top, _, name = folder.name.rpartition("/")
            if top and top not in above:
                above[top] = whole.add(_line(f"{self._below[top]:,}", "cyan", (printable(top), "bold blue")))
            said = self._in_brief(folder, name.ljust(width)) if brief else self._folder(folder, name)
            above.get(top, whole).add(said)
        if rest := folders[len(shown) :]:
            photos = sum(len(folder.photos) for folder in rest)
            more = f"and {plural(len(rest), 'more folder')}, {plural(photos, 'photo')}:"
            whole.add(_line("…", "cyan", (more, "bold"), (f" {self.explain}", "dim")))
        elif brief:
            whole.add(_line("", "", (f"More of each: {self.explain}", "dim")))
        if self.plan.left:
            whole.add(_left(self.plan, self.explain))
        return whole

    def _head(self) -> Text:
        plan = self.plan
        photos = [photo for folder in plan.folders for photo in folder.photos]
        there = sum(photo.there for photo in photos)
        return Text.assemble(
            (named_places([path.name or str(path) for path in self.sources or (plan.source,)]), "bold"),
            " → ",
            (printable(plan.destination.name), "bold"),
            f"   {plural(len(plan.folders), 'folder')}, {plural(len(photos) - there, 'photo')} to {VERB[plan.mode]}",
            f", {there:,} there already" if there else "",
            f" ({readable_bytes(plan.bytes_written)})" if plan.mode == "copy" and plan.bytes_written else "",
        )

    @cached_property
    def _ordered(self) -> list[PlannedFolder]:
        """The folders as the tree has them: by the first label in their top folder, then by their own."""
        first: dict[str, int] = {}
        for folder in self.plan.folders:
            top = folder.name.partition("/")[0]
            first[top] = min(folder.label, first.get(top, folder.label))
        return sorted(self.plan.folders, key=lambda one: (first[one.name.partition("/")[0]], one.label))

    @cached_property
    def _below(self) -> Counter[str]:
        """Folder that holds others -> the number of photos in all of these."""
        counts = Counter[str]()
        for folder in self.plan.folders:
            for place, letter in enumerate(folder.name):
                if letter == "/":
                    counts[folder.name[:place]] += len(folder.photos)
        return counts

    def _folder(self, folder: PlannedFolder, shown: str) -> RenderableType:
        name, photos = self.names[folder.label], folder.photos
        samples = "  ".join(short(photo.source.name) for photo in photos[:SAMPLES]) + (
            "  …" if len(photos) > SAMPLES else ""
        )
        lines = [_line(f"{len(photos):,}", "cyan", (printable(shown), "bold"), (self._there(folder), "dim"))]
        lines += [
            _line("", "", (printable(text), "italic"))
            for text in beside(folder.name, name.title, name.summary, name.source)
        ]
        if name.keywords:
            lines.append(_line("", "", (_keywords(name), "green")))
        return Group(*lines, _line("", "", (samples, "dim")))

    def _in_brief(self, folder: PlannedFolder, shown: str) -> RenderableType:
        keywords = (f"   {_keywords(self.names[folder.label])}", "green")
        return _line(
            f"{len(folder.photos):,}", "cyan", (printable(shown), "bold"), (self._there(folder), "dim"), keywords
        )

    def _there(self, folder: PlannedFolder) -> str:
        if self.standing is None:
            return ""
        return f"   {self.standing[folder.name]:,} there" if folder.name in self.standing else "   new"


def table(plan: Plan, names: Sequence[ClusterName]) -> RenderableType:
    """Return a row for each folder, and a line for each reason why files stay where they are."""
    rows = ((len(folder.photos), folder.name, _keywords(names[folder.label])) for folder in plan.folders)
    left = Counter(left.reason for left in plan.left)
    return Group(
        tables.table(("photos", "folder", "keywords"), rows, numbers=("photos",)),
        *(Text(f"{count:>6,}  left in place: {printable(reason)}") for reason, count in left.most_common()),
    )


def _keywords(name: ClusterName) -> str:
    return printable(", ".join(f"{keyword.term} {keyword.count}" for keyword in name.keywords))


def _left(plan: Plan, explain: str) -> RenderableType:
    lines = [
        _line(
            f"{len(plan.left):,}",
            "yellow",
            ("left in place", "bold"),
            (f"   {explain} --left", "dim"),
        )
    ]
    samples: dict[str, list[str]] = {}
    for left in plan.left:
        if len(some := samples.setdefault(left.reason, [])) < SAMPLES:
            some.append(short(left.path.name))
    for reason, count in Counter(left.reason for left in plan.left).most_common():
        more = "  …" if count > SAMPLES else ""
        lines.append(
            _line(
                "", "", (f"{count:,} {printable(reason)}", "yellow"), ("   " + "  ".join(samples[reason]) + more, "dim")
            )
        )
    return Group(*lines)


def _line(count: str, style: str, *parts: tuple[str, str]) -> Text:
    line = Text.assemble((f"{count:>6}", style), "  ", *parts)
    line.no_wrap, line.overflow = True, "ellipsis"
    return line
