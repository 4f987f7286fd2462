"""Tests of the comparison of values with the picture of their page, on fonts that lie and fonts that do not."""

import io
from pathlib import Path

import pypdf
import pytest
from pypdf.generic import NameObject, StreamObject
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from documents import drawn_words
from documents.jail import ParserPool
from documents.limits import Limits
from documents.parse import parse_bytes
from extractors.assess.drawn import MOST_DOUBTED, agrees, compared_with_picture
from extractors.pipeline import Occasion, extract
from flows.wiring import look_door
from schemas.document import DOUBTFUL_FONT, Box
from schemas.loader import builtin_schemas
from schemas.results import Evidence

INVOICE = builtin_schemas()["invoice"]
SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
LINES = ("Northwind Supplies Ltd", "INVOICE", "Invoice number: NW-20345", "Invoice date: 2026-03-04")
AMOUNTS = ("Net total: EUR 1000.00", "VAT 10%: EUR 100.00", "Total due: EUR 1100.00")


@pytest.fixture(scope="module")
def pictures():
    with ParserPool(Limits(), parser=drawn_words.PARSER) as pool:
        yield pool


def invoice() -> bytes:
    """An invoice in an embedded font whose table of letters is true."""
    registerFont(TTFont("Vera", "Vera.ttf"))
    target = io.BytesIO()
    canvas = Canvas(target, invariant=True)
    canvas.setFont("Vera", 11)
    for at, line in enumerate((*LINES, *AMOUNTS)):
        canvas.drawString(60, 760 - 22 * at, line)
    canvas.showPage()
    canvas.save()
    return target.getvalue()


def lying(content: bytes, drawn: str = "1", stated: str = "7") -> bytes:
    """The file with a table that states another letter for the shape of `drawn`."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(content))
    for font in writer.pages[0]["/Resources"]["/Font"].values():
        table = font.get_object().get("/ToUnicode")
        if table is not None:
            told = StreamObject()
            told.set_data(table.get_object().get_data().replace(b"<%04X>" % ord(drawn), b"<%04X>" % ord(stated)))
            font.get_object()[NameObject("/ToUnicode")] = writer._add_object(told)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def read(content: bytes, look=None):
    document = parse_bytes(content, "invoice.pdf")
    occasion = Occasion("invoice.pdf", content=lambda: content)
    return document, extract(document, INVOICE, accept_proved=True, occasion=occasion, look=look)


def test_a_font_that_draws_other_figures_than_it_states_is_doubted_and_its_values_stopped(pictures):
    """Sums that add up in the file alone are accepted without a look at the picture, and never with one."""
    content = lying(invoice())
    document, deceived = read(content)
    assert str(deceived.fields["gross_total"].value) == "7700.00"
    assert deceived.fields["gross_total"].decision == "accepted"
    assert [finding.needs_review for finding in document.findings if finding.code == DOUBTFUL_FONT] == [False]
    _, record = read(content, look_door(pictures))
    assert all(result.blocked and result.decision == "review" for result in record.fields.values())
    assert any("1100.00" in reason for reason in record.fields["gross_total"].reasons)
    assert [problem.check for problem in record.problems] == ["finding"]


def test_a_true_font_is_not_doubted_and_changes_nothing(pictures):
    """Where picture and file agree, a file that was drawn for the comparison is read as if it had not been."""
    document, plain = read(invoice())
    assert document.findings == ()
    assert plain.fields["gross_total"].decision == "accepted"
    assert read(invoice(), look_door(pictures, 1.0))[1] == plain


def test_what_cannot_be_compared_goes_to_a_person(pictures):
    """If the file cannot be had, or is not what was read, nothing of the document passes."""
    look = look_door(pictures, 1.0)
    content = invoice()
    document = parse_bytes(content)
    for occasion in (Occasion(), Occasion("x.pdf", content=lambda: content[:300])):
        record = extract(document, INVOICE, accept_proved=True, occasion=occasion, look=look)
        assert all(result.decision == "review" for result in record.fields.values())
        assert record.problems[-1].message.endswith("could not be checked.")


def test_a_doubtful_file_with_too_many_places_to_look_at_goes_to_a_person():
    """No value passes unseen because others stand before it: what is too much to look at is not looked at in part."""
    content = lying(invoice())
    document, record = read(content)
    places = tuple(Evidence(1, (Box(60, at, 90, at + 1),), "x") for at in range(MOST_DOUBTED + 1))
    crowded = record.fields["gross_total"].model_copy(update={"evidence": places})
    record = record.model_copy(update={"fields": {**record.fields, "gross_total": crowded}})
    stopped = compared_with_picture(document, record, lambda places, dots: [], doubted=True)
    assert all(result.blocked for result in stopped.fields.values())


def test_files_are_drawn_by_the_secret_and_pictures_are_never(pictures):
    """With a share of none nothing is asked; with the whole every PDF file is, and no other."""
    content = invoice()
    document = parse_bytes(content)
    record = extract(document, INVOICE, accept_proved=True)
    assert look_door(pictures, 0.0)(document, record, Occasion()) == record
    assert look_door(pictures, 1.0)(document, record, Occasion()) != record
    assert look_door(pictures, 1.0)(parse_bytes(b"Invoice number: 12\nTotal: 1.00"), record, Occasion()) == record
    drawn = [look_door(pictures, 0.5, str(n).__str__)(document, record, Occasion()) != record for n in range(40)]
    assert 5 < sum(drawn) < 35


@pytest.mark.parametrize(
    ("stated", "shown", "agree"),
    [
        ("1,100.00", "1.100,00", True),
        ("Total 1,100.00 EUR", "Total 1,700.00 EUR", False),
        ("INV-O15", "INV-015", True),
        ("Acme Ltd", "Apex Ltd", False),
        ("Northwind Supplies Ltd", "Northwlnd Suppiies Ltd", True),
        ("Northwind Supplies Ltd", "Westerly Trading GmbH", False),
        ("1,100.00", "", False),
        ("Северный ветер", "CeBepH", True),
    ],
)
def test_slips_of_ocr_are_forgiven_and_other_figures_or_names_are_not(stated, shown, agree):
    """Look-alikes pass; another figure, another name and nothing at all do not; other scripts are not compared."""
    assert agrees(stated, shown) is agree


@pytest.mark.slow
def test_no_sample_with_honest_fonts_shows_other_letters_than_it_states(pictures):
    """OCR's slips are forgiven: of the samples with text of their own none is stopped."""
    look = look_door(pictures, 1.0)
    for file in sorted(SAMPLES.glob("invoice-*.pdf"))[:6]:
        content = file.read_bytes()
        document = parse_bytes(content, file.name)
        record = extract(document, INVOICE)
        assert record.fields
        assert look(document, record, Occasion(file.name, content=lambda content=content: content)) == record


def test_a_locked_file_is_compared_with_its_password(pictures):
    """What a password opened for reading is opened for the comparison too; without it nothing passes."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(invoice()))
    writer.encrypt("open sesame", algorithm="AES-256")
    target = io.BytesIO()
    writer.write(target)
    content = target.getvalue()
    document = parse_bytes(content, "locked.pdf", password="open sesame")
    look = look_door(pictures, 1.0)
    for password, decision in (("open sesame", "accepted"), (None, "review")):
        occasion = Occasion("locked.pdf", content=lambda: content, password=password)
        record = extract(document, INVOICE, accept_proved=True, occasion=occasion, look=look)
        assert record.fields["gross_total"].decision == decision
    assert "open sesame" not in repr(occasion) and "open sesame" not in repr(Occasion("x", password="open sesame"))
