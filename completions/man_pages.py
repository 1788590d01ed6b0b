"""Puts the man pages into the wheel. They are made from the help of the commands, so that none is out of date."""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManPages(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from typer.main import get_command

        from photosort.cli.app import app
        from photosort.cli.manual import write_pages

        self.pages = tempfile.TemporaryDirectory()
        for page in write_pages(get_command(app), Path(self.pages.name)):
            build_data["shared_data"][str(page)] = f"share/man/man1/{page.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self.pages.cleanup()
