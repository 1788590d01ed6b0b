"""The page as a text: what stands in it, what cannot get into it, and what it may load."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from fakes.pages import HOSTILE, addresses, page
from hypothesis import given
from hypothesis import strategies as st

from photosort.report.html import CHUNK, SIGNATURE, render, render_editable
from photosort.report.page import Page


class Seen(HTMLParser):
    """The elements of a document with their attributes, and the texts of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in self.inside:
            self.inside[tag].append("")
            self._open = tag

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.inside[self._open][-1] += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def document(text: str) -> dict[str, object]:
    return json.loads(Seen(text).inside["script"][0])


def test_every_folder_and_photo_has_its_element_in_order() -> None:
    seen = Seen(render(page(each=12), addresses(36)))
    folders = [attributes for attributes in seen.all("section") if attributes.get("class") == "folder"]
    assert [folder["data-folder"] for folder in folders] == ["0", "1", "2"]
    figures = seen.all("figure")
    assert [figure["data-photo"] for figure in figures] == [str(number) for number in range(36)]
    assert all(figure["tabindex"] == "0" for figure in figures)
    assert [figure["class"] for figure in figures[:12]] == [
        "photo exemplar",
        *["photo"] * 8,
        *["photo outlier"] * 3,
    ]


def test_large_folders_are_laid_out_in_parts_of_whole_rows() -> None:
    text = render(page(each=CHUNK * 2), addresses(CHUNK * 6))
    parts = [part.count("<figure") for part in text.split('<div class="chunk">')[1:4]]
    assert parts == [CHUNK - 3, CHUNK, 3]


def test_the_script_reads_what_the_page_shows() -> None:
    run = document(render(page(), addresses(36)))
    assert run["run"] == 3 and run["state"] == "previewed"
    assert run["folders"][0]["name"] == "dogs" and run["folders"][0]["photos"] == list(range(12))
    assert run["photos"][0] == {
        "name": "dog-0.jpg",
        "path": "in/dog-0.jpg",
        "folder": 0,
        "caption": "a photo of a dog number 0",
        "similarity": 0.9,
        "facts": ["2019-01-11", "two people"],
        "taken": "2019-01-11",
        "next": 1,
        "nextSimilarity": 0.4,
        "spot": [0.0, 0.0],
    }


def test_hostile_texts_make_no_element() -> None:
    tame, hostile = (Seen(render(page(hostile=text), addresses(36))) for text in ("", HOSTILE))
    assert len(hostile.inside["script"]) == len(tame.inside["script"])
    assert len(hostile.all("img")) == len(tame.all("img")) and not [a for a in hostile.all("img") if "onerror" in a]
    assert json.loads(hostile.inside["script"][0])["photos"][0]["caption"].endswith(HOSTILE)


@given(st.text(max_size=40))
def test_no_text_ends_the_data_or_is_changed_by_it(text: str) -> None:
    whole = page(each=1)
    odd = replace(whole, photos=(replace(whole.photos[0], caption=text), *whole.photos[1:]))
    seen = Seen(render(odd, lambda index: ""))
    assert len(seen.inside["script"]) == 4
    said = json.loads(seen.inside["script"][0])["photos"][0].get("caption", "")
    assert said.isprintable() and (not text.isprintable() or said == text)


def test_the_policy_allows_its_own_texts_and_nothing_from_elsewhere() -> None:
    text = render(page(), addresses(36))
    seen = Seen(text)
    (policy,) = [meta["content"] for meta in seen.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
    directives = dict(part.split(" ", 1) for part in policy.split("; "))
    assert directives["default-src"] == "'none'" and directives["img-src"] == "data: file:"
    for kind, texts in (("style", seen.inside["style"]), ("script", seen.inside["script"][1:])):
        hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(t.encode()).digest()).decode()}'" for t in texts]
        assert directives[f"{kind}-src"].split() == hashes
    assert not re.search(r"https?://", text)
    assert not [attributes for _, attributes in seen.tags if "style" in attributes]


def test_the_editable_page_is_the_same_with_what_an_editor_needs() -> None:
    plain, edited = (
        Seen(render(page(), addresses(36))),
        Seen(render_editable(page())),
    )
    shown = [attributes["data-photo"] for attributes in plain.all("figure")]
    assert [attributes["data-photo"] for attributes in edited.all("figure")] == shown
    assert {attributes["role"] for attributes in edited.all("figure")} == {"checkbox"}
    assert len(edited.all("img")) == 1, "that of the large view alone: the script brings the others"
    assert edited.all("canvas") and not edited.all("style")
    assert edited.all("figure")[0]["aria-label"] == "dog-0.jpg, a photo of a dog number 0"
    assert [attributes["data-do"] for attributes in edited.all("button") if "data-do" in attributes] == [
        "rename",
        "merge",
        "split",
        "pin",
    ] * 4, "three folders and the template of a new one; what is set aside has no name"
    assert not [attributes for attributes in plain.all("button") if "data-do" in attributes]


def test_a_photo_without_a_picture_says_so() -> None:
    text = render(page(), lambda index: "" if index == 4 else "data:,")
    assert text.count('class="missing"') == 1 and "dog-4.jpg<br>not found, or not readable" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": "undone"}, "The state of this run: undone."),
        ({"state": "previewed"}, "This is a preview. No photo was touched."),
        ({"map_note": "A map needs at least 8 photos."}, "A map needs at least 8 photos."),
        ({"left": ()}, "36 photos in 3 folders</p>"),
        ({}, '36 photos in 3 folders; <a href="#left">2 left where they are</a>'),
    ],
)
def test_the_head_says_what_the_run_is(change: dict[str, object], said: str) -> None:
    assert said in render(replace(page(), **change), addresses(36))


def test_what_was_left_and_the_settings_are_told() -> None:
    text = render(page(), addresses(36))
    assert "truncated <span>1</span>" in text and "<li>in/empty.jpg</li>" in text
    assert "<dt>k</dt><dd>3</dd>" in text and "<dt>exclude</dt><dd>*.tmp</dd>" in text and "<dt>by</dt>" not in text


def test_a_page_of_no_folder_is_a_page() -> None:
    empty: Page = replace(page(), folders=(), photos=())
    text = render(empty, lambda index: "")
    assert text.startswith(SIGNATURE) and "0 photos in 0 folders" in text
