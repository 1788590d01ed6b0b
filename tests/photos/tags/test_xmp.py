"""Tags are merged into XMP; whatever somebody else has written there stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from photosort.photos.tags.xmp import LARGEST, Tags, as_packet, clean, merged, said_before
from photosort.photos.tags.xmp_packet import XmpRefused

DOG = Tags("a photo of a dog", ("dog", "Animals"), ("photosort|Animals|dog",))
CAT = Tags("a photo of a cat", ("cat", "Animals"), ("photosort|Animals|cat",))
NOTHING = Tags("", (), ())
ADOBE = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 7.0">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:crs="http://ns.adobe.com/crs/1.0/"
    xmp:Rating="4" xmp:ModifyDate="2019-07-14T12:33:01+02:00" crs:Exposure2012="+0.35">
   <!-- a note -->
   <dc:subject xmlns:dc="http://purl.org/dc/elements/1.1/">
    <rdf:Seq><rdf:li>Bello</rdf:li><rdf:li>Dog</rdf:li></rdf:Seq>
   </dc:subject>{more}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""
DESCRIBED = """<dc:description xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Alt>
    <rdf:li xml:lang="x-default">{text}</rdf:li></rdf:Alt></dc:description>"""
NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
}
WORDS = st.text(st.characters(exclude_categories=("C",), exclude_characters="|/"), min_size=1, max_size=12).map(clean)
TAGS = st.builds(
    Tags,
    st.one_of(st.just(""), WORDS),
    st.lists(WORDS.filter(bool), max_size=4, unique_by=str.casefold).map(tuple),
    st.lists(WORDS.filter(bool).map(lambda word: f"photosort|{word}"), max_size=4, unique_by=str.casefold).map(tuple),
)


def adobe(more: str = "") -> bytes:
    return ADOBE.format(more=more).encode()


def values(content: bytes, name: str) -> list[str]:
    found = etree.fromstring(content).iterfind(f".//{name}//rdf:li", NAMESPACES)
    return [line.text or "" for line in found]


def test_a_new_sidecar_says_it_all() -> None:
    made = merged(None, DOG)
    assert made.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n<x:xmpmeta ')
    assert values(made, "dc:subject") == ["dog", "Animals"]
    assert values(made, "lr:hierarchicalSubject") == ["photosort|Animals|dog"]
    assert values(made, "dc:description") == ["a photo of a dog"]
    assert said_before(made) == DOG


def test_what_others_wrote_stays() -> None:
    made = merged(adobe(), DOG)
    for kept in (b'xmp:Rating="4"', b'xmp:ModifyDate="2019-07-14T12:33:01+02:00"', b'crs:Exposure2012="+0.35"'):
        assert kept in made
    assert b"<!-- a note -->" in made and made.startswith(b"<?xpacket begin") and b'<?xpacket end="w"?>' in made
    assert values(made, "dc:subject") == ["Bello", "Dog", "Animals"]  # "Dog" is the user's, whatever its case
    assert said_before(made).keywords == ("Animals",)
    assert b"rdf:Seq" in made


def test_nothing_else_changes_when_its_own_tags_are_taken_away_again() -> None:
    made = merged(merged(adobe(), DOG), NOTHING)
    assert values(made, "dc:subject") == ["Bello", "Dog"]
    assert b"photosort" not in made and b"description" not in made


def test_what_it_said_before_is_replaced() -> None:
    made = merged(merged(adobe(), DOG), CAT)
    assert values(made, "dc:subject") == ["Bello", "Dog", "Animals", "cat"]
    assert values(made, "lr:hierarchicalSubject") == ["photosort|Animals|cat"]
    assert values(made, "dc:description") == ["a photo of a cat"]


@pytest.mark.parametrize("content", [None, adobe(), adobe(DESCRIBED.format(text="Bello on the beach"))])
def test_twice_is_once(content: bytes | None) -> None:
    made = merged(content, DOG)
    assert merged(made, DOG) is made


def test_a_description_of_the_user_is_never_replaced() -> None:
    made = merged(adobe(DESCRIBED.format(text="Bello on the beach")), DOG)
    assert values(made, "dc:description") == ["Bello on the beach"]
    edited = merged(None, DOG).replace(b">a photo of a dog</rdf:li>", b">Bello</rdf:li>")
    assert values(merged(edited, CAT), "dc:description") == ["Bello"]
    assert said_before(merged(edited, CAT)).description == ""


@pytest.mark.parametrize("attribute", ['dc:description="Bello"', 'dc:subject="Bello"'])
def test_a_short_form_counts_as_well(attribute: str) -> None:
    short = adobe().replace(b'xmp:Rating="4"', f'{attribute} xmlns:dc="{NAMESPACES["dc"]}"'.encode())
    short = short.partition(b"   <dc:subject")[0] + short.partition(b"</dc:subject>")[2]
    made = merged(short, DOG)
    if "description" in attribute:
        assert b'dc:description="Bello"' in made and values(made, "dc:description") == []
    else:
        assert values(made, "dc:subject") == ["Bello", "dog", "Animals"]
    assert merged(made, DOG) is made


def test_what_the_user_has_removed_stays_removed() -> None:
    made = merged(None, DOG).replace(b"<rdf:li>dog</rdf:li>", b"", 1)
    again = merged(made, DOG)
    assert values(again, "dc:subject") == ["Animals"]
    assert merged(again, DOG) is again
    without = merged(merged(None, DOG), NOTHING)
    assert values(merged(without, DOG), "dc:subject") == ["dog", "Animals"]


def test_a_removed_description_stays_removed() -> None:
    made = merged(None, DOG)
    begin, end = made.index(b"<dc:description>"), made.index(b"</dc:description>") + len(b"</dc:description>")
    without = made[:begin] + made[end:]
    assert merged(without, DOG) is without


def test_translations_that_the_user_has_added_stay() -> None:
    german = b'<rdf:li xml:lang="de">Foto eines Hundes</rdf:li></rdf:Alt>'
    made = merged(merged(None, DOG).replace(b"</rdf:Alt>", german), CAT)
    assert values(made, "dc:description") == ["a photo of a cat", "Foto eines Hundes"]


def test_digikams_own_list_is_kept_in_step_where_there_is_one() -> None:
    listed = f"""<digiKam:TagsList xmlns:digiKam="{NAMESPACES["digiKam"]}">
      <rdf:Seq><rdf:li>Family/Bello</rdf:li></rdf:Seq></digiKam:TagsList>"""
    made = merged(adobe(listed), DOG)
    assert values(made, "digiKam:TagsList") == ["Family/Bello", "photosort/Animals/dog"]
    assert values(merged(made, CAT), "digiKam:TagsList") == ["Family/Bello", "photosort/Animals/cat"]
    assert values(merged(None, DOG), "digiKam:TagsList") == []


def test_keywords_inside_the_photo_are_taken_over_for_programs_that_read_the_sidecar_alone() -> None:
    made = merged(None, DOG, adobe(DESCRIBED.format(text="Bello on the beach")))
    assert values(made, "dc:subject") == ["Bello", "Dog", "Animals"]
    assert values(made, "dc:description") == []
    assert said_before(made).keywords == ("Animals",)
    assert merged(made, DOG, adobe()) is not None
    assert values(merged(made, NOTHING, adobe()), "dc:subject") == ["Bello", "Dog"]
    assert values(merged(None, DOG, b"<broken"), "dc:subject") == ["dog", "Animals"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no well-formed XML"),
        (b"not xml", "no well-formed XML"),
        (adobe()[:300], "no well-formed XML"),
        (b"\xff\xfe" + "<a/>".encode("utf-16-le")[:-3], "no well-formed XML"),
        (b"<html/>", "no XMP"),
        (b"<" * 5000, "no well-formed XML"),
        (b"<a>" * 100_000, "no well-formed XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]>' + adobe(), "document type"),
        (("<?xml version='1.0' encoding='UTF-16'?><!doctype a>" + "<a/>").encode("utf-16"), "document type"),
        (b" " * (LARGEST + 1), "more than 8 MB"),
    ],
    ids=str,
)
def test_what_is_no_xmp_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(XmpRefused, match=why):
        merged(content, DOG)


def test_utf_16_becomes_utf_8() -> None:
    made = merged(("<?xml version='1.0' encoding='UTF-16'?>" + adobe().decode()).encode("utf-16"), DOG)
    assert made.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')
    assert values(made, "dc:subject") == ["Bello", "Dog", "Animals"]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Übung – 狗 👩‍👩‍👧 שלום", "Übung – 狗 👩‍👩‍👧 שלום"),
        ("a\nb\tc", "a b c"),
        ("\u202eevil\u2069", "evil"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("\ud800", ""),
        ("e\u0301", "é"),
        ("<&>\"'", "<&>\"'"),
    ],
)
def test_texts_are_cleaned(text: str, kept: str) -> None:
    assert clean(text) == kept
    assert values(merged(None, Tags("", (clean(text) or "x",), ())), "dc:subject") == [kept or "x"]


def test_a_packet_has_its_marks_once() -> None:
    packet = as_packet(merged(None, DOG))
    assert packet.startswith(b"<?xpacket begin") and packet.count(b"<?xpacket") == 2 and b"<?xml " not in packet
    assert as_packet(packet) is packet
    assert merged(packet, DOG) is packet


@given(TAGS, TAGS, st.sampled_from([None, adobe(), adobe(DESCRIBED.format(text="Bello"))]))
def test_any_tags_come_and_go(one: Tags, other: Tags, content: bytes | None) -> None:
    before = merged(content, NOTHING)
    made = merged(merged(content, one), other)
    assert merged(made, other) == made
    theirs = [] if content is None else ["Bello", "Dog"]
    present = values(made, "dc:subject")
    assert [word for word in present if word in theirs] == theirs
    assert {word.casefold() for word in present} == {word.casefold() for word in (*theirs, *other.keywords)}
    gone = merged(made, NOTHING)
    for name in ("dc:subject", "dc:description", "lr:hierarchicalSubject"):
        assert values(gone, name) == values(before, name)
