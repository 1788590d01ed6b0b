"""A GPU for machines that have none: its numbers lie in main memory, but what lies elsewhere does not meet them.

PyTorch takes it for a device of its own, called NAME. As on a real GPU an operation on tensors of two devices fails,
and so does reading one without copying it back; whatever forgets to move a tensor fails here as well. What it cannot
show is speed, memory, and how a real GPU rounds. It changes PyTorch for the whole process: use it in one of its own.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode, _disable_current_modes
from torch.utils._pytree import tree_leaves, tree_map
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

NAME = "cudalike"
"""Begins as the name of a CUDA device does, so that photosort treats it as one."""
FIRST = f"{NAME}:0"

aten, _tensor = torch.ops.aten, torch.tensor
COPIES = {aten._to_copy.default, aten.copy_.default}
"""What takes tensors of two devices."""
INDEXED = {aten.index.Tensor: 2, aten.index_put.default: 2, aten.index_put_.default: 2}
"""What takes positions from main memory as well: the place of the argument after them."""


class OnGpu(torch.Tensor):
    """A tensor on the device; `held` has its numbers."""

    held: torch.Tensor
    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, held: torch.Tensor) -> OnGpu:
        shape = {"strides": held.stride(), "storage_offset": held.storage_offset(), "dtype": held.dtype}
        made = torch.Tensor._make_wrapper_subclass(cls, held.size(), device=torch.device(FIRST), **shape)
        made.held = held
        return made

    def __repr__(self, **_: Any) -> str:
        return f"OnGpu({self.held!r})"

    def tolist(self) -> Any:
        return self.held.tolist()

    @classmethod
    def __torch_dispatch__(cls, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return compute(operation, args, kwargs or {})


class Gpu(TorchDispatchMode):
    """While it is entered, the device is there."""

    def __enter__(self) -> Gpu:
        torch._C._set_only_lift_cpu_tensors(True)
        torch.tensor = lambda data, **how: _tensor(_numbers(data), **how)
        return super().__enter__()

    def __exit__(self, *failure: Any) -> None:
        super().__exit__(*failure)
        torch._C._set_only_lift_cpu_tensors(False)
        torch.tensor = _tensor

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return compute(operation, args, kwargs or {})


def compute(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Do in main memory what one operation asks of the device. Raises RuntimeError where two devices meet."""
    there = [one for one in tree_leaves((args, kwargs)) if isinstance(one, OnGpu)]
    if there and operation not in COPIES:
        met = args[INDEXED.get(operation, 0) :] if isinstance(args[0], OnGpu) else args
        for one in tree_leaves((met, kwargs)):
            if isinstance(one, torch.Tensor) and not isinstance(one, OnGpu) and one.dim():
                raise RuntimeError(f"{operation}: expected all tensors on one device, but {tuple(one.shape)} is not")
    if operation is aten.copy_.default:
        _held(args[0]).copy_(_held(args[1]))
        return args[0]
    kwargs = {name: value for name, value in kwargs.items() if name != "pin_memory"}  # main memory is as good
    asked = torch.device(kwargs["device"]) if kwargs.get("device") is not None else None
    found = operation(
        *tree_map(_held, args), **tree_map(_held, {**kwargs, **({"device": _real(asked)} if asked else {})})
    )
    if (asked.type if asked else NAME if there else "cpu") != NAME:
        return found
    same = {id(one.held): one for one in there}
    return tree_map(lambda one: same.get(id(one)) if id(one) in same else _lifted(one), found)


def install() -> None:
    """Tell PyTorch of the device, and let it answer for the parts of torch.cuda that photosort asks."""
    _setup_privateuseone_for_python_backend(NAME)
    torch.__future__.set_overwrite_module_params_on_conversion(True)
    torch.inference_mode = lambda mode=True: torch.no_grad() if mode else torch.enable_grad()
    torch.Generator = _Generator
    torch.cuda.device = lambda device: nullcontext()
    torch.cuda.get_device_name = lambda device=None: "stand-in"
    load = _pretrained().from_pretrained.__func__
    _pretrained().from_pretrained = classmethod(lambda cls, *args, **how: _without_gpu(load, cls, *args, **how))


class _Generator(torch.Generator):
    def __new__(cls, device: Any = "cpu") -> Any:
        return super().__new__(cls)

    def __init__(self, device: Any = "cpu") -> None:
        pass


def _pretrained() -> Any:
    from transformers import PreTrainedModel

    return PreTrainedModel


def _without_gpu(load: Any, *args: Any, **how: Any) -> Any:
    patched, torch.tensor = torch.tensor, _tensor
    try:
        with _disable_current_modes():
            return load(*args, **how)
    finally:
        torch.tensor = patched


def _numbers(data: Any) -> Any:
    """Lists of tensors on the device, which torch.tensor reads one by one."""
    return [_numbers(one) for one in data] if isinstance(data, list) else _held(data)


def _held(one: Any) -> Any:
    return one.held if isinstance(one, OnGpu) else one


def _lifted(one: Any) -> Any:
    return OnGpu(one) if isinstance(one, torch.Tensor) else one


def _real(device: torch.device) -> torch.device:
    return torch.device("cpu") if device.type == NAME else device
