"""The whole examination, in the order that it is shown in."""

from __future__ import annotations

from collections.abc import Iterator

from photosort.errors import SettingsError
from photosort.settings.settings import load_settings
from photosort.support.home import shortened
from photosort.workflows.doctor import choices, machine, models, stores
from photosort.workflows.doctor.finding import Finding, State


def examine() -> tuple[Finding, ...]:
    """Look at everything that photosort needs, with the home folder as ~. Uses no network, and loads no model."""
    return tuple(
        Finding(found.subject, found.state, shortened(found.said), shortened(found.remedy)) for found in _findings()
    )


def _findings() -> Iterator[Finding]:
    yield from machine.versions()
    yield from machine.system()
    yield from machine.gpu()
    try:
        settings = load_settings()
    except SettingsError as error:
        yield Finding("config", State.WRONG, error.problem, error.hint)
        yield from models.extras()
        return
    yield from choices.config()
    yield from stores.room(settings)
    yield from stores.databases(settings)
    yield from stores.runs(settings)
    yield from choices.network(settings)
    yield from models.weights(settings)
    yield from models.extras()
