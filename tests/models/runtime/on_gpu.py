"""What every model says on the processor and on the stand-in for a GPU, as JSON: python on_gpu.py FOLDER

A program of its own, because the stand-in changes PyTorch for the whole process.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
import torch

from photosort.models.runtime.torchvision_ops import repair_torchvision

repair_torchvision()

from fakes import gpu, tiny_models  # noqa: E402
from fakes.photos import crops  # noqa: E402

from photosort.clustering.rows import OnCpu, OnTorch, Rows  # noqa: E402
from photosort.models import registry  # noqa: E402
from photosort.models.protocols import Pixels  # noqa: E402
from photosort.models.runtime import devices  # noqa: E402
from photosort.settings.settings import load_settings  # noqa: E402

TEXTS = ["a dog on the beach", "two people"]
TOWERS: dict[str, Callable[[Path], Path]] = {
    "clip": tiny_models.open_clip,
    "siglip": lambda folder: tiny_models.open_clip(folder, siglip=True),
    "blip_itm": tiny_models.blip_itm,
}


def pictures(frame: Any) -> list[Pixels]:
    photos = [*crops("china.jpg", 2), *crops("flower.jpg", 1)]
    return [np.array(photo.resize(frame.size(*photo.size), box=frame.box(*photo.size))) for photo in photos]


def answers(folder: Path, device: str) -> Iterator[tuple[str, Any]]:
    """For each model its name and what it says."""
    for name in {**tiny_models.CAPTIONERS, **tiny_models.CHATS}:
        for samples in (1, 3):
            model = registry.captioner(load_settings(captioner=f"local:{folder / name}", device=device), "", samples)
            yield f"{name} x{samples}", model.caption(pictures(model.frame))
            if name == "blip":
                assert model._loaded[3] is not None, "its own loop was refused"
    for name in TOWERS:
        towers = registry.dual_encoder(load_settings(image_encoder=f"local:{folder / name}", device=device))
        assert towers is not None
        yield f"{name} photos", towers.encode_images(pictures(towers.frame)).tolist()
        yield f"{name} texts", towers.encode_texts(TEXTS).tolist()
    eyes = registry.image_encoder(load_settings(image_encoder=f"local:{folder / 'blip'}", device=device))
    yield "blip photos", eyes.encode_images(pictures(eyes.frame)).tolist()
    texts = registry.text_encoder(load_settings(text_encoder=f"st:{folder / 'sentences' / 'whole'}", device=device))
    yield "sentences", texts.encode_texts(TEXTS).tolist()


def steps(rows: Rows) -> dict[str, Any]:
    """Each of the steps of k-means."""
    rng = np.random.default_rng(7)
    points, offsets = rng.normal(size=(5, 16)).astype(np.float32), rng.normal(size=5).astype(np.float32)
    labels, nearness = rows.nearest(points, offsets)
    return {
        "take": rows.take(np.array([3, 1])).tolist(),
        "products": rows.products(points).tolist(),
        "nearest": [labels.tolist(), nearness.tolist()],
        "sums": rows.sums(labels, 5).tolist(),
    }


def refused() -> str:
    """What the stand-in says where tensors of two devices meet."""
    try:
        torch.ones(2, device=gpu.FIRST) + torch.ones(2)
    except RuntimeError as error:
        return str(error)
    return ""


def main(folder: Path) -> None:
    """Print {"refused": ..., "answers": {name: [on the processor, on the stand-in]}}."""
    gpu.install()
    for name, build in {**tiny_models.CAPTIONERS, **tiny_models.CHATS, **TOWERS}.items():
        build(folder / name)
    tiny_models.sentences(folder / "sentences")
    for module in (
        "runtime.on_device",
        "encoders.open_clip",
        "captioners.transformers_captioners",
        "captioners.chat_captioner",
    ):
        vars(import_module(f"photosort.models.{module}"))["number_format"] = lambda device: torch.float32
    here = dict(answers(folder, "cpu"))
    devices.devices = lambda setting: (gpu.FIRST,)
    with gpu.Gpu():
        there = dict(answers(folder, "cuda"))
        vectors = np.random.default_rng(3).normal(size=(40_000, 16)).astype(np.float32)
        there["k-means"] = steps(OnTorch(vectors, gpu.FIRST))
        said = refused()
    here["k-means"] = steps(OnCpu(vectors))
    print(json.dumps({"refused": said, "answers": {name: [here[name], there[name]] for name in here}}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
