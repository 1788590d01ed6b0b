"""What the shell offers after a flag that takes any text; typer completes a Literal by itself.

All names come from the tables that the program itself reads; they are imported when a shell asks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from typer import Context

if TYPE_CHECKING:
    from photosort.store.journals.journal import FilingState


def profiles(incomplete: str) -> list[str]:
    """Complete --profile."""
    from photosort.models.profiles import AUTO, PROFILES

    return _beginning(incomplete, (AUTO, *PROFILES))


def captioners(incomplete: str) -> list[str]:
    """Complete --captioner."""
    return _models("captioner", incomplete)


def image_encoders(incomplete: str) -> list[str]:
    """Complete --image-encoder."""
    return _models("image_encoder", incomplete)


def text_encoders(incomplete: str) -> list[str]:
    """Complete --text-encoder."""
    return _models("text_encoder", incomplete)


def writers(incomplete: str) -> list[str]:
    """Complete --writer."""
    return _models("writer", incomplete)


def devices(incomplete: str) -> list[str]:
    """Complete --device."""
    return _beginning(incomplete, ("auto", "cuda", "cuda:0", "cuda:1", "mps", "cpu"))


def engines(incomplete: str) -> list[str]:
    """Complete --engine."""
    return _beginning(incomplete, ("local", "ray"))


def numbers_of_folders(incomplete: str) -> list[str]:
    """Complete --k."""
    return _beginning(incomplete, ("auto",))


def levels(incomplete: str) -> list[str]:
    """Complete --levels."""
    return _beginning(incomplete, ("auto", "2", "year,auto", "year,month,auto", "place,auto", "year", "year,month"))


def methods(incomplete: str) -> list[str]:
    """Complete --methods of evaluate: one more after each comma."""
    from photosort.evaluation.contest import ALL
    from photosort.methods.specs import VARIANTS

    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in _beginning(last, (ALL, *VARIANTS))]


def kinds(incomplete: str) -> list[str]:
    """Complete --kind of search."""
    from photosort.photos.facts.facts import KINDS
    from photosort.searching.filters import PHOTO

    return _beginning(incomplete, (PHOTO, *KINDS))


def pullable(incomplete: str) -> list[str]:
    """Complete models pull."""
    from photosort.models.catalogue import CAPTIONERS, ENCODERS, SMOLLM2
    from photosort.models.profiles import PROFILES

    return _beginning(incomplete, (*PROFILES, SMOLLM2, *CAPTIONERS, *ENCODERS))


def cleanings(incomplete: str) -> list[str]:
    """Complete cache clean."""
    from photosort.workflows.cache_upkeep import KINDS

    return _beginning(incomplete, KINDS)


def destinations(incomplete: str) -> list[str]:
    """Complete --to of add and watch: the destinations of runs that stand, and the numbers of these runs."""
    from photosort.settings.settings import load_places
    from photosort.workflows.add import runs_to_add_to

    runs = runs_to_add_to(load_places().data_dir)
    places = dict.fromkeys(str(run.destination) for run in runs)
    return _beginning(incomplete, (*places, *(str(run.id) for run in runs)))


def settings(incomplete: str) -> list[str]:
    """Complete the names of settings."""
    from photosort.settings.settings import Settings

    return _beginning(incomplete.replace("-", "_"), Settings.model_fields)


def values(ctx: Context, incomplete: str) -> list[str]:
    """Complete the value of a setting that has few."""
    from photosort.settings.config_edit import values_of

    return _beginning(incomplete, values_of(str(ctx.params.get("key")).replace("-", "_")))


def people(incomplete: str) -> list[str]:
    """Complete --people of search."""
    return _beginning(incomplete, ("0", "1", "2+", "group"))


def runs(incomplete: str) -> list[tuple[str, str]]:
    """Complete the number of a run, the newest first."""
    from photosort.settings.settings import load_places
    from photosort.workflows.explaining.offered import runs_offered

    return [one for one in runs_offered(load_places().data_dir) if one[0].startswith(incomplete)]


def runs_to_undo(incomplete: str) -> list[tuple[str, str]]:
    """Complete the number of a run that is not undone."""
    from photosort.store.journals.journal import FilingState

    return _touching(incomplete, [state for state in FilingState if state is not FilingState.UNDONE])


def runs_to_resume(incomplete: str) -> list[tuple[str, str]]:
    """Complete the number of a run that stopped half-way."""
    from photosort.store.journals.journal import UNFINISHED

    return _touching(incomplete, UNFINISHED)


def to_tag(incomplete: str) -> list[tuple[str, str]]:
    """Complete what tag writes tags of: a run whose photos lie on disk, or a folder of the last one."""
    from photosort.settings.settings import load_places
    from photosort.workflows.explaining.offered import folders_offered, runs_to_tag

    data_dir = load_places().data_dir
    numbered = runs_to_tag(data_dir)
    names = folders_offered(data_dir, None) if numbered else []
    return [one for one in (*numbered, *((name, "") for name in names)) if one[0].startswith(incomplete)]


def name_templates(incomplete: str) -> list[str]:
    """Complete --name-template: some usual ones, then one more field after what is typed."""
    from photosort.settings.name_template import NAME_FIELDS

    usual = ("{name}", "{index:02d} {title}", "{year} {name}", "{year}/{name}", "{title} ({photos})")
    before, brace, last = incomplete.rpartition("{")
    fields = [f"{before}{{{name}}}" for name in NAME_FIELDS if brace and name.startswith(last)]
    return list(dict.fromkeys((*_beginning(incomplete, usual), *fields)))


def folders(ctx: Context, incomplete: str) -> list[tuple[str, str]]:
    """Complete a folder of the run that --run names, or of the latest: its name, or the number of it in the list."""
    from photosort.settings.settings import load_places
    from photosort.workflows.explaining.offered import folders_offered

    names = folders_offered(load_places().data_dir, ctx.params.get("run"))
    numbered = [(str(number), name) for number, name in enumerate(names, 1)] if incomplete else []
    return [one for one in (*numbered, *((name, "") for name in names)) if one[0].startswith(incomplete)]


def _touching(incomplete: str, states: Collection[FilingState]) -> list[tuple[str, str]]:
    from photosort.settings.settings import load_places
    from photosort.workflows.explaining.offered import runs_that_touched

    return [one for one in runs_that_touched(load_places().data_dir, states) if one[0].startswith(incomplete)]


def _models(setting: str, incomplete: str) -> list[str]:
    """Return the names of a setting; of one that the user goes on with, such as hf:ORG/NAME, what stands before it."""
    from photosort.models.catalogue import CHOICES

    return _beginning(incomplete, ("".join(name.partition(":")[:2]) for name in CHOICES[setting]))


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
