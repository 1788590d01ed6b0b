"""k-means against scikit-learn and faiss: python tests/bench/kmeans.py [--photos 400 10000] [--million]

Unit vectors of 512 dimensions around 200 centres, k = 50, all in one run on the same data. Each line gives the
seconds, their ratio to photosort's, and by how much the inertia (the sum of 1 - cosine to the own centroid) is higher.
photosort makes its 20 restarts; the others as many as the line says. scikit-learn gets the vectors as photosort reduces
them, and with few photos one thread, as photosort takes: more threads slow it down there. faiss is compared where it is
installed. With --million, photosort alone on a million vectors, with the memory it took.
"""

from __future__ import annotations

import argparse
import importlib.util
import resource
import time
from collections.abc import Callable

import numpy as np
from table_row import declare

from photosort.clustering.kmeans import SHARED_FROM, Vectors, in_few_dimensions, kmeans
from photosort.clustering.rows import Labels, OnCpu
from photosort.models.runtime.devices import wanted_cuda

D, K, GROUPS = 512, 50, 200
NOISE = 0.9
"""Length of the noise around a centre of length 1."""


def vectors(n: int, seed: int = 0) -> Vectors:
    """Unit rows around centres of unequal size."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(GROUPS, D)).astype(np.float32)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)
    rows = rng.standard_normal((n, D), dtype=np.float32)
    rows *= np.float32(NOISE / np.sqrt(D))
    rows += centres[rng.choice(GROUPS, n, p=rng.dirichlet(np.ones(GROUPS)))]
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def inertia(rows: Vectors, labels: Labels) -> float:
    """The same measure for everybody, after one more step of assignment."""
    sums = OnCpu(rows).sums(labels, K)
    centroids = sums / np.linalg.norm(sums, axis=1, keepdims=True)
    return float((1 - OnCpu(rows).nearest(centroids, np.zeros(K, np.float32))[1]).sum(dtype=np.float64))


def scikit(restarts: int) -> Callable[[Vectors], Labels]:
    """scikit-learn's k-means++ and Lloyd."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    def cluster(rows: Vectors) -> Labels:
        with threadpool_limits(1 if len(rows) < SHARED_FROM else None):
            labels: Labels = KMeans(K, n_init=restarts, random_state=42).fit(in_few_dimensions(rows)).labels_
        return labels

    return cluster


def faiss(restarts: int, *, careful: bool) -> Callable[[Vectors], Labels]:
    """faiss on all vectors (by itself it takes a sample), with random or k-means++ restarts."""
    import faiss as library

    def cluster(rows: Vectors) -> Labels:
        model = library.Kmeans(D, K, niter=50, nredo=restarts, seed=42, spherical=True, max_points_per_centroid=10**9)
        if careful:
            model.cp.init_method = library.ClusteringInitMethod_KMEANS_PLUS_PLUS
        model.train(rows)
        labels: Labels = model.index.search(rows, 1)[1][:, 0]
        return labels

    return cluster


def compare(n: int) -> None:
    """Print one table."""
    rows, cuda = vectors(n), wanted_cuda("auto")
    others: dict[str, Callable[[Vectors], Labels]] = {"scikit-learn, 1 start": scikit(1)}
    if n <= 20_000:
        others["scikit-learn, 20 restarts"] = scikit(20)
    if importlib.util.find_spec("faiss"):
        others["faiss, 1 start"] = faiss(1, careful=False)
        others["faiss, 1 start by k-means++"] = faiss(1, careful=True)
        others["faiss, 20 restarts"] = faiss(20, careful=False)
    print(f"\n{n:,} x {D}, k = {K}{'':<18}seconds   ratio   inertia")
    base, loss = 0.0, 0.0
    ours: dict[str, Callable[[Vectors], Labels]] = {
        "photosort, 20 restarts": lambda rows: kmeans(rows, K, restarts=20, cuda=cuda).labels
    }
    for name, cluster in (ours | others).items():
        begun = time.perf_counter()
        labels = cluster(rows)
        took, reached = time.perf_counter() - begun, inertia(rows, labels)
        base, loss = base or took, loss or reached
        if name in others:
            above = f"{(reached / loss - 1) * 100:+.1f} % inertia"
            declare(f"seconds, {n:,} photos", f"{base:.2f}", f"{name} {took:.2f}, {above}", base / took)
        print(f"  {name:<36}{took:>8.2f} {took / base:>7.2f}  {(reached / loss - 1) * 100:>+7.2f} %", flush=True)


def million() -> None:
    """Show that a million vectors fit and finish."""
    rows = vectors(1_000_000)
    begun = time.perf_counter()
    found = kmeans(rows, K, cuda=wanted_cuda("auto"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    took = time.perf_counter() - begun
    memory = f"vectors {rows.nbytes / 1e9:.1f} GB, peak {peak:.1f} GB"
    print(f"\n1,000,000 x {D}: {took:.0f} s, inertia {found.inertia:,.0f}; {memory}")


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, nargs="*", default=[400, 2_000, 10_000, 100_000])
    parser.add_argument("--million", action="store_true")
    arguments = parser.parse_args()
    for n in arguments.photos:
        compare(n)
    if arguments.million:
        million()


if __name__ == "__main__":
    main()
