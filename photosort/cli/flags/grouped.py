"""Help for a command with many flags: they are shown in groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from typer.core import TyperCommand

OTHERS = "Options"


def grouped(groups: Mapping[str, Sequence[str]]) -> type[TyperCommand]:
    """Return a kind of command whose help has these groups: title -> the names of its flags. The others come first."""
    titles = {name: title for title, names in groups.items() for name in names}
    places = {name: place for place, name in enumerate(titles, 1)}

    class Grouped(TyperCommand):
        def format_options(self, ctx: Any, formatter: Any) -> None:
            shown: dict[str, list[tuple[str, str]]] = {"Arguments": [], OTHERS: [], **{title: [] for title in groups}}
            for parameter in sorted(self.get_params(ctx), key=lambda parameter: places.get(parameter.name, 0)):
                title = "Arguments" if parameter.param_type_name == "argument" else titles.get(parameter.name, OTHERS)
                if record := parameter.get_help_record(ctx):
                    shown[title].append(record)
            for title, records in shown.items():
                if records:
                    with formatter.section(title):
                        formatter.write_dl(records)

    return Grouped
