"""A picture of one clustering: which class went where, and a map of all photos."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from photosort.clustering.kmeans import Labels, Vectors
from photosort.errors import ModelMissing, SettingsError
from photosort.evaluation.measures import Confusion, confusion
from photosort.support.pip import pip_install

MAPPED = 5_000
"""Photos on the map; with more, as many drawn at random."""
LEAST = 5
PERPLEXITY = 30


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


def draw(path: Path, title: str, truth: Sequence[str], labels: Labels, vectors: Vectors) -> None:
    """Write the confusion matrix of n photos and the map of their vectors (n, d), coloured by true class.

    Raises SettingsError where `path` cannot be written, or is there already.
    """
    from matplotlib import colormaps
    from matplotlib.figure import Figure

    found = confusion(truth, labels)
    figure = Figure(figsize=(18, 8), layout="constrained")
    figure.suptitle(title)
    matrix, space = figure.subplots(1, 2)
    columns = _columns(found)
    counts = found.counts[:, columns]
    matrix.imshow(counts / counts.sum(axis=1, keepdims=True), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            share = count / counts[row].sum()
            matrix.text(column, row, str(count), ha="center", va="center", color="white" if share > 0.5 else "black")
    matrix.set(title="true class (row) by cluster (column)", xlabel="cluster", ylabel="")
    matrix.set_xticks(range(len(columns)), [str(column + 1) for column in columns])
    matrix.set_yticks(range(len(found.classes)), [_safe(name) for name in found.classes])
    shown, places = _map(vectors)
    names = np.asarray(truth)[shown]
    for number, name in enumerate(found.classes):
        own = names == name
        colour = colormaps["tab20"](number % 20)
        marker = "osD^v"[number // 20 % 5]
        space.scatter(places[own, 0], places[own, 1], s=14, color=colour, marker=marker, label=_safe(name))
    space.set(title="map of the photos by t-SNE, coloured by true class", xticks=[], yticks=[])
    space.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    try:
        with path.open("xb") as file:
            figure.savefig(file, dpi=120, format=path.suffix.removeprefix("."))
    except OSError as error:
        raise SettingsError(f"{path} cannot be written ({error.strerror})", "Name another file.") from error


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
