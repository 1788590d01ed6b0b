"""What is written of a draft says the same when it is read, whatever files are called."""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosort.filing.plan.draft import Draft, DraftFolder, DraftPhoto
from photosort.filing.plan.draft_text import DIGITS, as_text, quoted, read_text
from photosort.filing.plan.model import Mode

DIGEST = "0123456789abcdef" * 4
TEXT = 'run = 1\nsource = "/in"\ndestination = "/out"\n'

texts = st.text(st.characters(exclude_categories=["Cs"]))
names = st.binary(min_size=1, max_size=30).filter(lambda name: name.strip(b".") and not set(name) & set(b"/\0"))
photos = st.builds(
    lambda parts: DraftPhoto(Path(os.fsdecode(b"/in/" + b"/".join(parts))), DIGEST),
    st.lists(names, min_size=1, max_size=3),
)
folders = st.builds(
    DraftFolder,
    texts.filter(bool),
    texts.filter(bool),
    texts,
    st.lists(texts, max_size=3).map(tuple),
    st.lists(photos, max_size=3).map(tuple),
    st.lists(st.integers(0, 99), max_size=3).map(tuple),
    st.booleans(),
)
drafts = st.builds(
    Draft,
    st.integers(1, 2**40),
    st.just(Path("/in")),
    names.map(lambda name: Path(os.fsdecode(b"/out/" + name))),
    st.sampled_from(Mode),
    st.lists(folders, max_size=3).map(tuple),
    st.lists(photos, max_size=3).map(tuple),
)


def shortened(draft: Draft) -> Draft:
    def cut(given: tuple[DraftPhoto, ...]) -> tuple[DraftPhoto, ...]:
        return tuple(replace(photo, digest=photo.digest[:DIGITS]) for photo in given)

    inside = tuple(replace(folder, photos=cut(folder.photos)) for folder in draft.folders)
    return replace(draft, folders=inside, aside=cut(draft.aside))


@given(drafts)
def test_a_draft_comes_back_as_it_was(draft: Draft) -> None:
    reading = read_text("".join(as_text(draft)))
    assert reading.faults == [] and reading.draft == shortened(draft)


@given(st.text())
def test_any_text_is_quoted_on_one_printable_line(text: str) -> None:
    said = quoted(text)
    read = tomllib.loads(f"x = {said}")["x"]
    assert said.isprintable() and read == text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda data: data.decode("latin-1")))
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    for whole in (text, TEXT + text):
        reading = read_text(whole)
        assert reading.draft is not None or reading.faults


def test_each_photo_has_a_line_of_its_own() -> None:
    draft = Draft(1, Path("/in"), Path("/out"), Mode.COPY, (DraftFolder("A", "A", photos=(photo("b/c.jpg"),)),))
    lines = "".join(as_text(draft)).splitlines()
    assert '  { file = "b/c.jpg", sha256 = "0123456789abcdef" },' in lines
    assert all(line.startswith("#") for line in lines[:6])


def test_a_name_that_is_not_utf8_is_written_as_bytes() -> None:
    odd = DraftPhoto(Path(os.fsdecode(b"/in/caf\xe9.jpg")), DIGEST)
    text = "".join(as_text(Draft(1, Path("/in"), Path("/out"), Mode.COPY, (), (odd,))))
    assert 'file = "caf\N{REPLACEMENT CHARACTER}.jpg", bytes = "636166e92e6a7067"' in text


def photo(name: str) -> DraftPhoto:
    return DraftPhoto(Path("/in") / name, DIGEST)


@pytest.mark.parametrize(
    "text, fault",
    [
        ("run = ", "not TOML: Invalid value (at end of document)"),
        ('source = "/in"\ndestination = "/out"', "the file: “run” is missing"),
        (TEXT.replace("1", '"1"'), "the file: “run” must be a whole number"),
        (TEXT.replace("/in", "in"), "the file: “source” must be an absolute path, not “in”"),
        (TEXT.replace("/out", ""), "the file: “destination” is empty or no path"),
        (TEXT + "format = 2", "format 2 is not known to this version of photosort, which reads 1"),
        (TEXT + 'mode = "delete"', "mode “delete” is not known; choose copy, move, hardlink, symlink"),
        (TEXT + 'colour = "red"', "the file: unknown key “colour”"),
        (TEXT + 'source_bytes = "xx"', "the file: “source_bytes” must be bytes in hexadecimal"),
        (TEXT + "folder = 3", "the file: “folder” must be a list in brackets"),
        (TEXT + "folder = [3]", "folder 1: must be a table, [[folder]]"),
        (TEXT + "[[folder]]\nphotos = []", "folder 1: “name” is missing"),
        (TEXT + '[[folder]]\nname = ""', "folder 1: “name” is empty"),
        (TEXT + '[[folder]]\nname = "A"\nsize = 3', "“A”: unknown key “size”"),
        (TEXT + '[[folder]]\nname = "A"\npinned = "yes"', "“A”: “pinned” must be true or false"),
        (TEXT + '[[folder]]\nname = "A"\nclusters = [true]', "“A”: each of “clusters” must be a whole number"),
        (
            TEXT + '[[folder]]\nname = "A"\nphotos = ["x.jpg"]',
            '“A”, photo 1: must be { file = "NAME", sha256 = "DIGITS" }',
        ),
        (TEXT + '[aside]\nphotos = [{ file = "x.jpg" }]', "[aside], photo 1: “sha256” is missing"),
        (
            TEXT + '[aside]\nphotos = [{ file = "x.jpg", sha256 = "ABC" }]',
            "[aside], photo 1: “sha256” must be 16 to 64 hexadecimal digits in lower case",
        ),
        (
            TEXT + '[aside]\nphotos = [{ file = "\\u0000", sha256 = "0123456789abcdef" }]',
            "[aside], photo 1: “file” is empty or no path",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, fault: str) -> None:
    assert read_text(text).faults == [fault]


def test_all_faults_are_found_at_once() -> None:
    wrong = TEXT + 'a = 1\n[[folder]]\nname = "A"\nb = 2\nphotos = [{ file = "x", size = 3 }]\n[aside]\nc = 4'
    assert read_text(wrong).faults == [
        "the file: unknown key “a”",
        "“A”: unknown key “b”",
        "“A”, photo 1: unknown key “size”",
        "“A”, photo 1: “sha256” is missing",
        "[aside]: unknown key “c”",
    ]
