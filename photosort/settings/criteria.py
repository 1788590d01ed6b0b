"""What a user may write for --by, --into and --other."""

from __future__ import annotations

LONGEST = 500
"""Characters of a criterion."""
MOST = 2
"""Criteria: folders have two levels at most."""


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
