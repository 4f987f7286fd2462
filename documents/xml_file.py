"""An XML file, such as an e-invoice without a PDF around it: its leaves as lines, and itself as the data to read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from documents.flow_layout import Paragraph, lay_out
from documents.limits import Limits
from documents.parts import Parts, attachment
from documents.safe_xml import parse_xml
from documents.sniff import XML

MOST_LEAVES = 50_000
TELLS_NOTHING = frozenset({"ID", "Name", "Value", "Content", "Code", "Line", "Amount", "Percent", "DateTimeString"})
SHOWN_ATTRIBUTES = ("currencyID", "unitCode", "schemeID")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
SPACES = re.compile(r"\s+")


def parse_xml_file(content: bytes, limits: Limits) -> Parts:
    """Return an XML file as laid-out pages of "label: value", the file itself attached for those who read its terms.

    Raises:
        Refusal: `embedded_unsafe` for a DTD, `broken_structure` for what is no XML, `too_many_pages`.
    """
    root = parse_xml(content)
    title = Paragraph(_spelled(_local(root)), "heading")
    pages, _ = lay_out([title, *(Paragraph(line) for line in _lines(root))], limits.pages)
    return Parts(pages, attachments=(attachment("", XML, content),))


def _lines(root: etree._Element) -> Iterator[str]:
    for count, element in enumerate(root.iter(etree.Element)):
        if count >= MOST_LEAVES:
            return
        value = SPACES.sub(" ", element.text or "").strip()
        if value and not len(element):
            additions = [element.get(name, "") for name in SHOWN_ATTRIBUTES]
            yield f"{_label(element)}: {' '.join([value, *filter(None, additions)])}"


def _label(element: etree._Element) -> str:
    """The element's name in words, with that of what it belongs to where its own says too little."""
    names = [_local(element)]
    parent = element.getparent()
    while parent is not None and names[0] in TELLS_NOTHING:
        names.insert(0, _local(parent))
        parent = parent.getparent()
    return " ".join(_spelled(name) for name in names)


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _spelled(name: str) -> str:
    return HUMP.sub(" ", name)
