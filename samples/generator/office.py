"""The same kinds of content as office files, web pages and mail."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from email.message import EmailMessage

import docx
import xlsxwriter

from samples.generator.contracts import Contract
from samples.generator.invoice import Invoice

_MOMENT = datetime(2026, 1, 2, 9, 0, 0)


def contract_docx(contract: Contract) -> bytes:
    """Return the contract as a Word file."""
    document = docx.Document()
    document.core_properties.created = document.core_properties.modified = _MOMENT
    document.add_heading(contract.title.title(), 0)
    for heading, text in contract.paragraphs:
        if heading:
            document.add_heading(heading, 2)
        document.add_paragraph(text)
    return _steady(document)


def invoice_docx(invoice: Invoice) -> bytes:
    """Return the invoice as a Word file with a table of items."""
    words, style = invoice.words, invoice.style
    document = docx.Document()
    document.core_properties.created = document.core_properties.modified = _MOMENT
    document.add_paragraph(
        "\n".join(
            [
                invoice.seller.name,
                invoice.seller.street,
                invoice.seller.city,
                f"{words['vat_id']} {invoice.seller.vat_id}",
            ]
        )
    )
    document.add_heading(f"{words['title']} {invoice.number}", 1)
    facts = document.add_table(rows=0, cols=2)
    for label, value in (
        (words["number"], invoice.number),
        (words["date"], style.day(invoice.issued)),
        (words["due"], style.day(invoice.due)),
        (words["order"], invoice.order),
    ):
        cells = facts.add_row().cells
        cells[0].text, cells[1].text = label, value
    document.add_paragraph("\n".join([words["customer"], invoice.buyer.name, invoice.buyer.street, invoice.buyer.city]))
    table = document.add_table(rows=1, cols=4)
    for cell, key in zip(table.rows[0].cells, ("description", "quantity", "price", "total"), strict=True):
        cell.text = words[key]
    for item in invoice.items:
        cells = table.add_row().cells
        for cell, text in zip(
            cells,
            (item.description, f"{item.quantity:f}", style.bare(item.unit_price), style.bare(item.total)),
            strict=True,
        ):
            cell.text = text
    for label, value in _sums(invoice):
        document.add_paragraph(f"{label}: {value}")
    document.add_paragraph(f"IBAN {invoice.seller.iban}")
    return _steady(document)


def invoice_html(invoice: Invoice) -> bytes:
    """Return the invoice as a web page."""
    words, style = invoice.words, invoice.style
    facts = (
        (words["number"], invoice.number),
        (words["date"], style.day(invoice.issued)),
        (words["due"], style.day(invoice.due)),
        (words["order"], invoice.order),
    )
    head = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in facts)
    names = "".join(f"<th>{words[key]}</th>" for key in ("description", "quantity", "price", "total"))
    rows = "".join(
        f"<tr><td>{i.description}</td><td>{i.quantity:f}</td><td>{style.bare(i.unit_price)}</td><td>{style.bare(i.total)}</td></tr>"
        for i in invoice.items
    )
    sums = "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in _sums(invoice))
    page = f"""<!DOCTYPE html>
<html lang="{style.language}"><head><meta charset="utf-8"><title>{words["title"]} {invoice.number}</title></head><body>
<p>{invoice.seller.name}<br>{invoice.seller.street}<br>{invoice.seller.city}<br>{words["vat_id"]} {invoice.seller.vat_id}</p>
<h1>{words["title"]}</h1><table>{head}</table>
<p>{words["customer"]}<br>{invoice.buyer.name}<br>{invoice.buyer.street}<br>{invoice.buyer.city}</p>
<table><tr>{names}</tr>{rows}</table><table>{sums}</table><p>IBAN {invoice.seller.iban}</p></body></html>
"""
    return page.encode()


def invoice_xlsx(invoice: Invoice) -> bytes:
    """Return the invoice as a spreadsheet."""
    words, style = invoice.words, invoice.style
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"created": _MOMENT})
    sheet = book.add_worksheet(words["title"].title())
    rows: list[list[object]] = [
        [invoice.seller.name],
        [invoice.seller.street],
        [invoice.seller.city],
        [words["vat_id"], invoice.seller.vat_id],
        [],
    ]
    rows += [
        [words["number"], invoice.number],
        [words["date"], style.day(invoice.issued)],
        [words["due"], style.day(invoice.due)],
        [words["order"], invoice.order],
    ]
    rows += [
        [],
        [words["customer"], invoice.buyer.name],
        [],
        [words[key] for key in ("description", "quantity", "price", "total")],
    ]
    rows += [[i.description, f"{i.quantity:f}", style.bare(i.unit_price), style.bare(i.total)] for i in invoice.items]
    rows += [[], *([label, value] for label, value in _sums(invoice)), ["IBAN", invoice.seller.iban]]
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def mail(invoice: Invoice, attachment: bytes) -> bytes:
    """Return a mail with the invoice attached."""
    message = EmailMessage()
    message["From"] = f"Accounts <billing@{invoice.seller.name.split()[0].lower()}.example>"
    message["To"] = "payables@calder-freight.example"
    message["Subject"] = f"Invoice {invoice.number}"
    message["Date"] = "Mon, 02 Mar 2026 09:15:00 +0000"
    message["Message-ID"] = f"<{invoice.number}@mail.example>"
    message.set_content(
        f"Dear customer,\n\nplease find our invoice {invoice.number} attached.\n\nKind regards\n{invoice.seller.name}\n"
    )
    message.add_attachment(
        attachment, maintype="application", subtype="pdf", filename=f"{invoice.number.replace('/', '-')}.pdf"
    )
    message.set_boundary("=====docassay-sample=====")
    return message.as_bytes()


def plain_text(contract: Contract) -> bytes:
    """Return the contract as plain text."""
    return "\n\n".join(
        [contract.title, *(f"{heading} {text}".strip() for heading, text in contract.paragraphs)]
    ).encode()


def rich_text(contract: Contract) -> bytes:
    """Return the contract as RTF."""
    body = "".join(f"\\par {_escaped(f'{heading} {text}'.strip())}\\par\n" for heading, text in contract.paragraphs)
    return (
        "{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Times New Roman;}}\\f0\\fs22\n{\\b "
        + contract.title
        + "}\\par\n"
        + body
        + "}"
    ).encode("ascii")


def _escaped(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace("{", "\\{").replace("}", "\\}")
    return "".join(char if ord(char) < 128 else f"\\u{ord(char)}?" for char in plain)


def _sums(invoice: Invoice) -> list[tuple[str, str]]:
    words, style = invoice.words, invoice.style
    taxes = [(words["tax"].format(rate=f"{rate:f}"), style.amount(tax)) for rate, tax in invoice.taxes.items()]
    return [(words["net"], style.amount(invoice.net)), *taxes, (words["gross"], style.amount(invoice.gross))]


def _steady(document: object) -> bytes:
    """The file with every date inside it set to one moment, so that the same content gives the same bytes."""
    draft = io.BytesIO()
    document.save(draft)  # type: ignore[attr-defined]
    out = io.BytesIO()
    with zipfile.ZipFile(draft) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 9, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
