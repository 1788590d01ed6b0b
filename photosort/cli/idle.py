"""Flags that were typed and change nothing: whoever typed them meant something else, and is told."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from photosort.settings.settings import Settings

OF_FUSION = ("fusion", "weight")
OF_TEXT = ("texts", "vectors", "show_all")
OF_CHOICE = ("min_k", "max_k")


def idle_flags(settings: Settings, given: Collection[str]) -> Iterator[str]:
    """A line on each of the `given` flags, by the names of their settings, that has no effect with these settings."""
    reasons: dict[str, str] = {}
    if len(settings.ask) < 2:
        reasons |= {"show_all": "it is for several questions (--ask)"}
    if settings.method == "text":
        reasons |= dict.fromkeys(OF_FUSION, "--method text looks at texts alone")
    else:
        reasons |= dict.fromkeys(OF_TEXT, "it is for --method text")
    if settings.fusion in ("image", "text"):
        reasons |= {"weight": f"--fusion {settings.fusion} takes no share of the other"}
    if settings.k is not None:
        reasons |= dict.fromkeys(OF_CHOICE, f"--k {settings.k} leaves nothing to choose")
    if settings.writer == "keywords":
        reasons |= {"max_cost": "--writer keywords costs nothing"}
    for name in reasons:
        if name in given:
            yield f"--{name.replace('_', '-')} has no effect: {reasons[name]}"
