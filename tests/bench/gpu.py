"""How fast photos are captioned and embedded: python tests/bench/gpu.py [--model base|small] [--photos N] [--device D]

BLIP and CLIP ViT-B/32 in full size with random weights (speed does not depend on their values), twenty tokens a
caption, on JPEGs of 12 megapixels and of 1 megapixel. In one run, on the same files, both models for every photo:

    plain loop     as one would write it: open, processor, generate, encode; one photo at a time, and 32 at a time
    photosort      the describing stage, with an empty cache, from the moment when the first photos are done
    models alone   generate and encode on tensors that lie on the device already, in photosort's batches
    decode alone   photosort's decoding, on all cores

`--model small` has a few narrow layers, for machines without a GPU. There models and decoding share the cores, so the
ceiling of both is 1 / (1/a + 1/b); with a GPU it is the lower of the two.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"
sys.path.append(str(Path(__file__).parents[1]))

from describe import SIZES, rate, write_photos
from PIL import Image
from table_row import declare

from photosort.describing.describe import describe
from photosort.describing.engines import Engine, engine_for
from photosort.describing.look import Known
from photosort.describing.tasks import tasks_of
from photosort.describing.worker import Event
from photosort.models.captioners import generating
from photosort.models.runtime.devices import CPU, first_device
from photosort.models.runtime.on_device import number_format
from photosort.models.runtime.torchvision_ops import repair_torchvision
from photosort.models.selected import select_models
from photosort.photos.files.scan import Found, scan
from photosort.photos.pixels.decode import decode
from photosort.settings.settings import Settings, load_settings
from photosort.store.cache import open_cache

TOKENS = 20
AT_ONCE = 32
VOCABULARY = 30524
generating.CAPTION_TOKENS = TOKENS

SHAPES: dict[str, dict[str, Any]] = {
    "base": {"width": 768, "layers": 12, "heads": 12, "inner": 3072, "side": 384, "patch": 16, "clip": (768, 12, 32)},
    "small": {"width": 192, "layers": 4, "heads": 4, "inner": 768, "side": 224, "patch": 16, "clip": (192, 4, 32)},
}


@dataclass
class Plain:
    """The two models as their own libraries load them, and what those make of a photo."""

    blip: Any
    processor: Any
    clip: Any
    preprocess: Any
    device: str
    dtype: Any

    def captioned(self, paths: list[Path]) -> None:
        """One batch, as one would write it."""
        import torch

        images = [Image.open(path).convert("RGB") for path in paths]
        inputs = self.processor(images=images, return_tensors="pt")["pixel_values"].to(self.device, self.dtype)
        pictures = torch.stack([self.preprocess(image) for image in images]).to(self.device, self.dtype)
        self.on_tensors(inputs, pictures)

    def on_tensors(self, inputs: Any, pictures: Any) -> None:
        """What no program can do without."""
        import torch

        with torch.inference_mode():
            written = self.blip.generate(pixel_values=inputs, max_new_tokens=TOKENS, do_sample=False).cpu()
            self.clip.encode_image(pictures).float().cpu()
        assert written.shape[1] >= TOKENS, "a caption ended early"


@dataclass
class TimedEngine:
    """An engine whose photos are counted from the moment when the first few are done: the models are loaded then."""

    engine: Engine
    seconds: float = 0.0
    photos: int = 0

    def __call__(self, found: Sequence[Found], *, known: Known) -> Iterator[Event]:
        """What the engine gives."""
        start = 0.0
        for event in self.engine(found, known=known):
            yield event
            if isinstance(event, list):
                self.photos += len(event) if start else 0
                start = start or time.perf_counter()
                self.seconds = time.perf_counter() - start

    def rate(self) -> float:
        """Photos a second."""
        return self.photos / self.seconds


def build(folder: Path, shape: dict[str, Any]) -> None:
    """BLIP and CLIP with random weights, saved by their own libraries."""
    import torch

    repair_torchvision()
    import open_clip
    from fakes.tiny_models import tokenizer
    from safetensors.torch import save_file
    from transformers import BlipConfig, BlipForConditionalGeneration, BlipImageProcessor, BlipProcessor

    torch.manual_seed(7)
    both = {
        "hidden_size": shape["width"],
        "num_hidden_layers": shape["layers"],
        "num_attention_heads": shape["heads"],
        "intermediate_size": shape["inner"],
    }
    size = {"height": shape["side"], "width": shape["side"]}
    config = BlipConfig(
        text_config={**both, "encoder_hidden_size": shape["width"], "vocab_size": VOCABULARY},
        vision_config={**both, "image_size": shape["side"], "patch_size": shape["patch"]},
    )
    BlipForConditionalGeneration(config).save_pretrained(folder / "blip")
    processor: Any = BlipProcessor(BlipImageProcessor(size=size), tokenizer())  # type: ignore[no-untyped-call]
    processor.save_pretrained(folder / "blip")
    width, layers, patch = shape["clip"]
    model = {
        "embed_dim": 512,
        "vision_cfg": {"image_size": 224, "layers": layers, "width": width, "patch_size": patch},
        "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": layers},
    }
    (folder / "clip").mkdir()
    save_file(open_clip.CLIP(**model).state_dict(), folder / "clip" / "open_clip_model.safetensors")
    described = {"model_cfg": model, "preprocess_cfg": {"mean": [0.48, 0.46, 0.41], "std": [0.27, 0.26, 0.28]}}
    (folder / "clip" / "open_clip_config.json").write_text(json.dumps(described))


def plain(folder: Path, device: str) -> Plain:
    """Load both without photosort, in the format that photosort uses, so that the loop is not slower than need be."""
    import open_clip
    from transformers import AutoProcessor, BlipForConditionalGeneration

    dtype = number_format(device)
    blip: Any = BlipForConditionalGeneration.from_pretrained(folder / "blip", dtype=dtype)
    clip, _, preprocess = open_clip.create_model_and_transforms(f"local-dir:{folder / 'clip'}")
    processor = AutoProcessor.from_pretrained(folder / "blip")  # type: ignore[no-untyped-call]
    return Plain(blip.to(device).eval(), processor, clip.to(device, dtype).eval(), preprocess, device, dtype)


def measure(name: str, count: int, settings: Settings, models: Plain) -> None:
    """Print one table."""
    import torch

    size = SIZES[name]
    chosen = select_models(settings)
    tasks = tasks_of(chosen)
    frames = [task.frame for task in tasks]
    batch = max(task.batch().value for task in tasks)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as cache_folder:
        write_photos(Path(folder), size, count)
        found = scan(Path(folder)).photos
        paths = [photo.path for photo in found]
        contents = [path.read_bytes() for path in paths]

        def loop(paths: list[Path], at_once: int) -> Callable[[], None]:
            def work() -> None:
                for start in range(0, len(paths), at_once):
                    models.captioned(paths[start : start + at_once])

            return work

        def decode_all() -> None:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                list(pool.map(lambda content: decode(content, frames), contents))

        def tensors(side: int, at_once: int) -> Any:
            return torch.rand((at_once, 3, side, side), device=models.device, dtype=models.dtype)

        def models_alone() -> None:
            inputs, pictures = tensors(frames[1].side, batch), tensors(frames[0].side, batch)
            for start in range(0, count, batch):
                left = min(batch, count - start)
                models.on_tensors(inputs[:left], pictures[:left])

        few = paths[: max(AT_ONCE, count // 4)]
        loop(paths[:AT_ONCE], AT_ONCE)()
        models.on_tensors(tensors(frames[1].side, batch), tensors(frames[0].side, batch))
        rows = {
            "plain loop, one at a time": rate(len(few) // 2, loop(few[: len(few) // 2], 1)),
            f"plain loop, {AT_ONCE} at a time": rate(len(few), loop(few, AT_ONCE)),
            "models alone": rate(count, models_alone),
            "decode alone": rate(count, decode_all),
        }
        engine = TimedEngine(engine_for(chosen))
        with open_cache(Path(cache_folder) / "cache") as cache:
            describe(found, chosen.image_encoder, chosen.captioners, cache, engine=engine)
        ours = engine.rate()
    alone, decoding = rows["models alone"], rows["decode alone"]
    both = 1 / (1 / alone + 1 / decoding) if models.device == CPU else min(alone, decoding)
    rows["ceiling of both on these cores" if models.device == CPU else "lower of the two"] = both
    for row, value in rows.items():
        if row.startswith("plain"):
            declare(f"photos/s, {name}, {models.device}", f"{ours:.1f}", f"{row} {value:.1f}", ours / value)
    print(f"\n{name}: {count} JPEGs of {size[0]} x {size[1]}")
    print(f"  {'photosort':<34}{ours:8.1f} photos/s")
    for row, value in rows.items():
        print(f"  {row:<34}{value:8.1f} photos/s   photosort is {ours / value:5.2f} x")


def main() -> None:
    """Run both sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=SHAPES, default="base")
    parser.add_argument("--photos", type=int, default=512)
    parser.add_argument("--device", default="auto")
    arguments = parser.parse_args()
    device = first_device(arguments.device)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder, SHAPES[arguments.model])
        settings = load_settings(
            captioner=f"local:{folder / 'blip'}",
            image_encoder=f"local:{folder / 'clip'}",
            device=device,
            cache_dir=folder / "cache",
        )
        models = plain(folder, device)
        import torch

        gpu = torch.cuda.get_device_name(device) if device.startswith("cuda") else platform.processor() or "processor"
        print(f"{arguments.model} models, {models.dtype}, {TOKENS} tokens, on {gpu} with {os.cpu_count()} cores")
        for size in ("12 MP", "1 MP"):
            measure(size, arguments.photos, settings, models)


if __name__ == "__main__":
    main()
