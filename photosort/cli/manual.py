"""photosort manual FOLDER: the man pages, made from the same help that --help shows."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import wrap
from typing import Annotated, Any

import typer

from photosort.cli.flags.options import named_path

ROFF = str.maketrans(
    {"\\": r"\(rs", "-": r"\-", "'": r"\(aq", '"': r"\(dq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"},
)
"""What roff would read as its own, or print as another sign."""

BEGINNING = '.TH "PHOTOSORT'
"""What every page begins with."""

ENVIRONMENT = (
    (
        "PHOTOSORT_SETTING",
        "Any setting, in capitals: PHOTOSORT_K=12. A flag is stronger, the config file weaker.",
    ),
    ("PHOTOSORT_DATA_DIR, PHOTOSORT_CACHE_DIR", "Where the history and the cache lie."),
    ("NO_COLOR", "Print without colours."),
)
FILES = (
    ("~/.config/photosort/config.toml", "Settings; photosort config path prints where it is on this system."),
    ("~/.local/share/photosort", "The history of all runs, which photosort undo needs."),
    ("~/.cache/photosort", "What can be computed again."),
)


def manual(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", parser=named_path, help="Where the pages go.")],
) -> None:
    """Write the man pages of photosort and of each command into a folder, such as ~/.local/share/man/man1."""
    from photosort.cli.sink.output import speaking
    from photosort.support.printable import printable

    with speaking() as out:
        written = write_pages(context.find_root().command, folder)
        out.show(lambda: f"{len(written)} pages in {printable(str(folder))}")


def write_pages(root: Any, folder: Path) -> list[Path]:
    """Write the pages of a command and of those below it, over earlier ones, and return their paths.

    Raises DestinationError, before anything is written, where another file has the name of a page.
    """
    from photosort.errors import DestinationError
    from photosort.support.printable import printable

    folder.mkdir(parents=True, exist_ok=True)
    written = {folder / name: page for name, page in pages(root).items()}
    for path in written:
        if path.exists() and not path.read_bytes().startswith(BEGINNING.encode()):
            raise DestinationError(
                f"{printable(str(path))} is not a man page of photosort", "Name another folder, or move that file away."
            )
    for path, page in written.items():
        path.write_text(page, encoding="utf-8", newline="\n")
    return list(written)


def pages(root: Any) -> dict[str, str]:
    """Return file name -> page, in roff, for a command and all commands below it that are not hidden.

    The date of a page is that of SOURCE_DATE_EPOCH (seconds) where it is set, so that builds can be repeated.
    """
    found = dict(_commands(root, "photosort", None))
    return {f"{_joined(name)}.1": _page(name, context, _related(name, list(found))) for name, context in found.items()}


def _commands(command: Any, name: str, parent: Any) -> Iterator[tuple[str, Any]]:
    """Yield the full name and the context of a command and of those below it."""
    settings = command.context_settings
    context = command.context_class(command, info_name=command.name if parent else name, parent=parent, **settings)
    yield name, context
    for below in getattr(command, "commands", {}).values():
        if not below.hidden:
            yield from _commands(below, f"{name} {below.name}", context)


def _related(name: str, names: list[str]) -> list[str]:
    """Return the commands above and directly below one of them; of photosort itself, all."""
    words, whole = name.split(), len(name.split()) == 1
    above = [" ".join(words[:end]) for end in range(1, len(words))]
    return above + [other for other in names if other.startswith(f"{name} ") and (whole or other.split()[:-1] == words)]


class _Sections:
    """Takes the place of the formatter of --help, and keeps what it is given: (title, [(name, text)])."""

    width = 10_000  # nothing is cut

    def __init__(self) -> None:
        self.found: list[tuple[str, list[tuple[str, str]]]] = []

    @contextmanager
    def section(self, title: str) -> Iterator[None]:
        self.found.append((title, []))
        yield

    def write_dl(self, rows: list[tuple[str, str]]) -> None:
        self.found[-1][1].extend(rows)


def _page(name: str, context: Any, related: list[str]) -> str:
    from photosort import __version__

    command, paragraphs = context.command, _paragraphs(context.command.help or "")
    sections = _Sections()
    command.format_options(context, sections)
    day = time.strftime("%Y-%m-%d", time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))))
    title = _text(_joined(name))
    lines = [f'.TH "{title.upper()}" 1 "{day}" "photosort {_text(__version__)}" "photosort manual"']
    lines += [".SH NAME", f"{title} \\- {_text(paragraphs[0].split('. ')[0].rstrip('.'))}"]
    lines += [".SH SYNOPSIS", " ".join([f"\\fB{_text(name)}\\fR", *map(_text, command.collect_usage_pieces(context))])]
    lines += [".SH DESCRIPTION"]
    for place, paragraph in enumerate(paragraphs):
        lines += [*([".PP"] if place else []), *_lines(paragraph)]
    for heading, rows in sections.found:
        lines += [f".SH {_text(heading.upper())}", *_rows(rows)]
    if context.parent is None:
        lines += [".SH ENVIRONMENT", *_rows(ENVIRONMENT), ".SH FILES", *_rows(FILES)]
        lines += [".SH EXIT STATUS", *_rows(exit_codes())]
    lines += [".SH SEE ALSO", " ,\n".join(f".BR {_text(_joined(other))} (1)" for other in related)]
    return "\n".join(lines) + "\n"


def exit_codes() -> list[tuple[str, str]]:
    """Return each exit code with what it means, as the errors themselves say it."""
    from photosort import errors
    from photosort.errors import PhotosortError

    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, PhotosortError)]
    said = {kind.exit_code: kind.__doc__ or "" for kind in kinds if kind is not PhotosortError}
    return [("0", "All went well."), *((str(code), " ".join(said[code].split())) for code in sorted(said))]


def _rows(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, text in rows:
        yield from (".TP", f"\\fB{_text(name)}\\fR", *_lines(text))


def _paragraphs(help_: str) -> list[str]:
    return [" ".join(part.split()) for part in help_.replace("\b", "").split("\n\n") if part.strip()]


def _joined(name: str) -> str:
    return name.replace(" ", "-")


def _text(text: str) -> str:
    """Return text on one line, with nothing in it that roff would read as its own."""
    return " ".join(text.split()).translate(ROFF)


def _lines(text: str) -> list[str]:
    """Return text as lines of a paragraph; none is a request, whatever it begins with."""
    lines = wrap(_text(text), 78, break_long_words=False, break_on_hyphens=False)
    return [f"\\&{line}" if line.startswith(".") else line for line in lines]
