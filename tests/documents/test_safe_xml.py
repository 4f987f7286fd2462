"""Tests of reading XML from strangers."""

import pytest

from documents.parse import parse_bytes
from documents.safe_xml import LARGEST, parse_xml
from schemas.errors import Reason, Refusal

EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>'
LAUGHS = b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;</a>'
REMOTE = b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>'
LATE = b"<?xml version='1.0'?>" + b"<!-- " + b"x" * 5000 + b" -->" + LAUGHS


@pytest.mark.parametrize(
    "content",
    [EXTERNAL, LAUGHS, REMOTE, LATE, EXTERNAL[21:].decode().encode("utf-16"), b"<a>" + b" " * LARGEST + b"</a>"],
)
def test_what_may_pull_in_more_is_refused(content):
    """A DTD of any kind, in any encoding, and XML beyond all measure are refused before they are parsed."""
    with pytest.raises(Refusal) as caught:
        parse_xml(content)
    assert caught.value.reason is Reason.EMBEDDED_UNSAFE


@pytest.mark.parametrize("content", [b"", b"<a>", b"no xml", b"<a>&e;</a>", b"<a/><b/>", b"\xff\xfe"])
def test_damaged_xml_is_refused_as_damaged(content):
    """What is not well formed is told apart from what is dangerous."""
    with pytest.raises(Refusal) as caught:
        parse_xml(content)
    assert caught.value.reason is Reason.BROKEN_STRUCTURE


def test_plain_xml_is_read():
    """XML without a DTD comes back as its tree, in whatever encoding it declares."""
    assert parse_xml("<a><b>é</b></a>".encode()).findtext("b") == "é"
    assert parse_xml("<?xml version='1.0' encoding='UTF-16'?><a><b>é</b></a>".encode("utf-16")).findtext("b") == "é"


def test_an_xml_invoice_is_shown_in_words_and_kept():
    """An XML file becomes lines for people, and is attached whole for those who know its terms."""
    content = (
        b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><IssueDate>2024-05-03</IssueDate>'
        b'<LegalMonetaryTotal><PayableAmount currencyID="EUR">1210.00</PayableAmount></LegalMonetaryTotal></Invoice>'
    )
    document = parse_bytes(content, "invoice.xml")
    assert "Issue Date: 2024-05-03" in document.text
    assert "Payable Amount: 1210.00 EUR" in document.text
    assert document.attachments[0].content == content


def test_an_xml_file_with_a_dtd_is_refused_by_name():
    """The refusal of a dangerous file names the file."""
    with pytest.raises(Refusal, match=r"^invoice\.xml: ") as caught:
        parse_bytes(EXTERNAL, "invoice.xml")
    assert caught.value.reason is Reason.EMBEDDED_UNSAFE
