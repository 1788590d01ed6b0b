"""From the names of the clusters to the names of their folders: by `--names` and `--name-template`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Literal

from photosort.naming.answer import SUMMARY_WORDS, cut_words
from photosort.naming.folder_name import MAX_BYTES, folder_name, name_key
from photosort.naming.summary import BY_KEYWORDS, ClusterName

MadeOf = Literal["summary", "title", "keywords"]

PLAIN = "{name}"
SEPARATORS = " -–_,"
"""What is not left at an end of a name where a fact is not known: "{year} - {title}" is then the title."""
LISTED = 3
"""Keywords in a folder name."""


def folder_names(
    names: Sequence[ClusterName],
    photos: Sequence[int],
    made_of: MadeOf = "summary",
    template: str = PLAIN,
    facts: Sequence[Mapping[str, str]] = (),
) -> list[str]:
    """Return a folder name for each cluster, all different on any disk.

    `photos` are the numbers of photos. `template` may have {name}, which is what `made_of` says, {title}, {summary},
    {keywords}, {index} from 1, {photos}, and what `facts` has for each cluster. A name that is taken already, or that
    has no room whole, gives way to the title, which no other cluster has. What has no room with it either is cut where
    a phrase ends.
    """
    folders: list[str] = []
    for index, (name, count) in enumerate(zip(names, photos, strict=True), 1):
        taken = {name_key(folder) for folder in folders}
        common = facts[index - 1] if facts else {}
        forms = [partial(_fill, template, form, name, index, count, common) for form in _forms(name, made_of)]
        whole = [text for text in (fill() for fill in forms) if _fits(text)]
        free = (text for text in whole if name_key(folder_name(text)) not in taken)
        folders.append(folder_name(next(free, whole[-1] if whole else _shortened(forms[-1])), folders))
    return folders


def _forms(name: ClusterName, made_of: MadeOf) -> Iterator[str]:
    if made_of == "summary" and name.source != BY_KEYWORDS:
        yield name.summary
    yield name.title


def _fill(
    template: str, form: str, name: ClusterName, index: int, photos: int, facts: Mapping[str, str], most: int = 0
) -> str:
    """Return the name by the template, with texts of at most `most` words; whole ones where that is 0."""
    keywords = ", ".join(keyword.term for keyword in name.keywords[:LISTED]) or name.title
    short = partial(cut_words, limit=most) if most else str
    text = template.format(
        name=short(form),
        title=name.title,
        summary=short(name.summary),
        keywords=keywords,
        index=index,
        photos=photos,
        **facts,
    )
    return text if all(facts.values()) else text.strip(SEPARATORS)


def _shortened(fill: Callable[..., str]) -> str:
    return next((text for most in range(SUMMARY_WORDS, 1, -1) if _fits(text := fill(most))), fill(1))


def _fits(text: str) -> bool:
    return len(text.encode()) <= MAX_BYTES
