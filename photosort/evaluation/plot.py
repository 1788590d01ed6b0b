"""A picture of a contest: a map of the photos for each method, beside one of the true classes."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from photosort.clustering.kmeans import Vectors
from photosort.errors import ModelMissing, SettingsError
from photosort.evaluation.measures import Confusion, confusion
from photosort.evaluation.result import Result
from photosort.support.pip import pip_install

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAPPED = 5_000
"""Photos on the map; with more, as many drawn at random."""
LEAST = 5
PERPLEXITY = 30
ACROSS = 5
"""Maps side by side; more go below."""
WIDTH, HEIGHT, LEGEND, DOTS = 5.0, 4.6, 2.0, 110
"""Inches of a map and of the legend, and dots for each inch."""
MARKERS = "osD^v"
UNMATCHED = -1


def check_plot(path: Path) -> None:
    """Make sure that `path` can be drawn, before the work. Raises ModelMissing and SettingsError."""
    if importlib.util.find_spec("matplotlib") is None:
        raise ModelMissing("Plots are drawn by matplotlib, which is not installed", pip_install("matplotlib"))
    from matplotlib.figure import Figure

    kinds = Figure().canvas.get_supported_filetypes()
    if path.suffix.removeprefix(".").lower() not in kinds:
        raise SettingsError(f"{path} has no ending that can be drawn", f"Choose one of: {', '.join(sorted(kinds))}")
    if os.path.lexists(path):
        raise SettingsError(f"{path} is there already", "Name another file for the plot.")
    if not path.parent.is_dir():
        raise SettingsError(f"The folder {path.parent} for the plot does not exist", "Create it, or choose another.")


def draw(path: Path, truth: Sequence[str], results: Sequence[Result]) -> None:
    """Write one map of n photos for the truth and one for each method, side by side, and what went where if it is one.

    Each photo has the same place in all of them: by t-SNE of the vectors (n, d) of the first method. The colour of a
    cluster is that of the class that it is matched with; a cluster that is matched with none is grey. Labels are those
    of the run with the lowest inertia. Raises SettingsError where `path` cannot be written, or is there already.
    """
    from matplotlib.figure import Figure

    single = len(results) == 1
    panels = len(results) + 1 + single
    columns = min(panels, ACROSS)
    rows = -(-panels // columns)
    figure = Figure(figsize=(WIDTH * columns + LEGEND, HEIGHT * rows), layout="constrained")
    figure.suptitle(f"{len(truth):,} photos, {len(set(truth))} classes")
    parts = iter(figure.subplots(rows, columns, squeeze=False).flat)
    shown, places = _map(results[0].vectors)
    classes, own = np.unique(truth, return_inverse=True)
    handles = _scatter(next(parts), "true classes", places, own[shown], [str(name) for name in classes])
    for result in results:
        found = confusion(truth, result.labels)
        run = result.runs[result.lowest]
        title = f"{result.method}: ACC {run.acc:.3f}, NMI {run.nmi:.3f}, ARI {run.ari:.3f}"
        class_of = {column: row for row, column in found.matched.items()}
        matched = np.array([class_of.get(label, UNMATCHED) for label in result.labels[shown].tolist()])
        _scatter(next(parts), title, places, matched, [])
        if single:
            _matrix(next(parts), found)
    for part in parts:
        part.axis("off")
    figure.legend(handles=handles, loc="outside right upper", frameon=False)
    try:
        with path.open("xb") as file:
            figure.savefig(file, dpi=DOTS, format=path.suffix.removeprefix("."))
    except OSError as error:
        raise SettingsError(f"{path} cannot be written ({error.strerror})", "Name another file.") from error


def _scatter(
    axes: Axes, title: str, places: NDArray[np.float64], numbers: NDArray[np.intp], names: Sequence[str]
) -> list[Any]:
    """Draw photos at (m, 2) places in the colours of m class numbers; return the handles of the legend."""
    from matplotlib import colormaps

    handles = []
    for number in np.unique(numbers):
        own = numbers == number
        colour = "lightgrey" if number == UNMATCHED else colormaps["tab20"](number % 20)
        marker = "." if number == UNMATCHED else MARKERS[number // 20 % len(MARKERS)]
        label = _safe(names[number]) if names else None
        handles.append(axes.scatter(places[own, 0], places[own, 1], s=14, color=colour, marker=marker, label=label))
    axes.set_title(title, fontsize="medium")
    axes.set(xticks=[], yticks=[])
    return handles


def _matrix(axes: Axes, found: Confusion) -> None:
    columns = _columns(found)
    counts = found.counts[:, columns]
    axes.imshow(counts / counts.sum(axis=1, keepdims=True), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            share = count / counts[row].sum()
            axes.text(column, row, str(count), ha="center", va="center", color="white" if share > 0.5 else "black")
    axes.set_title("true class (row) by cluster (column)", fontsize="medium")
    axes.set_xticks(range(len(columns)), [str(column + 1) for column in columns])
    axes.set_yticks(range(len(found.classes)), [_safe(name) for name in found.classes])


def _columns(found: Confusion) -> list[int]:
    """Return the clusters in the order of the classes that they are matched with, the others after them."""
    matched = [found.matched[row] for row in sorted(found.matched)]
    return matched + [column for column in range(found.counts.shape[1]) if column not in matched]


def _map(vectors: Vectors, seed: int = 42) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the positions of the photos that are shown, and where, (m, 2); by t-SNE (van der Maaten & Hinton 2008)."""
    shown = np.arange(len(vectors))
    if len(vectors) > MAPPED:
        shown = np.sort(np.random.default_rng(seed).choice(len(vectors), MAPPED, replace=False))
    if len(shown) < LEAST:
        return shown, np.column_stack([shown, np.zeros(len(shown))]).astype(np.float64)
    from sklearn.manifold import TSNE

    perplexity = min(PERPLEXITY, (len(shown) - 1) / 3)
    model = TSNE(metric="cosine", init="random", perplexity=perplexity, random_state=seed)
    return shown, np.asarray(model.fit_transform(vectors[shown]), dtype=np.float64)


def _safe(name: str) -> str:
    return name.replace("$", r"\$")
