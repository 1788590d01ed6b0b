"""A CUDA graph for machines without a GPU: operations are recorded with the very tensors that they read and wrote.

Playing it does the same operations again on the same memory. As on a GPU, whatever Python worked out meanwhile, a
number or a new tensor, is not seen by it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from photosort.models.runtime.graphs import WARMED_UP, Graphs


class Recording(TorchDispatchMode):
    """Keeps what is done while it is entered."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[tuple[Any, Any, Any, list[Any]]] = []

    def __torch_dispatch__(self, operation: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = operation(*args, **(kwargs or {}))
        if not is_view(operation, args, found):
            self.done.append((operation, args, kwargs or {}, tree_leaves(found)))
        return found

    def replay(self) -> None:
        """Do it all again, and put each result where it was the first time."""
        for operation, args, kwargs, kept in self.done:
            for old, new in zip(kept, tree_leaves(operation(*args, **kwargs)), strict=True):
                if isinstance(old, torch.Tensor) and old.data_ptr() != new.data_ptr():
                    old.copy_(new)


def is_view(operation: Any, args: Any, found: Any) -> bool:
    """Whether an operation only gave another shape to memory that was there, so that a device does nothing."""
    if operation._schema.is_mutable:
        return False
    there = {_memory(one) for one in tree_leaves(args) if isinstance(one, torch.Tensor)}
    results = [one for one in tree_leaves(found) if isinstance(one, torch.Tensor)]
    return bool(results) and all(_memory(one) in there for one in results)


def _memory(tensor: torch.Tensor) -> int:
    return tensor.untyped_storage()._cdata


class RecordedGraphs(Graphs):
    """Graphs that are recordings. `played` has the size of each one that was played."""

    def __init__(self, device: torch.device) -> None:
        super().__init__(device)
        self.played: list[int] = []

    def run(self, size: int, work: Callable[[], torch.Tensor]) -> torch.Tensor:
        self.played.append(size)
        return super().run(size, work)

    def _record(self, work: Callable[[], torch.Tensor]) -> tuple[Any, torch.Tensor]:
        for _ in range(WARMED_UP):
            work()
        with Recording() as recording:
            result = work()
        return recording, result
