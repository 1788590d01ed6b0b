"""What passes between a method that asks a language model and whoever runs it, for the user to see and to decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from photosort.models.protocols import Category


class Question(NamedTuple):
    """One question to a language model; `schema` is the JSON schema that the answer should follow."""

    system: str
    prompt: str
    schema: dict[str, Any]


class Bill(NamedTuple):
    """What a method is about to ask.

    assign      how photos come to their categories: "llm", "text" or "joint"
    calls       questions that were not answered before
    tokens_in   of these questions, about
    tokens_out  of their answers, about
    """

    assign: str
    calls: int
    tokens_in: int
    tokens_out: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """Categories that a language model proposes, before any photo is put into one.

    criterion   what the user wants photos to be sorted by
    categories  the proposal
    why         why there are so many, where the model chose their number; empty else
    labels      what the photos were called, with the number of photos, the most frequent first
    flat        whether no name may have a folder above it: folders by two criteria have two levels already
    """

    criterion: str
    categories: tuple[Category, ...]
    why: str = ""
    labels: Mapping[str, int] = field(default_factory=dict, repr=False)
    flat: bool = False


Settle = Callable[[Proposal], Sequence[Category]]
"""What decides on a proposal: returns the categories that count, such as those that the user has edited."""

Announce = Callable[[Bill], None]
"""What shows a bill before the first question of it is asked; what it raises ends the run."""


def as_proposed(proposal: Proposal) -> Sequence[Category]:
    """Settle a proposal as it is."""
    return proposal.categories


def unannounced(bill: Bill) -> None:
    """Show nothing."""


def unknown(question: Question) -> bool:
    """Take every question for one that was not answered before."""
    return False
