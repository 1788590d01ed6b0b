"""Runs jobs in processes that die by SIGKILL at a chosen step. A script that forks for each job.

A step is anything that may change the disk: opening, writing, flushing, renaming, linking, removing, making
a folder, setting times or attributes, and each statement to the journal. A job that is to die at step n is
killed right before it.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import photosort

Watch = Callable[[Any], None]
"""Called with the connection to the journal, right before the files are touched."""

_EVENTS = {
    "open",
    "os.chmod",
    "os.chown",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.setxattr",
    "os.symlink",
    "os.truncate",
    "os.utime",
}


class Killable:
    """The forking process, seen from the test."""

    def __init__(self) -> None:
        home = str(Path(photosort.__file__).parents[1])
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": home},
        )

    def run(self, job: str, *, die_at: int = -1, only_commits: bool = False, **arguments: Any) -> bool:
        """Run a job; True where it came to its end, False where it was killed."""
        assert self._process.stdin and self._process.stdout
        request = {"job": job, "die_at": die_at, "only_commits": only_commits, "arguments": arguments}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer = int(self._process.stdout.readline())
        assert answer in (0, signal.SIGKILL), f"{job} ended with wait status {answer}"
        return answer == 0

    def close(self) -> None:
        self._process.communicate()


def _serve() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        for module in BEFORE.get(request["job"], ()):
            importlib.import_module(module)
        child = os.fork()
        if not child:
            try:
                watch = partial(_watch, _count_down(request["die_at"]), request["only_commits"])
                JOBS[request["job"]](watch, **request["arguments"])
                os._exit(0)
            except BaseException:
                import traceback

                traceback.print_exc()
                os._exit(1)
        status = os.waitpid(child, 0)[1]
        print(status, flush=True)


def _count_down(steps: int) -> Callable[[], None]:
    left = [steps]

    def step() -> None:
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1

    return step


def _watch(step: Callable[[], None], only_commits: bool, connection: Any) -> None:
    from photosort.filing.disk import renaming, replacing

    if only_commits:
        connection.set_trace_callback(lambda statement: step() if statement == "BEGIN IMMEDIATE" else None)
        return
    connection.set_trace_callback(lambda statement: step())
    sys.addaudithook(lambda event, arguments: step() if event in _EVENTS else None)
    for name in ("fsync", "write"):
        setattr(os, name, _before(step, getattr(os, name)))
    native = renaming._native_rename()
    renaming._native_rename = lambda: native and _before(step, native)  # type: ignore[assignment]
    exchange = replacing.native_exchange()
    replacing.native_exchange = lambda: exchange and _before(step, exchange)  # type: ignore[assignment]


def _before(step: Callable[[], None], function: Callable[..., Any]) -> Callable[..., Any]:
    def stepped(*arguments: Any) -> Any:
        step()
        return function(*arguments)

    return stepped


def _file(
    watch: Watch,
    source: str,
    destination: str,
    database: str,
    mode: str,
    batch: int = 64,
    uid: int = 0,
    by_links: bool = False,
    about: bool = False,
) -> None:
    """Survey and plan, become user `uid`, apply; `by_links`: as if there were no exclusive rename."""
    import filing_kit

    from photosort.filing.disk import renaming
    from photosort.filing.journaled import apply

    plan = filing_kit.plan_for(Path(source), Path(destination), mode, about=about)
    if uid:
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    connection = filing_kit.open_runs(Path(database))
    apply._BATCH_FILES = batch
    if by_links:
        renaming._native_rename = lambda: None  # type: ignore[assignment]
    watch(connection)
    apply.apply(plan, 1, connection)


def _back(watch: Watch, database: str, run: int = 1, by_links: bool = False) -> None:
    import filing_kit

    from photosort.filing.journaled.undo import undo

    connection = filing_kit.open_runs(Path(database))
    _without_exchange(by_links)
    watch(connection)
    undo(connection, run)


def _on(watch: Watch, database: str) -> None:
    import filing_kit

    from photosort.filing.journaled.resume import resume

    connection = filing_kit.open_runs(Path(database))
    watch(connection)
    resume(connection, 1)


def _rewrite(watch: Watch, destination: str, database: str, run: int, by_links: bool = False) -> None:
    """Put a new text about a folder in the place of the one that was written last."""
    import filing_kit

    from photosort.filing.journaled.apply import apply

    connection = filing_kit.open_runs(Path(database), run)
    plan = filing_kit.rewriting(connection, Path(destination), f"the text of run {run}".encode())
    _without_exchange(by_links)
    watch(connection)
    apply(plan, run, connection)


def _continue(watch: Watch, source: str, destination: str, mode: str) -> None:
    """Add what is new to the folders of an earlier run, by models that see colours."""
    import pytest

    from fakes.models import use_colours
    from fakes.walls import again
    from photosort.workflows import organize

    carry_out = organize.carry_out

    def watched(plan: Any, run: int, connection: Any, progress: Any) -> Any:
        watch(connection)
        return carry_out(plan, run, connection, progress)

    with pytest.MonkeyPatch.context() as patch:
        use_colours(patch)
        patch.setattr(organize, "carry_out", watched)
        again(Path(source), Path(destination), mode=mode)


def _tag(watch: Watch, folder: str, database: str, by_links: bool = False) -> None:
    import filing_kit
    import tag_kit

    from photosort.filing.tagging.write import write_tags

    connection = filing_kit.open_runs(Path(database), tag_kit.RUN)
    journal = tag_kit.begin(connection, Path(folder))
    _without_exchange(by_links)
    watch(connection)
    write_tags(journal)


def _untag(watch: Watch, database: str, by_links: bool = False) -> None:
    import filing_kit
    import tag_kit

    from photosort.filing.tagging.take_back import untag

    connection = filing_kit.open_runs(Path(database), tag_kit.RUN)
    _without_exchange(by_links)
    watch(connection)
    untag(connection, tag_kit.RUN)


def _without_exchange(wanted: bool) -> None:
    """Do as on a file system that has neither an exclusive rename nor an exchange of names."""
    from photosort.filing.disk import renaming, replacing

    if wanted:
        renaming._native_rename = lambda: None  # type: ignore[assignment]
        replacing.native_exchange = lambda: None  # type: ignore[assignment]


BEFORE = {"continue": ("pytest", "fakes.walls", "fakes.models", "graspologic_native", "pillow_heif")}
"""What is imported once for a job, and not by each process that does it."""
JOBS: dict[str, Callable[..., None]] = {
    "file": _file,
    "undo": _back,
    "resume": _on,
    "tag": _tag,
    "untag": _untag,
    "continue": _continue,
    "rewrite": _rewrite,
}

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.path.insert(0, str(Path(__file__).parents[1]))
    importlib.import_module("filing_kit")
    importlib.import_module("photosort.filing.journaled.resume")
    importlib.import_module("tag_kit")

    _serve()
