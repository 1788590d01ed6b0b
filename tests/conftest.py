"""What every test needs: its own folders for cache and data, and no model hub."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes.filing_kit import write
from hypothesis import settings

from photosort.store.journals.touched import FILES, NOTHING

os.environ["HF_HUB_OFFLINE"] = "1"
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
for number in (getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)):
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.default_int_handler)
"""A shell lets programs in the background ignore Ctrl-C, nohup lets them ignore a hangup. What the tests start would
inherit that, but not a handler."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives the whole program, and what fetches weights, from the folder and the fixture that say so."""
    for item in items:
        if "end_to_end" in item.path.parts:
            item.add_marker(pytest.mark.slow)
        if "smollm2_cache" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.network)


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
    """A command that has ended listens to no signal any more, pytest does; and it has touched the files of no other."""
    FILES.so_far = NOTHING
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def source(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder with the files that the test's module calls FILES."""
    return write(tmp_path / "in", request.module.FILES)
