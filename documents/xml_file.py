"""An XML file, such as an e-invoice without a PDF around it: its leaves as lines, and itself as the data to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby, islice

from lxml import etree

from documents.flow_layout import Paragraph, lay_out
from documents.limits import Limits
from documents.parts import Parts, attachment
from documents.safe_xml import parse_xml
from documents.sniff import XML

MOST_LEAVES = 50_000
ITEMS = frozenset({"InvoiceLine", "CreditNoteLine", "IncludedSupplyChainTradeLineItem"})  # UBL 2.1, UN/CEFACT CII
DAY = "102"  # format of a day as 20261231, UN/EDIFACT code list 2379
TELLS_NOTHING = frozenset({"ID", "Name", "Value", "Content", "Code", "Line", "Amount", "Percent", "DateTimeString"})
SHOWN_ATTRIBUTES = ("currencyID", "unitCode", "schemeID")
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
COMPACT_DAY = re.compile(r"\d{8}")
SPACES = re.compile(r"\s+")


def parse_xml_file(content: bytes, limits: Limits) -> Parts:
    """Return an XML file as laid-out pages of "label: value", the file itself attached for those who read its terms.

    Raises:
        Refusal: `embedded_unsafe` for a DTD, `broken_structure` for what is no XML, `too_many_pages`.
    """
    root = parse_xml(content)
    title = Paragraph(_spelled(_local(root)), "heading")
    pages, _ = lay_out([title, *_paragraphs(root)], limits.pages)
    return Parts(pages, attachments=(attachment("", XML, content),))


def _paragraphs(root: etree._Element) -> Iterator[Paragraph]:
    """Each leaf as a paragraph; those of one invoice item as one, so that they are known to belong together."""
    leaves = [element for element in islice(root.iter(etree.Element), MOST_LEAVES) if _value(element)]
    for item, belonging in groupby(leaves, key=_item):
        lines = [_line(leaf) for leaf in belonging]
        if item is None:
            yield from map(Paragraph, lines)
        else:
            yield Paragraph("\n".join(lines), together=True)


def _item(leaf: etree._Element) -> etree._Element | None:
    return next((each for each in leaf.iterancestors() if _local(each) in ITEMS), None)


def _line(leaf: etree._Element) -> str:
    additions = [leaf.get(name, "") for name in SHOWN_ATTRIBUTES]
    return f"{_label(leaf)}: {' '.join([_value(leaf), *filter(None, additions)])}"


def _value(element: etree._Element) -> str:
    """What a leaf says, days as ISO 8601 has them; nothing for an element that holds others."""
    value = "" if len(element) else SPACES.sub(" ", element.text or "").strip()
    if element.get("format") == DAY and COMPACT_DAY.fullmatch(value):
        return f"{value[:4]}-{value[4:6]}-{value[6:]}"
    return value


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
