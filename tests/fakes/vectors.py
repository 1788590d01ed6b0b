"""Unit vectors whose groups are known."""

import numpy as np

from photosort.methods.fusion import unit


def blobs(sizes: list[int], d: int = 16, noise: float = 0.1, seed: int = 3) -> tuple[np.ndarray, list[str]]:
    """Groups of these sizes around random centres, and the name of each vector's group."""
    rng = np.random.default_rng(seed)
    centres = unit(rng.normal(size=(len(sizes), d)).astype(np.float32))
    truth = [str(number) for number, size in enumerate(sizes) for _ in range(size)]
    spread = rng.normal(size=(len(truth), d)).astype(np.float32) * noise
    return unit(centres[[int(name) for name in truth]] + spread), truth
