"""The describing stage beyond one machine: a Ray Data pipeline over the same functions.

Every worker reads the photos at the paths that the scan found, so all machines must see the folder under the same
path. RAY_ADDRESS names a running cluster; without it Ray starts one on this machine.
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import pickle
import secrets
import socket
import threading
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import numpy as np

from photosort.describing.decoding.look import Known
from photosort.describing.events import Event
from photosort.describing.tasks import Task, tasks_of
from photosort.describing.worker import describe_files
from photosort.errors import ModelFailed, ModelMissing, PhotosortError, SettingsError
from photosort.models.selected import ModelSet
from photosort.photos.files.scan import Found
from photosort.support.pip import pip_install

ADDRESS = "RAY_ADDRESS"
ANSWER_SECONDS = 10.0
END_SECONDS = 2.0
"""How long threads of Ray are waited for; one that is parked does no harm."""
MOST = 4096
"""Photos that a worker is handed at once: many portions, so that decoding and models overlap but for the first and the
last of them."""
SHARES = 2
"""Blocks for each of several workers, so that a slow one is waited for half as long."""


class RayWorker:
    """One process of the cluster, with models that stay loaded from block to block."""

    def __init__(self, models: ModelSet, known: Known) -> None:
        self._models, self._known = models, known

    @cached_property
    def _tasks(self) -> list[Task]:
        return tasks_of(self._models)

    def __call__(self, rows: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Pickled blocks of files in, pickled events out as they come; a failure that a user can meet is the last."""
        try:
            for block in rows["found"]:
                for event in describe_files(pickle.loads(block), self._tasks, self._known):
                    yield _row(event)
        except PhotosortError as error:
            yield _row(error)


def _row(event: Event | PhotosortError) -> dict[str, Any]:
    return {"event": np.array([pickle.dumps(event)], dtype=object)}


def see_on_ray(models: ModelSet, found: Sequence[Found], known: Known) -> Iterator[Event]:
    """Yield what `worker.describe_files` gives, from `ray:N` workers, or one for each GPU of the cluster.

    Raises ModelMissing where Ray is not installed, what the models raise, and ModelFailed where the cluster fails.
    """
    if importlib.util.find_spec("ray") is None:
        raise ModelMissing("The engine ray is not installed", pip_install("ray[data]"))
    _check_cluster()
    ray: Any = importlib.import_module("ray")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Ray warns of its own settings, and of processes that end with it
            with _ended(iter(_pipeline(ray, models, found, known).iter_rows())) as rows:
                for row in rows:
                    event = pickle.loads(row["event"])
                    if isinstance(event, PhotosortError):
                        raise event
                    yield event
    except ray.exceptions.RayError as error:
        last = str(error).strip().splitlines()[-1:] or [type(error).__name__]
        raise ModelFailed(f"The Ray cluster failed ({last[0]})", "What was looked at is kept; try again.") from error


@contextmanager
def _ended(rows: Iterator[dict[str, Any]]) -> Iterator[Iterator[dict[str, Any]]]:
    """Close the rows, and wait for the threads that Ray has fetched them by.

    Ray ends this process without a word where such a thread asks a cluster that has been shut down.
    """
    others = set(threading.enumerate())
    try:
        yield rows
    finally:
        if close := getattr(rows, "close", None):
            close()
        until = time.monotonic() + END_SECONDS
        for thread in set(threading.enumerate()) - others:
            thread.join(max(0.0, until - time.monotonic()))


def _check_cluster() -> None:
    """Make sure that the cluster answers, or that the one which Ray starts here obeys the holder of a token alone."""
    if address := os.environ.get(ADDRESS):
        _check_answers(address)
    else:
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))


def _pipeline(ray: Any, models: ModelSet, found: Sequence[Found], known: Known) -> Any:
    started = {} if os.environ.get(ADDRESS) else {"include_dashboard": False}
    ray.init(ignore_reinit_error=True, log_to_driver=False, logging_level="error", **started)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.target_max_block_size = 1  # every event is handed on by itself, and none waits for others
    here = ray.cluster_resources()
    gpus, processors = int(here.get("GPU", 0)), int(here.get("CPU", 1))
    wanted = int(models.settings.engine.partition(":")[2] or gpus or 1)
    workers = min(wanted, models.in_flight or wanted)
    rows = [{"found": pickle.dumps(block)} for block in blocks(found, workers)]
    data = ray.data.from_items(rows, override_num_blocks=len(rows))
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    return data.map_batches(
        RayWorker,
        fn_constructor_args=(models.among(workers), known),
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(size=workers),
        num_gpus=share(gpus, workers),
        num_cpus=share(processors, workers),
        max_restarts=0,
    )


def blocks(found: Sequence[Found], workers: int) -> list[Sequence[Found]]:
    """Cut files, of which there is one at least, into what the workers are handed at once."""
    count = max(workers * SHARES if workers > 1 else 1, -(-len(found) // MOST))
    size = -(-len(found) // count)
    return [found[start : start + size] for start in range(0, len(found), size)]


def share(devices: int, workers: int) -> float:
    """Return what each worker gets of the devices: one, or an even part where there are fewer than workers.

    Ray counts in parts of 1/10000, and a worker cannot have parts of two devices.
    """
    if not devices:
        return 0
    together = -(-workers // devices)
    return 10_000 // together / 10_000 if together > 1 else 1


def _check_answers(address: str) -> None:
    """Raise SettingsError unless a process listens at host:port; Ray itself tries for minutes."""
    host, _, port = address.rpartition("//")[2].partition("/")[0].rpartition(":")
    if not port.isdigit():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), ANSWER_SECONDS).close()
    except OSError as error:
        raise SettingsError(
            f"No Ray cluster answers at {ADDRESS}={address} ({error.strerror or error})",
            f"Start one there, or unset {ADDRESS} to use this machine.",
        ) from error
