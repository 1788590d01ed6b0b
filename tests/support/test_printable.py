"""The gate for text from outside lets nothing through that a terminal would obey."""

from hypothesis import given
from hypothesis import strategies as st

from photosort.support.printable import printable


@given(st.text())
def test_what_comes_out_prints_as_itself_on_one_line(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable() and len(shown.splitlines()) <= 1
    assert shown.encode().decode() == shown
    assert printable(shown) == shown


@given(st.binary())
def test_a_name_of_any_bytes_can_be_shown_and_stored(name: bytes) -> None:
    assert printable(name.decode(errors="surrogateescape")).encode().decode().isprintable()


def test_what_prints_already_stays_as_it_is() -> None:
    assert printable("Été à la plage, 犬と猫 🐕.jpg") == "Été à la plage, 犬と猫 🐕.jpg"
    assert printable("a\x1b[31mb\nc\u202ed") == "a\\x1b[31mb\\nc\\u202ed"
