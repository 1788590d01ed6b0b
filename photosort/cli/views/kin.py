"""Where earlier photos lie that are of the kind of a new folder."""

from __future__ import annotations

from collections.abc import Mapping


def kin_lines(kin: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return a sentence for each new folder: where earlier photos of its kind lie."""
    return [f"“{folder}”: {kin_said(lie)}." for folder, lie in kin.items()]


def kin_said(lie: Mapping[str, int]) -> str:
    """Return where earlier photos of the kind of a folder lie; `lie` maps folders to the numbers of these photos."""
    return ", ".join(
        f"{count:,} earlier {'photo of this kind lies' if count == 1 else 'photos of this kind lie'} in “{folder}”"
        for folder, count in lie.items()
    )
