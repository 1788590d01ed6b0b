"""One photo, as photosort explain shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from photosort.cli.explaining.facts import by_facts, facts_document, facts_of, layout_in
from photosort.cli.explaining.shown import alike, beside, quoted
from photosort.cli.sink.output import grid
from photosort.support.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

    from photosort.workflows.explaining.photo import Reasons
    from photosort.workflows.explaining.views import PhotoView

HOW = {
    "answer": "by the answer of the language model",
    "second answer": "by the answer of the language model to a second question",
    "nearest": "as the name nearest to what the language model answered, which is none of the folders",
    "text": "as the folder whose name is nearest to its text",
    "cluster": "with what is described alike; the folder is called by one of the descriptions",
    "zero-shot": "as the folder whose name fits it best, by the image encoder",
    "examples": "as the folder whose examples and name fit it best, by the image encoder",
    "facts": "by what it is, a screenshot, a document or the like",
    "you": "by you, in the plan",
}
"""How a photo came to its folder, by `Found.by`."""
WORDS = 8
SLIGHT = 0.005
"""A change of the margin that rounds to nothing."""


def view(found: PhotoView, why: Reasons) -> RenderableType:
    """Return where the photo lies, what it shows, how near it is to its folder, and what would have to change."""
    from rich.console import Group
    from rich.text import Text

    photo = found.photo
    head = Text.assemble((printable(photo.path.name), "bold"), " → ", (printable(found.own.folder), "bold green"))
    rows = grid()
    for text in beside(found.own):
        rows.add_row("about", Text(printable(text), style="italic"))
    if found.own.note:
        rows.add_row("its name", Text(printable(found.own.note), style="yellow"))
    rows.add_row("put apart" if found.own.of_copies else _said(found), _caption(photo.caption, why))
    about = (*by_facts(found.run, found.facts), *_answers(found), *_history(found))
    for label, text in (*about, *_distances(found), *_further(why)):
        rows.add_row(label, Text(printable(text)))
    for number, neighbour in enumerate(why.neighbours):
        rows.add_row("" if number else "most alike", alike(neighbour))
    if words := _words(why):
        rows.add_row("nouns" if why.are_nouns else "words", words)
    for number, text in enumerate(_changes(found, why)):
        rows.add_row("" if number else "would change", Text(printable(text)))
    if why.untold:
        rows.add_row("words", Text(printable(f"cannot be weighed: {why.untold}"), style="dim"))
    shared = [word for word, _ in found.own.keywords if word in photo.caption.lower()]
    if shared:
        rows.add_row("shares", Text(printable(", ".join(shared)), style="green"))
    for label, text in facts_of(found.facts):
        rows.add_row(label, Text(printable(text)))
    origin = found.filed.photo.path if found.filed else photo.path
    rows.add_row("from", Text(printable(str(origin))))
    if origin != photo.path:
        rows.add_row("lies at", Text(printable(str(photo.path))))
    if found.now:
        rows.add_row("now", Text(printable(found.now), style="yellow"))
    return Group(head, rows)


def _said(found: PhotoView) -> str:
    settings = found.run.settings
    if found.photo.answer.get("nouns"):
        return "shows"
    return "tags" if settings.get("captioner") == "tags" else "description" if settings.get("by") else "caption"


def _caption(caption: str, why: Reasons) -> Text:
    """Return the caption: words that pull the photo to its folder in green, words that pull it away in yellow."""
    from rich.text import Text

    text = Text(printable(caption))
    for pull in why.pulls:
        if abs(pull.change) >= SLIGHT:
            style = "bold green" if pull.change > 0 else "bold yellow"
            text.highlight_regex(rf"(?i)(?<!\w){re.escape(printable(pull.word))}(?!\w)", style)
    return text


def _words(why: Reasons) -> Text | None:
    from rich.text import Text

    told = [pull for pull in why.pulls if abs(pull.change) >= SLIGHT][:WORDS]
    if not why.pulls:
        return None
    if not told:
        return Text("none of them alone changes the margin")
    parts = (
        Text(f"{printable(pull.word)} {pull.change:+.2f}".replace("-", "−"), "green" if pull.change > 0 else "yellow")
        for pull in told
    )
    return Text.assemble(Text(", ").join(parts), ("  (what the margin loses without it)", "dim"))


def _changes(found: PhotoView, why: Reasons) -> Iterator[str]:
    """Yield what would have to change for the photo to lie elsewhere."""
    if not why.clusters:
        return
    (own, cosine), *others = why.clusters
    layout = layout_in(found.run)
    if layout is None or not layout.name:
        yield "the time of the photo" if layout is None else f"the {' or '.join(sorted(layout.facts))} of the photo"
        return
    if layout.splits:
        above = own.folder.rpartition("/")[0]
        others = [other for other in others if other[0].folder.rpartition("/")[0] == above]
    if others and others[0][1] > cosine and not why.by_picture:
        yield f"nothing: it is nearer to {quoted(others[0][0])} as it is"
        return
    named = {cluster.number: cluster for cluster, _ in why.clusters}
    named |= {cluster.number: cluster for cluster in (side.cluster for side in why.sides)}
    deciding = why.deciding(own.number)
    for pull in deciding:
        elsewhere = quoted(named[pull.goes]) if pull.goes in named else "another folder"
        what = f"if the picture did not suggest “{pull.word}”" if why.are_nouns else f"without “{pull.word}”"
        yield f"{what} it would lie in {elsewhere}"
    for side in why.sides:
        if side.cluster.number != own.number:
            numbers = f"{side.similarity:.2f}, {side.own:.2f} to {quoted(own)}"
            yield f"its {side.side} alone would put it in {quoted(side.cluster)} ({numbers})"
    if why.sides and not deciding and all(side.cluster.number == own.number for side in why.sides):
        yield "picture and caption, each alone, put it here too; no single word decides"
    elif why.pulls and not deciding and not why.sides:
        yield "no single word decides"


def _further(why: Reasons) -> Iterator[tuple[str, str]]:
    """Yield the cluster after the next, or where the pictures would put the photo, if that is another place."""
    if why.by_picture:
        if why.clusters:
            told = [f"{cosine:.2f} to {quoted(cluster)}" for cluster, cosine in why.clusters]
            yield "its picture", f"{', '.join(told)}, by the pictures alone"
        return
    for cluster, cosine in why.clusters[2:3]:
        yield "then", f"{cosine:.2f} to {quoted(cluster)}"


def _answers(found: PhotoView) -> Iterator[tuple[str, str]]:
    """Yield how the photo came to a folder that has a name of the user's, or by a criterion of the user's."""
    if found.own.of_copies:
        return
    answer, criteria = found.photo.answer, found.run.settings.get("by") or ()
    if criteria:
        yield "sorted by", ", then by ".join(criteria)
    if nouns := answer.get("nouns"):
        yield "nouns", ", ".join(f"{noun} {weight:.0%}" for noun, weight in nouns)
    if label := answer.get("label"):
        yield "label", f"“{label}”, what its description was called"
    if reason := answer.get("reason"):
        yield "set aside", reason
    elif how := "here by you" if found.by_user else HOW.get(answer.get("by", "")):
        yield "put" if found.by_user else "put there", how + (f", from “{was}”" if (was := answer.get("was")) else "")
    if found.stray:
        yield "a stray", "it fitted no folder when it came, and joined the nearest"
    runner_up = answer.get("runner_up")
    if runner_up and not answer.get("reason") and not (found.next and found.next.title == runner_up.split(" / ")[-1]):
        yield "runner-up", f"“{runner_up}”"


def _history(found: PhotoView) -> Iterator[tuple[str, str]]:
    """Yield which run has put a photo where it lay before this run, and where the user has moved it since."""
    if found.photo.standing and not found.by_user:
        yield "stands", "there since an earlier run" if found.filed else "there since before this run"
    if filed := found.filed:
        near = f", {filed.photo.similarity:.2f} to its folder then" if filed.photo.similarity else ""
        how = HOW.get(filed.photo.answer.get("by", ""), "")
        yield f"run {filed.run.id}", f"put it into {quoted(filed.own)}{near}{f', {how}' if how else ''}"
    if found.moved:
        yield "put", f"here by you: it lies in “{found.moved}” now"


def _distances(found: PhotoView) -> Iterator[tuple[str, str]]:
    """Yield how near the photo is to its own folder and to the next; of one that was set aside, to the nearest."""
    from photosort.store.runs.records import STRAY
    from photosort.workflows.sorting.folders import ASIDE, THE_USER

    photo, following = found.photo, found.next
    if found.own.of_copies:
        return
    if found.own.named_by == ASIDE and photo.answer.get("reason"):
        if following is not None and photo.runner_up_similarity:
            yield "nearest", f"{photo.runner_up_similarity:.2f} to {quoted(following)}"
        return
    if found.own.named_by == ASIDE:
        if following is not None:
            yield "nearest", f"{photo.similarity:.2f} to {quoted(following)}, hardly more than to the next"
        return
    compared = photo.similarity or photo.answer.get("by") != THE_USER
    if compared:
        average = f"the folder's average is {found.own.cohesion:.2f}"
        yield "similarity", f"{photo.similarity:.2f} to its own folder ({average})"
    if following is not None:
        label = "runner-up" if photo.answer.keys() - {STRAY} else "next"
        margin = f", a margin of {found.margin:.2f}" if compared else ""
        yield label, f"{photo.runner_up_similarity:.2f} to {quoted(following)}{margin}"


def document(found: PhotoView, why: Reasons) -> dict[str, Any]:
    """Return everything of `view`, whole."""
    photo = found.photo
    following = found.next and {
        "folder": found.next.folder,
        "similarity": round(photo.runner_up_similarity, 4),
    }
    return {
        "run": found.run.id,
        "photo": str(photo.path),
        "folder": found.own.folder,
        "title": found.own.title,
        "summary": found.own.summary,
        "note": found.own.note,
        "caption": photo.caption,
        "facts": facts_document(photo.facts),
        "answer": photo.answer,
        "similarity": None if found.own.of_copies else round(photo.similarity, 4),
        "next": following or None,
        "margin": None if found.own.of_copies else round(found.margin, 4),
        "now": found.now or None,
        "stood_before": photo.standing,
        "put_by_you": found.by_user or bool(found.moved),
        "moved_to": found.moved or None,
        "filed": found.filed
        and {
            "run": found.filed.run.id,
            "folder": found.filed.own.folder,
            "similarity": round(found.filed.photo.similarity, 4),
        },
        "words": words_document(why),
        **reasons_document(why),
    }


def words_document(why: Reasons) -> list[dict[str, Any]]:
    """Return the words with what each does; "decides" says whether the photo would lie elsewhere without it."""
    own = why.clusters[0][0].number if why.clusters else -1
    return [{"word": pull.word, "pull": round(pull.change, 4), "decides": pull.goes != own} for pull in why.pulls]


def reasons_document(why: Reasons) -> dict[str, Any]:
    """Return what is near a photo, and what its sides say, for programs."""
    return {
        "words_are_nouns": why.are_nouns,
        "untold": why.untold or None,
        "by_picture": why.by_picture,
        "clusters": [{"folder": cluster.folder, "similarity": round(cosine, 4)} for cluster, cosine in why.clusters],
        "neighbours": [
            {
                "photo": str(one.lying.photo.path),
                "similarity": round(one.similarity, 4),
                "folder": one.folder.folder,
            }
            for one in why.neighbours
        ],
        "alone": {
            side.side: {
                "folder": side.cluster.folder,
                "similarity": round(side.similarity, 4),
                "own": round(side.own, 4),
            }
            for side in why.sides
        },
    }
