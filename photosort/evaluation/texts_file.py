"""Texts about photos whose class is known, one JSON object a line: {"id": ..., "label": ..., "texts": [...]}."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from photosort.errors import SettingsError, SourceMissing


class Labelled(BaseModel):
    """One line. `id` is the path of the photo below the labelled folder, where there are photos."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    id: str = Field(min_length=1)
    label: str = Field(min_length=1)
    texts: tuple[str, ...] = Field(min_length=1)


def read_texts_file(path: Path) -> tuple[Labelled, ...]:
    """Read every line that is not blank. Raises SourceMissing, and SettingsError with the line that is wrong."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise SourceMissing(f"{path} cannot be read ({error.strerror})", "Name a file of JSON lines.") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not in UTF-8", "Save it in UTF-8.") from error
    found: dict[str, Labelled] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            one = Labelled.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise SettingsError(
                f"Line {number} of {path} cannot be used ({where + ': ' if where else ''}{first['msg']})",
                'Each line is like {"id": "dogs/1.jpg", "label": "dogs", "texts": ["a dog on a lawn"]}.',
            ) from error
        if one.id in found:
            raise SettingsError(f"Line {number} of {path} has the id {one.id} again", "Give all texts in one line.")
        found[one.id] = one
    if not found:
        raise SettingsError(f"{path} holds no texts", "Write one JSON object a line.")
    return tuple(found.values())
