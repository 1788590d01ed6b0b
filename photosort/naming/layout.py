"""Which photos of a cluster come into which folder, where facts make levels of folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from photosort.naming.folder_name import folder_name, name_key


@dataclass(frozen=True, slots=True)
class Part:
    """The photos of one cluster that come into one folder.

    above, below  the levels of the path before and after the name of the cluster, with "/" between; empty for none
    """

    cluster: int
    above: str
    below: str
    members: tuple[int, ...]

    def path(self, leaf: str) -> str:
        """Return the whole path, by the name of the cluster; empty where there is no such level."""
        return "/".join(without_echo([*self.above.split("/"), leaf, *self.below.split("/")]))


def parts_of(
    members: Sequence[Sequence[int]],
    above: Sequence[str],
    below: Sequence[str],
    fields: Sequence[Mapping[str, str]],
) -> list[Part]:
    """Spread clusters over folders, in the order of their paths, by the levels `above` and `below` their names.

    The levels are templates; `fields` has the facts of each photo. A cluster without members is one part.
    """
    spelled = dict[str, str]()
    parts: list[Part] = []
    for cluster, some in enumerate(members):
        inside: dict[tuple[str, str], list[int]] = {}
        for photo in some:
            key = tuple(level_path(levels, fields[photo] if fields else {}, spelled) for levels in (above, below))
            inside.setdefault((key[0], key[1]), []).append(photo)
        parts += [Part(cluster, *key, tuple(photos)) for key, photos in (inside or {("", ""): []}).items()]
    return sorted(parts, key=lambda part: (part.above, part.cluster, part.below))


def level_path(levels: Sequence[str], fields: Mapping[str, str], spelled: dict[str, str]) -> str:
    """Return the path of levels of facts, each in the spelling that was used first for it."""
    names = [folder_name(level.format(**fields)) for level in levels]
    return "/".join(without_echo([spelled.setdefault(name_key(name), name) for name in names]))


def without_echo(levels: Sequence[str]) -> list[str]:
    """Return the levels that say something, without one that repeats the level above it: Undated/Undated."""
    kept: list[str] = []
    for level in levels:
        if level and (not kept or name_key(kept[-1]) != name_key(level)):
            kept.append(level)
    return kept
