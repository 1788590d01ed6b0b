"""What a folder's name may be put together of."""

from __future__ import annotations

import re
from string import Formatter

NAME_FIELDS = {
    **dict.fromkeys(("name", "title", "summary", "keywords"), "a"),
    **dict.fromkeys(("index", "photos"), 1),
    **dict.fromkeys(("year", "kind", "people"), ""),
}
"""What a template may name, with a value of the type that it gets."""


def checked_template(template: str) -> str:
    """Return the template. Raises ValueError unless it has fields that there are, one of which tells folders apart."""
    if re.search(r"\d{3}", template):
        raise ValueError("may not fill up with hundreds of characters")
    try:
        fields = [field for _, field, _, _ in Formatter().parse(template) if field is not None]
        template.format(**NAME_FIELDS)
    except KeyError as error:
        raise ValueError(f"has an unknown field {{{error.args[0]}}}; the fields are {_listed_fields()}") from error
    except (ValueError, IndexError, AttributeError, TypeError) as error:
        raise ValueError(f"is not a valid template ({error}); the fields are {_listed_fields()}") from error
    if not set(fields) <= set(NAME_FIELDS):
        raise ValueError(f"may have {_listed_fields()} and nothing else")
    if set(fields) <= {"photos", "year", "kind", "people"}:
        raise ValueError("would give all folders the same name; add {name}, {title} or {index}")
    return template


def _listed_fields() -> str:
    return ", ".join(f"{{{name}}}" for name in NAME_FIELDS)
