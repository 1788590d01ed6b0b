"""photosort suggest: what the photos of a folder could be sorted by."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photosort.cli.flags import offers
from photosort.cli.flags.options import AsJson, QuietFlag, named_path, settings_of
from photosort.cli.sink.output import speaking
from photosort.support.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from photosort.methods.criterion.suggesting import Suggested


def suggest(
    source: Annotated[Path, typer.Argument(metavar="DIR", parser=named_path, help="The folder with the photos.")],
    writer: Annotated[
        str | None,
        typer.Option("--writer", autocompletion=offers.writers, help="Language model on a server: openai:MODEL."),
    ] = None,
    captioner: Annotated[
        str | None,
        typer.Option("--captioner", autocompletion=offers.captioners, help="Captioning model.  [default: by profile]"),
    ] = None,
    allow_upload: Annotated[
        list[str] | None,
        typer.Option("--allow-upload", metavar="HOST", help="Host that may receive photos; repeatable."),
    ] = None,
    max_cost: Annotated[float | None, typer.Option("--max-cost", help="Maximum cost, in US dollars.")] = None,
    as_json: AsJson = False,
    quiet: QuietFlag = False,
) -> None:
    """Propose criteria to sort the photos of DIR by, with the folders that each would give."""
    with speaking(as_json=as_json, quiet=quiet) as out:
        from photosort.cli.sink.renewing import with_cache
        from photosort.models.selected import select_models
        from photosort.workflows.suggest import suggest_criteria

        settings = settings_of(
            out, writer=writer, captioner=captioner, allow_upload=allow_upload or None, max_cost=max_cost
        )
        models = select_models(settings)
        for sent in filter(None, (models.photos_sent, models.texts_sent)):
            out.disclose(sent)
        with out.progress() as progress:
            found = with_cache(settings.cache_dir, out, lambda: suggest_criteria(source, models, progress))
        flags = [f"--captioner {captioner}"] if captioner else []
        flags += [f"--writer {writer}"] if writer else []
        flags += [f"--allow-upload {host}" for host in allow_upload or ()]
        out.show(lambda: _view(found, source, " ".join(flags)))
        out.document(lambda: {"source": str(source), "criteria": [_document(one) for one in found]})


def _view(found: Sequence[Suggested], source: Path, flags: str) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    lines: list[RenderableType] = []
    for one in found:
        folders = "  ".join(f"{name} {count:,}" for name, count in zip(one.categories, one.counts, strict=True))
        command = f"photosort organize {shlex.quote(str(source))} --by {shlex.quote(one.criterion)}"
        command += f" --k {len(one.categories)} {flags}".rstrip()
        lines += [
            Text(printable(one.criterion), style="bold"),
            Text(printable(f"  {one.why}"), style="italic"),
            Text(printable(f"  {folders}"), style="green"),
            Text(printable(f"  {command}"), style="dim", no_wrap=True, overflow="ignore"),
            Text(),
        ]
    return Group(*lines, Text("Counts are guesses from the captions.", style="dim"))


def _document(one: Suggested) -> dict[str, Any]:
    folders = [{"name": name, "photos": count} for name, count in zip(one.categories, one.counts, strict=True)]
    return {"criterion": one.criterion, "why": one.why, "folders": folders}
