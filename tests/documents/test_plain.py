"""Text and RTF files."""

import pytest

from documents.limits import Limits
from documents.parse import parse_bytes
from documents.plain import parse_rtf, parse_text

LETTER = "MÜLLER & SÖHNE\n\nRechnung Nr.:    2024-17\nBetrag:          1.250,00 €\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_text_in_usual_encodings(encoding):
    """The same letter is read alike from UTF-8, UTF-16 and Windows-1252, with and without a byte order mark."""
    document = parse_bytes(LETTER.encode(encoding), "brief.txt")
    assert document.text.splitlines() == ["MÜLLER & SÖHNE", "Rechnung Nr.:", "2024-17", "Betrag:", "1.250,00 €"]


def test_lines_columns_and_pages_of_text():
    """Line breaks are kept, aligned values stay aligned, a form feed starts a page."""
    first, second = parse_text((LETTER + "\fSeite zwei").encode(), Limits()).pages
    lines = {line.text: line for line in first.lines}
    assert lines["2024-17"].box.x0 == lines["1.250,00 €"].box.x0 > lines["Betrag:"].box.x1
    assert lines["Betrag:"].section == "MÜLLER & SÖHNE"
    assert second.text == "Seite zwei"


def test_long_lines_are_wrapped_as_paragraphs():
    """A contract saved with one line a paragraph is wrapped, and its numbered headings name sections."""
    text = "NON-DISCLOSURE AGREEMENT\n1. Term\n" + "This Agreement shall remain in force for two years. " * 8 + "\n"
    (page,) = parse_text(text.encode(), Limits()).pages
    assert max(line.box.x1 for line in page.lines) <= page.width - 50
    assert {line.section for line in page.lines if "force" in line.text} == {"1. Term"}


RTF = rb"""{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Times New Roman;}}{\*\generator Editor;}
\b CONSULTING AGREEMENT\b0\par
Client:\tab Caf\'e9 Zo\u235? Ltd\par
This agreement is governed by the laws of Ireland.\par
\trowd\cellx3000\cellx6000\intbl Fee\cell 1,500.00 EUR\cell\row
\pard Signed\par}"""


def test_rtf():
    """RTF gives its text with accents, tabs and table cells, and none of its control words or fonts."""
    document = parse_bytes(RTF, "agreement.rtf")
    lines = document.text.splitlines()
    assert lines == [
        "CONSULTING AGREEMENT",
        "Client:",
        "Café Zoë Ltd",
        "This agreement is governed by the laws of Ireland.",
        "Fee",
        "1,500.00 EUR",
        "Signed",
    ]
    boxes = {line.text: line.box for line in document.pages[0].lines}
    assert boxes["Fee"].y0 == boxes["1,500.00 EUR"].y0


def test_damaged_rtf_gives_text_or_a_reason():
    """RTF that ends in the middle is read as far as it goes."""
    assert "CONSULTING" in parse_rtf(RTF[:200], Limits()).pages[0].text
