"""A name for each cluster: written by a language model where its answer holds, else made of keywords.

Summaries of at most 30 words: "Enhancing Image Clustering with Captions" (Cai et al.), which publishes no
prompt. What the model returns is untrusted: read strictly, asked for once more, and replaced by keywords when
it is unusable. Names that say the same are set apart: by the writer's next title, by asking once more with both shown,
then by the next keyword.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from photosort.models.protocols import LanguageModel
from photosort.naming import counted
from photosort.naming.answer import Answer
from photosort.naming.asking import ask, is_worth_asking
from photosort.naming.folder_name import name_key
from photosort.naming.keywords import Keyword
from photosort.naming.prompt import ClusterText, Wish, speaks_to_model
from photosort.naming.words import content_words, word_key
from photosort.support.progress import Progress, silent
from photosort.support.threads import at_once

STAGE = "naming"
BY_KEYWORDS = "keywords"
"""The source of a name that no model wrote."""


@dataclass(frozen=True, slots=True)
class ClusterName:
    """What a cluster is called.

    title     a few words, in one line, that say something else than any other cluster's of the run
    summary   at most 30 words
    keywords  counted ones, as they were given, without those that repeat a better one
    source    the settings string of the writer, or "keywords"
    note      why the writer's answer was not used, or not as it was; empty where it was, or no writer was asked
    spare     the writer's other titles, the better ones first; of a folder that stands, what it would be called now
    support   the share of the photos that show what the title says; 0 where that was not found out
    """

    title: str
    summary: str
    keywords: tuple[Keyword, ...]
    source: str
    note: str = ""
    spare: tuple[str, ...] = ()
    support: float = 0.0


@dataclass(frozen=True, slots=True)
class _Described:
    """A cluster by the captions that describe, and the words that only those have which give orders."""

    text: ClusterText
    injected: frozenset[str]

    @classmethod
    def of(cls, cluster: ClusterText) -> _Described:
        honest = {caption: count for caption, count in cluster.captions.items() if not speaks_to_model(caption)}
        injected = _words_of(cluster.captions.keys() - honest.keys()) - _words_of(honest)
        return cls(counted.without(replace(cluster, captions=honest), injected), injected)


def name_clusters(
    clusters: Sequence[ClusterText],
    writer: LanguageModel | None = None,
    *,
    wish: Wish = Wish(),  # noqa: B008  (immutable)
    progress: Progress = silent,
) -> list[ClusterName]:
    """Return a name for each cluster, no two of which say the same (see `title_key`).

    As many questions are asked at once as the writer takes; the names do not depend on the order of the answers.
    Without a writer all names are made of keywords. Bad answers never raise, nor does an AnswerError of the
    writer, who has none to give; what else the writer raises does. `progress` shows what the writer has used.
    """
    described = [_Described.of(cluster) for cluster in clusters]

    def tell(done: int) -> None:
        progress(STAGE, done, len(clusters), writer.used if writer else None)

    tell(0)
    names: dict[int, ClusterName] = {}
    for place, name in _first_names(described, writer, wish):
        names[place] = name
        tell(len(names))
    taken: dict[frozenset[str], ClusterName] = {}
    for place in _plainest_first(names, described):
        apart = _set_apart(names[place], described[place], taken, writer, wish)
        taken[title_key(apart.title)] = apart
        if apart is not names[place]:
            names[place] = apart
            tell(len(names))
    return [names[place] for place in range(len(described))]


def same_names(clusters: Sequence[ClusterText]) -> list[int]:
    """Return for each cluster the first one of which its keywords say the same, or itself.

    These are the clusters that `name_clusters` could only number, where no writer is asked.
    """
    described = [_Described.of(cluster) for cluster in clusters]
    names = {place: _counted_name(one.text) for place, one in enumerate(described)}
    taken: dict[frozenset[str], int] = {}
    same = list(range(len(described)))
    for place in _plainest_first(names, described):
        keys = list(map(title_key, counted.titles(described[place].text)))
        free = next((key for key in keys if key not in taken), None)
        if free is None:
            same[place] = taken[keys[0]]
        else:
            taken[free] = place
    return same


def _plainest_first(names: Mapping[int, ClusterName], described: Sequence[_Described]) -> list[int]:
    """Return the places in the order in which titles are taken: of two clusters of one title, the one of which nothing
    more can be said keeps it.
    """

    def can_say_more(place: int) -> bool:
        if names[place].source != BY_KEYWORDS:
            return True
        return len(set(map(title_key, counted.titles(described[place].text)))) > 1

    return sorted(names, key=lambda place: (can_say_more(place), place))


def title_key(title: str) -> frozenset[str]:
    """Return what two titles share that say the same: "Sunset on a beach", "beach sunsets".

    Sentence vectors do not tell it better: by MiniLM, "Beach 2019" and "Beach 2020" (0.88) are nearer than "Hunde am
    Strand" and "Strandhunde" (0.62).
    """
    words = word_key(title) | set(re.findall(r"\d+", title))
    return words or frozenset([name_key(title)])


def _first_names(
    described: Sequence[_Described], writer: LanguageModel | None, wish: Wish
) -> Iterable[tuple[int, ClusterName]]:
    """Return the place of each cluster with its name, as they come."""
    if writer is None:
        return enumerate(_counted_name(one.text) for one in described)
    return at_once(lambda one: _first_name(one, writer, wish), described, writer.parallel)


def _first_name(one: _Described, writer: LanguageModel, wish: Wish) -> ClusterName:
    if not is_worth_asking(writer, one.text):
        return _counted_name(one.text, f"{writer.identity.model}: not asked, no word is said of enough of the photos")
    outcome = ask(writer, one.text, wish, one.injected)
    if isinstance(outcome, Answer):
        return _written_name(outcome, one.text, writer)
    return _counted_name(one.text, f"{writer.identity.model}: {outcome}")


def _set_apart(
    name: ClusterName,
    one: _Described,
    taken: Mapping[frozenset[str], ClusterName],
    writer: LanguageModel | None,
    wish: Wish,
) -> ClusterName:
    """Return a name that says something else than those taken: by a spare title, asked once more, or with one keyword
    more.
    """
    other = taken.get(title_key(name.title))
    if other is None:
        return name
    if spare := next((title for title in name.spare if title_key(title) not in taken), ""):
        return replace(name, title=spare)
    if writer is not None and name.source != BY_KEYWORDS and writer.form != "digest":
        fault = f"another folder is called {other.title} ({other.summary}); say what sets this one apart from it"
        outcome = ask(writer, one.text, wish, one.injected, fault, tries=1)
        titles = outcome.titles if isinstance(outcome, Answer) else ()
        free = tuple(title for title in titles if title_key(title) not in taken)
        if isinstance(outcome, Answer) and free:
            return _written_name(replace(outcome, titles=free), one.text, writer)
        name = replace(name, note=f"{writer.identity.model}: another folder is called {other.title} already")
    longer = _longer_titles(name, one.text)
    return replace(name, title=next(title for title in longer if title_key(title) not in taken))


def _longer_titles(name: ClusterName, cluster: ClusterText) -> Iterator[str]:
    if name.source == BY_KEYWORDS:
        last = name.title
        for last in counted.titles(cluster):
            yield last
    else:
        last = name.title
        for word in (*counted.written(cluster), *counted.traits(cluster)):
            if not word_key(word) <= word_key(name.title):
                yield (last := counted.in_brackets(name.title, word))
    yield from (counted.in_brackets(last, f"{number}") for number in count(2))


def _written_name(answer: Answer, cluster: ClusterText, writer: LanguageModel) -> ClusterName:
    title, *spare = answer.titles or [next(counted.titles(cluster))]
    model = writer.identity.model
    note = f"{model}: {answer.fault}" if answer.fault else ""
    return ClusterName(title, answer.summary, cluster.keywords, model, note, tuple(spare))


def _counted_name(cluster: ClusterText, note: str = "") -> ClusterName:
    title, text = next(counted.titles(cluster)), counted.summary(cluster)
    return ClusterName(
        title, text, cluster.keywords, BY_KEYWORDS, note, support=cluster.subject.share if cluster.subject else 0.0
    )


def _words_of(captions: Iterable[str]) -> frozenset[str]:
    return frozenset(word for caption in captions for word in content_words(caption))
