"""What photosort keeps for itself is for the user alone, and libraries that it loads report nothing."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from photosort import NO_TELEMETRY
from photosort.filing.disk.lock import hold
from photosort.store.cache import open_cache
from photosort.store.history import open_history
from photosort.support.files import make_private_file, make_private_folder

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows keeps permissions otherwise")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def usual_umask() -> None:
    os.umask(0o022)


def test_databases_and_locks_are_for_the_user_alone(tmp_path: Path) -> None:
    with (
        open_cache(tmp_path / "cache" / "photosort"),
        open_history(tmp_path / "data"),
        hold(tmp_path, tmp_path / "data"),
    ):
        paths = list(tmp_path.rglob("*"))
        assert {mode(path) for path in paths if path.is_dir()} == {0o700}
        assert {mode(path) for path in paths if path.is_file()} == {0o600}
        assert {"cache.sqlite", "cache.sqlite-wal", "history.sqlite-wal"} <= {path.name for path in paths}


def test_what_an_earlier_version_left_readable_is_closed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o755)
    with open_history(data):
        (data / "history.sqlite-wal").chmod(0o644)
        data.chmod(0o755)
        (data / "history.sqlite").chmod(0o644)
        with open_history(data):
            assert {mode(path) for path in data.iterdir()} == {0o600}
            assert mode(data) == 0o700


def test_a_folder_that_holds_anything_else_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    (tmp_path / "shared" / "letter.txt").touch()
    make_private_folder(tmp_path / "shared")
    make_private_file(tmp_path / "shared" / "history.sqlite")
    assert mode(tmp_path / "shared") == 0o755
    assert mode(tmp_path / "shared" / "history.sqlite") == 0o600


def test_every_process_switches_telemetry_off() -> None:
    program = "import photosort.models.encoders.efficientnet, os; print(os.environ['ORT_DISABLE_TELEMETRY'])"
    environment = {**os.environ, "ORT_DISABLE_TELEMETRY": "0"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == NO_TELEMETRY["ORT_DISABLE_TELEMETRY"] == "1"


@pytest.mark.slow
@pytest.mark.parametrize(("asked", "policy"), [(None, "PASSIVE"), ("ACTIVE", "ACTIVE")])
def test_threads_of_torch_sleep_while_they_wait_unless_asked_otherwise(asked: str | None, policy: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OMP_", "GOMP_", "KMP_"))}
    environment |= {"OMP_DISPLAY_ENV": "TRUE", **({"OMP_WAIT_POLICY": asked} if asked else {})}
    program = [sys.executable, "-c", "import photosort, torch"]
    done = subprocess.run(program, env=environment, capture_output=True, text=True, check=True)
    assert f"OMP_WAIT_POLICY = '{policy}'" in done.stderr
