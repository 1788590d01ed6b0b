"""Faces, counted: the full-range detector of MediaPipe, whose weights come with photosort (data/README.md).

Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs" (2019), https://arxiv.org/abs/1907.05047:
a grid of cells, of which each says how probable it is that a face has its centre there, and where its edges are. The
full-range model sees faces up to five metres away. Whose face it is, it cannot tell; where it is, is not kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from photosort.models.protocols import Frame, Identity, Pictures, Pixels, Vectors
from photosort.models.runtime.batch_size import BatchSize
from photosort.models.runtime.devices import CPU
from photosort.models.runtime.onnx_graph import Run, onnx_runner
from photosort.photos.facts.facts import People
from photosort.photos.pixels import decode

SIDE, CELLS = 192, 48
AT_ONCE, PART = 32, 1
SURE, LIKELY = 0.7, 0.5
"""A photo has people from the first probability on: most of what is less sure is the knot of a rose. Where it has, each
further face counts from the second on, as in MediaPipe."""
FAINT = 0.1
"""Cells below this probability are not decoded; a photo that has no other cell has no face."""
OVERLAP = 0.3
"""Boxes that share more of their union than this are of one face."""
LARGE = 0.25
"""The share of the height of a photo from which on a single face makes it a portrait."""


class FaceCounter:
    """Photos to the number of faces, on the processor."""

    identity = Identity("faces", f"99bf9494-2-{decode.REVISION}")
    frame = Frame(SIDE, "inside", "bilinear")
    device = CPU

    def __init__(self) -> None:
        self.batch = BatchSize(AT_ONCE)

    def count(self, pixels: Pictures) -> list[People]:
        """B pictures, the longer side at most 192 pixels -> who can be seen in each."""
        boxes, logits = self._run(np.stack([_padded(picture) for picture in pixels]))
        scores = 1 / (1 + np.exp(-np.clip(logits, -80, 80)))
        likely = [np.flatnonzero(row >= FAINT) for row in scores]
        return [
            people(_in_photo(boxes[place, cells], cells, picture.shape), scores[place, cells])
            for place, (cells, picture) in enumerate(zip(likely, pixels, strict=True))
        ]

    @cached_property
    def _run(self) -> Run:
        with as_file(files("photosort.models.facts").joinpath("data/faces.onnx")) as graph:
            return onnx_runner(graph, PART)


def _padded(picture: Pixels) -> Pixels:
    """Put a picture in the middle of a black square: the network was trained on photos whose shape is kept."""
    height, width = picture.shape[:2]
    square = np.zeros((SIDE, SIDE, 3), dtype=np.uint8)
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    square[top : top + height, left : left + width] = picture
    return square


def _in_photo(raw: Vectors, cells: NDArray[np.intp], shape: Sequence[int]) -> Vectors:
    """Turn what some cells say (m, 16) into left, top, right and bottom (m, 4), in shares of the photo.

    The first four numbers are the centre, as the distance from that of the cell, and width and height, in pixels.
    """
    rows, columns = np.divmod(cells, CELLS)
    middles = (np.stack([columns, rows], axis=1) + 0.5) * (SIDE / CELLS)
    height, width = shape[:2]
    corner = np.array([(SIDE - width) // 2, (SIDE - height) // 2])
    centre, half = middles + raw[:, :2] - corner, raw[:, 2:4] / 2
    edges = np.hstack([centre - half, centre + half]) / (width, height, width, height)
    return np.asarray(edges, dtype=np.float32)


def people(boxes: Vectors, scores: NDArray[np.float32]) -> People:
    """Count the faces among boxes (m, 4), in shares of the photo, with their probabilities (m,)."""
    faces, best_other = list[Vectors](), FAINT
    least = 1.0
    for place in np.argsort(-scores, kind="stable").tolist():
        if any(_overlap(boxes[place], face) > OVERLAP for face in faces):
            continue
        if scores[place] < (LIKELY if faces else SURE):
            best_other = float(scores[place])
            break
        faces.append(boxes[place])
        least = float(scores[place])
    portrait = len(faces) == 1 and faces[0][3] - faces[0][1] >= LARGE
    return People(len(faces), portrait=bool(portrait), sure=round(min(least, 1 - best_other), 3))


def _overlap(one: Vectors, other: Vectors) -> float:
    """Return the share that two boxes have in common of what both cover (intersection over union)."""
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    common = float(np.prod(np.maximum(high - low, 0)))
    both = float(np.prod(one[2:] - one[:2]) + np.prod(other[2:] - other[:2])) - common
    return common / both if both > 0 else 0.0
