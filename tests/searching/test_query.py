"""What a query says, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from photosort.errors import SettingsError
from photosort.searching.query import Term, parse

WORD = st.text(st.characters(categories=("Ll", "Lu")), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("query", "terms"),
    [
        ("dog on a beach", [Term(1, "dog on a beach")]),
        ("  dog   on a\tbeach ", [Term(1, "dog on a beach")]),
        ("dog + beach", [Term(1, "dog"), Term(1, "beach")]),
        ("dog - beach + snow", [Term(1, "dog"), Term(-1, "beach"), Term(1, "snow")]),
        ("- beach + dog", [Term(-1, "beach"), Term(1, "dog")]),
        ("2:golden retriever", [Term(2, "golden retriever")]),
        ("2: golden retriever - 0.5:grass", [Term(2, "golden retriever"), Term(-0.5, "grass")]),
        ("black-and-white photo", [Term(1, "black-and-white photo")]),
        ("a+b", [Term(1, "a+b")]),
        ("children's party", [Term(1, "children's party")]),
        ('"salt + pepper" - table', [Term(1, "salt + pepper"), Term(-1, "table")]),
        ("2:'rock - paper'", [Term(2, "rock - paper")]),
        ("sunset: red and gold", [Term(1, "sunset: red and gold")]),
        ("./pool.jpg - fruit", [Term(1, photo=Path("pool.jpg")), Term(-1, "fruit")]),
        ("0.5:../new  york.jpg + night", [Term(0.5, photo=Path("../new  york.jpg")), Term(1, "night")]),
        ("'./a - b.jpg' + night", [Term(1, photo=Path("a - b.jpg")), Term(1, "night")]),
        ("/photos/a.jpg", [Term(1, photo=Path("/photos/a.jpg"))]),
    ],
)
def test_terms_are_read(query: str, terms: list[Term]) -> None:
    assert list(parse(query)) == terms


def test_a_photo_may_be_named_beside_the_query() -> None:
    odd = Path("a - b.jpg")
    assert parse("", odd) == (Term(1, photo=odd),)
    assert parse("night", odd) == (Term(1, photo=odd), Term(1, "night"))


def test_home_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert parse("~/a.jpg") == (Term(1, photo=tmp_path / "a.jpg"),)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "There is nothing to search for"),
        ("   ", "There is nothing to search for"),
        ("dog +", "A part of the query 'dog +' is empty"),
        ("dog + + cat", "A part of the query 'dog + + cat' is empty"),
        ("+", "A part of the query '+' is empty"),
        ("2:", "A part of the query '2:' is empty"),
        ('dog - ""', "is empty"),
        ("- dog", "The query '- dog' only takes away"),
        ("0:dog", "'0:dog' begins with a factor"),
        ("101:dog", "'101:dog' begins with a factor"),
        ("1.2.3:dog", "'1.2.3:dog' begins with a factor"),
        ("pool.jpg", "'pool.jpg' looks like the name of a photo. Write it as a path: ./pool.jpg"),
        ("dog\x1b[2J +", "'dog\\x1b[2J +' is empty"),
    ],
)
def test_nonsense_is_refused_in_one_line(query: str, message: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(message)) as refused:
        parse(query)
    assert str(refused.value).isprintable()


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("+-"), st.sampled_from(["", "2:", "0.5:"]), WORD), min_size=1, max_size=6))
def test_what_is_written_is_what_is_read(parts: list[tuple[str, str, str]]) -> None:
    query = "".join(f" {sign} {factor}{word}" for sign, factor, word in [("+", "", "dog"), *parts])
    expected = [Term((1 if s == "+" else -1) * float(f.rstrip(":") or 1), word) for s, f, word in parts]
    assert parse(query.removeprefix(" + ")) == (Term(1, "dog"), *expected)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(query: str) -> None:
    try:
        terms = parse(query)
    except SettingsError as refused:
        assert str(refused).isprintable()
    else:
        assert all(bool(term.text) != (term.photo is not None) for term in terms)
        assert any(term.weight > 0 for term in terms)
