"""What the user has chosen: the config file, and what of it could send something to another machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

from photosort import NO_TELEMETRY
from photosort.settings.config_file import config_file
from photosort.settings.settings import Settings, unknown_variables
from photosort.workflows.doctor.finding import Finding, State

HERE = ("localhost", "127.0.0.1", "::1")
REMOTE = ("openai:", "server:")


def config() -> Iterator[Finding]:
    """Yield what is known of a config file that was read without an error, and variables that set nothing."""
    file = config_file()
    yield Finding("config", State.GOOD, f"{file} is valid" if file.exists() else f"{file} is not there: defaults apply")
    for line in unknown_variables():
        yield Finding("config", State.NOTE, line)


def network(settings: Settings) -> Iterator[Finding]:
    """Yield which settings could send something, without the names of hosts or keys."""
    server = _place(os.environ.get("OPENAI_BASE_URL", ""))
    sent = [
        f"{name} {value.partition(':')[0]}:… sends {what} to {server}"
        for name, value, what in (
            ("writer", settings.writer, "captions and keywords"),
            ("captioner", settings.captioner or "", "photos"),
        )
        if value.startswith(REMOTE)
    ]
    if settings.engine.startswith("ray"):
        sent.append("engine ray exchanges paths, captions and vectors with its cluster")
    for line in sent:
        yield Finding("network", State.NOTE, line)
    if not sent:
        yield Finding("network", State.GOOD, "no setting sends anything from this machine")
    if settings.allow_upload:
        yield Finding("network", State.NOTE, f"allow_upload lets {len(settings.allow_upload)} host(s) receive photos")
    offline = (
        "is set: models pull fetches nothing" if _is_on("HF_HUB_OFFLINE") else "is not set: only models pull fetches"
    )
    yield Finding("model hub", State.GOOD, f"HF_HUB_OFFLINE {offline}")
    on = [name for name, off in NO_TELEMETRY.items() if os.environ.get(name) != off]
    if on:
        yield Finding("telemetry", State.NOTE, f"not switched off: {', '.join(on)}", "Unset these variables.")
    else:
        yield Finding("telemetry", State.GOOD, "of the libraries is switched off")


def _place(address: str) -> str:
    host = urlsplit(address).hostname or ""
    return "a server on this machine" if host in HERE else "another machine"


def _is_on(variable: str) -> bool:
    return os.environ.get(variable, "").upper() in ("1", "ON", "YES", "TRUE")
