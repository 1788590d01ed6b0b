"""photosort doctor."""

from typing import TYPE_CHECKING

import typer

from photosort.cli.flags.options import AsJson, QuietFlag
from photosort.cli.sink.output import plural, speaking
from photosort.support.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from photosort.workflows.doctor.finding import Finding

SIGNS = {"good": ("✓", "green"), "note": ("!", "yellow"), "wrong": ("✗", "red")}


def doctor(as_json: AsJson = False, quiet: QuietFlag = False) -> None:
    """Check the installation: versions, GPU, disk, databases, settings, models. Paste the output into a bug report."""
    from photosort.errors import NotInOrder

    with speaking(as_json=as_json, quiet=quiet) as out:
        from photosort.workflows.doctor.examine import examine

        found = examine()
        out.show(lambda: _lines(found))
        out.document(
            lambda: {
                "in_order": not _wrong(found),
                "findings": [
                    {"subject": one.subject, "state": one.state.value, "said": one.said, "remedy": one.remedy}
                    for one in found
                ],
            }
        )
    if _wrong(found):
        raise typer.Exit(NotInOrder.exit_code)


def _wrong(found: "tuple[Finding, ...]") -> int:
    return sum(one.state == "wrong" for one in found)


def _lines(found: "tuple[Finding, ...]") -> "RenderableType":
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, style="dim")
    grid.add_column(overflow="fold")
    for one in found:
        sign, style = SIGNS[one.state]
        grid.add_row(Text(sign, style=style), one.subject, Text(printable(one.said)))
        if one.remedy:
            grid.add_row("", "", Text(printable(one.remedy), style=style))
    wrong, notes = _wrong(found), sum(one.state == "note" for one in found)
    said = [plural(wrong, "problem") if wrong else "Nothing is wrong", *([plural(notes, "note")] if notes else [])]
    end = f"{', '.join(said)}."
    return Group(grid, Text(), Text(end, style="red" if wrong else "green"))
