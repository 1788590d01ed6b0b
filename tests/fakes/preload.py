"""Libraries of the tests that are loaded below Python, to watch or disturb what a process asks of the system."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest


def build(name: str, folder: Path) -> Path:
    """Compile `name`.c of this folder; skips the test where there is no compiler, or no Linux."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if sys.platform != "linux" or compiler is None:
        pytest.skip("needs Linux and a C compiler")
    library = folder / f"{name}.so"
    source = Path(__file__).with_name(f"{name}.c")
    command = [compiler, "-shared", "-fPIC", "-O1", "-w", "-o", str(library), str(source), "-ldl"]
    subprocess.run(command, check=True, capture_output=True)
    return library
