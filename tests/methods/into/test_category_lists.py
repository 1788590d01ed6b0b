"""Categories as users write them."""

import pytest

from photosort.errors import SettingsError
from photosort.methods.into.category_lists import from_lines, from_list, from_toml
from photosort.models.protocols import Category

FILE = """
# what I keep
Pets: cats, dogs; not wild animals
Beach
Travel/Rome: ruins, and not people.   # a folder in a folder
Food: meals, no receipts, without documents
"""
TOML = """
food = "meals, cakes, not receipts"
Trips = ["Rome", "Paris"]
[Animals]
Pets = "cats, dogs"
Wild = {hint = "lions", not = "zoo"}
[Papers]
hint = "letters"
"""


def test_a_list_has_names_alone() -> None:
    assert from_list("people, food ,Animals/Pets; documents,") == (
        Category("people"),
        Category("food"),
        Category("Pets", above="Animals"),
        Category("documents"),
    )
    assert from_list("people") == (Category("people"),)


def test_a_line_has_words_for_what_belongs_and_what_does_not() -> None:
    assert from_lines(FILE, "mine.txt") == (
        Category("Pets", "cats, dogs", "wild animals"),
        Category("Beach"),
        Category("Rome", "ruins", "people", "Travel"),
        Category("Food", "meals", "receipts, documents"),
    )


def test_toml_nests_categories_in_two_levels() -> None:
    assert from_toml(TOML, "mine.toml") == (
        Category("food", "meals, cakes", "receipts"),
        Category("Rome", above="Trips"),
        Category("Paris", above="Trips"),
        Category("Pets", "cats, dogs", above="Animals"),
        Category("Wild", "lions", "zoo", "Animals"),
        Category("Papers", "letters"),
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "names no category"),
        (" , ;", "names no category"),
        ("food, Food", "has food twice"),
        ("food, fo:od?, fo od", "twice"),
        ("food, ...", "no name that can be a folder"),
        ("x" * 81, "too long"),
        ("Animals, Animals/Pets", "a category and a folder for others"),
    ],
)
def test_what_cannot_be_folders_is_refused_with_the_form_that_can(text: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem) as refused:
        from_list(text)
    assert refused.value.hint


@pytest.mark.parametrize(
    "text", ["a = ", "a = 3", "[A.B]\nc = {d = {e = 'f'}}", "[A]\nb = ['c']", "a = [1]", "[A]\n[A.B]\n[A.B.C]\nd = ''"]
)
def test_toml_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match=r"mine\.toml"):
        from_toml(text, "mine.toml")
