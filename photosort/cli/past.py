"""photosort undo, resume and runs: what can be done with past runs."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from photosort.cli.flags import offers
from photosort.cli.flags.options import AsForm, AsJson, QuietFlag
from photosort.cli.sink.output import elapsed, finish, plural, speaking
from photosort.support.printable import printable

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType
    from rich.text import Text

    from photosort.filing.journaled.apply import Outcome, Remark
    from photosort.filing.journaled.undo import UndoOutcome
    from photosort.store.journals.journal import Filing
    from photosort.workflows.history import PastRun

STATE_WIDTH = len("previewed")
REMARKS = 20
"""Files that were taken back, and of which something is said one by one; those that stay are all named."""

ToUndo = Annotated[
    int | None,
    typer.Argument(
        metavar="RUN", autocompletion=offers.runs_to_undo, help="Number of the run.  [default: the last one]"
    ),
]
ToResume = Annotated[
    int | None,
    typer.Argument(
        metavar="RUN",
        autocompletion=offers.runs_to_resume,
        help="Number of the run.  [default: the last one that stopped]",
    ),
]


def undo(run: ToUndo = None, as_json: AsJson = False, quiet: QuietFlag = False) -> None:
    """Undo a run: move photos back, remove copies and links, keep files changed since."""
    with speaking(as_json=as_json, quiet=quiet) as out:
        from photosort.cli.views import tag as tag_view
        from photosort.filing.tagging.take_back import Untagged
        from photosort.settings.settings import load_places
        from photosort.store.journals.tag_journal import Tagging
        from photosort.workflows.history import undo_run

        with out.progress() as progress:
            filing, outcome = undo_run(load_places().data_dir, run, progress=progress)
        if isinstance(filing, Tagging) or isinstance(outcome, Untagged):
            assert isinstance(filing, Tagging) and isinstance(outcome, Untagged)
            tag_view.end_past(out, filing, outcome)
            return
        out.show(lambda: _undone(filing, outcome))
        out.document(lambda: _undo_document(filing, outcome))
        finish(stopped=bool(outcome.stopped), failed=bool(outcome.kept))


def resume(run: ToResume = None, as_json: AsJson = False, quiet: QuietFlag = False) -> None:
    """Finish an interrupted run: an organize, or an undo."""
    with speaking(as_json=as_json, quiet=quiet) as out:
        from photosort.cli.views import tag as tag_view
        from photosort.filing.journaled.apply import Outcome
        from photosort.filing.journaled.undo import UndoOutcome
        from photosort.settings.settings import load_places
        from photosort.store.journals.tag_journal import Tagging
        from photosort.workflows.history import resume_run

        with out.progress() as progress:
            data_dir = load_places().data_dir
            filing, outcome = resume_run(data_dir, run, cache_dir=_cache_dir(), progress=progress)
        if isinstance(filing, Tagging):
            assert not isinstance(outcome, Outcome | UndoOutcome)
            tag_view.end_past(out, filing, outcome)
            return
        assert isinstance(outcome, Outcome | UndoOutcome)
        if isinstance(outcome, UndoOutcome):
            taken_back = outcome
            out.show(lambda: _undone(filing, taken_back))
            out.document(lambda: _undo_document(filing, taken_back))
        else:
            finished = outcome
            out.show(lambda: _finished(filing, finished))
            out.document(lambda: _finish_document(filing, finished))
        failed = outcome.kept if isinstance(outcome, UndoOutcome) else outcome.failed
        finish(stopped=bool(outcome.stopped), failed=bool(failed))


def _cache_dir() -> "Path | None":
    """Return where the cache is; None where a mistake in the settings hides it, which keeps no run from its end."""
    from photosort.errors import SettingsError
    from photosort.settings.settings import load_settings

    try:
        return load_settings().cache_dir
    except SettingsError:
        return None


def runs(output: AsForm = None, as_json: AsJson = False, quiet: QuietFlag = False) -> None:
    """List all runs, the newest first. Of dry runs the last 5 are kept, and those that other runs come from."""
    with speaking(as_json=as_json, quiet=quiet, form=output) as out:
        from photosort.settings.settings import load_places
        from photosort.workflows.history import past_runs

        found = past_runs(load_places().data_dir)
        out.show(lambda: _table(found), (lambda: _rows(found)) if found else None)
        out.document(lambda: {"runs": [_run_document(past) for past in found]})


def _undone(filing: "Filing", outcome: "UndoOutcome") -> "RenderableType":
    from rich.console import Group
    from rich.text import Text

    where, folders = printable(str(filing.destination)), plural(outcome.folders, "empty folder")
    too = f"; {folders} removed" if outcome.folders else ""
    files = plural(outcome.files, "file")
    what = f"{files} moved back out of {where}" if filing.mode == "move" else f"{files} removed from {where}"
    gone = f"; {plural(outcome.gone, 'file')} had gone already" if outcome.gone else ""
    but = f", except for {plural(len(outcome.kept), 'file')}" if outcome.kept else ""
    lines = [Text(f"Run {filing.run_id} undone{but}: {what}{gone}{too}. {elapsed()}".rstrip(), style="green")]
    if outcome.kept:
        lines.append(
            Text(
                f"{plural(len(outcome.kept), 'file', 'stay')} in {printable(str(filing.destination))}:",
                style="yellow",
            )
        )
    lines += [_line(remark) for remark in (*outcome.kept, *outcome.remarks[:REMARKS])]
    if len(outcome.remarks) > REMARKS:
        lines.append(Text(f"  and {len(outcome.remarks) - REMARKS:,} more; --json lists all", style="yellow"))
    if outcome.kept:
        hint = f"Move or delete these yourself, or try again: photosort undo {filing.run_id}"
        lines.append(Text(hint, style="dim"))
    if outcome.stopped:
        lines.append(_stopped(outcome.stopped, f"photosort undo {filing.run_id}"))
    return Group(*lines)


def _finished(filing: "Filing", outcome: "Outcome") -> "RenderableType":
    from rich.console import Group
    from rich.text import Text

    where = printable(str(filing.destination))
    placed = f"{plural(outcome.photos, 'photo')} in place. {elapsed()}".rstrip()
    lines = [Text(f"Run {filing.run_id} into {where}: {placed}")]
    lines += [_line(remark) for remark in outcome.failed]
    if outcome.stopped:
        lines.append(_stopped(outcome.stopped, f"photosort resume {filing.run_id}"))
    return Group(*lines)


def _line(remark: "Remark") -> "Text":
    from rich.text import Text

    return Text(f"  {printable(str(remark.path))}: {printable(remark.reason)}", style="yellow")


def _stopped(reason: str, command: str) -> "Text":
    from rich.text import Text

    return Text(f"Stopped: {printable(reason)}. Go on with: {command}", style="red")


def _rows(found: "list[PastRun]") -> "RenderableType":
    from photosort.cli.sink.tables import table

    return table(
        ("run", "started", "state", "folders", "photos", "mode", "from", "to"),
        (
            (
                past.run.id,
                _when(past),
                past.state,
                past.folders,
                past.photos,
                past.run.mode,
                str(past.run.source),
                str(past.run.destination),
            )
            for past in found
        ),
        numbers=("run", "folders", "photos"),
    )


def _when(past: "PastRun") -> str:
    return past.run.started.astimezone().strftime("%Y-%m-%d %H:%M")


def _table(found: "list[PastRun]") -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    if not found:
        return Text("Nothing has been organized yet. Start with: photosort organize DIR --dry-run")
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for past in found:
        way = printable(
            f"{past.run.mode} {past.run.source}" + (f" → {past.run.destination}" if past.run.mode != "tag" else "")
        )
        about = Text.assemble((_when(past), "dim"), f"  {past.state:<{STATE_WIDTH}}  {_contents(past)}\n{way}")
        grid.add_row(f"run {past.run.id}", about)
    return grid


def _contents(past: "PastRun") -> str:
    there = f" ({past.there:,} there)" if past.there else ""
    there += f" ({past.before:,} of earlier runs)" if past.before else ""
    counts = [plural(past.folders, "folder")] if past.run.mode != "tag" else []
    counts.append(plural(past.photos, "photo") + there)
    if past.companions:
        counts.append(plural(past.companions, "companion"))
    return ", ".join(counts)


def _run_document(past: "PastRun") -> dict[str, Any]:
    return {
        "run": past.run.id,
        "started": past.run.started.isoformat(),
        "state": past.state,
        "folders": past.folders,
        "photos": past.photos,
        "files": past.files,
        "companions": past.companions,
        "already_there": past.there,
        "stood_before": past.before,
        "mode": past.run.mode,
        "source": str(past.run.source),
        "destination": str(past.run.destination),
    }


def _undo_document(filing: "Filing", outcome: "UndoOutcome") -> dict[str, Any]:
    return {
        "run": filing.run_id,
        "taken_back": outcome.files,
        "gone": outcome.gone,
        "folders_removed": outcome.folders,
        "kept": [{"path": str(remark.path), "reason": remark.reason} for remark in outcome.kept],
        "remarks": [{"path": str(remark.path), "reason": remark.reason} for remark in outcome.remarks],
        "stopped": outcome.stopped,
    }


def _finish_document(filing: "Filing", outcome: "Outcome") -> dict[str, Any]:
    return {
        "run": filing.run_id,
        "files": outcome.files,
        "photos": outcome.photos,
        "already_there": outcome.there,
        "written": outcome.written,
        "failed": [{"path": str(remark.path), "reason": remark.reason} for remark in outcome.failed],
        "stopped": outcome.stopped,
    }
