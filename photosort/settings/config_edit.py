"""Changes of the config file as text: one line set or taken out, comments and order kept, everything checked."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import ValidationError

from photosort.errors import SettingsError
from photosort.settings.given import GivenSettings
from photosort.settings.messages import nearest, refused_line, refused_value
from photosort.settings.settings import Settings


def known_key(key: str) -> str:
    """Return the name of a setting, which may be written as its flag. Raises SettingsError for an unknown one."""
    name = key.removeprefix("--").replace("-", "_")
    if name in Settings.model_fields:
        return name
    meant = nearest(name, Settings.model_fields)
    hint = f"Did you mean {meant}?" if meant else "List all settings: photosort config show"
    raise SettingsError(f"{key} is not a setting", hint)


def checked_text(text: str, new: str = "") -> Settings:
    """Return what the text of a config file sets; the line of the setting `new` is not in the file yet.

    Raises SettingsError with the line that is wrong.
    """
    try:
        return GivenSettings(**tomllib.loads(text))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(f"This is not valid TOML ({error})", "Write lines such as: k = 12") from error
    except ValidationError as error:
        first = error.errors()[0]
        if given := next((one for one in error.errors() if one["loc"][:1] == (new,)), None):
            raise refused_value(given) from error
        if first["loc"]:
            raise refused_line(first, Settings.model_fields) from error
        problem = first["msg"].removeprefix("Value error, ")
        raise SettingsError(problem, "Change the other one first, or both with: photosort config edit") from error


def with_value(text: str, key: str, words: Sequence[str]) -> str:
    """Return the text of the file with this setting, which is checked together with the other lines.

    `words` are the value as typed: one, or several for a setting that is a list. Raises SettingsError.
    """
    import tomlkit

    name = known_key(key)
    document = tomlkit.parse(text)
    document[name] = _value(name, words)
    changed = tomlkit.dumps(document)
    checked_text(changed, new=name)
    return changed


def without(text: str, key: str) -> str:
    """Return the text without this setting. Raises SettingsError where it has none, or the rest is wrong."""
    import tomlkit

    document = tomlkit.parse(text)
    name = key if key in document else known_key(key)  # an unknown one in the file can be taken out too
    if name not in document:
        raise SettingsError(f"{name} is not in the config file", "Nothing was changed.")
    del document[name]
    changed = tomlkit.dumps(document)
    checked_text(changed)
    return changed


def template() -> str:
    """Return a config file in which every setting is described and none is set."""
    import tomlkit

    lines = ["# Settings of photosort. Take away the # before a line to set it.", ""]
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        plain = str(default) if isinstance(default, Path) else list(default) if is_list(name) else default
        value = "" if plain is None else tomlkit.item(plain).as_string()
        lines += [f"# {field.description}", f"# {name} = {value}".rstrip(), ""]
    return "\n".join(lines)


def is_list(name: str) -> bool:
    """Return whether a setting is a list of texts."""
    return get_origin(Settings.model_fields[name].annotation) is tuple


def values_of(name: str) -> tuple[str, ...]:
    """Return the values of a setting that takes few; nothing for others, and for what is not a setting."""
    field = Settings.model_fields.get(name)
    kinds = _innermost(field.annotation) if field else ()
    named = tuple(kind for kind in kinds if isinstance(kind, str))
    return ("true", "false") if bool in kinds else named


def _innermost(kind: Any) -> tuple[Any, ...]:
    """Return the types and texts that a type is made of: of Literal["a"] | None, "a" and None."""
    inner = get_args(kind)
    return tuple(part for one in inner for part in _innermost(one)) if inner else (kind,)


def _value(name: str, words: Sequence[str]) -> Any:
    """Return what TOML is to hold: a number or a truth value where the setting is one, else the text."""
    if is_list(name):
        return list(words)
    if len(words) != 1:
        raise SettingsError(f"{name} takes one value, not {len(words)}", "Put a value with spaces in quotes.")
    word, kind = words[0], Settings.model_fields[name].annotation
    kinds = get_args(kind) or (kind,)
    if Path in kinds:
        return word if word.startswith("~") else str(Path(word).absolute())
    for number in (bool, int, float):
        if number in kinds:
            return _plain(number, word)
    return word


def _plain(kind: type, word: str) -> Any:
    """Return the value that a word stands for; the word itself where it stands for none, which the check refuses."""
    try:
        return {"true": True, "false": False}[word.lower()] if kind is bool else kind(word)
    except (KeyError, ValueError):
        return word
