"""The vectors that k-means works on, in main memory or on a GPU: the arithmetic that grows with their number.

n vectors of d dimensions, k or m points; what comes back is in main memory.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Labels = NDArray[np.intp]

CHUNK = 16_384
"""Vectors compared with all points at once, so that a million vectors need no more memory than these."""
WORTH_A_GPU = 20_000
"""Vectors from which on a GPU saves more than the seconds that PyTorch takes to start."""


class Rows(Protocol):
    """What Lloyd's algorithm and k-means++ ask of n vectors."""

    def __len__(self) -> int: ...

    def take(self, positions: Labels) -> Vectors:
        """Return these vectors, (m, d)."""
        ...

    def products(self, points: Vectors) -> Vectors:
        """Return the inner products with m points, (m, n)."""
        ...

    def nearest(self, points: Vectors, offsets: Vectors) -> tuple[Labels, Vectors]:
        """Return (n,) the point with the largest inner product less its offset, and (n,) that difference."""
        ...

    def sums(self, labels: Labels, k: int) -> Vectors:
        """Return the sum of the vectors of each label, (k, d)."""
        ...


class OnCpu:
    """Rows by NumPy and its BLAS, in float32."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._vectors)

    def take(self, positions: Labels) -> Vectors:
        """Implement `Rows`."""
        return self._vectors[positions]

    def products(self, points: Vectors) -> Vectors:
        """Implement `Rows`."""
        return np.asarray(points @ self._vectors.T, dtype=np.float32)

    def nearest(self, points: Vectors, offsets: Vectors) -> tuple[Labels, Vectors]:
        """Implement `Rows`."""
        labels = np.empty(len(self), dtype=np.intp)
        scores = np.empty(len(self), dtype=np.float32)
        for start in range(0, len(self), CHUNK):
            part = slice(start, start + CHUNK)
            closeness = self._vectors[part] @ points.T - offsets
            labels[part] = closeness.argmax(axis=1)
            scores[part] = closeness[np.arange(len(closeness)), labels[part]]
        return labels, scores

    def sums(self, labels: Labels, k: int) -> Vectors:
        """Implement `Rows`; a sparse matrix of memberships adds without a copy of the vectors."""
        from scipy.sparse import csr_array

        n = len(self)
        members = csr_array((np.ones(n, dtype=np.float32), labels, np.arange(n + 1)), shape=(n, k))
        return np.asarray(members.T @ self._vectors, dtype=np.float32)


class OnTorch:
    """Rows by PyTorch; the vectors are moved to `device` once."""

    def __init__(self, vectors: Vectors, device: str) -> None:
        import torch

        self._torch = torch
        self._vectors: Any = torch.from_numpy(np.ascontiguousarray(vectors)).to(device)

    def __len__(self) -> int:
        return len(self._vectors)

    def take(self, positions: Labels) -> Vectors:
        """Implement `Rows`."""
        return self._back(self._vectors[self._there(positions)])

    def products(self, points: Vectors) -> Vectors:
        """Implement `Rows`."""
        return self._back(self._there(points) @ self._vectors.T)

    def nearest(self, points: Vectors, offsets: Vectors) -> tuple[Labels, Vectors]:
        """Implement `Rows`."""
        there, less = self._there(points).T, self._there(offsets)
        parts = [(part @ there - less).max(dim=1) for part in self._vectors.split(CHUNK)]
        labels = self._torch.cat([part.indices for part in parts])
        return labels.cpu().numpy().astype(np.intp), self._back(self._torch.cat([part.values for part in parts]))

    def sums(self, labels: Labels, k: int) -> Vectors:
        """Implement `Rows`; in float64, where the order of additions on a GPU leaves no trace."""
        sums = self._torch.zeros((k, self._vectors.shape[1]), dtype=self._torch.float64, device=self._vectors.device)
        for part, named in zip(self._vectors.split(CHUNK), self._there(labels).split(CHUNK), strict=True):
            sums.index_add_(0, named, part.double())
        return self._back(sums)

    def _there(self, array: NDArray[Any]) -> Any:
        return self._torch.from_numpy(np.ascontiguousarray(array)).to(self._vectors.device)

    def _back(self, tensor: Any) -> Vectors:
        return np.asarray(tensor.cpu().numpy(), dtype=np.float32)


def rows_of(vectors: Vectors, cuda: str = "") -> Rows:
    """Many vectors go to the device `cuda`, if there is one and it has room; all others stay in main memory."""
    if cuda and len(vectors) >= WORTH_A_GPU:
        import torch

        there = (torch.device(cuda).index or 0) < torch.cuda.device_count()
        if there and 1.5 * vectors.nbytes < torch.cuda.mem_get_info(cuda)[0]:
            return OnTorch(vectors, cuda)
    return OnCpu(vectors)
