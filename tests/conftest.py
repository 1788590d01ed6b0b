"""What every test needs: its own folders for cache and data, and no model hub."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture(scope="session")
def shared_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder for the whole session, so that the network is exported once."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the user's own cache, history or config."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith("PHOTOSORT_") and not name.startswith("PHOTOSORT_TEST"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PHOTOSORT_CACHE_DIR", str(home / "cache"))
    monkeypatch.setenv("PHOTOSORT_DATA_DIR", str(home / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "config"))
    return home


@pytest.fixture(autouse=True)
def own_signals() -> Iterator[None]:
    """A command that has ended listens to no signal any more; pytest does."""
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
