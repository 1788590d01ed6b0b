"""The properties of one XMP packet, read and changed in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
DC = "http://purl.org/dc/elements/1.1/"
LR = "http://ns.adobe.com/lightroom/1.0/"
DIGIKAM = "http://www.digikam.org/ns/1.0/"
OWN = "urn:photosort:xmp:1.0/"
"""The namespaces that tags are written in. The last one is photosort's: what it has added, by its own lists."""

SUBJECT, HIERARCHY = f"{{{DC}}}subject", f"{{{LR}}}hierarchicalSubject"
DIGIKAM_TAGS = f"{{{DIGIKAM}}}TagsList"
OWN_KEYWORDS, OWN_HIERARCHY, OWN_DIGIKAM = (f"{{{OWN}}}{name}" for name in ("keywords", "hierarchy", "digikam"))
OWN_DESCRIPTION = f"{{{OWN}}}description"
_DESCRIPTION = f"{{{DC}}}description"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_DEFAULT = "x-default"
_LISTS = frozenset(f"{{{RDF}}}{name}" for name in ("Bag", "Seq", "Alt"))
_LI = f"{{{RDF}}}li"
_INNER = 3
"""How deep a property lies, for its indentation."""
_NAMESPACES = {"rdf": RDF, "dc": DC, "lr": LR, "digiKam": DIGIKAM, "photosort": OWN}


class XmpRefused(Exception):
    """Why a sidecar is left alone, in a few words for the summary."""


class Packet:
    """The properties of one XMP packet, whichever of its `rdf:Description` elements they stand in."""

    def __init__(self, tree: Any, inside: Packet | None = None) -> None:
        from lxml import etree

        self._etree, self._inside = etree, inside
        root = tree.getroot()
        rdf = root if root.tag == f"{{{RDF}}}RDF" else root.find(f"{{{RDF}}}RDF")
        if rdf is None:
            raise XmpRefused("its sidecar is XML, but no XMP")
        self._nodes = rdf.findall(f"{{{RDF}}}Description")
        if not self._nodes:
            self._nodes = [etree.SubElement(rdf, f"{{{RDF}}}Description", {f"{{{RDF}}}about": ""})]

    def has(self, name: str) -> bool:
        """Return whether a property exists, as an element or as an attribute."""
        return self._property(name) is not None or any(name in node.attrib for node in self._nodes)

    def merge_list(self, name: str, record: str, wanted: Sequence[str]) -> bool:
        """Bring a list to what it should be; returns whether anything changed."""
        present, recorded = self.items(name), self.items(record)
        taken_over = self._inside.items(name) if self._inside and not present and not recorded else []
        if taken_over:
            known = {item.casefold() for item in taken_over}
            new = [item for item in wanted if item.casefold() not in known]
            if new:
                self._set_items(name, [*taken_over, *new], "Bag")
                self._set_items(record, new, "Bag")
            return bool(new)
        theirs = [item for item in present if item not in recorded]
        removed = [item for item in recorded if item not in present and item in wanted]
        taken = {item.casefold() for item in (*theirs, *removed)}
        ours = [item for item in dict.fromkeys(wanted) if item.casefold() not in taken]
        items = [item for item in present if item in theirs or item in ours]
        items += [item for item in ours if item not in present]
        remembered = [*ours, *removed]
        if items == present and sorted(remembered) == sorted(recorded):
            return False
        self._set_items(name, items, "Bag")
        self._set_items(record, remembered, "Bag")
        return True

    def merge_description(self, wanted: str) -> bool:
        """Write the description unless the user has one, or has removed photosort's; returns whether it changed."""
        said, (present, ours) = self.text(OWN_DESCRIPTION), self._described()
        if present and (ours is None or ours != said):
            return self._set_text(OWN_DESCRIPTION, "")
        if not present and not said and self._inside and self._inside.described:
            return False
        if not present and said:
            return self._set_text(OWN_DESCRIPTION, wanted) if not wanted else False
        if (ours or "") == wanted and said == wanted:
            return False
        self._set_description(wanted)
        self._set_text(OWN_DESCRIPTION, wanted)
        return True

    @property
    def described(self) -> bool:
        """Whether there is a description in any language."""
        return self._described()[0]

    def _property(self, name: str) -> Any:
        return next((found for node in self._nodes for found in node.iterchildren(name)), None)

    def _list_in(self, element: Any) -> Any:
        return next((child for child in element if child.tag in _LISTS), None)

    def items(self, name: str) -> list[str]:
        """Return the texts of a list, or the only one of a property that is written without a list."""
        element = self._property(name)
        if element is None:
            return [node.get(name) for node in self._nodes if node.get(name)]
        inside = self._list_in(element)
        lines = inside.iterchildren(_LI) if inside is not None else [element]
        return [text for line in lines if (text := "".join(line.itertext()).strip())]

    def _set_items(self, name: str, items: Sequence[str], kind: str) -> None:
        """Make the list say this; elements of items that stay are kept as they are, attributes and all."""
        element, inside = self._property(name), None
        for node in self._nodes:
            node.attrib.pop(name, None)
        if element is not None:
            inside = self._list_in(element)
            if not items:
                element.getparent().remove(element)
                return
        elif not items:
            return
        if inside is None:
            if element is None:
                element = self._new(name)
            element.text = None
            inside = self._etree.SubElement(element, f"{{{RDF}}}{kind}")
        kept = {"".join(line.itertext()).strip(): line for line in inside.iterchildren(_LI)}
        for line in list(inside.iterchildren(_LI)):
            inside.remove(line)
        for item in items:
            line = kept.get(item)
            if line is None:
                line = self._etree.Element(_LI)
                line.text = item
            inside.append(line)
        self._etree.indent(element, level=_INNER)

    def _described(self) -> tuple[bool, str | None]:
        """Return whether there is a description in any language, and the text of the default one."""
        if any(node.get(_DESCRIPTION, "").strip() for node in self._nodes):
            return True, None
        element = self._property(_DESCRIPTION)
        if element is None:
            return False, None
        inside = self._list_in(element)
        lines = list(inside.iterchildren(_LI)) if inside is not None else [element]
        texts = {line.get(_LANGUAGE, _DEFAULT): "".join(line.itertext()).strip() for line in lines}
        return any(texts.values()), texts.get(_DEFAULT)

    def _set_description(self, text: str) -> None:
        """Write the default language; those that the user has added stay."""
        element = self._property(_DESCRIPTION)
        if element is None:
            element = self._new(_DESCRIPTION)
        inside = self._list_in(element)
        if inside is None:
            element.text = None
            inside = self._etree.SubElement(element, f"{{{RDF}}}Alt")
        for line in list(inside.iterchildren(_LI)):
            if line.get(_LANGUAGE, _DEFAULT) == _DEFAULT:
                inside.remove(line)
        if text:
            line = self._etree.Element(_LI, {_LANGUAGE: _DEFAULT})
            line.text = text
            inside.insert(0, line)
        if len(inside) == 0:
            element.getparent().remove(element)
        else:
            self._etree.indent(element, level=_INNER)

    def text(self, name: str) -> str:
        """Return a simple property, empty where there is none."""
        element = self._property(name)
        found = next((node.get(name) for node in self._nodes if node.get(name)), "")
        return "".join(element.itertext()).strip() if element is not None else found

    def _set_text(self, name: str, text: str) -> bool:
        """Write a simple property, or take it away; returns whether it changed."""
        if self.text(name) == text:
            return False
        for node in self._nodes:
            node.attrib.pop(name, None)
        element = self._property(name)
        if element is not None:
            element.getparent().remove(element)
        if text:
            self._new(name).text = text
        return True

    def _new(self, name: str) -> Any:
        """Add a property to the first description, on a line of its own."""
        node = self._nodes[0]
        space = name[1:].partition("}")[0]
        prefix = next(short for short, uri in _NAMESPACES.items() if uri == space)
        element = self._etree.SubElement(node, name, nsmap={prefix: space})
        deep, shallow = "\n" + "  " * _INNER, "\n" + "  " * (_INNER - 1)
        before = element.getprevious()
        if before is None:
            node.text = deep
        else:
            before.tail = deep
        element.tail = shallow
        return element
