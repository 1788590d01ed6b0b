"""What finding nouns for photos costs: python tests/bench/tac.py [--photos N] [--nouns N] [--groups K] [--centres C]

Random unit vectors of 512 dimensions. In one run: the selection of nouns (all nouns by all semantic centres) and the
counterparts of all photos (by the nouns kept), each beside the bare matrix products of the same sizes, block by block,
and nothing else. Each line has the seconds, the best of three, and their ratio to these. The semantic centres, which
k-means finds, and their number (n / 300, or three for each group) are timed too, but are no part of the ratio.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable

import numpy as np
from table_row import declare

from photosort.clustering.centres import centres
from photosort.clustering.kmeans import Vectors
from photosort.methods.fusion import unit
from photosort.methods.nouns.selection import counterparts, number_of_centres, parts, select_nouns

D = 512


def vectors(n: int, seed: int) -> Vectors:
    """Unit rows in random directions."""
    return unit(np.random.default_rng(seed).standard_normal((n, D), dtype=np.float32))


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """The shortest of so many."""
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return min(took)


def bare(rows: Vectors, others: Vectors, *, there_and_back: bool = False) -> None:
    """The products of all rows with all others, a block at a time, and where asked for those with the others again."""
    for part in parts(len(rows), len(others)):
        products = rows[part] @ others.T
        if there_and_back:
            _ = products @ others


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=10_000)
    parser.add_argument("--nouns", type=int, default=82_000)
    parser.add_argument("--groups", type=int, default=10)
    parser.add_argument("--centres", type=int)
    arguments = parser.parse_args()
    photos, nouns = vectors(arguments.photos, 0), vectors(arguments.nouns, 1)
    begun = time.perf_counter()
    found = centres(photos, arguments.centres or number_of_centres(len(photos), arguments.groups))
    print(f"{len(photos):,} photos, {len(nouns):,} nouns, {len(found)} centres ({time.perf_counter() - begun:.1f} s)")
    kept = nouns[select_nouns(nouns, found)]
    print(f"{len(kept)} nouns kept{'':<12}seconds    bare   ratio")
    rows = {
        "selection": (lambda: select_nouns(nouns, found), lambda: bare(nouns, found)),
        "selection, gradnorm": (lambda: select_nouns(nouns, found, "gradnorm"), lambda: bare(nouns, found)),
        "counterparts": (lambda: counterparts(photos, kept), lambda: bare(photos, kept, there_and_back=True)),
    }
    for name, (ours, least) in rows.items():
        took, of_bare = seconds(ours), seconds(least)
        declare(f"seconds, {name}", f"{took:.2f}", f"matrix product {of_bare:.2f}", took / of_bare)
        print(f"  {name:<24}{took:>8.2f} {of_bare:>7.2f} {took / of_bare:>7.2f}", flush=True)
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB, vectors included")


if __name__ == "__main__":
    main()
