"""Lists of categories as users write them: after --into, in a file with a line for each, or as TOML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from photosort.errors import SettingsError
from photosort.models.protocols import Category
from photosort.naming.folder_name import UNNAMED, folder_name, name_key

LONGEST = 80
"""Characters of a name."""
NOT = re.compile(r"^(?:and |but )?(?:not|no|never|without|except)\b[ :]*", re.I)
KEYS = {"hint", "not"}
_COMMENT = re.compile(r"(?:^|\s)#.*")
LIKE = 'Write it as "beach, city, people", or one category a line: name: words for it, not what does not belong.'


def from_list(text: str) -> tuple[Category, ...]:
    """Read "beach, city, people"; "Animals/Pets" lies in a folder Animals. Raises SettingsError."""
    names = [name.strip() for name in re.split(r"[,;\n]", text)]
    return checked((_named(name) for name in names if name), "--into")


def from_lines(text: str, source: str) -> tuple[Category, ...]:
    """Read a line for each category, `name: hint words, not what does not belong`; # begins a comment.

    `source` is what errors call the text. Raises SettingsError.
    """
    lines = (_COMMENT.sub("", line).strip() for line in text.splitlines())
    return checked((_line(line) for line in lines if line), source)


def from_toml(text: str, source: str) -> tuple[Category, ...]:
    """Read TOML: `name = "hint words, not this"`, a list of names, or a table of categories that lie in its folder.

    Raises SettingsError where it is no TOML, nested deeper than that, or holds something else.
    """
    try:
        content = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(
            f"{source} is not valid TOML ({error})", "Correct it, or write one category a line."
        ) from error
    return checked(_entries(content, source), source)


def checked(categories: Iterable[Category], source: str) -> tuple[Category, ...]:
    """Return the categories, each of which is a folder of its own. Raises SettingsError where they cannot be."""
    found = tuple(categories)
    if not found:
        raise SettingsError(f"{source} names no category", LIKE)
    seen: dict[str, str] = {}
    for category in found:
        for name in filter(None, (category.above, category.name)):
            if any("\ud800" <= letter <= "\udfff" for letter in name):
                raise SettingsError(
                    f"A category in {source} has characters that cannot be shown ({name!r})", "Write it in UTF-8."
                )
            if len(name) > LONGEST:
                raise SettingsError(
                    f"The category {name[:40]}… in {source} is too long", f"A name has at most {LONGEST} characters."
                )
        if folder_name(category.name) == UNNAMED:
            raise SettingsError(f"A category in {source} has no name that can be a folder ({category.name!r})", LIKE)
        path = "/".join(folder_name(name) for name in (category.above, category.name) if name)
        if other := seen.get(name_key(path)):
            raise SettingsError(f"{source} has {other} twice", "Name each category once.")
        seen[name_key(path)] = path
    tops = {name_key(folder_name(category.above)) for category in found if category.above}
    if both := next((category for category in found if not category.above and name_key(category.name) in tops), None):
        raise SettingsError(
            f"{both.name} in {source} is a category and a folder for others",
            "Give it another name in one of the two places.",
        )
    return found


def _line(line: str) -> Category:
    name, _, words = line.partition(":")
    return _with_words(_named(name.strip()), words)


def _named(path: str) -> Category:
    above, _, name = path.rpartition("/")
    return Category(name.strip(), above=above.strip(" /"))


def _with_words(category: Category, words: str) -> Category:
    hints, without = list[str](), list[str]()
    for part in filter(None, (part.strip(" .") for part in re.split(r"[,;]", words))):
        (without if NOT.match(part) else hints).append(NOT.sub("", part))
    return category._replace(hint=", ".join(hints), without=", ".join(without))


def _entries(content: Mapping[str, Any], source: str, above: str = "") -> Iterator[Category]:
    for name, value in content.items():
        category = Category(name.strip(), above=above)
        if isinstance(value, str):
            yield _with_words(category, value)
        elif (
            isinstance(value, dict)
            and value
            and value.keys() <= KEYS
            and all(isinstance(v, str) for v in value.values())
        ):
            yield category._replace(hint=value.get("hint", "").strip(), without=value.get("not", "").strip())
        elif isinstance(value, dict) and not above:
            yield from _entries(value, source, category.name)
        elif isinstance(value, list) and not above and all(isinstance(one, str) for one in value):
            yield from (Category(one.strip(), above=category.name) for one in value)
        else:
            raise SettingsError(
                f"{name} in {source} cannot be used: a category is a text in quotes, and folders have two levels",
                'Write pets = "cats, dogs, not wild animals", below [Animals] for a folder in a folder.',
            )
