"""What is wrong with the value of a setting or of a flag.

Kept although pydantic has messages of its own: those span several lines, name a Python type and a link to pydantic's
documentation, and show a key (a token in a config file, say) whole.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from photosort.errors import SettingsError
from photosort.settings.config_file import config_file

LONGEST = 60
"""Characters of a value that are shown."""

_NO_WHOLE_NUMBER = "is not valid; it must be a whole number, such as 12"
_NO_NUMBER = "is not valid; it must be a number, such as 0.5"
_NO_BOOLEAN = "is neither true nor false; write one of them"
_WORDS = {
    "int_parsing": _NO_WHOLE_NUMBER,
    "int_type": _NO_WHOLE_NUMBER,
    "int_from_float": _NO_WHOLE_NUMBER,
    "float_parsing": _NO_NUMBER,
    "float_type": _NO_NUMBER,
    "finite_number": _NO_NUMBER,
    "bool_parsing": _NO_BOOLEAN,
    "bool_type": _NO_BOOLEAN,
    "greater_than_equal": "is too small; it must be at least {ge}",
    "less_than_equal": "is too large; it must be at most {le}",
    "string_type": "is not valid; it must be a text in quotes",
    "string_too_long": "is too long; it must have at most {max_length} characters",
    "tuple_type": 'is not valid; it must be a list, such as ["a", "b"]',
    "path_type": "is not valid; it must be the path of a folder, in quotes",
    "literal_error": "is not known; choose one of: {expected}",
}
"""What pydantic calls an error -> what is wrong; and after the semicolon what to do."""


def wrong_value(written: str, error: Mapping[str, Any]) -> SettingsError:
    """Return the failure for a value that pydantic refuses; `written` is name and value as the user wrote them,
    `error` one of the `errors()` of a ValidationError.
    """
    facts = {name: _plain(fact) for name, fact in error.get("ctx", {}).items()}
    words = _WORDS.get(error["type"])
    said = words.format(**facts) if words else error["msg"].removeprefix("Value error, ")
    problem, _, remedy = said.partition("; ")
    return SettingsError(f"{written} {problem}", f"{remedy[:1].upper()}{remedy[1:]}." if remedy else "")


def refused_line(error: Mapping[str, Any], known: Iterable[str]) -> SettingsError:
    """Return the failure for a line of the config file; `error` as for `wrong_value`, `known` the names of settings."""
    name = str(error["loc"][0])
    if error["type"] == "extra_forbidden":
        meant = nearest(name, known)
        hint = f"Did you mean {meant}?" if meant else "Its keys are the flags of photosort organize, with _ for -."
        return SettingsError(f"{name} in {config_file()} is not a setting", hint)
    return wrong_value(f"{_line(error)} in {config_file()}", error)


def refused_value(error: Mapping[str, Any]) -> SettingsError:
    """Return the failure for a value that was to go into the config file; `error` as for `wrong_value`."""
    refused = wrong_value(_line(error), error)
    return SettingsError(refused.problem, f"{refused.hint} The config file is unchanged.".lstrip())


def cut(value: str) -> str:
    """Return a value as it is shown: its beginning."""
    return value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that `name` is most like; empty where it is like none."""
    return next(iter(get_close_matches(name.lower().replace("-", "_"), known, n=1)), "")


def _line(error: Mapping[str, Any]) -> str:
    return f"{error['loc'][0]} = {cut(json.dumps(error['input'], ensure_ascii=False, default=str))}"


def _plain(fact: object) -> str:
    return f"{fact:g}" if isinstance(fact, float) else str(fact).replace("'", "")
