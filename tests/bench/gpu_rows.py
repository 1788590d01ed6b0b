"""Rows of gpu.py for what only a CUDA GPU can do, and photosort does not do before it was seen to pay.

Not run yet: no GPU was at hand when it was written. A row that fails says why and stops no other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from photosort.photos.pixels.decode import decode
from photosort.photos.pixels.frame import Frame

AT_ONCE = 16
"""Photos of 12 megapixels that lie on the device in full at once: 0.6 GB."""
COMPARED = 32


def only_on_cuda(paths: Sequence[Path], frame: Frame, works: Sequence[Callable[[], object]], device: str) -> None:
    """Print a row for decoding on the device, and one for both models side by side."""
    for name, row in (("nvJPEG", partial(_nvjpeg, paths, frame, device)), ("two streams", partial(_streams, works))):
        try:
            said = row()
        except Exception as error:  # what is tried for the first time shall not cost the rows before it
            said = f"failed ({type(error).__name__}: {' '.join(str(error).split())[:200]})"
        print(f"  {name:<34}{said}")


def _nvjpeg(paths: Sequence[Path], frame: Frame, device: str) -> str:
    """Decode in full on the device and reduce there; turned photos and colour profiles are left out."""
    from torchvision.io import decode_jpeg

    def reduced(some: Sequence[Path]) -> Any:
        raw = [torch.from_numpy(np.fromfile(path, dtype=np.uint8)) for path in some]
        whole = decode_jpeg(raw, device=device)
        size = (frame.side, frame.side)
        small = [
            torch.nn.functional.interpolate(one[None].float(), size, mode="bicubic", antialias=True) for one in whole
        ]
        return torch.cat(small).round().clamp(0, 255).byte()

    parts = [paths[start : start + AT_ONCE] for start in range(0, len(paths), AT_ONCE)]
    reduced(parts[0])
    torch.cuda.synchronize(device)
    before = time.perf_counter()
    for part in parts:
        reduced(part)
    torch.cuda.synchronize(device)
    rate = len(paths) / (time.perf_counter() - before)
    few = paths[:COMPARED]
    theirs = torch.cat([reduced(few[start : start + AT_ONCE]) for start in range(0, len(few), AT_ONCE)])
    ours = np.stack([decode(path.read_bytes(), [frame])[0] for path in few]).astype(np.int16)
    apart = np.abs(ours - theirs.permute(0, 2, 3, 1).cpu().numpy().astype(np.int16))
    return (
        f"{rate:8.1f} photos/s decoded and reduced; pixels differ by {apart.mean():.2f} of 255, at most {apart.max()}"
    )


def _streams(works: Sequence[Callable[[], object]]) -> str:
    """Do all works one after the other, and then each in a thread and on a stream of its own."""

    def beside(work: Callable[[], object]) -> None:
        with torch.cuda.stream(torch.cuda.Stream()):  # type: ignore[no-untyped-call]
            work()

    def seconds(do: Callable[[], object]) -> float:
        torch.cuda.synchronize()
        before = time.perf_counter()
        do()
        torch.cuda.synchronize()
        return time.perf_counter() - before

    def together() -> None:
        with ThreadPoolExecutor(len(works)) as pool:
            list(pool.map(beside, works))

    one_by_one = seconds(lambda: [work() for work in works])
    return f"{one_by_one / seconds(together):8.2f} times as fast side by side as one after the other"
