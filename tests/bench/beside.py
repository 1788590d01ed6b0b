"""Networks in torch beside busy programs: python tests/bench/beside.py [--passes 15]

Milliseconds (median) of one EfficientNet-Lite2 on one photo and of a text encoder of MiniLM's shape on 16 short texts,
with no, one and two programs beside them that never rest; once as photosort has OpenMP wait, once as it waits by
default. The ratio is to the same network with nothing beside it.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

BUSY = (0, 1, 2)


def never_rest() -> None:
    """Keep a core busy."""
    while True:
        pass


@contextmanager
def beside(programs: int) -> Iterator[None]:
    """Have so many busy programs run."""
    context = multiprocessing.get_context("spawn")
    started = [context.Process(target=never_rest, daemon=True) for _ in range(programs)]
    for process in started:
        process.start()
    time.sleep(1 if started else 0)
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.join()


def milliseconds(network: Callable[[], object], passes: int) -> float:
    """Return the median of one pass."""
    network()
    taken = []
    for _ in range(passes):
        begun = time.perf_counter()
        network()
        taken.append(time.perf_counter() - begun)
    return 1000 * statistics.median(taken)


def measure(passes: int) -> None:
    """Print a row for each network, in this process."""
    import torch
    from efficientnet_lite_pytorch import EfficientNet

    network = EfficientNet.from_name("efficientnet-lite2").eval()
    layer = torch.nn.TransformerEncoderLayer(384, 12, 1536, batch_first=True)
    encoder = torch.nn.TransformerEncoder(layer, 6, enable_nested_tensor=False).eval()
    photo, texts = torch.randn(1, 3, 260, 260), torch.randn(16, 20, 384)
    networks = {"EfficientNet-Lite2": lambda: network(photo), "MiniLM's shape": lambda: encoder(texts)}
    wait = os.environ.get("OMP_WAIT_POLICY", "default")
    with torch.inference_mode():
        for name, run in networks.items():
            times = []
            for programs in BUSY:
                with beside(programs):
                    times.append(milliseconds(run, passes))
            cells = " | ".join(f"{taken:.0f} ms ({taken / times[0]:.1f} x)" for taken in times)
            print(f"| {name}, {wait} | {cells} |", flush=True)


def main() -> None:
    """Compare both ways of waiting, each in a process of its own, since OpenMP reads it when it is loaded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passes", type=int, default=15)
    parser.add_argument("--here", action="store_true", help="measure in this process, as it is")
    given = parser.parse_args()
    if given.here:
        measure(given.passes)
        return
    print("| busy programs beside it | " + " | ".join(map(str, BUSY)) + " |\n|---|" + "---|" * len(BUSY), flush=True)
    from photosort import WAIT_ASLEEP

    plain = {name: value for name, value in os.environ.items() if name not in WAIT_ASLEEP}
    for environment in ({**plain, **WAIT_ASLEEP}, plain):
        command = [sys.executable, __file__, "--here", "--passes", str(given.passes)]
        subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    main()
