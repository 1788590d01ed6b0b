"""Tags in XMP, merged into what a sidecar says already. Bytes in, bytes out: nothing here touches the disk.

What a user or another program wrote stays: keywords, descriptions, ratings, properties of any namespace. Beside the
tags stands a list of what photosort has added, in a namespace of its own. So the next merge replaces exactly that, a
keyword that the user had first is never taken away, and one of photosort's that the user has removed stays removed.

XMP is ISO 16684-1; `lr:hierarchicalSubject` is Adobe Lightroom's, `digiKam:TagsList` digiKam's.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any

from photosort.photos.tags.xmp_packet import (
    DC,
    DIGIKAM_TAGS,
    HIERARCHY,
    LR,
    OWN,
    OWN_DESCRIPTION,
    OWN_DIGIKAM,
    OWN_HIERARCHY,
    OWN_KEYWORDS,
    RDF,
    SUBJECT,
    Packet,
    XmpRefused,
)

LARGEST = 8 << 20
"""Bytes of a sidecar that is read. A long history of edits takes some hundred kilobytes."""

_X = "adobe:ns:meta/"
_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'.encode()
_END = b'<?xpacket end="w"?>'
_DOCTYPE = "<!DOCTYPE"
_EMPTY = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<x:xmpmeta xmlns:x="{_X}" x:xmptk="photosort"><rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about=""'
    f' xmlns:dc="{DC}" xmlns:lr="{LR}" xmlns:photosort="{OWN}"/></rdf:RDF></x:xmpmeta>\n'
).encode()
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Tags:
    """What is said of one photo; every text is one line that `clean` has passed.

    description  a sentence, or nothing
    keywords     words for `dc:subject`
    hierarchy    paths with "|" between levels for `lr:hierarchicalSubject`
    """

    description: str
    keywords: tuple[str, ...]
    hierarchy: tuple[str, ...]


def clean(text: str) -> str:
    """Return text that XML takes and no reader can be misled by: one line, without control and bidi characters.

    What belongs to scripts and emoji, such as the joiner U+200D, stays.
    """
    kept = (
        char
        for char in unicodedata.normalize("NFC", " ".join(text.split()))
        if char not in _BIDI and unicodedata.category(char) not in ("Cc", "Cs", "Cn", "Co")
    )
    return "".join(kept).strip()


def merged(content: bytes | None, tags: Tags, inside: bytes | None = None) -> bytes:
    """Return the content of a sidecar with these tags; of a new one where `content` is None.

    The same tags twice give the same bytes: where nothing changes, `content` itself comes back. `inside` is the XMP of
    the photo itself: a list in a sidecar hides the one in the photo from digiKam and Lightroom, so the user's own
    keywords are taken over from there, and a description there counts as one of the sidecar. Raises XmpRefused where
    the content is too large, no well-formed XMP, or has a document type, in which entities may hide.
    """
    tree = _parsed(_EMPTY if content is None else content)
    packet = Packet(tree, _inside(inside))
    changed = [
        packet.merge_list(SUBJECT, OWN_KEYWORDS, tags.keywords),
        packet.merge_list(HIERARCHY, OWN_HIERARCHY, tags.hierarchy),
        packet.merge_description(tags.description),
    ]
    if packet.has(DIGIKAM_TAGS):  # digiKam reads its own list alone where there is one
        paths = tuple(path.replace("|", "/") for path in tags.hierarchy)
        changed.append(packet.merge_list(DIGIKAM_TAGS, OWN_DIGIKAM, paths))
    if content is not None:
        return _written(tree, content) if any(changed) else content
    return _written(tree, _EMPTY)


def as_packet(content: bytes) -> bytes:
    """Return XMP as it lies inside a file: without an XML declaration, between the marks of a packet."""
    body = content.partition(b"?>")[2].lstrip() if content.startswith(b"<?xml ") else content
    return body if body.startswith(b"<?xpacket ") else b"".join((_BEGIN, body, _END))


def said_before(content: bytes | None) -> Tags:
    """Return the tags in XMP that are photosort's own; none where `content` is None. Raises XmpRefused."""
    if content is None:
        return Tags("", (), ())
    packet = Packet(_parsed(content))
    return Tags(packet.text(OWN_DESCRIPTION), tuple(packet.items(OWN_KEYWORDS)), tuple(packet.items(OWN_HIERARCHY)))


def _inside(content: bytes | None) -> Packet | None:
    """Return what the photo itself says; None where it says nothing that can be read."""
    try:
        return Packet(_parsed(content)) if content else None
    except XmpRefused:
        return None


def _parsed(content: bytes) -> Any:
    from lxml import etree

    if len(content) > LARGEST:
        raise XmpRefused(f"its sidecar has more than {LARGEST >> 20} MB")
    upper = content.upper()
    if any(_DOCTYPE.encode(encoding) in upper for encoding in ("ascii", "utf-16-le", "utf-16-be")):
        raise XmpRefused("its sidecar has a document type, which XMP never has")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, strip_cdata=False
    )
    try:
        tree = etree.fromstring(content, parser).getroottree()
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise XmpRefused("its sidecar is no well-formed XML") from error
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        raise XmpRefused("its sidecar has a document type, which XMP never has")
    return tree


def _written(tree: Any, before: bytes) -> bytes:
    from lxml import etree

    declared = b"<?xml " in before[:64] or before[:2] in (b"\xff\xfe", b"\xfe\xff")
    written: bytes = etree.tostring(tree, encoding="UTF-8", xml_declaration=declared)
    if declared:  # lxml writes it with single quotes; exiv2 and darktable use double ones
        first, line, rest = written.partition(b"?>")
        written = first.replace(b"'", b'"') + line + rest
    return written if written.endswith(b"\n") else written + b"\n"
