"""Work that is recorded once and played again by a CUDA GPU, so that no operation has to be launched from Python.

No run of this module on a GPU has been made; where recording fails, the work is done as on any other device.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from photosort.models.runtime.batch_size import out_of_memory
from photosort.models.runtime.devices import is_cuda

if TYPE_CHECKING:
    import torch

WARMED_UP = 2
"""Times that the work is done before it is recorded: libraries choose their kernels then."""


class Graphs:
    """The graphs of one piece of work, by its size. It has to read and write the same addresses every time."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._recorded: dict[int, tuple[Any, torch.Tensor]] = {}
        self._failed = False

    @classmethod
    def on(cls, device: torch.device) -> Graphs | None:
        """Return graphs for a CUDA GPU; None for any other device."""
        return cls(device) if is_cuda(str(device)) else None

    def run(self, size: int, work: Callable[[], torch.Tensor]) -> torch.Tensor:
        """Return what `work` gives, which has this size; doing it twice must give the same.

        The result is overwritten by the next run.
        """
        if self._failed:
            return work()
        if size not in self._recorded:
            try:
                self._recorded[size] = self._record(work)
            except Exception as error:
                if out_of_memory(error):
                    raise
                self._failed = True
                return work()
        graph, result = self._recorded[size]
        graph.replay()
        return result

    def _record(self, work: Callable[[], torch.Tensor]) -> tuple[Any, torch.Tensor]:
        import torch

        with torch.cuda.device(self._device):
            beside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
            beside.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(beside):
                for _ in range(WARMED_UP):
                    work()
            torch.cuda.current_stream().wait_stream(beside)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):  # other threads pin memory meanwhile
                result = work()
        return graph, result
