"""Word and Excel files made by python-docx and openpyxl."""

import datetime
import io
import zipfile

import docx
import openpyxl
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st
from msoffcrypto.format.ooxml import OOXMLFile

from documents.cell_text import cell_text
from documents.limits import Limits
from documents.office import parse_docx, parse_xlsx
from documents.package import check_package
from documents.parse import parse_bytes
from schemas.errors import Reason, Refusal


def saved(document):
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def filled(document, rows):
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for cells, row in zip(table.rows, rows, strict=True):
        for cell, text in zip(cells.cells, row, strict=True):
            cell.text = text
    return table


def invoice():
    document = docx.Document()
    document.core_properties.author = "Acme Ltd"
    document.sections[0].header.paragraphs[0].text = "Acme Ltd, 1 Road, Dublin"
    document.sections[0].footer.paragraphs[0].text = "IBAN IE29 AIBK 9311 5212 3456 78"
    document.add_heading("Invoice", 0)
    filled(document, [("Bill to:\nFoo GmbH\nHauptstr. 1", "Invoice number"), ("", "INV-2024-7")])
    filled(document, [("Invoice date", "3 May 2024"), ("Due date", "2 June 2024")])
    items = filled(
        document, [("Description", "Qty", "Total"), ("Oak table", "2", "1,200.00"), ("Total", "", "1,200.00")]
    )
    items.cell(2, 0).merge(items.cell(2, 1))
    document.add_heading("Terms", 1)
    document.add_paragraph("Payment is due within 30 days.")
    document.add_paragraph("first", style="List Bullet")
    document.add_paragraph("Subtotal\t100.00")
    return document


def lines_of(parts):
    return {line.text: line for page in parts.pages for line in page.lines}


def test_word_invoice():
    """Letterhead, footer, tables, lists and running text of a Word invoice are lines of the page, in order."""
    parts = parse_docx(saved(invoice()), Limits())
    assert [line.text for line in parts.pages[0].lines] == [
        "Acme Ltd, 1 Road, Dublin", "Invoice", "Bill to:", "Foo GmbH", "Hauptstr. 1", "Invoice number", "INV-2024-7",
        "Invoice date", "3 May 2024", "Due date", "2 June 2024", "Description", "Qty", "Total", "Oak table", "2",
        "1,200.00", "Total", "1,200.00", "Terms", "Payment is due within 30 days.", "first", "Subtotal", "100.00",
        "IBAN IE29 AIBK 9311 5212 3456 78",
    ]  # fmt: skip
    assert ("author", "Acme Ltd") in parts.metadata


def test_word_labels_and_values_have_their_places():
    """A value stands right of its label in one table, below it in another; sections are the headings above."""
    lines = lines_of(parse_docx(saved(invoice()), Limits()))
    assert lines["3 May 2024"].box.x0 > lines["Invoice date"].box.x1
    assert lines["3 May 2024"].box.y0 == lines["Invoice date"].box.y0
    assert lines["INV-2024-7"].box.x0 == lines["Invoice number"].box.x0
    assert lines["INV-2024-7"].box.y0 > lines["Invoice number"].box.y1
    assert lines["Payment is due within 30 days."].section == "Terms"


def test_word_tables():
    """Tables keep their header and the columns of merged cells."""
    items = parse_docx(saved(invoice()), Limits()).tables[-1]
    assert [cell.text for cell in items.header.cells] == ["Description", "Qty", "Total"]
    assert [[cell.text for cell in row.cells] for row in items.rows] == [
        ["Oak table", "2", "1,200.00"],
        ["Total", "", "1,200.00"],
    ]


def test_word_page_breaks():
    """A page break of the author starts a page."""
    document = docx.Document()
    document.add_paragraph("one").add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("two")
    assert [page.text for page in parse_docx(saved(document), Limits()).pages] == ["one", "two"]


def test_word_content_controls_text_boxes_and_tracked_changes():
    """Fields of a template, text boxes and insertions are read, deletions are not, and a person is asked."""
    document = docx.Document()
    word = nsdecls("w")
    control = (
        f"<w:sdt {word}><w:sdtPr/><w:sdtContent><w:p><w:r><w:t>Client: Foo</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    document.element.body.insert(0, parse_xml(control))
    line = document.add_paragraph("Total: ")._p
    line.append(parse_xml(f"<w:sdt {word}><w:sdtContent><w:r><w:t>99.00</w:t></w:r></w:sdtContent></w:sdt>"))
    line.append(parse_xml(f'<w:ins {word} w:id="1" w:author="x"><w:r><w:t> EUR</w:t></w:r></w:ins>'))
    line.append(parse_xml(f'<w:del {word} w:id="2" w:author="x"><w:r><w:delText> USD</w:delText></w:r></w:del>'))
    box = (
        f'<w:r {word}><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent><w:p><w:r>'
        "<w:t>In the box</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
    )
    document.add_paragraph("Anchor")._p.append(parse_xml(box))
    parts = parse_docx(saved(document), Limits())
    assert parts.pages[0].text.splitlines() == ["Client: Foo", "Total: 99.00 EUR", "Anchor", "In the box"]
    assert [(finding.code, finding.needs_review) for finding in parts.findings] == [("tracked_changes", True)]


def test_numbered_and_bold_paragraphs_are_headings():
    """Clauses whose headings are typed by hand, not styled, still name the section of what follows."""
    document = docx.Document()
    document.add_paragraph("7. Governing Law")
    document.add_paragraph("This Agreement is governed by the laws of Ireland.")
    document.add_paragraph().add_run("Notices").bold = True
    document.add_paragraph("Notices are sent by post.")
    lines = lines_of(parse_docx(saved(document), Limits()))
    assert lines["This Agreement is governed by the laws of Ireland."].section == "7. Governing Law"
    assert lines["Notices are sent by post."].section == "Notices"


def workbook():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Invoice"
    rows = [
        ("Acme Ltd",),
        (),
        ("Invoice no", "INV-1"),
        ("Date", datetime.date(2024, 5, 3)),
        ("Item", "Qty", "Price", "Total"),
    ]
    for row in (*rows, ("Lamp", 2, 10.5, 21), ("Desk", 1, 1500, 1500.0)):
        sheet.append(row)
    sheet["B4"].number_format = "DD.MM.YYYY"
    for cell in (*sheet["C"][5:], *sheet["D"][5:]):
        cell.number_format = '#,##0.00 "€"'
    return book


def test_excel_invoice():
    """Cells stand as Excel shows them, with dates in their format and amounts with currency and decimals."""
    parts = parse_xlsx(saved(workbook()), Limits())
    assert parts.pages[0].text.splitlines() == [
        "Acme Ltd", "Invoice no", "INV-1", "Date", "03.05.2024", "Item", "Qty", "Price", "Total",
        "Lamp", "2", "10.50 €", "21.00 €", "Desk", "1", "1,500.00 €", "1,500.00 €",
    ]  # fmt: skip
    head, items = parts.tables
    assert [[cell.text for cell in row.cells] for row in head.rows] == [["Invoice no", "INV-1"], ["Date", "03.05.2024"]]
    assert [cell.text for cell in items.header.cells] == ["Item", "Qty", "Price", "Total"]
    assert [row.cells[3].text for row in items.rows] == ["21.00 €", "1,500.00 €"]
    lines = lines_of(parts)
    assert lines["INV-1"].box.y0 == lines["Invoice no"].box.y0


def test_excel_sheets():
    """Each visible sheet starts a page under its name; hidden sheets, rows and columns are left out, the first told."""
    book = workbook()
    book.create_sheet("Second")["A1"] = "hello"
    hidden = book.create_sheet("Secret")
    hidden["A1"], hidden.sheet_state = "secret", "hidden"
    book["Invoice"].row_dimensions[7].hidden = True
    parts = parse_xlsx(saved(book), Limits())
    assert parts.pages[1].text.splitlines() == ["Second", "hello"]
    assert not {"secret", "Desk"} & set(lines_of(parts))
    assert [finding.code for finding in parts.findings] == ["hidden_text"]


def test_excel_formulas_without_results_are_told():
    """A workbook written by a program that does not compute goes to a person, since its totals are not in it."""
    book = workbook()
    book["Invoice"]["D8"] = "=SUM(D6:D7)"
    (finding,) = parse_xlsx(saved(book), Limits()).findings
    assert (finding.code, finding.needs_review) == ("formulas_not_computed", True)


def test_excel_with_a_cell_in_the_last_row():
    """A sheet that reaches the last row and column with two cells takes no longer than its two cells."""
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "first", "last"
    assert parse_bytes(saved(book), "far.xlsx").text.split() == ["first", "last"]


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (1234.5, "#,##0.00", "1,234.50"),
        (1234.5, "[$€-407] #,##0.00", "€ 1,234.50"),
        (-5, '#,##0.00 "EUR";[Red]-#,##0.00 "EUR"', "-5.00 EUR"),
        (-5, "_-* #,##0.00 €_-;-* #,##0.00 €_-", "-5.00 €"),
        (-1234, '"$"#,##0_);("$"#,##0)', "($1,234)"),
        (0.19, "0%", "19%"),
        (0.1 + 0.2, "General", "0.3"),
        (1500.0, "General", "1500"),
        (12345678, "0", "12345678"),
        (datetime.datetime(2024, 5, 3), "m/d/yy", "5/3/24"),
        (datetime.datetime(2024, 5, 3), "[$-409]d\\ mmmm\\ yyyy", "3 May 2024"),
        (datetime.datetime(2024, 5, 3, 14, 30), "yyyy-mm-dd h:mm", "2024-05-03 14:30"),
        (datetime.datetime(2024, 5, 3), "General", "2024-05-03"),
        (True, "General", "TRUE"),
        (None, "General", ""),
    ],
)
def test_cells_as_shown(value, number_format, shown):
    """Number formats of real workbooks give what Excel shows in English."""
    assert cell_text(value, number_format) == shown


@given(
    st.floats() | st.integers() | st.datetimes(min_value=datetime.datetime(1900, 1, 1)),
    st.text('0#,.;"[]$€-_* \\yMdhE%@', max_size=20),
)
def test_any_format_gives_text(value, number_format):
    """No number format, however broken, breaks the reading."""
    assert isinstance(cell_text(value, number_format), str)


def repacked(content, changes):
    """The package with members replaced or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in changes:
                target.writestr(name, source.read(name))
        for name, data in changes.items():
            target.writestr(name, data)
    return stream.getvalue()


def refused_reason(content, name):
    with pytest.raises(Refusal) as refused:
        parse_bytes(content, name)
    return refused.value.reason


def test_package_that_unpacks_to_too_much():
    """A member of 300 megabytes of blanks is refused by what the package declares, before it is unpacked."""
    bomb = repacked(saved(docx.Document()), {"word/media/picture.xml": b" " * 300_000_000})
    assert len(bomb) < 1_000_000
    assert refused_reason(bomb, "bomb.docx") is Reason.TOO_LARGE


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_in_a_package_are_refused(encoding, tmp_path):
    """An entity declared in a member of the package is refused, whatever its encoding, and never resolved."""
    canary = tmp_path / "canary.txt"
    canary.write_text("canary-4711")
    shared = (
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY c SYSTEM "file://{canary}">]><sst>&c;</sst>'
    )
    hostile = repacked(saved(workbook()), {"xl/sharedStrings.xml": shared.encode(encoding)})
    assert refused_reason(hostile, "entity.xlsx") is Reason.EMBEDDED_UNSAFE


@pytest.mark.parametrize("cut", [2_000, 8_000])
def test_damaged_packages_are_refused(cut):
    """A file that was cut short ends in a reason code."""
    assert refused_reason(saved(invoice())[:cut], "cut.docx") in (Reason.BROKEN_STRUCTURE, Reason.TYPE_MISMATCH)


def locked(content, password):
    stream = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt(password, stream)
    return stream.getvalue()


def test_locked_files_open_with_their_password_only():
    """A Word file with a password asks for it, refuses a wrong one, and is read with the right one."""
    content = locked(saved(invoice()), "open sesame")
    assert refused_reason(content, "locked.docx") is Reason.PASSWORD_NEEDED
    with pytest.raises(Refusal) as refused:
        parse_bytes(content, "locked.docx", password="wrong")
    assert refused.value.reason is Reason.PASSWORD_NEEDED
    assert "INV-2024-7" in parse_bytes(content, "locked.docx", password="open sesame").text


def test_damaged_locked_files_are_refused():
    """A locked file that was cut short ends in a reason code."""
    content = locked(saved(invoice()), "open sesame")
    for cut in (3_000, len(content) // 2, len(content) - 2_000):
        with pytest.raises(Refusal) as refused:
            parse_bytes(content[:cut], "", password="open sesame")
        assert refused.value.reason in (Reason.BROKEN_STRUCTURE, Reason.PASSWORD_NEEDED, Reason.NOT_SUPPORTED)


def test_harmless_packages_pass():
    """What Word and Excel write is not mistaken for an attack."""
    assert check_package(saved(invoice())).namelist()
    assert check_package(saved(workbook())).namelist()
