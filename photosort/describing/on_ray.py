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
import warnings
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from photosort.describing.decoding.look import Known
from photosort.describing.tasks import Task, tasks_of
from photosort.describing.worker import Event, describe_files
from photosort.errors import ModelFailed, ModelMissing, PhotosortError, SettingsError
from photosort.models.selected import ModelSet
from photosort.photos.files.scan import Found
from photosort.support.pip import pip_install

ADDRESS = "RAY_ADDRESS"
ANSWER_SECONDS = 10.0
BLOCK = 256
"""Photos that a worker is handed at once; what it has seen of them is kept together."""


class RayWorker:
    """One process of the cluster, with models that stay loaded from block to block."""

    def __init__(self, models: ModelSet, known: Known) -> None:
        self._models, self._known = models, known

    @cached_property
    def _tasks(self) -> list[Task]:
        return tasks_of(self._models)

    def __call__(self, block: dict[str, Any]) -> dict[str, Any]:
        """Pickled files in, pickled events out; a failure that a user can meet is the last of them."""
        found = [pickle.loads(item) for item in block["found"]]
        events: list[Event | PhotosortError] = []
        try:
            events += describe_files(found, self._tasks, self._known, first=BLOCK)
        except PhotosortError as error:
            events.append(error)
        return {"event": np.array([pickle.dumps(event) for event in events], dtype=object)}


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
            for row in _pipeline(ray, models, found, known).iter_rows():
                event = pickle.loads(row["event"])
                if isinstance(event, PhotosortError):
                    raise event
                yield event
    except ray.exceptions.RayError as error:
        last = str(error).strip().splitlines()[-1:] or [type(error).__name__]
        raise ModelFailed(f"The Ray cluster failed ({last[0]})", "What was looked at is kept; try again.") from error


def _check_cluster() -> None:
    """Make sure that the cluster answers, or that the one which Ray starts here obeys the holder of a token alone."""
    if address := os.environ.get(ADDRESS):
        _check_answers(address)
    else:
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))


def _pipeline(ray: Any, models: ModelSet, found: Sequence[Found], known: Known) -> Any:
    here = {} if os.environ.get(ADDRESS) else {"include_dashboard": False}
    ray.init(ignore_reinit_error=True, log_to_driver=False, logging_level="error", **here)
    ray.data.DataContext.get_current().enable_progress_bars = False
    gpus = int(ray.cluster_resources().get("GPU", 0))
    workers = int(models.settings.engine.partition(":")[2] or gpus or 1)
    files = [{"found": pickle.dumps(item)} for item in found]
    blocks = max(workers, -(-len(files) // BLOCK))
    data = ray.data.from_items(files, override_num_blocks=blocks)
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    return data.map_batches(
        RayWorker,
        fn_constructor_args=(models, known),
        batch_size=BLOCK,
        compute=ray.data.ActorPoolStrategy(size=workers),
        num_gpus=1 if gpus else 0,
        num_cpus=1,
        max_restarts=0,
    )


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
