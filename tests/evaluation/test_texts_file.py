"""Files of texts, good and bad."""

from pathlib import Path

import pytest

from photosort.errors import SettingsError, SourceMissing
from photosort.evaluation.texts_file import read_texts_file

GOOD = '{"id": "a/1.jpg", "label": "dogs", "texts": ["a dog", "a brown dog"]}\n'


def test_lines_are_read_and_blank_ones_passed_over(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text(
        GOOD + '\n{"id": 7, "label": "Möwen", "texts": [""], "more": 1}', encoding="utf-8"
    )
    first, second = read_texts_file(tmp_path / "t.jsonl")
    assert (first.id, first.label, first.texts) == ("a/1.jpg", "dogs", ("a dog", "a brown dog"))
    assert (second.id, second.label) == ("7", "Möwen")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GOOD + "{", "Line 2 .*Invalid JSON"),
        (GOOD + '{"id": "b", "texts": ["x"]}', "Line 2 .*label: Field required"),
        (GOOD + '{"id": "b", "label": "x", "texts": []}', "Line 2 .*texts"),
        (GOOD + '{"id": "b", "label": "x", "texts": "x"}', "Line 2 .*texts"),
        (GOOD + GOOD, "Line 2 .*has the id a/1.jpg again"),
        ("\n", "holds no texts"),
        (b"\xff\xfe", "not in UTF-8"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, content: str | bytes, message: str) -> None:
    (tmp_path / "t.jsonl").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SettingsError, match=message):
        read_texts_file(tmp_path / "t.jsonl")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceMissing, match=r"t\.jsonl cannot be read"):
        read_texts_file(tmp_path / "t.jsonl")


def test_byte_order_marks_and_separators_in_texts_are_accepted(tmp_path: Path) -> None:
    second = GOOD.replace("a/1", "a/2").replace("a brown dog", "a brown\u2028dog").replace("\n", "\r\n")
    (tmp_path / "t.jsonl").write_bytes(b"\xef\xbb\xbf" + (GOOD + second).encode())
    assert [line.texts[1] for line in read_texts_file(tmp_path / "t.jsonl")] == ["a brown dog", "a brown\u2028dog"]
