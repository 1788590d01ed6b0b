"""Turn MediaPipe's full-range face detector from TensorFlow Lite into ONNX.

    python tests/bench/convert_faces.py face_detection_full_range.tflite faces.onnx

Needs the packages tflite, onnx and numpy. The same input gives the same bytes. Where the model comes from says
photosort/models/facts/data/README.md.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

SOURCE = "99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3"
OPSET, IR_VERSION = 17, 8
PIXELS, BOXES, SCORES = "pixels", "boxes", "scores"
KINDS = tflite.TensorType
DTYPES = {KINDS.FLOAT32: np.float32, KINDS.FLOAT16: np.float16, KINDS.INT32: np.int32}


class Graph:
    """An ONNX graph in the making, from the only graph of a model. Tensors keep their numbers as names.

    TensorFlow lays pictures out as (b, h, w, c), ONNX as (b, c, h, w): in between everything is the latter.
    """

    def __init__(self, model: bytes) -> None:
        self._model = tflite.Model.GetRootAs(model, 0)
        self._source = self._model.Subgraphs(0)
        self.nodes: list[Any] = []
        self.weights: dict[str, Any] = {}

    def shape(self, tensor: int) -> list[int]:
        """Return the shape of a tensor as TensorFlow has it."""
        return [int(size) for size in self._source.Tensors(tensor).ShapeAsNumpy()]

    def constant(self, tensor: int) -> np.ndarray[Any, Any]:
        """Return the value of a tensor that does not change."""
        found = self._source.Tensors(tensor)
        raw = self._model.Buffers(found.Buffer()).DataAsNumpy().tobytes()
        return np.frombuffer(raw, DTYPES[found.Type()]).reshape(self.shape(tensor))

    def add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        """Add a node."""
        self.nodes.append(helper.make_node(kind, inputs, [output], name=f"{kind}_{output}", **attributes))
        return output

    def weight(self, name: str, value: np.ndarray[Any, Any]) -> str:
        """Add a constant; what was in half precision stays so in the file."""
        self.weights[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return self.add("Cast", [name], f"{name}_float", to=TensorProto.FLOAT) if value.dtype == np.float16 else name

    def build(self) -> bytes:
        """Translate every operation in its order, and return the ONNX model."""
        self._begin(self._source.Inputs(0))
        halves: dict[int, int] = {}
        for place in range(self._source.OperatorsLength()):
            operation = self._source.Operators(place)
            code = self._model.OperatorCodes(operation.OpcodeIndex())
            kind = tflite.opcode2name(max(code.BuiltinCode(), code.DeprecatedBuiltinCode()))
            inputs, output = list(operation.InputsAsNumpy()), operation.Outputs(0)
            if kind == "DEQUANTIZE":
                halves[output] = inputs[0]
                continue
            TRANSLATE[kind](self, [halves.get(tensor, tensor) for tensor in inputs], output, operation)
        self._end()
        picture = self.shape(self._source.Inputs(0))
        boxes, scores = (self.shape(self._source.Outputs(place)) for place in range(2))
        graph = helper.make_graph(
            self.nodes,
            "faces",
            [helper.make_tensor_value_info(PIXELS, TensorProto.UINT8, ["photos", *picture[1:]])],
            [
                helper.make_tensor_value_info(BOXES, TensorProto.FLOAT, ["photos", *boxes[1:]]),
                helper.make_tensor_value_info(SCORES, TensorProto.FLOAT, ["photos", scores[1]]),
            ],
            [self.weights[name] for name in sorted(self.weights)],
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="photosort")
        model.ir_version = IR_VERSION
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString(deterministic=True))

    def _begin(self, tensor: int) -> None:
        """Scale bytes to -1..1."""
        self.weight("scale", np.array(127.5, np.float32))
        self.weight("one", np.array(1, np.float32))
        self.add("Cast", [PIXELS], "numbers", to=TensorProto.FLOAT)
        self.add("Div", ["numbers", "scale"], "scaled")
        self.add("Sub", ["scaled", "one"], "centred")
        self.add("Transpose", ["centred"], str(tensor), perm=[0, 3, 1, 2])

    def _end(self) -> None:
        """Name the outputs: (photos, cells, 16) and (photos, cells)."""
        self.weight("last", np.array([2], np.int64))
        self.add("Identity", [str(self._source.Outputs(0))], BOXES)
        self.add("Squeeze", [str(self._source.Outputs(1)), "last"], SCORES)


def _options(kind: Any, operation: Any) -> Any:
    found = kind()
    table = operation.BuiltinOptions()
    found.Init(table.Bytes, table.Pos)
    return found


def _pads(size: list[int], kernel: list[int], strides: list[int], padding: int) -> list[int]:
    """Return what is added at top, left, bottom and right; of an odd number, TensorFlow adds more at the end."""
    if padding != tflite.Padding.SAME:
        return [0, 0, 0, 0]
    totals = [max((-(-n // s) - 1) * s + k - n, 0) for n, k, s in zip(size, kernel, strides, strict=True)]
    return [total // 2 for total in totals] + [total - total // 2 for total in totals]


def _activated(graph: Graph, name: str, output: int, activation: int) -> None:
    if activation == tflite.ActivationFunctionType.RELU:
        graph.add("Relu", [name], str(output))
    else:
        assert activation == tflite.ActivationFunctionType.NONE
        graph.add("Identity", [name], str(output))


def _convolution(graph: Graph, inputs: list[int], output: int, operation: Any) -> None:
    options = _options(tflite.Conv2DOptions, operation)
    _convolved(graph, inputs, output, options, graph.constant(inputs[1]).transpose(0, 3, 1, 2), groups=1)


def _depthwise(graph: Graph, inputs: list[int], output: int, operation: Any) -> None:
    options = _options(tflite.DepthwiseConv2DOptions, operation)
    kernel = graph.constant(inputs[1]).transpose(3, 0, 1, 2)
    _convolved(graph, inputs, output, options, kernel, groups=graph.shape(inputs[0])[3])


def _convolved(
    graph: Graph, inputs: list[int], output: int, options: Any, kernel: np.ndarray[Any, Any], *, groups: int
) -> None:
    strides = [options.StrideH(), options.StrideW()]
    pads = _pads(graph.shape(inputs[0])[1:3], list(kernel.shape[2:]), strides, options.Padding())
    weights = [graph.weight(f"kernel_{output}", kernel), graph.weight(f"bias_{output}", graph.constant(inputs[2]))]
    name = f"{output}_convolved"
    graph.add("Conv", [str(inputs[0]), *weights], name, strides=strides, pads=pads, group=groups)
    _activated(graph, name, output, options.FusedActivationFunction())


def _sum(graph: Graph, inputs: list[int], output: int, operation: Any) -> None:
    name = graph.add("Add", [str(tensor) for tensor in inputs], f"{output}_sum")
    _activated(graph, name, output, _options(tflite.AddOptions, operation).FusedActivationFunction())


def _relu(graph: Graph, inputs: list[int], output: int, operation: Any) -> None:
    graph.add("Relu", [str(inputs[0])], str(output))


def _pad(graph: Graph, inputs: list[int], output: int, operation: Any) -> None:
    before, after = graph.constant(inputs[1])[[0, 3, 1, 2]].T
    pads = graph.weight(f"pads_{output}", np.concatenate([before, after]).astype(np.int64))
    graph.add("Pad", [str(inputs[0]), pads], str(output))


def _pool(graph: Graph, inputs: list[int], output: int, operation: Any) -> None:
    options = _options(tflite.Pool2DOptions, operation)
    kernel, strides = [options.FilterHeight(), options.FilterWidth()], [options.StrideH(), options.StrideW()]
    pads = _pads(graph.shape(inputs[0])[1:3], kernel, strides, options.Padding())
    name = f"{output}_pooled"
    graph.add("MaxPool", [str(inputs[0])], name, kernel_shape=kernel, strides=strides, pads=pads)
    _activated(graph, name, output, options.FusedActivationFunction())


def _resize(graph: Graph, inputs: list[int], output: int, operation: Any) -> None:
    options = _options(tflite.ResizeBilinearOptions, operation)
    mode = "align_corners" if options.AlignCorners() else "half_pixel" if options.HalfPixelCenters() else "asymmetric"
    old, new = graph.shape(inputs[0])[1:3], graph.shape(output)[1:3]
    scales = graph.weight(f"scales_{output}", np.array([1, 1, new[0] / old[0], new[1] / old[1]], np.float32))
    graph.add("Resize", [str(inputs[0]), "", scales], str(output), mode="linear", coordinate_transformation_mode=mode)


def _reshape(graph: Graph, inputs: list[int], output: int, operation: Any) -> None:
    """Reshape as TensorFlow does, whose channels come last."""
    back = graph.add("Transpose", [str(inputs[0])], f"{output}_back", perm=[0, 2, 3, 1])
    shape = graph.weight(f"shape_{output}", np.array([0, *graph.shape(output)[1:]], np.int64))
    graph.add("Reshape", [back, shape], str(output))


TRANSLATE: dict[str, Callable[[Graph, list[int], int, Any], None]] = {
    "CONV_2D": _convolution,
    "DEPTHWISE_CONV_2D": _depthwise,
    "ADD": _sum,
    "RELU": _relu,
    "PAD": _pad,
    "MAX_POOL_2D": _pool,
    "RESIZE_BILINEAR": _resize,
    "RESHAPE": _reshape,
}


def main() -> None:
    """Convert the file named first into the one named second."""
    source, target = map(Path, sys.argv[1:3])
    content = source.read_bytes()
    if hashlib.sha256(content).hexdigest() != SOURCE:
        raise SystemExit(
            f"{source} is not the model that this script was written for; "
            "photosort/models/facts/data/README.md says where to get it"
        )
    target.write_bytes(Graph(content).build())


if __name__ == "__main__":
    main()
