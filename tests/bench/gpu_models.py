"""The models of gpu.py: BLIP and CLIP in two sizes, with random weights, as their own libraries save and load them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from photosort.models.runtime.on_device import number_format
from photosort.models.runtime.torchvision_ops import repair_torchvision

TOKENS = 20
VOCABULARY = 30524

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
