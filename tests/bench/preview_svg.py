"""Draws the README's picture: python tests/bench/preview_svg.py DIR [--k 14] .github/preview.svg

A dry run of the real pipeline over DIR, drawn as the terminal shows it, without fonts from the network.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from rich.console import Console
from rich.text import Text

from photosort.cli.views.preview import view
from photosort.models.selected import select_models
from photosort.settings.settings import load_settings
from photosort.workflows.organize import organize
from photosort.workflows.prepared import Organized

WIDTH = 104


def main() -> None:
    """Run and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--k", type=int)
    parser.add_argument("picture", type=Path)
    arguments = parser.parse_args()
    source = arguments.folder.resolve()
    destination = source.with_name(f"{source.name}-sorted")
    organized = organize(source, destination, select_models(load_settings(k=arguments.k)), dry_run=True, fresh=True)
    assert isinstance(organized, Organized)
    with Path("/dev/null").open("w") as nowhere:
        console = Console(record=True, width=WIDTH, file=nowhere, highlight=False, force_terminal=True)
        asked = f" --k {arguments.k}" if arguments.k else ""
        console.print(Text(f"$ photosort organize {source.name}{asked}", style="bold"))
        console.print(view(organized.prepared))
        drawn = console.export_svg(title="photosort")
    arguments.picture.write_text(re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL), encoding="utf-8")


if __name__ == "__main__":
    main()
