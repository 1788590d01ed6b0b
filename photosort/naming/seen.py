"""What a cluster is of, from what a model sees in each photo: a concept of the album, or a noun that says more.

A subject is said only where most photos support it. Nouns are hedged as in Deng et al., "Hedging your bets" (CVPR
2012), over the photos of a cluster: of those that are probable in most of them, the one that tells the most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from photosort.models.protocols import Sightings, Vectors
from photosort.naming.labels import (
    ANIMAL,
    CLOTHING,
    animals_by_labels,
    below,
    everyday,
    labels_meaning,
    labels_of,
    labels_speaking,
    labels_under,
    sayable,
    seen_by_labels,
    things,
    told_by_clothes,
)
from photosort.naming.subject import BESIDE, MOST, NOTHING, PART, Subject, inside, mixed, most_of, starting
from photosort.naming.words import plural
from photosort.wordnet.album import Concept, album
from photosort.wordnet.nouns import nouns

CLEAR, NEARLY = 2.5, 0.7
"""A photo supports a concept from so many standard deviations on, where no other concept is much nearer to it: this one
has so much of the nearness of the nearest. With both, 95 % of 132 true classes had a concept that most of their photos
support, and 14 % of mixtures of five classes."""
ALONE, ALIKE, FEW = 3.5, 0.9, 8
"""The same for what a single photo is of, in a mixed cluster; and the photos below which a cluster has to be as clear,
for among so many concepts a few photos agree on one by chance."""
PROBABLE = 0.5
NARROW = 6.0
"""Bits from which on a noun says more than a concept that is broader: at most 15 of the 1,000 labels lie under it."""
TELLING = 3.0
"""Bits from which on a noun says enough of a cluster that it holds for little more than half of."""
PEOPLED = 2 / 3
"""The share of photos with people from which on they are the subject, unless more than a thing can be said."""
RATHER = 1.1
"""How much nearer a thing has to be than an animal, a place or what goes on there: "Kitchen" says more than
"Furniture". Of a shop of clothes and of a closet, clothes tell no more than that they are there."""
SURE = 0.05
"""The probability of its likeliest label below which a photo shows nothing that labels can tell. Black squares have
.03; in five sets, one photo in a hundred has less than .06."""
AROUND = 8
"""Concepts around a photo that tell whether it was taken outdoors: half of them have to be such places. That held for
87 % of 652 photos of places outdoors, and for 4 of 848 photos of animals, food, tools, clothes and faces."""
AGREED = 0.3
"""The probability, over the photos of a cluster, of the labels that mean a concept."""
Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Told:
    """What facts tell of each of m photos, as plurals: what it is instead of a photo, and who can be seen."""

    kinds: Sequence[str]
    people: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Cluster:
    """What m photos show together.

    nearness     (c,) the mean nearness to each concept
    clear        (c,) the share of the photos that support each concept
    near         (c,) the same, where a few photos have to be no clearer than many
    labels       (1000,) the mean probability of each label
    probability  (s,) the mean probability of each spoken noun
    probable     (s,) the share of the photos in which each spoken noun is more likely than not
    voices       what each photo is of, where that is clear
    places       "outdoors" or "indoors" for each photo that shows a place; else empty
    """

    facts: Told
    nearness: Vectors
    clear: Shares
    near: Shares
    labels: Vectors
    probability: Vectors
    probable: Shares
    voices: tuple[str, ...]
    places: tuple[str, ...]

    @classmethod
    def of(cls, seen: Sightings, facts: Told) -> _Cluster:
        spoken = seen.labels @ nouns().membership.T
        near = supported(seen).mean(axis=0)
        return cls(
            facts,
            seen.concepts.mean(axis=0),
            supported(seen, ALONE).mean(axis=0) if len(seen.concepts) < FEW else near,
            near,
            seen.labels.mean(axis=0),
            spoken.mean(axis=0),
            (spoken >= PROBABLE).mean(axis=0),
            tuple(_voices(seen, facts)),
            tuple(places_of(seen)),
        )

    def share(self, said: Sequence[str]) -> tuple[str, float]:
        """Return the most frequent of what is said of single photos, with its share."""
        ((word, count),) = Counter(filter(None, said)).most_common(1) or [("", 0)]
        return word, count / max(1, len(said))

    @property
    def most(self) -> float:
        return most_of(len(self.voices))

    @property
    def peopled(self) -> float:
        return sum(map(bool, self.facts.people)) / max(1, len(self.voices))


def subjects(several: Iterable[tuple[Sightings, Told]]) -> list[Subject]:
    """Return the subject of each cluster, from what its photos show; one without photos has none."""
    clusters = [_Cluster.of(seen, facts) if len(seen.concepts) else None for seen, facts in several]
    known = [one for one in clusters if one]
    usual = np.mean([one.probable for one in known], axis=0) if known else np.zeros(0)
    usually = np.mean([one.clear for one in known], axis=0) if known else np.zeros(0)
    found = [_subject(one) if one else NOTHING for one in clusters]
    titled = [(one, subject.title) for one, subject in zip(clusters, found, strict=True) if one]
    for place, one in enumerate(clusters):
        if one:
            title = found[place].title
            others = [other for other, theirs in titled if theirs == title and other is not one]
            found[place] = replace(found[place], beside=_beside(one, title, others, usual, usually))
    return found


def _subject(one: _Cluster) -> Subject:
    kind, share = one.share(one.facts.kinds)
    if share > MOST:
        return Subject(kind.capitalize(), share)
    peopled = one.peopled >= PEOPLED
    place = _best_concept(one, worn=not peopled)
    concept, clear = album().concepts[place], float(one.clear[place])
    narrow = _best_noun(one, nouns().information >= NARROW)
    if narrow is not None and peopled and _is_below(narrow, CLOTHING):
        narrow = None
    if narrow is not None and (clear < one.most or _says_more(narrow, concept)):
        return Subject(noun_title(narrow), float(one.probable[narrow]))
    if peopled and (clear < one.most or concept.kind == "thing"):
        people, share = one.share(one.facts.people)
        return Subject(people.capitalize() if share > MOST else "People", max(share, one.peopled))
    if clear >= one.most:
        return Subject(concept.name, clear)
    broad = _best_noun(one, everyday())
    if broad is not None and not _is_below(broad, CLOTHING):
        return Subject(noun_title(broad), float(one.probable[broad]))
    return _together(one, worn=not peopled) or _scenery(one) or mixed(one.voices)


def _together(one: _Cluster, *, worn: bool) -> Subject | None:
    """Return what photos show taken together, where more than half of them agree, though not as many as `most_of` asks.

    A noun is expected of at least half by the mean of its probabilities; a concept is as near on average as a single
    photo has to be. Neither is as broad as "Animals".
    """
    expected = (one.probability >= MOST) & (one.probable > MOST) & (nouns().information >= TELLING)
    noun = _most_telling(one, expected & everyday())
    if noun is not None and not _is_below(noun, CLOTHING):
        return Subject(noun_title(noun), float(one.probable[noun]))
    near = (one.near > MOST) & (one.nearness >= ALONE) & _sayable_concepts(one, worn=worn)
    near &= labels_speaking() @ one.labels >= AGREED
    if not near.any():
        return None
    place = int(np.argmax(np.where(near, one.nearness, -np.inf)))
    return Subject(album().concepts[place].name, float(one.near[place]))


def _scenery(one: _Cluster) -> Subject | None:
    """Return whether most photos show a place outdoors or indoors, though hardly two the same."""
    word, share = one.share(one.places)
    return Subject(word.capitalize(), share) if share >= one.most else None


def _best_concept(one: _Cluster, *, worn: bool) -> int:
    """Return the place of the concept nearest to the photos.

    worn  whether it may be one that clothes speak for
    """
    allowed = _sayable_concepts(one, worn=worn)
    by_most = allowed & (one.clear >= one.most)
    plain = (things() & ~animals_by_labels()[0]) | told_by_clothes()
    nearness = np.where(plain, one.nearness, RATHER * one.nearness)
    return int(np.argmax(np.where(by_most if by_most.any() else allowed, nearness, -np.inf)))


def _sayable_concepts(one: _Cluster, *, worn: bool) -> NDArray[np.bool_]:
    """(c,) which concepts may be said of a cluster: where labels mean an animal, these have to agree."""
    meant, means = animals_by_labels()
    agreed = ~meant | (means @ one.labels >= AGREED)
    return np.asarray(seen_by_labels() & agreed & (worn | ~told_by_clothes()))


def _best_noun(one: _Cluster, among: NDArray[np.bool_]) -> int | None:
    """Return the place of the noun that tells the most, of those that are probable in most photos."""
    return _most_telling(one, among & (one.probable >= one.most))


def _most_telling(one: _Cluster, allowed: NDArray[np.bool_]) -> int | None:
    gain = np.where(allowed & sayable(), one.probability * nouns().information, -1)
    place = int(np.argmax(gain))
    return place if gain[place] >= 0 else None


def _voices(seen: Sightings, facts: Told) -> Iterator[str]:
    """Yield for each photo what it is of, in the middle of a text; empty where that is not clear.

    Of the concepts that are about as near to a photo as any, it is the one that speaks for most photos.
    """
    support = supported(seen, ALONE, ALIKE)
    nearness = seen.concepts.mean(axis=0)
    between = np.clip(nearness, 0, None) / (1 + np.abs(nearness).max())
    best = np.where(support, support.sum(axis=0) + between, -np.inf).argmax(axis=1)
    for row, place in enumerate(best.tolist()):
        fact = facts.kinds[row] or ("people" if facts.people[row] else "")
        yield fact or (album().concepts[place].inside if support[row, place] else "")


def places_of(seen: Sightings) -> Iterator[str]:
    """Yield for each photo whether it was taken outdoors or indoors; empty where half of what is near is neither."""
    near = np.where(seen_by_labels(), seen.concepts, -np.inf)
    sure = seen.labels.max(axis=1) >= SURE
    for row, order in enumerate(np.argsort(-near, axis=1)[:, :AROUND].tolist()):
        where = Counter(album().concepts[place].where for place in order)
        yield next((side for side in ("outdoors", "indoors") if sure[row] and 2 * where[side] >= AROUND), "")


def supported(seen: Sightings, clear: float = CLEAR, nearly: float = NEARLY) -> NDArray[np.bool_]:
    """Return which of m photos support which concepts, (m, c)."""
    near = np.where(seen_by_labels(), seen.concepts, -np.inf)
    sure = seen.labels.max(axis=1, keepdims=True) >= SURE
    return np.asarray(sure & (near >= clear) & (near >= nearly * near.max(axis=1, keepdims=True)))


def _beside(one: _Cluster, title: str, others: Sequence[_Cluster], usual: Shares, usually: Shares) -> tuple[str, ...]:
    """Return what tells a cluster from `others` of its title: narrower nouns, concepts of another kind, then of its
    kind.

    It is true of most photos here and of few in each of the others: what holds for a quarter of a folder, or for both
    folders, does not tell which is which. Of each, the first is what is seen here most often in comparison with all
    clusters.
    """
    concepts = album().concepts
    kinds = {concept.kind for concept in concepts if concept.name == title}
    probable, clear = one.probable >= one.most, (one.clear >= one.most) & seen_by_labels() & ~told_by_clothes()
    for other in others:
        probable, clear = probable & (other.probable < PART), clear & (other.clear < PART)
    narrower = (nouns().information >= NARROW) | below(title)
    found: list[tuple[bool, float, str]] = []
    for place in np.flatnonzero(probable & narrower & sayable()).tolist():
        found.append((False, float(one.probable[place] - usual[place]), inside(noun_title(place))))
    for place in np.flatnonzero(clear).tolist():
        if concepts[place].kind != "thing":
            lift = float(one.clear[place] - usually[place])
            found.append((concepts[place].kind in kinds, lift, concepts[place].inside))
    people, share = one.share(one.facts.people)
    if share > MOST and all(other.facts.people.count(people) < PART * len(other.voices) for other in others):
        found.append((False, share, people))
    found.sort(key=lambda item: (item[0], -item[1]))
    said = (word for *_, word in found if word.casefold() not in title.casefold())
    return tuple(islice(dict.fromkeys(said), BESIDE))


def noun_title(place: int) -> str:
    """Return a spoken noun, by its place, as a title: in the plural where it can be counted."""
    noun = nouns().spoken[place].noun
    return starting(plural(noun) if nouns().can_be_counted(noun) else noun)


def _says_more(place: int, concept: Concept) -> bool:
    """Return whether a noun is to be said instead of a concept.

    Of a thing, one that is narrower or that is something else altogether; an animal is what a photo is of, rather than
    what goes on or where. But of what is done with tools, "Golf" says more than "Golf balls".
    """
    if concept.kind != "thing":
        return _is_below(place, ANIMAL)
    mine, theirs = labels_of(place), labels_meaning(concept)
    return mine < theirs or mine.isdisjoint(theirs)


def _is_below(place: int, wnid: str) -> bool:
    return labels_of(place) <= labels_under(wnid)
