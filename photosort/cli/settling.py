"""The folders that a language model proposes, for the user to edit before any photo is put into one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from photosort.cli.sink.output import Output, plural
from photosort.errors import Declined, SettingsError
from photosort.support.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from photosort.methods.conversation import Proposal
    from photosort.models.protocols import Category

LABELS = 12
"""Labels of the photos that are shown beside the folders."""
QUESTION = "Enter to sort into these, a number to rename one, e to edit all, q to stop:"
HELP = """\
# The folders, one a line: name: words for what belongs into it, not what does not.
# Photos are sorted by {criterion}. An empty file stops.
"""


def settled(proposal: Proposal, out: Output, *, ask: bool) -> Sequence[Category]:
    """Show the proposed categories and let the user edit them, where there is a terminal and `ask` is true.

    Raises Declined where the user stops.
    """
    categories = proposal.categories
    while True:
        out.show(partial(_view, proposal, categories))
        answer = out.ask(QUESTION) if ask else None
        if not answer:
            return categories
        if answer.casefold() in ("q", "quit"):
            raise Declined("Nothing was done")
        try:
            categories = _checked(_changed(answer, categories, proposal.criterion, out), proposal)
        except SettingsError as error:
            out.note(str(error))


def _checked(categories: tuple[Category, ...], proposal: Proposal) -> tuple[Category, ...]:
    if proposal.flat and (nested := next((one for one in categories if one.above), None)):
        raise SettingsError(
            f"{nested.above}/{nested.name} would be a third level", "With two criteria, names have no / in them."
        )
    return categories


def _changed(answer: str, categories: tuple[Category, ...], criterion: str, out: Output) -> tuple[Category, ...]:
    from photosort.cli.editor import edit
    from photosort.methods.into.category_lists import checked, from_lines

    if answer.isdecimal() and 0 < int(answer) <= len(categories):
        place = int(answer) - 1
        name = out.ask(f"New name for {printable(categories[place].name)}:")
        renamed = categories[place]._replace(name=name) if name else categories[place]
        return checked((*categories[:place], renamed, *categories[place + 1 :]), "The list")
    if answer.casefold() in ("e", "edit"):
        edited = edit(HELP.format(criterion=criterion) + "".join(map(_line, categories)))
        if not any(line.strip() and not line.startswith("#") for line in edited.splitlines()):
            raise Declined("Nothing was done")
        return from_lines(edited, "The list")
    out.note(f"{answer} is neither a number from 1 to {len(categories)}, e nor q.")
    return categories


def _line(category: Category) -> str:
    words = ", ".join(filter(None, (category.hint, f"not {category.without}" if category.without else "")))
    path = re.sub(r"[:#]", " ", "/".join(filter(None, (category.above, category.name))))
    return f"{path}: {words}\n" if words else f"{path}\n"


def _view(proposal: Proposal, categories: Sequence[Category]) -> RenderableType:
    from rich.console import Group
    from rich.text import Text

    head = f"{plural(len(categories), 'folder')} by {proposal.criterion}"
    lines = [Text(printable(f"{head}: {proposal.why}" if proposal.why else head), style="bold")]
    for number, category in enumerate(categories, 1):
        hint = f"   {category.hint}" if category.hint else ""
        lines.append(Text.assemble((f"{number:>6}", "cyan"), f"  {printable(category.name)}", (printable(hint), "dim")))
    if proposal.labels:
        said = ", ".join(f"{label} {count}" for label, count in list(proposal.labels.items())[:LABELS])
        more = ", …" if len(proposal.labels) > LABELS else ""
        lines.append(Text(printable(f"        the photos were called {said}{more}"), style="dim"))
    return Group(*lines)
