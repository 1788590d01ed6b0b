"""Ways to run EfficientNet-Lite2 on a processor: python tests/bench/quantized.py LABELLED [--photos 425] [--tries 3]

The graph as photosort runs it, in float32 and two photos at a time, beside other numbers of photos, other options of
ONNX Runtime, and graphs in int8: weights alone (dynamic), and weights and activations (static, calibrated on every
seventh photo by the ranges of what came). CPU seconds are those of this process, with one thread, a
photo; all ways take turns, and the least of the tries counts. Beside it: of how many photos the most probable label is
another one than in float32, the mean cosine of the features, and how often the label stays where float32 was sure (.5).
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
import onnxruntime
from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_dynamic, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from photosort.models.encoders.efficientnet import SIDE, LabelHead, _export, load_network
from photosort.photos.files.scan import scan
from photosort.photos.pixels.decode import decode
from photosort.photos.pixels.frame import Frame

EVERY = 7
"""One photo in so many is for calibration."""


class Calibration:
    """Photos, one at a time."""

    def __init__(self, photos: np.ndarray) -> None:
        self._photos = iter(photos)

    def get_next(self) -> dict[str, np.ndarray] | None:
        """Return the next photo as the graph takes it; None after the last."""
        photo = next(self._photos, None)
        return None if photo is None else {"pixels": photo[None]}


def session(graph: Path, **options: Any) -> onnxruntime.InferenceSession:
    """Open a graph as photosort does, with these options changed."""
    chosen = onnxruntime.SessionOptions()
    chosen.intra_op_num_threads = 1
    for name, value in options.items():
        if "." in name:
            chosen.add_session_config_entry(name, value)
        else:
            setattr(chosen, name, value)
    return onnxruntime.InferenceSession(graph, chosen, providers=["CPUExecutionProvider"])


def runner(opened: onnxruntime.InferenceSession, part: int) -> Callable[[np.ndarray], np.ndarray]:
    """Return what turns photos into features, so many at once."""
    return lambda photos: np.concatenate(
        [opened.run(None, {"pixels": photos[start : start + part]})[0] for start in range(0, len(photos), part)]
    )


def quantized(graph: Path, folder: Path, photos: np.ndarray) -> dict[str, Path]:
    """Write the graphs in int8."""
    ready = folder / "ready.onnx"
    quant_pre_process(graph, ready)
    made = {"int8, weights alone": folder / "dynamic.onnx"}
    quantize_dynamic(ready, made["int8, weights alone"], weight_type=QuantType.QUInt8, op_types_to_quantize=["Conv"])
    for key, nodes in (("int8", []), ("int8, first and last in float32", _ends(ready))):
        made[key] = folder / f"{len(made)}.onnx"
        quantize_static(
            ready,
            made[key],
            Calibration(photos),
            quant_format=QuantFormat.QDQ,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            per_channel=True,
            calibrate_method=CalibrationMethod.MinMax,
            nodes_to_exclude=nodes,
        )
    return made


def _ends(graph: Path) -> list[str]:
    """Return the names of the first and the last convolution."""
    import onnx

    nodes = [node.name for node in onnx.load(graph).graph.node if node.op_type == "Conv"]
    return [nodes[0], nodes[1], nodes[-1]]


def main() -> None:
    """Print a line for each way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--photos", type=int, default=425)
    parser.add_argument("--tries", type=int, default=3)
    parser.add_argument("--timed", type=int, default=32, help="photos of a try")
    given = parser.parse_args()
    paths = [photo.path for photo in scan(given.labelled).photos][:: max(1, 425 // given.photos)]
    photos = np.stack([decode(path.read_bytes(), [Frame(SIDE)])[0] for path in paths])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        graph = folder / "float.onnx"
        _export(load_network(), graph)
        ways = {f"float32, {part} at a time": runner(session(graph), part) for part in (2, 1, 8)}
        ways["float32, no arena"] = runner(session(graph, enable_cpu_mem_arena=False), 2)
        denormals = {"session.set_denormal_as_zero": "1"}
        ways["float32, denormals are zero"] = runner(session(graph, **denormals), 2)
        basic = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        ways["float32, layout as it is"] = runner(session(graph, graph_optimization_level=basic), 2)
        for kind, made in quantized(graph, folder, photos[::EVERY]).items():
            ways[kind] = runner(session(made), 2)
        seconds = dict.fromkeys(ways, np.inf)
        for _ in range(given.tries):
            for way, run in ways.items():
                start = time.process_time()
                run(photos[: given.timed])
                seconds[way] = min(seconds[way], (time.process_time() - start) / given.timed)
        head = LabelHead(folder)
        first, *_ = ways
        exact = ways[first](photos)
        shares = head.probabilities(exact)
        sure = shares.max(axis=1) > 0.5
        unseen = np.arange(len(photos)) % EVERY != 0
        print(f"{'':<42}{'ms a photo':>11}{'ratio':>7}{'other label':>13}{'where sure':>12}{'cosine':>9}")
        for way, run in ways.items():
            line = f"{way:<42}{1e3 * seconds[way]:>11.1f}{seconds[way] / seconds[first]:>7.2f}"
            if way.startswith("int8"):
                found = run(photos)
                other = (head.probabilities(found).argmax(axis=1) != shares.argmax(axis=1))[unseen]
                lengths = np.linalg.norm(found, axis=1) * np.linalg.norm(exact, axis=1)
                cosine = ((found * exact).sum(axis=1) / lengths).mean()
                line += f"{other.mean():>12.1%} {other[sure[unseen]].mean():>11.1%}{cosine:>9.3f}"
            print(line, flush=True)


if __name__ == "__main__":
    main()
