"""A file that stays open from page to page is drawn as one that is opened for each."""

import io
from pathlib import Path

import pypdfium2 as pdfium
import pytest

from documents import kept_pdf
from documents.drawn_page import drawn_page
from documents.limits import Limits
from schemas.errors import Refusal

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
NAMES = ("master-agreement-60-pages.pdf", "invoice-08-wide-en.pdf")


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    """Each test begins with no open file, and with few pages until one is opened anew."""
    monkeypatch.setattr(kept_pdf, "_last", None)
    monkeypatch.setattr(kept_pdf, "PAGES", 3)


def drawn(content: bytes, number: int) -> bytes:
    page = {"number": number, "width": 595, "height": 842, "rotation": 0, "lean": 0.0, "origin": "text"}
    (picture,) = drawn_page(content, limits=Limits(), page=page, dots=40).attachments
    return picture.content


def test_a_kept_file_gives_the_same_pictures():
    """Whatever was drawn before, a page looks as from a file that was opened for it alone."""
    long, short = ((SAMPLES / name).read_bytes() for name in NAMES)
    order = [(long, 2), (long, 50), (short, 1), (long, 2), (long, 3), (long, 4), (long, 5), (long, 50), (short, 1)]
    alone = {(content, number): drawn(bytes(bytearray(content)), number) for content, number in set(order)}
    assert all(drawn(content, number) == alone[content, number] for content, number in order)
    assert len(set(alone.values())) == len(alone)


def test_a_form_is_filled_once():
    """What stands in a field is drawn into the page of a kept file in the same way each time."""
    content = with_field("Muster AG")
    first = drawn(content, 1)
    assert first != drawn(with_field(""), 1)
    assert first == drawn(content, 1) == drawn(content, 1)


def test_a_file_is_opened_for_some_pages_only(monkeypatch):
    """The same bytes are opened once, other bytes or many pages open anew, and what was open is closed."""
    opened = []

    class Opened(pdfium.PdfDocument):
        def __init__(self, content: bytes) -> None:
            super().__init__(content)
            self.closed = False
            opened.append(self)

        def close(self) -> None:
            self.closed = True
            super().close()

    monkeypatch.setattr(kept_pdf, "open_pdf", lambda content, *_: (Opened(content), []))
    content = (SAMPLES / NAMES[1]).read_bytes()
    for _ in range(4):
        kept_pdf.kept_open(content, None, 1.0)
    kept_pdf.kept_open(bytes(bytearray(content)), None, 1.0)
    assert [each.closed for each in opened] == [True, True, False]


def test_a_file_that_cannot_be_opened_leaves_nothing_open():
    """After a file that is no PDF the one before is opened again."""
    content = (SAMPLES / NAMES[1]).read_bytes()
    before = drawn(content, 1)
    with pytest.raises(Refusal):
        drawn(b"%PDF-1.7 and no more", 1)
    assert drawn(content, 1) == before


def with_field(value: str) -> bytes:
    """A page with a filled form field, which viewers draw on top of it."""
    from reportlab.pdfgen.canvas import Canvas

    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(595, 842))
    canvas.drawString(100, 700, "Buyer")
    canvas.acroForm.textfield(name="buyer", value=value, x=100, y=542, width=200, height=20)
    canvas.save()
    return target.getvalue()
