"""The table of all benchmarks: python tests/bench/all.py [--full] [--labelled DIR] [--only NAME ...]

Runs every benchmark beside this file that gives a measure, one after the other, small or with `--full` as large as its
page says, and prints one table in Markdown: what was measured, photosort, what it is held against in the same run, and
the first by the second. DIR is what labelled_photos.py makes; without it the benchmarks of quality give no number.
Where one needs what is not here (DIR, a CUDA GPU, Chromium), or fails, its row says so, and the others go on.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from table_row import ASKED, MARK

from photosort import __version__

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


@dataclass(frozen=True, slots=True)
class Bench:
    """A benchmark: its file, its arguments when small and in full, and what it needs that may not be here."""

    name: str
    small: tuple[str, ...] = ()
    full: tuple[str, ...] = ()
    needs: str = ""


LABELLED, GPU, CHROMIUM, KINDS = "labelled photos", "a CUDA GPU", "Chromium", "pictures with fonts that are not free"
BENCHES = (
    Bench("describe", ("--photos", "16")),
    Bench("kmeans", ("--photos", "2000")),
    Bench("filing", ("--files", "40", "--bytes", "1000000")),
    Bench("search", ("--photos", "10000")),
    Bench("tac", ("--photos", "2000", "--nouns", "10000")),
    Bench("overlap", ("--photos", "4096", "--rounds", "1")),
    Bench("criterion", ("--photos", "100")),
    Bench("joining", ("--seeds", "2"), needs=LABELLED),
    Bench("joint", ("--seeds", "2"), needs=LABELLED),
    Bench("into", ("--seeds", "2"), needs=LABELLED),
    Bench("naming", ("--seeds", "2"), needs=LABELLED),
    Bench("retrieval", needs=LABELLED),
    Bench("duplicates", ("--photos", "20"), needs=LABELLED),
    Bench("report", ("--photos", "1000"), needs=CHROMIUM),
    Bench("facts", needs=KINDS),
    Bench("gpu", ("--photos", "128"), needs=GPU),
)
TITLE = "| benchmark | what | photosort | held against | ratio | s |\n|---|---|---|---|---|---|"


def missing(need: str, labelled: Path | None) -> str:
    """Return what a benchmark lacks here; empty where it can run."""
    if need == GPU:
        import torch

        return "" if torch.cuda.is_available() else need
    here = {"": True, LABELLED: labelled is not None, CHROMIUM: importlib.util.find_spec("playwright") is not None}
    return "" if here.get(need) else need


def rows(bench: Bench, labelled: Path | None, *, full: bool) -> tuple[list[list[str]], float]:
    """Run a benchmark, and return the rows that it declares, or one that says why it has none, and the seconds."""
    if lacking := missing(bench.needs, labelled):
        return [[f"not measured: needs {lacking}", "", "", ""]], 0.0
    folder = [str(labelled)] if bench.needs == LABELLED else []
    paths = os.pathsep.join([str(ROOT), str(ROOT / "tests"), os.environ.get("PYTHONPATH", "")])
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, str(HERE / f"{bench.name}.py"), *folder, *(bench.full if full else bench.small)],
        env={**os.environ, ASKED: "1", "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    took = time.perf_counter() - begun
    found = [json.loads(line.removeprefix(MARK)) for line in done.stdout.splitlines() if line.startswith(MARK)]
    if done.returncode or not found:
        said = (done.stderr.strip().splitlines() or ["it declared no row"])[-1]
        found.append([f"failed: {said[:120]}", "", "", ""])
    return found, took


def machine(*, full: bool) -> str:
    """Return one line on when and where the table was made."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line]
        cpu = models[0] if models else cpu
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    said = f"photosort {__version__}, {time.strftime('%Y-%m-%d')}, {'full' if full else 'small'} sizes, "
    return f"{said}{os.cpu_count()} cores of {cpu}, {platform.system()}, Python {platform.python_version()}{load}."


def main() -> None:
    """Print the table, row by row as they come."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="the sizes of the page; takes hours")
    parser.add_argument("--labelled", type=Path, help="the folder that labelled_photos.py makes")
    parser.add_argument("--only", nargs="+", choices=[bench.name for bench in BENCHES])
    given = parser.parse_args()
    labelled = given.labelled.resolve() if given.labelled else None
    print(f"{machine(full=given.full)}\n\n{TITLE}", flush=True)
    for bench in BENCHES:
        if given.only and bench.name not in given.only:
            continue
        found, took = rows(bench, labelled, full=given.full)
        for number, row in enumerate(found):
            cells = [bench.name, *(cell.replace("|", "/") for cell in row), "" if number or not took else f"{took:.0f}"]
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
