"""The one place that speaks: to people, to programs (--json), or hardly at all (--quiet)."""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import typer

from photosort.cli.sink.ending import END, Stop, failure_of, say
from photosort.cli.sink.log_file import CURRENT
from photosort.cli.sink.quantities import duration
from photosort.errors import Declined, NotAllFiled, PhotosortError, SettingsError, Unfinished
from photosort.support.printable import printable
from photosort.support.progress import Bytes, Progress, Used, silent

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from photosort.cli.sink.bars import Bars

Form = Literal["tree", "table", "json"]
"""How a result is shown: as each command thinks best, as rows below each other, or for programs."""
PIPE_WIDTH = 1 << 20
"""Columns where the output is not a terminal: so many that no line is ever folded."""


class Output(Protocol):
    """What a command may say.

    show      something for people to read, made only when it is wanted; as a table where the user prefers that, and
              there is one
    document  the command's whole result for programs, once, at the end
    paths     the paths that are the whole result for a pipe, one a line, where little else is wanted
    note      an aside, on standard error
    disclose  what leaves this process and where it goes, on standard error, however little is wanted
    progress  a function that draws how far a stage is, while the block runs
    confirm   a yes from the user; raises Declined where the answer is no, or the user cannot be asked
    ask       a line from the user; None where no terminal is there to ask at
    error     why the command stops
    """

    def show(self, view: Callable[[], RenderableType], table: Callable[[], RenderableType] | None = None) -> None: ...
    def document(self, content: Callable[[], dict[str, Any]]) -> None: ...
    def paths(self, found: Iterable[Path]) -> None: ...
    def note(self, text: str) -> None: ...
    def disclose(self, text: str) -> None: ...
    def progress(self) -> AbstractContextManager[Progress]: ...
    def confirm(self, question: str) -> None: ...
    def ask(self, question: str) -> str | None: ...
    def error(self, error: PhotosortError) -> None: ...


class Human:
    """Tables and bars on a terminal; plain text where the output is a file or a pipe."""

    def __init__(self, form: Form | None = None) -> None:
        self._form = form
        self._bars: Bars | None = None

    def show(self, view: Callable[[], RenderableType], table: Callable[[], RenderableType] | None = None) -> None:
        """Print to standard output. What can be shorter fits the terminal, unless the user has asked for a form."""
        from photosort.cli.sink.gated import GatedConsole, Unpadded

        self._clear_bars()
        made = table() if table and self._form == "table" else view()
        if sys.stdout.isatty():
            console = GatedConsole(highlight=False)
            console.rows = None if self._form else console.height
            console.print(made, crop=False)
        else:
            GatedConsole(highlight=False, width=PIPE_WIDTH).print(Unpadded(made), crop=False, end="")
        sys.stdout.flush()

    def document(self, content: Callable[[], dict[str, Any]]) -> None:
        """Do nothing: people have seen it already."""

    def paths(self, found: Iterable[Path]) -> None:
        """Do nothing: people have seen them already."""

    def note(self, text: str) -> None:
        """Write one line on standard error."""
        self.disclose(text)

    def disclose(self, text: str) -> None:
        """Write one line on standard error."""
        self._clear_bars()
        if CURRENT.log:
            CURRENT.log.note(text)
        print(printable(text), file=sys.stderr)

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Show one bar a stage on standard error, gone when something else is said. Outside a terminal, a stage that
        takes a minute gets one line.
        """
        if not sys.stderr.isatty():
            from photosort.cli.sink.pace import Lines

            yield stoppable(Lines(self.note).report)
            return
        from photosort.cli.sink.bars import Bars

        self._bars = Bars()
        try:
            yield stoppable(self._bars.report)
        finally:
            self._clear_bars()
            self._bars = None

    def confirm(self, question: str) -> None:
        """Ask on the terminal; the default is no."""
        self._clear_bars()
        if not sys.stdin.isatty():
            raise Declined(f"{question} This needs a confirmation in a terminal", "Run it again with --yes.")
        try:
            agreed = typer.confirm(question, err=True)
        except typer.Abort:
            agreed = False
        if not agreed:
            raise Declined("Nothing was done")

    def ask(self, question: str) -> str | None:
        """Ask on the terminal, where there is one."""
        self._clear_bars()
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            return None
        try:
            return str(typer.prompt(question, default="", show_default=False, prompt_suffix=" ", err=True)).strip()
        except typer.Abort:
            raise Declined("Nothing was done") from None

    def error(self, error: PhotosortError) -> None:
        """Write one line on standard error."""
        self._clear_bars()
        say(error)

    def _clear_bars(self) -> None:
        if self._bars is not None:
            self._bars.stop()


class Quiet(Human):
    """Errors, questions and what is sent alone."""

    def show(self, view: Callable[[], RenderableType], table: Callable[[], RenderableType] | None = None) -> None:
        """Show nothing."""

    def paths(self, found: Iterable[Path]) -> None:
        """Print each as it is on disk; on a terminal, and where a line break would make two of it, as text to read."""
        for path in map(str, found):
            shown = sys.stdout.isatty() or not {"\n", "\r"}.isdisjoint(path)
            sys.stdout.buffer.write(os.fsencode(printable(path) if shown else path) + b"\n")
        sys.stdout.flush()

    def note(self, text: str) -> None:
        """Show nothing."""

    def ask(self, question: str) -> str | None:
        """Ask nothing: what is asked has an answer of its own."""
        return None

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Show no bar."""
        yield stoppable(silent)


class Json(Quiet):
    """One JSON object on standard output, and errors as another."""

    def document(self, content: Callable[[], dict[str, Any]]) -> None:
        """Print the object."""
        print(json.dumps(content(), indent=2, ensure_ascii=True), flush=True)

    def paths(self, found: Iterable[Path]) -> None:
        """Do nothing: the object has them."""

    def confirm(self, question: str) -> None:
        """Refuse: programs pass --yes."""
        raise Declined(f"{question} With --json no question is asked", "Say yes beforehand with --yes.")

    def error(self, error: PhotosortError) -> None:
        """Write it on standard output, for the program; the exit code tells it apart from a result."""
        say(error, as_json=True)


class Csv(Quiet):
    """A table for spreadsheets on standard output: the rows of a document under its key "rows"."""

    def document(self, content: Callable[[], dict[str, Any]]) -> None:
        """Print the rows, under the names of their columns."""
        rows = content()["rows"]
        writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            {key: printable(value) if isinstance(value, str) else value for key, value in row.items()} for row in rows
        )


def short(name: str, limit: int = 28) -> str:
    """Return a printable file name of at most `limit` characters: its beginning, and its end with the suffix."""
    name = printable(name)
    return name if len(name) <= limit else name[: limit // 2 - 1] + "…" + name[-limit // 2 :]


def grid() -> Table:
    """Lay out labels and what they stand for."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(overflow="fold")
    return grid


def plural(count: int, noun: str, verb: str = "") -> str:
    """Return a number with its noun, and what it does: "1 photo", "2,431 photos", "1 file stays", "2 files stay"."""
    said = noun if count == 1 else f"{noun}es" if noun.endswith("s") else f"{noun}s"
    does = f" {verb}{'s' if count == 1 else ''}" if verb else ""
    return f"{count:,} {said}{does}"


def stoppable(progress: Progress) -> Progress:
    """Return a handler that does the same, but ends the command where a library has swallowed the request for that, as
    some imports do.
    """

    def report(stage: str, done: int, total: int | None, used: Used | Bytes | None = None) -> None:
        if END.asked:
            raise Stop
        if CURRENT.log:
            CURRENT.log.stage(stage, done, total)
        progress(stage, done, total, used)

    return report


@contextmanager
def speaking(
    *, as_json: bool = False, quiet: bool = False, as_csv: bool = False, form: Form | None = None
) -> Iterator[Output]:
    """Yield the output that the flags ask for; a failure inside the block becomes its message and its exit code."""
    as_json = as_json or form == "json"
    output = Json() if as_json else Csv() if as_csv else Quiet() if quiet else Human(form)
    try:
        if as_json and form not in (None, "json"):
            raise SettingsError(f"--json and --output {form} exclude each other", "Choose one.")
        yield output
    except (typer.Exit, SystemExit, GeneratorExit):
        raise
    except BaseException as error:
        failure = failure_of(error)
        if CURRENT.log:
            CURRENT.log.failed(error, failure)
        output.error(failure)
        raise typer.Exit(failure.exit_code) from error


def elapsed() -> str:
    """Return how long the command has taken, in a sentence; nothing before a second has passed."""
    seconds = time.monotonic() - END.begun if END.begun is not None else 0
    return f"Done in {duration(seconds)}." if seconds >= 1 else ""


def finish(*, stopped: bool, failed: bool) -> None:
    """End with the exit code of a run that is not done, or not for all files; what is wrong was said before."""
    if stopped or failed:
        raise typer.Exit(Unfinished.exit_code if stopped else NotAllFiled.exit_code)
