"""Several clusterings of one folder beside each other, and how the number of clusters was chosen."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from photosort.clustering.choose_k import KChoice
from photosort.clustering.kmeans import Clustering
from photosort.methods.method import Candidate, Grouping
from photosort.naming.cluster_texts import cluster_texts
from photosort.naming.said import subjects
from photosort.naming.summary import name_clusters
from photosort.support.printable import printable

COLUMN = 44


def losses(grouping: Grouping) -> RenderableType:
    """Show each question with the loss of its clustering; the lowest one is marked."""
    table = Table("loss", "question", box=None, header_style="dim", padding=(0, 2, 0, 0))
    for candidate in grouping.candidates:
        won = candidate is grouping.best
        mark = "  ← the lowest: this one is taken" if won else ""
        style = "bold" if won else ""
        table.add_row(f"{candidate.loss:.4f}", Text(printable(candidate.question) + mark, style=style))
    return table


def side_by_side(grouping: Grouping) -> RenderableType:
    """Return the clusters of every question, called by their keywords, in one column for each question."""
    table = Table(box=None, padding=(0, 3, 0, 0), title_justify="left")
    for candidate in grouping.candidates:
        table.add_column(Text(printable(candidate.question or "caption")), max_width=COLUMN, overflow="fold")
    columns = [_titles(candidate) for candidate in grouping.candidates]
    for row in zip(*columns, strict=True):
        table.add_row(*row)
    return Group(Text(), table, Text())


def chosen(choice: KChoice) -> str:
    """Say in one line what the two ways to find the number of clusters found."""
    if not choice.communities:
        return "Too few different photos to choose a number of folders; --k sets one."
    groups = "1 group" if choice.communities == 1 else f"{choice.communities} groups"
    tried = list(choice.silhouette or {})
    best = f"; of {min(tried)} to {max(tried)} folders, {choice.k} have the best silhouette" if len(tried) > 1 else ""
    return f"{groups} of similar photos found{best}. --k sets another number."


def document(grouping: Grouping, choice: KChoice | None) -> dict[str, Any]:
    """Return what `losses`, `side_by_side` and `chosen` show, whole."""
    return {
        "k": grouping.best.clustering.k,
        "k_choice": choice
        and {
            "k": choice.k,
            "communities": choice.communities,
        },
        "silhouette": {str(k): score for k, score in ((choice and choice.silhouette) or {}).items()},
        "questions": [
            {
                "question": candidate.question,
                "loss": candidate.loss,
                "taken": candidate is grouping.best,
                "clusters": [{"title": title, "photos": size} for title, size in _named(candidate)],
            }
            for candidate in grouping.candidates
            if len(grouping.candidates) > 1
        ],
    }


def _titles(candidate: Candidate) -> list[Text]:
    return [Text.assemble((f"{size:>5,}", "cyan"), f"  {printable(title)}") for title, size in _named(candidate)]


def _named(candidate: Candidate) -> list[tuple[str, int]]:
    """Return the title that the captions give each cluster, and its size."""
    said = [[candidate.texts[photo] for photo in members] for members in _members(candidate.clustering)]
    names = name_clusters(cluster_texts(said, subjects=subjects(said)))
    return [(name.title, len(texts)) for name, texts in zip(names, said, strict=True)]


def _members(clustering: Clustering) -> list[list[int]]:
    return [clustering.members(number).tolist() for number in range(clustering.k)]
