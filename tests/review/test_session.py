"""The page asks, the session holds the plan: nothing that makes no sense changes it, and every change can be undone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosort.errors import DestinationError, PlanRefused
from photosort.filing.plan.draft import Draft, DraftFolder, DraftPhoto
from photosort.filing.plan.model import Mode
from photosort.review.changes import BadRequest
from photosort.review.session import Session, Shown

PHOTOS = [DraftPhoto(Path(f"/in/a/{number}.jpg"), f"{number:064x}") for number in range(5)]
FOLDERS = (
    DraftFolder("Dogs", "Dogs", "At play", ("dog",), tuple(PHOTOS[:3]), (0,)),
    DraftFolder("Lakes", "Lakes", photos=tuple(PHOTOS[3:]), clusters=(1,)),
)
DRAFT = Draft(7, Path("/in"), Path("/out"), Mode.COPY, FOLDERS)


def session() -> Session:
    shown = [Shown(photo.path, f"caption\u202e of {photo.path.stem}") for photo in PHOTOS]
    return Session(DRAFT, shown, lambda photos: [[photo.path for photo in photos[::2]], [photos[1].path]])


def layout(state: dict[str, Any]) -> dict[str, list[int]]:
    return {folder["name"]: folder["photos"] for folder in state["folders"]} | {"": state["aside"]}


def test_each_change_answers_with_the_new_state() -> None:
    one = session()
    assert layout(one.state()) == {"Dogs": [0, 1, 2], "Lakes": [3, 4], "": []}
    assert layout(one.change({"do": "rename", "folder": "Dogs", "to": " Our dogs "})) == {
        **{"Our dogs": [0, 1, 2], "Lakes": [3, 4], "": []}
    }
    assert layout(one.change({"do": "move", "photos": [4, 0], "folder": "Our dogs"}))["Our dogs"] == [0, 1, 2, 4]
    assert layout(one.change({"do": "aside", "photos": [1]}))[""] == [1]
    assert layout(one.change({"do": "move", "photos": [3, 1], "folder": "Best", "new": True}))["Best"] == [3, 1]
    assert layout(one.change({"do": "split", "folder": "Our dogs"}))["Our dogs (2)"] == [2]
    assert layout(one.change({"do": "merge", "folder": "Best", "other": "Our dogs"}))["Best"] == [3, 1, 0, 4]
    state = one.change({"do": "pin", "folder": "Best", "pinned": True})
    assert [folder["pinned"] for folder in state["folders"] if folder["name"] == "Best"] == [True]
    assert state["changes"] == 7
    for _ in range(7):
        state = one.change({"do": "undo"})
    assert layout(state) == {"Dogs": [0, 1, 2], "Lakes": [3, 4], "": []} and one.draft is DRAFT
    with pytest.raises(PlanRefused, match="There is no change to take back"):
        one.change({"do": "undo"})


def test_what_changes_nothing_is_no_change_to_undo() -> None:
    one = session()
    assert one.change({"do": "rename", "folder": "Dogs", "to": "Dogs"})["changes"] == 0
    assert one.change({"do": "move", "photos": [0], "folder": "Dogs"})["changes"] == 0


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"do": "delete"},
        {"do": ["rename"]},
        {"do": "rename", "folder": "Dogs"},
        {"do": "rename", "folder": "Dogs", "to": 3},
        {"do": "rename", "folder": "Dogs", "to": "Cats", "also": 1},
        {"do": "move", "photos": [], "folder": "Dogs"},
        {"do": "move", "photos": [5], "folder": "Dogs"},
        {"do": "move", "photos": [-1], "folder": "Dogs"},
        {"do": "move", "photos": [True], "folder": "Dogs"},
        {"do": "move", "photos": "0", "folder": "Dogs"},
        {"do": "aside", "photos": ["/etc/passwd"]},
        {"do": "pin", "folder": "Dogs", "pinned": "yes"},
        {"do": "undo", "again": True},
    ],
)
def test_a_request_of_another_shape_changes_nothing(asked: dict[str, Any]) -> None:
    one = session()
    with pytest.raises(BadRequest):
        one.change(asked)
    assert one.draft is DRAFT and one.state()["changes"] == 0


@given(
    st.dictionaries(
        st.sampled_from(["do", "folder", "to", "other", "photos", "pinned", "new"]),
        st.sampled_from(["rename", "merge", "move", "aside", "split", "pin", "undo", "Dogs", "Lakes"])
        | st.lists(st.integers(-1, 5))
        | st.booleans()
        | st.text(max_size=3),
    )
)
def test_any_request_leaves_every_photo_in_the_plan(asked: dict[str, Any]) -> None:
    one = session()
    try:
        state = one.change(asked)
    except (BadRequest, PlanRefused):
        state = one.state()
    assert sorted(number for numbers in layout(state).values() for number in numbers) == [0, 1, 2, 3, 4]


def test_a_name_that_no_disk_takes_is_refused_with_a_better_one() -> None:
    with pytest.raises(PlanRefused, match="this is one: “etc”"):
        session().change({"do": "rename", "folder": "Dogs", "to": "../../etc"})


def test_the_page_is_shown_text_that_cannot_forge_anything() -> None:
    shown = session().list_photos()["photos"]
    assert shown[0] == {"name": "0.jpg", "from": "a", "caption": "caption\\u202e of 0"}
    assert json.loads(json.dumps(session().state()))["destination"] == "/out"


def test_nothing_changes_while_photos_are_filed_or_after() -> None:
    one = session()
    assert one.asked(0) is None
    assert one.ask("file")["phase"] == "filing" and one.asked(0) == "file"
    for late in (lambda: one.change({"do": "undo"}), lambda: one.ask("file"), lambda: one.ask("done")):
        with pytest.raises(PlanRefused):
            late()
    one.report("filing", 1, 5)
    assert one.state()["progress"] == {"stage": "filing", "done": 1, "total": 5}
    one.failed(DestinationError("/out cannot be written", "Correct its permissions."))
    state = one.state()
    assert (state["phase"], state["failure"]["problem"]) == ("editing", "/out cannot be written")
    assert one.change({"do": "aside", "photos": [0]})["failure"] is None
    one.ask("file")
    one.filed({"photos": 5})
    assert one.state()["filed"] == {"photos": 5} and one.ask("done")["phase"] == "ended"
    with pytest.raises(PlanRefused, match="The plan is filed"):
        one.change({"do": "aside", "photos": [1]})
    with pytest.raises(BadRequest):
        one.ask("format")
