"""One photo, as photosort explain shows it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from photosort.cli.output import grid, plural
from photosort.support.printable import printable

if TYPE_CHECKING:
    from rich.console import RenderableType

    from photosort.store.runs import ClusterRecord
    from photosort.workflows.explain import PhotoView


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


def view(found: "PhotoView") -> "RenderableType":
    """Return where the photo lies, what it shows, and how near it is to its folder."""
    from rich.console import Group
    from rich.text import Text

    photo = found.photo
    head = Text.assemble((printable(photo.path.name), "bold"), " → ", (printable(found.own.folder), "bold green"))
    rows = grid()
    for text in beside(found.own):
        rows.add_row("about", Text(printable(text), style="italic"))
    if found.own.note:
        rows.add_row("its name", Text(printable(found.own.note), style="yellow"))
    said = (
        "shows"
        if photo.answer.get("nouns")
        else "tags"
        if _is_tagged(found)
        else "description"
        if found.run.settings.get("by")
        else "caption"
    )
    rows.add_row(said, Text(printable(photo.caption)))
    for label, text in (*_answers(found), *_distances(found)):
        rows.add_row(label, Text(printable(text)))
    shared = [word for word, _ in found.own.keywords if word in photo.caption.lower()]
    if shared:
        rows.add_row("shares", Text(printable(", ".join(shared)), style="green"))
    for label, text in _facts(found):
        rows.add_row(label, Text(printable(text)))
    rows.add_row("from", Text(printable(str(photo.path))))
    if found.now:
        rows.add_row("now", Text(printable(found.now), style="yellow"))
    return Group(head, rows)


def _answers(found: "PhotoView") -> Iterator[tuple[str, str]]:
    """Yield how the photo came to a folder that has a name of the user's, or by a criterion of the user's."""
    answer, criteria = found.photo.answer, found.run.settings.get("by") or ()
    if criteria:
        yield "sorted by", ", then by ".join(criteria)
    if nouns := answer.get("nouns"):
        yield "nouns", ", ".join(f"{noun} {weight:.0%}" for noun, weight in nouns)
    if label := answer.get("label"):
        yield "label", f"“{label}”, what its description was called"
    if reason := answer.get("reason"):
        yield "set aside", reason
    elif how := HOW.get(answer.get("by", "")):
        yield "put there", how + (f", from “{was}”" if (was := answer.get("was")) else "")
    runner_up = answer.get("runner_up")
    if runner_up and not answer.get("reason") and not (found.next and found.next.title == runner_up.split(" / ")[-1]):
        yield "runner-up", f"“{runner_up}”"


def _distances(found: "PhotoView") -> Iterator[tuple[str, str]]:
    """Yield how near the photo is to its own folder and to the next; of one that was set aside, to the nearest."""
    from photosort.workflows.folders import ASIDE, THE_USER

    photo, following = found.photo, found.next
    if found.own.named_by == ASIDE and photo.answer.get("reason"):
        if following is not None and photo.runner_up_similarity:
            yield "nearest", f"{photo.runner_up_similarity:.2f} to “{printable(following.folder)}”"
        return
    if found.own.named_by == ASIDE:
        if following is not None:
            yield "nearest", f"{photo.similarity:.2f} to “{printable(following.folder)}”, hardly more than to the next"
        return
    compared = photo.similarity or photo.answer.get("by") != THE_USER
    if compared:
        average = f"the folder's average is {found.own.cohesion:.2f}"
        yield "similarity", f"{photo.similarity:.2f} to its own folder ({average})"
    if following is not None:
        place = printable(following.folder)
        label = "runner-up" if photo.answer else "next"
        margin = f", a margin of {found.margin:.2f}" if compared else ""
        yield label, f"{photo.runner_up_similarity:.2f} to “{place}”{margin}"


def _facts(found: "PhotoView") -> Iterator[tuple[str, str]]:
    """Yield what is true of the photo, and how sure that is."""
    facts = found.facts
    if facts.kind:
        by = f" (by its {' and '.join(facts.kind.by)})" if facts.kind.by else ""
        yield "kind", f"{facts.kind.name}, {facts.kind.sure:.0%} sure{by}"
    if facts.people:
        faces = plural(facts.people.count, "face") if facts.people.count else "no face"
        yield "people", f"{faces}{', a portrait' if facts.people.portrait else ''}, {facts.people.sure:.0%} sure"
    if facts.taken:
        yield "taken", f"{facts.taken.replace('T', ' ')}{' (by its name)' if facts.taken_by == 'name' else ''}"
    if facts.place:
        yield "place", f"{facts.place[0]:.5f}, {facts.place[1]:.5f} (latitude, longitude)"


def _is_tagged(found: "PhotoView") -> bool:
    return bool(found.run.settings.get("captioner") == "tags")


def beside(cluster: "ClusterRecord") -> list[str]:
    """Return what of title and summary the folder's name does not say."""
    from photosort.cli import planned

    return planned.beside(cluster.folder, cluster.title, cluster.summary, cluster.named_by)


def document(found: "PhotoView") -> dict[str, Any]:
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
        "facts": photo.facts,
        "answer": photo.answer,
        "similarity": round(photo.similarity, 4),
        "next": following or None,
        "margin": round(found.margin, 4),
        "now": found.now or None,
    }
