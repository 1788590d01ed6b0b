from __future__ import annotations

import unicodedata
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosort.naming.folder_name import MAX_BYTES, UNNAMED, folder_name, name_key

NASTY = '/\\:*?"<>|.-~ \t\n\x00\x7f\u202e\u2066\u200b\u200d\ufeff\u0301\ufe0f\u3164\u2044\ud800\U000e0041\ue000'
texts = st.text() | st.text(alphabet=NASTY + "aAß\u0130éコ📷") | st.text(alphabet="ab \u0301.", min_size=100)
devices = ["con", "PRN", "aux", "NUL", "com0", "COM1", "lpt9", "COM¹", "LPT³", "conin$", "CONOUT$"]


def breaks_no_rule(name: str) -> bool:
    stem = unicodedata.normalize("NFKC", name.split(".", maxsplit=1)[0]).strip().casefold()
    return (
        0 < len(name.encode()) <= MAX_BYTES
        and not set(name) & set('/\\:*?"<>|\u2044\u2215\uff0f\uff3c')
        and not any(unicodedata.category(c)[0] == "C" for c in name)
        and not any(unicodedata.category(c) in ("Zl", "Zp") for c in name)
        and not any(unicodedata.bidirectional(c)[-1] in "EOFI" for c in name if unicodedata.bidirectional(c))
        and name[0] not in ".-~ " and unicodedata.category(name[0])[0] != "M"
        and name[-1] not in ". "
        and unicodedata.is_normalized("NFC", name)
        and stem not in [unicodedata.normalize("NFKC", device).casefold() for device in devices]
    )  # fmt: skip


@given(texts)
def test_any_text_becomes_a_name_that_breaks_no_rule(text: str) -> None:
    assert breaks_no_rule(folder_name(text, set()))


@given(st.lists(texts, max_size=12))
def test_names_of_one_run_never_meet(many: list[str]) -> None:
    taken: set[str] = set()
    for text in many:
        name = folder_name(text, taken)
        assert breaks_no_rule(name)
        assert name_key(name) not in {name_key(other) for other in taken}
        taken.add(name)


@given(texts)
def test_taken_may_hold_names_or_their_keys(text: str) -> None:
    name = folder_name(text, set())
    assert folder_name(text, {name}) == folder_name(text, {name_key(name)}) != name


@given(texts)
def test_a_good_name_is_left_as_it_is(text: str) -> None:
    name = folder_name(text, set())
    assert folder_name(name, set()) == name


@given(st.text())
def test_the_key_of_a_key_is_itself(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)


@given(st.lists(st.text(alphabet="abcdefg", min_size=1, max_size=12), min_size=30, max_size=60))
def test_a_long_text_is_cut_between_words(words: list[str]) -> None:
    name = folder_name(" ".join(words), set())
    kept = name.split(" ")
    if name != UNNAMED and not name.startswith("photos "):
        assert kept == words[: len(kept)]
    whole = " ".join(words)
    if len(whole) > MAX_BYTES:
        assert len(name) + 1 + len(words[len(kept)]) > MAX_BYTES


@given(texts)
@pytest.mark.parametrize("root", ["C:\\Photos", "\\\\server\\share", "\\\\?\\D:\\Photos", "C:", "."])
def test_windows_takes_a_name_for_one_part_of_a_path(root: str, text: str) -> None:
    name = folder_name(text)
    path = PureWindowsPath(root, name)
    assert (path.name, path.parent, path.drive) == (name, PureWindowsPath(root), PureWindowsPath(root).drive)
    assert path.as_posix().endswith(name)


@pytest.mark.parametrize("device", devices)
@pytest.mark.parametrize("form", ["{}", "{}.txt", " {} .tar.gz", "{}.", "{}:", "{}. " + "a" * 200])
def test_a_device_of_windows_is_no_folder(device: str, form: str) -> None:
    name = folder_name(form.format(device), set())
    assert breaks_no_rule(name)
    assert name.startswith("photos ")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("C:\\Windows\\system32", "C Windows system32"),
        ("-rf ~", "rf ~"),
        ("~", UNNAMED),
        (".hidden", "hidden"),
        ("Dogs at play.", "Dogs at play"),
        ("AC/DC: live", "AC DC live"),
        ("two\nlines\tand\u2028more", "two lines and more"),
        ("gpj.\u202efotos", "gpj.fotos"),
        ("cafe\u0301", "café"),
        ("\u200b\u3164\u2800", UNNAMED),
        ("...", UNNAMED),
        ("!?!", UNNAMED),
        ("", UNNAMED),
        ("夏の海", "夏の海"),
        ("📷", "📷"),
    ],
)
def test_known_texts(text: str, name: str) -> None:
    assert folder_name(text, set()) == name


@pytest.mark.parametrize(("first", "second"), [("Dogs", "dogs"), ("STRASSE", "straße"), ("café", "cafe\u0301")])
def test_equal_on_a_case_insensitive_disk_is_taken(first: str, second: str) -> None:
    assert folder_name(second, {folder_name(first, set())}).endswith(" (2)")


def test_a_number_counts_within_the_limit() -> None:
    taken: set[str] = set()
    for _ in range(120):
        taken.add(folder_name("é" * 500, taken))
    assert len({name_key(name) for name in taken}) == 120
    assert all(breaks_no_rule(name) for name in taken)


def test_a_word_longer_than_the_limit_is_cut_within_it() -> None:
    assert folder_name("a " + "コ" * 100, set()) == "a " + "コ" * 39


@given(texts)
def test_the_disk_takes_it(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder: Path = tmp_path_factory.mktemp("names")
    name = folder_name(text, set())
    (folder / name).mkdir()
    assert [path.name for path in folder.iterdir()] == [name]
