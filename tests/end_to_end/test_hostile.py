"""One run over everything that image libraries have ever choked on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fakes.command import Command
from fakes.hostile import broken_pictures, library_pictures
from fakes.photos import digests

LIMIT_BYTES = 1_500_000_000


@pytest.mark.network
def test_hostile_files_are_named_and_memory_stays_small(photosort: Command, tmp_path: Path) -> None:
    root = tmp_path / "Hostile"
    root.mkdir()
    (tmp_path / "sdists").mkdir()
    assert library_pictures(root, tmp_path / "sdists") > 600
    unreadable = broken_pictures(root)
    photos = [path for path in root.rglob("*") if path.is_file() and "loop" not in path.relative_to(root).parts]
    before = digests(root)
    measured = tmp_path / "memory.json"
    program = [
        sys.executable,
        "-c",
        "import json, resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[2:], capture_output=True, text=True)\n"
        "peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024\n"
        "json.dump([done.returncode, done.stdout, done.stderr, peak], open(sys.argv[1], 'w'))",
        str(measured),
    ]
    command = [str(Path(sys.executable).with_name("photosort")), "organize", str(root), "--k", "6", "--json"]
    subprocess.run([*program, *command], check=True, env=dict(os.environ))
    code, out, err, peak = json.loads(measured.read_text())
    assert code == 0, err
    report = json.loads(out)
    left = {left["path"]: left["reason"] for left in report["left"]}
    filed = {file["from"] for folder in report["folders"] for file in folder["files"]}
    assert {str(path) for path in photos} <= filed | set(left), "every file is filed or named"
    assert not filed & set(left)
    assert {str(root / name) for name in unreadable} <= set(left)
    assert all(left.values())
    assert digests(root) == before
    assert peak < LIMIT_BYTES, f"{peak / 1e9:.2f} GB"
