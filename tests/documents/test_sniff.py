"""Tests of telling files by their bytes."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import sniff
from documents.sniff import decoded, media_type

PDF_OBJECT = b"1 0 obj\n<<>>\nendobj\n"


def package(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7\n" + PDF_OBJECT, sniff.PDF),
        (b"junk before\n%PDF-1.4\n" + PDF_OBJECT, sniff.PDF),
        (b"<html><head></head>\n%PDF-1.3\n" + PDF_OBJECT, sniff.PDF),
        (b"%PDF-1.7", sniff.PDF),
        (b"\xff%PDF-1.4startxref 9223372036854775805", sniff.PDF),
        (b"A note on files that start with %PDF-1.7 and hold no page.", sniff.TEXT),
        (b"\x89PNG\r\n\x1a\n....", sniff.PNG),
        (b"\xff\xd8\xff\xe0..", sniff.JPEG),
        (b"II*\x00....", sniff.TIFF),
        (b"GIF89a....", "image/gif"),
        (b"RIFF1234WEBPVP8 ", "image/webp"),
        (package("[Content_Types].xml", "word/document.xml"), sniff.DOCX),
        (package("[Content_Types].xml", "xl/workbook.xml"), sniff.XLSX),
        (package("[Content_Types].xml", "ppt/presentation.xml"), sniff.PPTX),
        (package("invoice.pdf"), "application/zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "application/x-ole-storage"),
        (b"{\\rtf1 text}", sniff.RTF),
        (b"<!DOCTYPE html><title>x</title>", sniff.HTML),
        (b"  <!-- mark -->\n<HTML><body>x", sniff.HTML),
        (b'<?xml version="1.0"?><rsm:CrossIndustryInvoice xmlns:rsm="urn:x"/>', sniff.XML),
        (b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"></Invoice>', sniff.XML),
        (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', sniff.HTML),
        (b"Received: by x\r\nFrom: a@b.example\r\nSubject: Invoice\r\n\r\nHello", sniff.MAIL),
        (b"From: the desk of\nInvoice 12\n", sniff.TEXT),
        ("Rechnung über 12,50 €".encode(), sniff.TEXT),
        ("Rechnung über 12,50".encode("cp1252"), sniff.TEXT),
        ("Rechnung über 12,50 €".encode("utf-16"), sniff.TEXT),
        ("Rechnung über zwölf Euro".encode("utf-16-le"), sniff.TEXT),
        (b"\x7fELF\x02\x01", "application/x-executable"),
        (bytes(range(256)) * 4, sniff.UNKNOWN),
        (b"", sniff.UNKNOWN),
        (b" \r\n", sniff.UNKNOWN),
    ],
)
def test_files_are_told_by_their_bytes(content, kind):
    """Each kind of file is told by its content alone."""
    assert media_type(content) == kind


@given(st.binary(max_size=3000))
def test_any_bytes_have_a_type(content):
    """No bytes make the detection fail."""
    assert "/" in media_type(content)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=200))
def test_text_comes_back_from_every_encoding(text):
    """Text with a byte order mark, or in UTF-8, is decoded as it was written."""
    assert decoded(text.encode("utf-8-sig")) == text
    assert decoded(text.encode("utf-16")) == text
