"""What names, files and pixels tell of a picture, and what outweighs what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosort.photos.facts.facts import KINDS
from photosort.photos.facts.header import Header
from photosort.photos.facts.kinds import LIKELIEST, SURE, kind_of

SEEN = ("screenshot", "document", "receipt", "meme", "drawing", "photo")


def seen(**shares: float) -> dict[str, float]:
    rest = (1 - sum(shares.values())) / (len(SEEN) - len(shares))
    return {name: shares.get(name, rest) for name in SEEN}


CAMERA = Header(4000, 3000, camera="Canon EOS 7D", exposed=True)
PHONE = Header(1080, 2400)
PLAIN = Header(1000, 800)


@pytest.mark.parametrize(
    ("name", "header", "looks", "kind"),
    [
        ("a.jpg", PLAIN, None, None),
        ("a.png", PHONE, None, None),
        ("Screenshot_1.jpg", PLAIN, None, "screenshot"),
        ("a.png", Header(8, 8, comment="Screenshot"), None, "screenshot"),
        ("a.png", Header(8, 8, software="gnome-screenshot"), None, "screenshot"),
        ("a.jpg", Header(8, 8, software="Shutterfly"), None, None),
        ("a.jpg", Header(8, 8, comment="A spectacle, seen by our scanner"), None, None),
        ("a.jpg", Header(8, 8, software="Spectacle 23.04"), None, "screenshot"),
        ("scan0001.jpg", PLAIN, None, "scan"),
        ("a.jpg", Header(8, 8, camera="EPSON Perfection V600"), None, "scan"),
        ("scan0001.jpg", PLAIN, seen(document=0.99, photo=0.001), "document"),
        ("scan0001.jpg", PLAIN, seen(photo=0.99), "scan"),
        ("a.jpg", PLAIN, seen(receipt=0.99, photo=0.001), "receipt"),
        ("a.jpg", PLAIN, seen(receipt=0.97, photo=0.03), None),
        ("a.jpg", PLAIN, seen(receipt=0.4, document=0.3, meme=0.29, photo=0.001), None),
        ("a.jpg", CAMERA, seen(document=0.99, photo=0.001), "document"),
        ("a.jpg", CAMERA, seen(screenshot=0.99, photo=0.001), None),
        ("a.png", PHONE, seen(screenshot=0.96, photo=0.03), "screenshot"),
        ("a.jpg", PLAIN, seen(screenshot=0.96, photo=0.03), None),
        ("Screenshot_1.jpg", CAMERA, seen(photo=0.99), None),
        ("Screenshot_1.jpg", PHONE, seen(photo=0.9), "screenshot"),
    ],
)
def test_evidence_is_added_up(name: str, header: Header, looks: dict[str, float] | None, kind: str | None) -> None:
    found = kind_of(name, header, looks)
    assert (found.name if found else None) == kind


def test_a_face_speaks_against_papers_alone() -> None:
    for kind, kept in (("document", False), ("receipt", False), ("meme", True), ("screenshot", True)):
        looks = seen(**{kind: 0.99, "photo": 0.004})
        assert kind_of("a.jpg", PLAIN, looks) is not None
        assert (kind_of("a.jpg", PLAIN, looks, 2) is not None) is kept


def test_what_told_it_is_named() -> None:
    found = kind_of("Screenshot_1.png", PHONE, seen(screenshot=0.99, photo=0.001))
    assert found is not None
    assert found.by == ("pixels", "name", "size", "format")
    assert found.sure > 0.99


@given(
    st.text(max_size=40),
    st.builds(Header, st.integers(0, 9999), st.integers(0, 9999), exposed=st.booleans(), software=st.text(max_size=20)),
    st.none() | st.lists(st.floats(0, 1), min_size=6, max_size=6),
)
def test_any_evidence_gives_a_kind_or_none(name: str, header: Header, shares: list[float] | None) -> None:
    looks = dict(zip(SEEN, shares, strict=True)) if shares else None
    found = kind_of(name, header, looks)
    assert found is None or (found.name in KINDS and SURE * LIKELIEST <= found.sure <= 1)
