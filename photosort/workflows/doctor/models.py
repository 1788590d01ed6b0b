"""Models and optional libraries: which are there, and the commands that bring what is missing. Loads none."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

from photosort.models.profiles import AUTO, PROFILES, Part, parts
from photosort.settings.settings import Settings
from photosort.support.pip import pip_install
from photosort.workflows.doctor.finding import Finding, State

OPTIONAL = (
    ("camera RAW", "rawpy", "rawpy"),
    ("smollm2", "xllamacpp", "xllamacpp"),
    ("evaluate --plot", "matplotlib", "matplotlib"),
    ("--engine ray", "ray", "ray[data]"),
)
"""What needs an optional library, the module, and the package that brings it."""


def extras() -> Iterator[Finding]:
    """Yield the optional libraries; one that is missing is worth a note, no more."""
    there = [what for what, module, _ in OPTIONAL if importlib.util.find_spec(module)]
    if there:
        yield Finding("optional", State.GOOD, f"installed for {', '.join(there)}")
    for what, module, package in OPTIONAL:
        if what not in there:
            yield Finding("optional", State.NOTE, f"{what} needs {module}", pip_install(package))


def weights(settings: Settings) -> Iterator[Finding]:
    """Yield whether the models are there that come with the installation, and those that the settings name."""
    known = {part.model: part for part in parts(settings.model_folder)}
    builtin = [part for part in known.values() if not part.optional]
    broken = [part for part in builtin if part.missing]
    if not broken:
        yield Finding("builtin", State.GOOD, f"models that come with photosort: {', '.join(p.model for p in builtin)}")
    yield from (_missing("builtin", part) for part in broken)
    if settings.profile not in (AUTO, *PROFILES):
        yield Finding("models", State.WRONG, f"profile {settings.profile} is unknown", "photosort config show profile")
        return
    profile = PROFILES[settings.profile].models if settings.profile != AUTO else ()
    chosen = (settings.captioner, settings.image_encoder, settings.text_encoder, settings.writer)
    named = [name for name in dict.fromkeys((*(one for one in chosen if one), *profile)) if name in known]
    yield from (_missing("models", known[name]) for name in named if known[name].missing and known[name].optional)
    ready = [part.model for part in known.values() if part.optional and part.size and not part.missing]
    said = f"ready: {', '.join(ready)}" if ready else "no optional model is there; photosort models lists them"
    yield Finding("models", State.GOOD, said)


def _missing(subject: str, part: Part) -> Finding:
    return Finding(subject, State.WRONG, f"{part.role} {part.model} is missing", " && ".join(part.missing))
