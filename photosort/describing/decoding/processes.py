"""Processes that end with the one that started them, and hear no Ctrl-C but through it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import Any

from photosort.support.threads import in_background


def start(target: Callable[..., None], args: tuple[Any, ...], name: str) -> BaseProcess:
    """Start a process that begins anew: it inherits neither threads nor locks, and looks alike on every system."""
    process: BaseProcess = multiprocessing.get_context("spawn").Process(
        target=target, args=args, name=name, daemon=True
    )
    with _no_interrupt():
        process.start()
    return process


def live_with_parent() -> None:
    """Leave Ctrl-C to the process that started this one, and end where that one ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    in_background(_end_with_parent)


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Keep Ctrl-C from a process that is started in here; this one gets it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_with_parent() -> None:
    if parent := multiprocessing.parent_process():
        parent.join()
        os._exit(1)
