"""Pieces that the views of photosort explain share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from photosort.cli.sink.output import short
from photosort.support.printable import printable

if TYPE_CHECKING:
    from rich.text import Text

    from photosort.naming.contrast import Contrast
    from photosort.store.runs.runs import ClusterRecord, Run
    from photosort.workflows.explaining.photo import Neighbour
    from photosort.workflows.explaining.views import Keywords, Lying, Nearest


def when(run: Run) -> str:
    """Return the number of a run, and when it was previewed or organized."""
    what = "previewed" if run.previewed else "organized"
    return f"{run.id}, {what} {run.started.astimezone():%Y-%m-%d %H:%M}"


def head(run: Run) -> Text:
    """Return a run in one line."""
    from rich.text import Text

    return Text(printable(f"Run {when(run)}: {run.source} → {run.destination}"))


def beside(cluster: ClusterRecord) -> list[str]:
    """Return what of title and summary the folder's name does not say."""
    from photosort.cli.views import planned

    return planned.beside(cluster.folder, cluster.title, cluster.summary, cluster.named_by)


def counted(keywords: Keywords) -> str:
    """Return words with the number of photos that they are said of."""
    return printable(", ".join(f"{word} {count}" for word, count in keywords))


def quoted(cluster: ClusterRecord) -> str:
    """Return the name of a folder in quotation marks."""
    return f"“{printable(cluster.folder)}”"


def linked(path: Path, said: str = "", style: str = "") -> Text:
    """Return a path, or what is said in its place, as a link to it in terminals that follow links."""
    from rich.style import Style
    from rich.text import Text

    return Text(printable(said or str(path)), Style.parse(style) + Style(link=path.absolute().as_uri()))


def paths(photos: Iterable[Lying], above: Sequence[Path] = ()) -> Text:
    """Return where photos lie, as paths below the first folder of `above` that holds them, else as whole ones."""
    from rich.text import Text

    return Text("\n").join(linked(lying.path, below(lying.path, above), "dim") for lying in photos)


def below(path: Path, above: Sequence[Path]) -> str:
    """Return the path below the first of these folders that holds it, else the whole."""
    return next((str(path.relative_to(folder)) for folder in above if path.is_relative_to(folder)), str(path))


def similar(photos: Iterable[Lying]) -> Text:
    """Return where photos lie, with their similarity to the folder, one a line."""
    from rich.text import Text

    return Text("\n").join(linked(lying.path, f"{lying.path}  {lying.photo.similarity:.2f}") for lying in photos)


def alike(found: Neighbour) -> Text:
    """Return a photo that is like another one, with its folder."""
    from rich.text import Text

    said = f"{short(found.lying.path.name, 28)} {found.similarity:.2f}"
    return Text.assemble(linked(found.lying.path, said), (f"  in {quoted(found.folder)}", "dim"))


def apart(nearest: Nearest) -> str:
    """Return what sets a folder apart from the one that is nearest to it, in a line."""
    own = [(share.word, share.here, share.there) for share in nearest.apart.own]
    other = [(share.word, share.there, share.here) for share in nearest.apart.other]
    parts = filter(None, (_shares(own, "here", "there"), _shares(other, "there", "here")))
    return "; ".join(parts) or "no word sets them apart, only the pictures do"


def _shares(shares: Sequence[tuple[str, float, float]], where: str, elsewhere: str) -> str:
    """Return words with their shares in two folders: "here dog 81% (there 3%), ball 12% (0%)"."""
    said = [
        f"{printable(word)} {more:.0%} ({'' if number else f'{elsewhere} '}{less:.0%})"
        for number, (word, more, less) in enumerate(shares)
    ]
    return f"{where} {', '.join(said)}" if said else ""


def contrast_document(contrast: Contrast) -> dict[str, list[dict[str, object]]]:
    """Return what sets two folders apart, for programs."""
    return {
        side: [{"word": one.word, "here": round(one.here, 4), "there": round(one.there, 4)} for one in shares]
        for side, shares in (("here", contrast.own), ("there", contrast.other))
    }
