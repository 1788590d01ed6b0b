"""From the names of the clusters to the names of their folders: by `--names` and `--name-template`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from photosort.naming.answer import cut_words
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
    {keywords}, {index} from 1, {photos}, and what `facts` has for each cluster. A name that is taken already gives way
    to the title, which no other cluster has. What is too long is cut between words, and not before one that hangs in
    the air.
    """
    folders: list[str] = []
    for index, (name, count) in enumerate(zip(names, photos, strict=True), 1):
        taken = {name_key(folder) for folder in folders}
        common = facts[index - 1] if facts else {}
        forms = [_fill(template, form, name, index, count, common) for form in _forms(name, made_of)]
        free = (form for form in forms if name_key(folder_name(form)) not in taken)
        folders.append(folder_name(next(free, forms[-1]), folders))
    return folders


def _forms(name: ClusterName, made_of: MadeOf) -> Iterator[str]:
    if made_of == "summary" and name.source != BY_KEYWORDS:
        yield name.summary
    yield name.title


def _fill(template: str, form: str, name: ClusterName, index: int, photos: int, facts: Mapping[str, str]) -> str:
    words = name.topics or tuple(keyword.term for keyword in name.keywords)
    keywords = ", ".join(words[:LISTED]) or name.title

    def filled(most: int) -> str:
        text = template.format(
            name=cut_words(form, most),
            title=name.title,
            summary=cut_words(name.summary, most),
            keywords=keywords,
            index=index,
            photos=photos,
            **facts,
        )
        return text if all(facts.values()) else text.strip(SEPARATORS)

    lengths = range(max(len(form.split()), len(name.summary.split())), 0, -1)
    return next((text for most in lengths if len((text := filled(most)).encode()) <= MAX_BYTES), filled(1))
