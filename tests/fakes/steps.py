"""How much work a piece of code is, counted and not timed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType


def steps(work: Callable[[], object]) -> int:
    """Count the lines of Python that are run, and the calls of what is not written in Python."""
    counted = 0

    def trace(frame: FrameType, event: str, argument: object) -> Callable[..., object]:
        nonlocal counted
        counted += 1
        return trace

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal counted
        counted += event == "c_call"

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(trace)
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
    return counted
