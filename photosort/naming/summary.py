"""A name for each cluster: written by a language model where its answer holds, else made of keywords.

Summaries of at most 30 words: "Enhancing Image Clustering with Captions" (Cai et al.), which publishes no
prompt. What the model returns is untrusted: read strictly, asked for once more, and replaced by keywords when
it is unusable.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from photosort.models.protocols import Writer
from photosort.naming.answer import (
    SCHEMA,
    SUMMARY_WORDS,
    Answer,
    AnswerError,
    Grounds,
    cut_words,
    read_answer,
)
from photosort.naming.folder_name import UNNAMED, name_key
from photosort.naming.keywords import Keyword
from photosort.naming.prompt import (
    SMALL_SYSTEM,
    SYSTEM,
    ClusterText,
    full_prompt,
    plain,
    small_prompt,
    speaks_to_model,
)
from photosort.naming.words import content_words
from photosort.progress import Progress, silent

KEYWORDS = "keywords"
"""The source of a name that no model wrote."""

TITLE_KEYWORDS = 2
SUMMARY_KEYWORDS = 4
BROAD_KEYWORDS = 3
TENTH = 10
TRIES = 2
MOSTLY = 2 / 3
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class ClusterName:
    """What a cluster is called.

    title     a few words, in one line, unlike any other cluster's of the run
    summary   at most 30 words
    keywords  as they were given, without those that repeat a better one
    source    the settings string of the writer, or "keywords"
    note      why the writer's answer was not used; empty where it was, or no writer was asked
    """

    title: str
    summary: str
    keywords: tuple[Keyword, ...]
    source: str
    note: str = ""


def name_clusters(
    clusters: Sequence[ClusterText],
    writer: Writer | None = None,
    *,
    small: bool = True,
    progress: Progress = silent,
) -> list[ClusterName]:
    """Return a name for each cluster, all different by `name_key`.

    `small` asks in the form that a small model can follow, and takes from its answer only what the captions
    say; a capable model, or one that writes in another language than the captions, is asked with small=False.
    Without a writer all names are made of keywords. Bad answers never raise, nor does an AnswerError of the
    writer, who has none to give; what else the writer raises does.
    """
    names: list[ClusterName] = []
    taken: set[str] = set()
    for done, cluster in enumerate(clusters):
        progress("name", done, len(clusters))
        name = name_cluster(cluster, writer, taken, small=small)
        taken.add(name_key(name.title))
        names.append(name)
    progress("name", len(clusters), len(clusters))
    return names


def name_cluster(
    cluster: ClusterText, writer: Writer | None, taken: Iterable[str] = (), *, small: bool = True
) -> ClusterName:
    """Return a name whose title no title in `taken` equals (by `name_key`). See `name_clusters`."""
    keys = {name_key(title) for title in taken}
    honest, planted = _sift(cluster.captions)
    keywords = [word for word in cluster.keywords if not planted & set(content_words(word.term))]
    named_by = replace(cluster, captions=honest, keywords=without_nested(keywords))
    note = ""
    if writer is not None and small and (cluster.broad or not named_by.keywords):
        note = f"{writer.identity.model}: not asked, no word is said of enough of the photos"
    elif writer is not None:
        outcome = _ask(named_by, planted, writer, keys, small)
        if isinstance(outcome, Answer):
            return ClusterName(outcome.title, outcome.summary, named_by.keywords, writer.identity.model)
        note = f"{writer.identity.model}: {outcome}"
    written = [plain(as_written(word.term, cluster.captions)) for word in named_by.keywords]
    summary = _sentence(cut_words(", ".join(written[:SUMMARY_KEYWORDS]), SUMMARY_WORDS)) or UNNAMED.capitalize()
    return ClusterName(_keyword_title(named_by, written, keys), summary, named_by.keywords, KEYWORDS, note)


def without_nested(keywords: Sequence[Keyword]) -> tuple[Keyword, ...]:
    """Return the keywords without those that say the same as a better one in more or fewer words.

    Of "cat" and "tabby cat" the better one stays, unless the longer is said of MOSTLY as many photos: then it
    takes the place of the shorter.
    """
    kept: list[Keyword] = []
    for keyword in keywords:
        akin = [place for place, word in enumerate(kept) if _nested(word, keyword)]
        if not akin:
            kept.append(keyword)
        elif len(akin) == 1:
            kept[akin[0]] = _better(kept[akin[0]], keyword)
    return tuple(kept)


def _nested(one: Keyword, other: Keyword) -> bool:
    first, second = set(one.term.split()), set(other.term.split())
    return first <= second or second <= first


def _better(kept: Keyword, later: Keyword) -> Keyword:
    longer = len(later.term.split()) > len(kept.term.split())
    return later if longer and later.count >= MOSTLY * kept.count else kept


def as_written(term: str, captions: Mapping[str, int]) -> str:
    """Return a case-folded term as captions write it after their first word: "van gogh" as "Van Gogh"."""
    pattern = re.compile(rf"(?<=\w\s){re.escape(term)}\b", re.IGNORECASE)
    forms: Counter[str] = Counter()
    for caption in sorted(captions)[:_LOOKED_AT]:
        if found := pattern.search(caption):
            forms[found[0]] += captions[caption]
    return min(forms, key=lambda form: (-forms[form], form)) if forms else term


def _ask(cluster: ClusterText, planted: set[str], writer: Writer, keys: set[str], small: bool) -> Answer | str:
    """Return a usable answer, or the fault of the last one."""
    system, prompt = (SMALL_SYSTEM, small_prompt) if small else (SYSTEM, full_prompt)
    grounds = Grounds(cluster.captions, cluster.keywords) if small else None
    fault = ""
    for _ in range(TRIES):
        try:
            answer = read_answer(writer.write(system, prompt(cluster, fault), SCHEMA), grounds, planted)
        except AnswerError as error:
            fault = str(error)
        else:
            if name_key(answer.title) not in keys:
                return answer
            fault = f"another group is called {answer.title} already"
    return fault


def _sift(captions: Mapping[str, int]) -> tuple[dict[str, int], set[str]]:
    """Return the captions that describe, and the words that only those have which give orders."""
    honest = {caption: count for caption, count in captions.items() if not speaks_to_model(caption)}
    return honest, _words_of(captions.keys() - honest.keys()) - _words_of(honest)


def _words_of(captions: Iterable[str]) -> set[str]:
    return {word for caption in captions for word in content_words(caption)}


def _keyword_title(cluster: ClusterText, written: Sequence[str], keys: set[str]) -> str:
    """Join the first keyword, the next where it is half as frequent, and more until the title is free.

    A cluster without a word for a quarter of its photos is called by its broad noun, the keywords in brackets.
    """
    keywords = cluster.keywords
    if cluster.broad:
        forms = _broad_titles(cluster, written)
    else:
        paired = len(keywords) >= TITLE_KEYWORDS and keywords[1].count * 2 >= keywords[0].count
        first = TITLE_KEYWORDS if paired else 1
        forms = [", ".join(written[:length]) for length in range(first, len(written) + 1)]
    for form in forms:
        if name_key(_sentence(form)) not in keys:
            return _sentence(form)
    base = _sentence(forms[-1] if forms else UNNAMED)
    title, number = base, 1
    while name_key(title) in keys:
        number += 1
        title = f"{base} ({number})"
    return title


def _broad_titles(cluster: ClusterText, written: Sequence[str]) -> list[str]:
    """Begin with the keywords of more than one photo, or of a tenth; the others only serve to stand apart."""
    first = cluster.keywords[:BROAD_KEYWORDS]
    several = sum(word.count > 1 or word.count * TENTH >= cluster.photos for word in first)
    lengths = range(min(several, len(written)), len(written) + 1)
    return [f"{cluster.broad} ({', '.join(written[:length])})" if length else cluster.broad for length in lengths]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
