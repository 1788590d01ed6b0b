"""What a user may write for --by, --into and --other, and which of them counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LONGEST = 500
"""Characters of a criterion."""
MOST = 2
"""Criteria: folders have two levels at most."""

NO_WAY: Mapping[str, Any] = {"by": (), "into": None, "names_from": None}
"""The settings that choose a way to sort of their own, where they do not."""
_KEPT = {"criterion": ("by", "names_from"), "into": ("into", "by")}
"""What a method reads of them."""


def set_aside(flags: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the flags of a run set aside in the config file and the environment, with the value it has then.

    A flag that chooses a way to sort is no conflict with another way that is usual for this user: the flag counts. So
    do the limits of a number that is to be chosen, where a number is usual.
    """
    others: dict[str, Any] = {"k": None} if flags.keys() & {"min_k", "max_k"} else {}
    if "method" in flags:
        kept = _KEPT.get(flags["method"], ())
        others |= {name: value for name, value in NO_WAY.items() if name not in kept}
    elif "by" in flags or "names_from" in flags:
        others |= {"into": None, "method": "criterion"}
    elif "into" in flags:
        others |= {"by": (), "names_from": None, "method": "into"}
    return {name: value for name, value in others.items() if name not in flags}


def checked_criteria(by: tuple[str, ...]) -> tuple[str, ...]:
    """Return the criteria, each once and in one line. Raises ValueError for what is none, and for too many."""
    criteria = tuple(dict.fromkeys(" ".join(one.split()) for one in by))
    if len(criteria) > MOST:
        raise ValueError(f"has too many criteria; at most {MOST}, since folders have two levels")
    for one in criteria:
        checked_text(one)
        if len(one) > LONGEST:
            raise ValueError(f"is too long; a criterion has at most {LONGEST} characters")
    return criteria


def checked_text(text: str | None, *, empty: bool = False) -> str | None:
    """Return the text. Raises ValueError where it says nothing, unless it may be `empty`, or is not Unicode."""
    if text is not None and not text.strip() and not empty:
        raise ValueError('is empty; write something, such as "people, food, landscapes"')
    if text is not None and any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("is not Unicode; use a terminal or a file in UTF-8")
    return text
