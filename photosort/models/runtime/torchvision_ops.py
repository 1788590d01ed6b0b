"""Lets libraries import torchvision where its compiled half does not fit the installed torch.

PyPI's torchvision is compiled for one build of torch. Next to another one (a CPU build, say) its Python half
fails at import with "operator torchvision::nms does not exist", and takes sentence_transformers, open_clip and
the processors of transformers down with it. Declaring the two operators that are asked for at import is enough:
photosort never calls them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

_OPERATORS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}
_kept_alive: list[Any] = []


@cache
def repair_torchvision() -> bool:
    """Call before importing a library that imports torchvision. Returns whether it had to be repaired."""
    import importlib.util
    import sys

    if importlib.util.find_spec("torchvision") is None:
        return False
    try:
        import torchvision
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        _declare_operators()
        import torchvision  # noqa: F401

        return True
    return False


def _declare_operators() -> None:
    from torch import library

    operators: Any = library.Library("torchvision", "DEF")  # type: ignore[no-untyped-call]
    for schema in _OPERATORS.values():
        operators.define(schema)
    _kept_alive.append(operators)  # an operator lives as long as the Library object that declares it
