"""Train what tells screenshots, papers, memes and drawings from photos: one linear layer on the builtin encoder.

    python tests/bench/train_kinds.py --fonts DIR --photos DIR --drawings DIR photosort/models/facts/data/kinds.npz

All pictures but photos are drawn by `rendered`, half of the drawings come from a folder. What was used for the weights
that come with photosort says photosort/models/facts/data/README.md. `--features FILE` keeps what the encoder said,
so that the layer can be trained again in seconds.
"""

from __future__ import annotations

import argparse
import io
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from rendered import papers, photos, pictures, screens
from rendered.kit import Kit, read_kit

from photosort.models.encoders.efficientnet import EfficientNetLite2
from photosort.models.facts.kinds import CLASSES, PHOTO, inputs
from photosort.photos.pixels.decode import decode
from photosort.photos.pixels.texture import texture

EACH, VIEWS, PART = 1000, 6, 25
DRAWN: dict[str, Callable[[Kit], Image.Image]] = {
    "screenshot": screens.screenshot,
    "document": papers.document,
    "receipt": papers.receipt,
    "meme": pictures.meme,
    "drawing": pictures.drawing,
}
ENDINGS = {".jpg", ".jpeg", ".png", ".webp"}
STRENGTH = 0.03
"""The inverse of the penalty on the weights. With it, probabilities of views that were held back, photo by photo,
needed no scale: the best was .94 (Guo et al., "On calibration of modern neural networks", 2017)."""


def render(job: tuple[str, int], fonts: Path, photos_of: Sequence[Path], drawings: Sequence[Path]) -> Any:
    """Draw one part of a kind: (b, 260, 260, 3)."""
    kind, part = job
    kit = read_kit(1_000 * (CLASSES.index(kind) + 1) + part, fonts, photos_of)
    several = []
    for number in range(part * PART, (part + 1) * PART):
        if kind == PHOTO:
            picture = photos.photo(kit, number)
        elif kind == "drawing" and number % 2 and drawings:
            picture = _clip_art(kit, drawings[kit.whole(0, len(drawings) - 1)])
        else:
            picture = DRAWN[kind](kit)
        several.append(as_seen(picture))
    return np.stack(several)


def as_seen(picture: Image.Image) -> Any:
    """Return a picture in the frame of the encoder, by the way that every photo takes."""
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", compress_level=1)
    return decode(buffer.getvalue(), [EfficientNetLite2.frame])[0]


def _clip_art(kit: Kit, path: Path) -> Image.Image:
    with Image.open(path) as image:
        art = image.convert("RGBA")
    art.thumbnail((700, 700))
    ground = Image.new("RGBA", art.size, (255, 255, 255, 255) if kit.maybe(0.8) else (*kit.accent(), 255))
    return Image.alpha_composite(ground, art).convert("RGB")


def files_below(folder: Path | None) -> list[Path]:
    """Return the pictures below a folder, in order."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS) if folder else []


def described(parts: Iterator[Any], encoder: EfficientNetLite2) -> tuple[Any, Any]:
    """Return what the encoder and the texture say of all parts: (n, 1280) and (n, 54)."""
    vectors, textures = [], []
    for part in parts:
        vectors.append(encoder.encode_images(part))
        textures.append(np.stack([texture(picture) for picture in part]))
    return np.concatenate(vectors), np.concatenate(textures)


def make_features(fonts: Path, photo_files: Sequence[Path], drawings: Sequence[Path]) -> dict[str, Any]:
    """Draw and describe all kinds; `groups` says from which photo a view comes, so that no photo is on both sides."""
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(os.cpu_count()) as pool:
        encoder = EfficientNetLite2(Path(folder), device="cpu")
        vectors, textures, classes, groups = [], [], [], []
        for number, kind in enumerate(CLASSES):
            count = VIEWS * len(photo_files) if kind == PHOTO else EACH
            jobs = [(kind, part) for part in range(-(-count // PART))]
            parts = pool.map(partial(render, fonts=fonts, photos_of=photo_files, drawings=drawings), jobs)
            seen, measured = described(iter(parts), encoder)
            vectors.append(seen)
            textures.append(measured)
            classes += [number] * len(seen)
            groups += [place % len(photo_files) if kind == PHOTO else place // PART for place in range(len(seen))]
            print(f"{kind}: {len(seen)}", flush=True)
    return {
        "vectors": np.concatenate(vectors).astype(np.float16),
        "textures": np.concatenate(textures),
        "classes": np.array(classes),
        "groups": np.array(groups),
    }


def fit(vectors: Any, textures: Any, classes: Any, strength: float = STRENGTH) -> dict[str, Any]:
    """Fit the layer; the scales of its inputs become part of its weights."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    read = inputs(np.asarray(vectors, np.float32), textures)
    scaler = StandardScaler().fit(read)
    model = LogisticRegression(C=strength, max_iter=2000, class_weight="balanced")
    model.fit(scaler.transform(read), classes)
    weight = model.coef_ / scaler.scale_
    return {
        "weight": weight.astype(np.float32),
        "bias": (model.intercept_ - weight @ scaler.mean_).astype(np.float32),
    }


def main() -> None:
    """Draw, describe and fit, or fit alone."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--fonts", type=Path)
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--drawings", type=Path)
    parser.add_argument("--features", type=Path)
    given = parser.parse_args()
    if given.features and given.features.exists():
        with np.load(given.features) as kept:
            features = dict(kept)
    else:
        features = make_features(given.fonts, files_below(given.photos), files_below(given.drawings))
        if given.features:
            np.savez(given.features, **features)
    np.savez(given.out, **fit(features["vectors"], features["textures"], features["classes"]))


if __name__ == "__main__":
    main()
