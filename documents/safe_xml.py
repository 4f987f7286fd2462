"""XML from strangers: no DTD, no entity, nothing fetched."""

from __future__ import annotations

import re

from lxml import etree

from schemas.errors import Reason, Refusal

LARGEST = 20_000_000  # bytes: real e-invoices are below one million
DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
HEAD = 1_000_000  # bytes in which a DTD must stand, since only comments may come before it


def parse_xml(content: bytes) -> etree._Element:
    """Return the root element of `content`.

    Raises:
        Refusal: `embedded_unsafe` for any DTD or for more than 20 million bytes, `broken_structure` for what is no XML.
    """
    if len(content) > LARGEST:
        raise _unsafe(f"The XML data have {len(content):,} bytes, more than {LARGEST:,} are not read.")
    plain = content.replace(b"\x00", b"")[:HEAD]  # the same letters in UTF-16
    if DOCTYPE.search(plain):
        raise _unsafe("The XML data declare a document type or entities, which can pull in other files.")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, dtd_validation=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refusal(
            Reason.BROKEN_STRUCTURE,
            f"The XML data are damaged ({str(error)[:120]}).",
            "Ask the sender for the file again, or check it with an e-invoice validator.",
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _unsafe("The XML data declare a document type, which can pull in other files.")
    return root


def _unsafe(what: str) -> Refusal:
    return Refusal(
        Reason.EMBEDDED_UNSAFE,
        what,
        "A valid e-invoice has neither; ask the sender for a clean file or key in the data.",
    )
