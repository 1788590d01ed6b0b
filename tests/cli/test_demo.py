"""The demo asks for as many folders as were typed, and else leaves the number to photosort."""

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from photosort.cli.app import app
from photosort.workflows import demo


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "folders"), [([], 2), (["--k", "1"], 1)])
def test_the_command_that_does_the_same_has_a_number_only_where_one_was_typed(
    typed: list[str], folders: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CACHE", "DATA"):
        monkeypatch.setenv(f"PHOTOSORT_{name}_DIR", os.fspath(tmp_path / name))
    installed = [package for package in demo.packages() if package.module]
    monkeypatch.setattr(demo, "packages", lambda: installed)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["demo", *typed])
    assert done.exit_code == 0, done.output
    by_hand = " ".join(["photosort organize", os.fspath(Path("photosort-demo", "photos")), *typed])
    assert done.stderr.splitlines()[0].endswith(f"The same by hand: {by_hand}")
    assert len([path for path in Path("photosort-demo", "photos-sorted").iterdir() if path.is_dir()]) == folders
