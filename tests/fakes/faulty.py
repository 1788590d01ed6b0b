"""Runs jobs in processes in which one system call on somebody's files goes wrong. A script that forks for each job.

Needs Linux and a C compiler: `faults.c` is preloaded, below Python and below photosort.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import photosort

FAIL, AFTER, SCRIPT, KILL = 1, 2, 3, 4
"""What happens at the call: it fails, it fails after it has done its work, a script runs first, the process dies."""


@dataclass
class Tally:
    """How many faults were tried, and after how many a content was missing."""

    tried: int = 0
    lost: int = 0

    def count(self, missing: Collection[str]) -> None:
        self.tried += 1
        self.lost += bool(missing)


TALLY = Tally()


@dataclass(frozen=True)
class Fault:
    """The `nth` call of a kind on a path below one of two folders goes wrong."""

    call: str
    nth: int
    action: int
    error: int = 5
    script: str = ""


@dataclass(frozen=True)
class Ended:
    """How a job ended. `said` is what it raised; `counted` the calls of the kind, where it was not killed."""

    killed: bool
    said: str
    counted: int


class Faulty:
    """The forking process, seen from the test."""

    def __init__(self, library: Path, roots: tuple[Path, Path]) -> None:
        self.roots = roots
        here = str(Path(photosort.__file__).parents[1])
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": here, "LD_PRELOAD": str(library)},
        )

    def run(self, job: str, fault: Fault | None = None, **arguments: Any) -> Ended:
        """Run a job of `killable.JOBS` to its end, or to that of its process."""
        assert self._process.stdin and self._process.stdout
        request = {
            "job": job,
            "fault": asdict(fault or Fault("", -1, 0)),
            "roots": [str(root) for root in self.roots],
            "arguments": {key: str(value) if isinstance(value, Path) else value for key, value in arguments.items()},
        }
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return Ended(**json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        self._process.communicate()


def _serve() -> None:
    jobs = importlib.import_module("killable").JOBS
    library = ctypes.CDLL(None)
    library.fault_counted.restype = ctypes.c_long
    for line in sys.stdin:
        request = json.loads(line)
        with tempfile.TemporaryFile("w+") as report:
            child = os.fork()
            if not child:
                said = ""
                try:
                    jobs[request["job"]](_arm(library, request), **request["arguments"])
                except Exception as error:
                    said = f"{type(error).__name__}: {error}"
                report.write(json.dumps([said, library.fault_counted()]))
                report.flush()
                os._exit(0)
            status = os.waitpid(child, 0)[1]
            report.seek(0)
            said, counted = json.loads(report.read() or '["", 0]')
        print(json.dumps({"killed": status != 0, "said": said, "counted": counted}), flush=True)


def _arm(library: Any, request: dict[str, Any]) -> Any:
    fault = request["fault"]
    texts = [os.fsencode(text) for text in (fault["call"], fault["script"], *request["roots"])]

    def begin(connection: Any) -> None:
        library.fault_set(
            texts[0], ctypes.c_long(fault["nth"]), fault["action"], fault["error"], texts[1], texts[2], texts[3]
        )

    return begin


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    importlib.import_module("filing_kit")
    importlib.import_module("photosort.filing.journaled.resume")
    importlib.import_module("tag_kit")
    _serve()
