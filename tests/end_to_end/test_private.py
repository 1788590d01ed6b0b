"""Nothing leaves the machine, and nothing is left on it but in photosort's own folders and the destination."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.preload import build

HERE = ("127.", "::1", "localhost")


def spied(library: Path, home: Path, *arguments: object) -> None:
    """Run the command as after its installation, in a home without anything in it."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "LD_PRELOAD": str(library),
        "SPY_LOG": str(home.parent / "log"),
    }
    program = Path(sys.executable).with_name("photosort")
    command = [str(program), *map(str, arguments)]
    done = subprocess.run(command, env=environment, cwd=home.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_library_asks_the_network_or_leaves_files_elsewhere(pictures: Path, tmp_path: Path) -> None:
    library, home = build("spy", tmp_path), tmp_path / "home"
    (home / "tmp").mkdir(parents=True)
    before = {path.name for path in tmp_path.iterdir()}
    spied(library, home, "organize", pictures, "--k", 2, "--out", tmp_path / "sorted")
    spied(library, home, "explain")
    spied(library, home, "models")
    spied(library, home, "demo", "--help")
    spied(library, home, "evaluate", pictures, "--methods", "image,text,concat", "--seeds", 1, "--plot", home / "a.png")
    spied(library, home, "undo")
    said = (tmp_path / "log").read_text().splitlines() if (tmp_path / "log").exists() else []
    assert [line for line in said if not line.split()[-1].startswith(HERE)] == []
    (home / "a.png").unlink()
    assert {path.relative_to(home).as_posix() for path in home.rglob("*") if len(path.relative_to(home).parts) < 3} == {
        ".cache",
        ".cache/photosort",
        ".local",
        ".local/share",
        "tmp",
    }
    assert [path.name for path in (home / ".local" / "share").iterdir()] == ["photosort"]
    assert {path.name for path in tmp_path.iterdir()} - before <= {"log"}


def test_the_spy_sees_what_it_looks_for(tmp_path: Path) -> None:
    """Without the switch onnxruntime looks a host up, so that the test above can fail."""
    environment = {**os.environ, "LD_PRELOAD": str(build("spy", tmp_path)), "SPY_LOG": str(tmp_path / "log")}
    program = "import socket; socket.create_connection(('192.0.2.1', 9), 0.05)"
    subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=False)
    assert (tmp_path / "log").read_text().split() == ["look", "up", "192.0.2.1", "connect", "192.0.2.1"]


def test_a_destination_is_no_wider_than_the_source(pictures: Path, tmp_path: Path, photosort: object) -> None:
    if os.name == "nt":
        pytest.skip("Windows keeps permissions otherwise")
    assert callable(photosort)
    pictures.chmod(0o700)
    assert photosort("organize", pictures, "--k", 2).code == 0
    made = [tmp_path / "Pictures-sorted", *(tmp_path / "Pictures-sorted").rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in made if path.is_dir()} == {0o700}
    shutil.rmtree(tmp_path / "Pictures-sorted")
