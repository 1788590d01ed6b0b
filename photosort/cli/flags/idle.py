"""Flags that were typed and change nothing: the user probably meant something else, so each is named.

What belongs to a method comes from `METHODS`; here stand only the few that depend on another flag's value.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from photosort.methods.building import assignment
from photosort.methods.specs import METHODS, asks_writer
from photosort.models.catalogue import SERVER

if TYPE_CHECKING:
    from photosort.settings.settings import Settings

OF_CHOICE = ("min_k", "max_k")
OF_FOLDERS = ("outliers", "names", "writer", "language", "style", "name_template", "max_cost")
OF_CLUSTERS = ("levels", "outliers", "keywords", "names", "language", "style")


def idle_flags(settings: Settings, given: Collection[str]) -> Iterator[str]:
    """Yield a line on each of the `given` flags, by the names of their settings, that has no effect with these
    settings.
    """
    reasons: dict[str, str] = {}
    if len(settings.ask) < 2:
        reasons |= {"show_all": "it compares several questions (--ask)"}
    for name, spec in METHODS.items():
        if name != settings.method:
            reasons |= dict.fromkeys(spec.flags, f"it only applies to {spec.chosen_by or f'--method {name}'}")
    reasons |= _with_own_names(settings)
    if settings.into is not None and settings.by and assignment(settings) == "llm":
        reasons.pop("other", None)
    elif settings.into is not None and settings.by:
        reasons |= {"other": "with --by only --assign llm leaves photos out of all folders"}
    asked = (settings.captioner or "").startswith(SERVER)
    reasons |= {} if asked else {"in_flight": "it only applies to --captioner server:MODEL"}
    if settings.method not in ("tac", "ntk"):
        reasons |= {"nouns": "it only applies to --method tac and ntk"}
    if settings.tac == "no-train":
        reasons |= {"balance": "it only applies to --tac train"}
    if settings.fusion in ("image", "text"):
        reasons |= {"weight": f"--fusion {settings.fusion} takes no share of the other"}
    if settings.k is not None:
        reasons |= dict.fromkeys(OF_CHOICE, f"--k {settings.k} leaves nothing to choose")
    reasons |= _by_facts(settings)
    if settings.writer == "keywords":
        reasons |= {"max_cost": "--writer keywords costs nothing"}
    for name in reasons:
        if name in given:
            yield f"--{name.replace('_', '-')} is ignored: {reasons[name]}"


def _by_facts(settings: Settings) -> dict[str, str]:
    """Return what has no effect where times or facts alone say which folders there are."""
    if settings.events:
        of_clusters = dict.fromkeys(("k", *OF_CHOICE, "outliers"), "--events splits by gaps in time")
        return {**of_clusters, "names": "events are called by their dates"}
    if not settings.layout.name:
        said = f"--levels {settings.levels} says which folders there are"
        return dict.fromkeys(("k", *OF_CHOICE, *OF_FOLDERS), said)
    return {}


def _with_own_names(settings: Settings) -> dict[str, str]:
    """Return what has no effect where folders have names before they have photos, or only there."""
    named = METHODS[settings.method].chosen_by
    if not named:
        return {"assign": "it only applies to --into and --by"}
    of_clusters = [flag for flag in OF_CLUSTERS if flag != "levels" or not settings.layout.facts]
    reasons = dict.fromkeys(of_clusters, f"with {named} folders have names before they have photos")
    if settings.into is not None:
        reasons |= dict.fromkeys(("k", *OF_CHOICE), "--into says which folders there are")
        reasons |= {} if asks_writer(settings) else {"writer": "--into names the folders", "max_cost": "it is free"}
    return reasons
