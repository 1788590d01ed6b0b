"""photosort watch: what arrives in a folder joins the folders of an earlier run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from photosort.cli.add import Mode, To
from photosort.cli.flags.options import AsJson, QuietFlag, Yes, named_path, settings_of
from photosort.cli.sink.ending import END
from photosort.cli.sink.output import Output, speaking
from photosort.support.printable import printable

if TYPE_CHECKING:
    from photosort.support.progress import Progress
    from photosort.workflows.earlier_runs.continuing import Unchanged
    from photosort.workflows.prepared import Organized


def watch(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", parser=named_path, help="The folder in which photos arrive.")
    ],
    to: To = None,
    mode: Mode = None,
    every: Annotated[
        float,
        typer.Option(
            "--every",
            min=1,
            max=86_400,
            metavar="SECONDS",
            help="Look so often also without a sign of the system, as from a network drive.",
        ),
    ] = 60,
    yes: Yes = False,
    as_json: AsJson = False,
    quiet: QuietFlag = False,
) -> None:
    """Add photos that lie in DIR, and those that arrive there, to the folders of an earlier run. Ctrl-C ends it."""
    with speaking(as_json=as_json, quiet=quiet) as out:
        from photosort.cli.views import preview, watched
        from photosort.watching.arrivals import Patience
        from photosort.workflows import add as adding
        from photosort.workflows import watch as workflow

        settings = settings_of(out)
        run = adding.destination_run(settings.data_dir, to)
        real = workflow.check_watchable(folder, run)
        models = adding.models_like(run, settings, mode=mode)
        models.make_all()
        if models.settings.mode == "move" and not yes:
            out.confirm(f"Move every photo that arrives out of {printable(str(real))}?")
        head = preview.models(models)
        out.show(lambda: head)
        for sent in filter(None, (models.photos_sent, models.texts_sent)):
            out.disclose(sent)
        out.show(lambda: watched.begun(real, run))
        tally = watched.Tally()
        try:
            carry = _carry(out, settings.cache_dir)
            for event in workflow.watch(real, run, models, carry, patience=Patience(every=every)):
                if END.asked:
                    break
                tally.count(event)
                watched.say(event, real, out)
        except KeyboardInterrupt:
            pass
        tally.cut_off = workflow.cut_off(settings.data_dir, run.destination)
        out.show(lambda: watched.ended(tally, run))
        out.document(lambda: {**tally.document(), "watched": str(real), "destination": str(run.destination)})


def _carry(out: Output, cache_dir: Path) -> Callable[..., Organized | Unchanged]:
    from photosort.cli.sink.renewing import with_cache

    def carry(work: Callable[[Progress], Organized | Unchanged]) -> Organized | Unchanged:
        with out.progress() as progress:
            return with_cache(cache_dir, out, lambda: work(progress))

    return carry
