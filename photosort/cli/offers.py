"""What the shell offers after a flag: the names that photosort knows, and how those begin that it does not.

Typer offers the words of a Literal by itself. Everything is imported when a shell asks.
"""

from collections.abc import Iterable


def profiles(incomplete: str) -> list[str]:
    """For --profile."""
    from photosort.models.profiles import AUTO, PROFILES

    return _beginning(incomplete, (AUTO, *PROFILES))


def captioners(incomplete: str) -> list[str]:
    """For --captioner."""
    from photosort.models.catalogue import CAPTIONERS, SERVER
    from photosort.models.weights.hub import HUB, LOCAL

    return _beginning(incomplete, ("tags", *CAPTIONERS, HUB, LOCAL, SERVER))


def image_encoders(incomplete: str) -> list[str]:
    """For --image-encoder."""
    return _beginning(incomplete, ("efficientnet-lite2", *_encoders()))


def text_encoders(incomplete: str) -> list[str]:
    """For --text-encoder."""
    from photosort.models.catalogue import SENTENCES

    return _beginning(incomplete, ("minilm", SENTENCES, *_encoders()))


def writers(incomplete: str) -> list[str]:
    """For --writer."""
    return _beginning(incomplete, ("auto", "keywords", "smollm2", "openai:", "t5:"))


def devices(incomplete: str) -> list[str]:
    """For --device."""
    return _beginning(incomplete, ("auto", "cuda", "cuda:0", "cuda:1", "mps", "cpu"))


def engines(incomplete: str) -> list[str]:
    """For --engine."""
    return _beginning(incomplete, ("local", "ray"))


def numbers_of_folders(incomplete: str) -> list[str]:
    """For --k."""
    return _beginning(incomplete, ("auto",))


def levels(incomplete: str) -> list[str]:
    """For --levels."""
    return _beginning(incomplete, ("1", "2"))


def methods(incomplete: str) -> list[str]:
    """For --methods of evaluate: one more after each comma."""
    from photosort.evaluation.contest import ALL
    from photosort.methods.specs import VARIANTS

    before, comma, last = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in _beginning(last, (ALL, *VARIANTS))]


def pullable(incomplete: str) -> list[str]:
    """For models pull."""
    from photosort.models.catalogue import CAPTIONERS, ENCODERS
    from photosort.models.profiles import PROFILES

    return _beginning(incomplete, (*PROFILES, "smollm2", *CAPTIONERS, *ENCODERS))


def _encoders() -> tuple[str, ...]:
    from photosort.models.catalogue import ENCODERS, OPEN_CLIP_PREFIX
    from photosort.models.weights.hub import HUB, LOCAL

    return (*ENCODERS, OPEN_CLIP_PREFIX, HUB, LOCAL)


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
