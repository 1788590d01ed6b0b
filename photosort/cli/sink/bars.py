"""Bars for the stages of a command, on a terminal: one line each, gone when something else is said."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from photosort.cli.sink.pace import Stage, Stages
from photosort.cli.sink.quantities import duration, readable_bytes
from photosort.support.printable import printable
from photosort.support.progress import Bytes, Used

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.live import Live

NAME, BAR, LEAST_BAR, LEAST_SAID = 10, 30, 8, 12
"""Columns of a stage's name at least, of a bar at most, and of both a bar and what is said beside it at least; where
these do not fit, the bar is left out.
"""
REFRESHES = 5
"""How often a second the bars are drawn anew."""
BETWEEN = "  "
UNITS = (("GB", 1e9), ("MB", 1e6), ("kB", 1e3))


class Bars:
    """Draws the stages on standard error, from the first report until `stop`. Stages that are over soon do not flash.

    A thread draws, so that time goes on where a stage reports seldom.
    """

    def __init__(self, stages: Stages | None = None) -> None:
        self._stages = stages or Stages()
        self._live: Live | None = None
        self._lock = Lock()

    def report(self, stage: str, done: int, total: int | None, used: Used | Bytes | None = None) -> None:
        """Take note of how far a stage is."""
        with self._lock:
            self._stages.update(stage, done, total, used)
        if self._live is None:
            from rich.console import Console
            from rich.live import Live

            console = Console(stderr=True, highlight=False)
            self._live = Live(
                get_renderable=lambda: self.lines(console.width),
                console=console,
                transient=True,
                refresh_per_second=REFRESHES,
                redirect_stdout=False,
                vertical_overflow="crop",
            )
            self._live.start()

    def stop(self) -> None:
        """Take the bars away, and let the cursor be seen; the next report draws those again that have not ended."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        with self._lock:
            self._stages.forget_ended()

    def lines(self, width: int) -> RenderableType:
        """Return a line for each stage that takes its time, none longer than the terminal."""
        with self._lock:
            return self._lines(width)

    def _lines(self, width: int) -> RenderableType:
        from rich.console import Group

        now = self._stages.clock()
        shown = [stage for stage in self._stages.all.values() if stage.is_shown(now)]
        name = min(max((NAME, *(len(stage.name) for stage in shown))), width // 3)
        room = width - 1 - name - 2 * len(BETWEEN)
        least = LEAST_BAR if room >= LEAST_BAR + LEAST_SAID else 0
        beside = [_beside(stage, now, room - least) for stage in shown]
        bar = min(BAR, room - max(map(len, beside), default=0)) if least else 0
        return Group(*(_line(stage, name, bar, said) for stage, said in zip(shown, beside, strict=True)))


def _line(stage: Stage, name: int, bar: int, beside: str) -> RenderableType:
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    line = Table.grid(padding=(0, len(BETWEEN), 0, 0))
    line.add_column(width=name, no_wrap=True, overflow="crop")
    cells: list[RenderableType] = [printable(stage.name)]
    if bar:
        line.add_column(width=bar)
        of, ended = stage.of, bool(stage.ended)
        cells.append(ProgressBar(of or 1, stage.counted if of else ended, width=bar, pulse=not (of or ended)))
    line.add_column(no_wrap=True, overflow="crop")
    line.add_row(*cells, Text(beside, style="dim" if stage.ended else ""))
    return line


def _beside(stage: Stage, now: float, room: int) -> str:
    """Return what is said of a stage in so many columns: how much is done, at which rate, and how long it takes.

    What matters least gives way first.
    """
    said = {"count": _count(stage), "used": _used(stage), "rate": _rate(stage), "time": _time(stage, now)}
    for least in ("rate", "used", "count", ""):
        text = BETWEEN.join(filter(None, said.values()))
        if len(text) <= room:
            return text
        said.pop(least, None)
    return text[: max(0, room)]


def _count(stage: Stage) -> str:
    if isinstance(stage.used, Bytes):
        files = f"{stage.done:,}/{stage.total:,}{BETWEEN}" if stage.total not in (None, 1, stage.used.total) else ""
        return f"{files}{_of_bytes(stage.used)}"
    if stage.total is None:
        return f"{stage.done:,} found" if stage.done else ""
    return "" if stage.total == 1 else f"{stage.done:,}/{stage.total:,}"


def _of_bytes(used: Bytes) -> str:
    unit, size = next(((unit, size) for unit, size in UNITS if used.total >= size), UNITS[-1])
    return f"{used.done / size:,.1f} of {used.total / size:,.1f} {unit}"


def _rate(stage: Stage) -> str:
    rate = stage.rate()
    if rate is None or stage.ended or (stage.of is None and stage.total == 1):
        return ""
    if isinstance(stage.used, Bytes):
        return f"{readable_bytes(rate)}/s"
    return f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s" if rate >= 1 else f"{1 / rate:.0f} s each"


def _time(stage: Stage, now: float) -> str:
    left = None if stage.ended else stage.left(now)
    return duration(stage.elapsed(now)) if left is None else f"{duration(left + 0.999)} left"


def _used(stage: Stage) -> str:
    if not isinstance(stage.used, Used):
        return ""
    tokens = f"{stage.used.tokens_in + stage.used.tokens_out:,} tokens"
    return tokens if stage.used.cost is None else f"{tokens}{BETWEEN}${stage.used.cost:.4f}"
