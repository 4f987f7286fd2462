"""Ten visibly different ways to lay out the same invoice."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from reportlab.lib.pagesizes import A4, landscape

from samples.generator.invoice import Invoice, Item
from samples.generator.sheet import Sheet

Columns = list[tuple[str, float, str]]  # key, edge, alignment


def _title(invoice: Invoice) -> str:
    return invoice.words["credit" if invoice.credit else "title"]


def _address(party: object) -> list[str]:
    return [party.name, party.street, party.city, party.country]  # type: ignore[attr-defined]


def _facts(invoice: Invoice) -> list[tuple[str, str]]:
    words, style = invoice.words, invoice.style
    return [(words["number"], invoice.number), (words["date"], style.day(invoice.issued)), (words["due"], style.day(invoice.due)),
            (words["order"], invoice.order)]  # fmt: skip


def _sums(invoice: Invoice) -> list[tuple[str, Decimal]]:
    words = invoice.words
    taxes = [(words["tax"].format(rate=f"{rate:f}"), tax) for rate, tax in invoice.taxes.items()]
    return [(words["net"], invoice.net), *taxes, (words["gross"], invoice.gross)]


def _iban(invoice: Invoice) -> str:
    digits = invoice.seller.iban
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def _header(sheet: Sheet, invoice: Invoice, columns: Columns, y: float, **style: object) -> None:
    for key, edge, align in columns:
        if key != "position":
            sheet.text(edge, y, invoice.words[key], 9, True, align=align, **style)  # type: ignore[arg-type]
        else:
            sheet.text(edge, y, "#", 9, True, align=align, **style)  # type: ignore[arg-type]


def _row(
    sheet: Sheet,
    invoice: Invoice,
    columns: Columns,
    y: float,
    number: int,
    item: Item,
    money: Callable[[Decimal], str],
    font: str = "Helvetica",
) -> float:
    cells = {"position": str(number), "quantity": invoice.style.bare(item.quantity) if item.quantity % 1 else f"{item.quantity:f}",
             "price": money(item.unit_price), "total": money(item.total)}  # fmt: skip
    below = y
    for key, edge, align in columns:
        if key == "description":
            below = sheet.lines(edge, y, sheet.wrapped(item.description, 190, 9, font), 9, 11, font=font)
        else:
            sheet.text(edge, y, cells[key], 9, align=align, font=font)
    return max(below, y + 11)


def _totals(
    sheet: Sheet, invoice: Invoice, y: float, label_x: float, value_x: float, leading: float = 15, ruled: bool = True
) -> float:
    rows = _sums(invoice)
    for position, (label, value) in enumerate(rows):
        last = position == len(rows) - 1
        if last and ruled:
            sheet.rule(label_x, y - 11, value_x, y - 11)
        sheet.text(label_x, y, label, 10 if last else 9, last)
        sheet.text(value_x, y, invoice.style.amount(value), 10 if last else 9, last, align="right")
        y += leading
    return y


def classic(invoice: Invoice) -> bytes:
    """Letterhead left, facts right, light rules, many pages if need be with sums carried forward."""
    sheet = Sheet()
    columns: Columns = [
        ("position", 60, "left"),
        ("description", 85, "left"),
        ("quantity", 340, "right"),
        ("price", 430, "right"),
        ("total", 535, "right"),
    ]
    sheet.lines(60, 60, _address(invoice.seller), 9, 12)
    sheet.text(60, 60, invoice.seller.name, 9)
    sheet.text(535, 60, _title(invoice), 20, True, align="right")
    y = 90.0
    for label, value in _facts(invoice):
        sheet.text(430, y, f"{label}:", 9, align="right")
        sheet.text(535, y, value, 9, align="right")
        y += 13
    sheet.text(60, 150, f"{invoice.words['customer']}:", 9, True)
    sheet.lines(60, 163, _address(invoice.buyer), 9, 12)
    y = 240.0
    _header(sheet, invoice, columns, y)
    sheet.rule(60, y + 5, 535, y + 5)
    y += 20
    carried = Decimal()
    for number, item in enumerate(invoice.items, 1):
        if y > 740:
            sheet.text(85, y + 5, invoice.words["carried"], 9, True)
            sheet.text(535, y + 5, invoice.style.bare(carried), 9, True, align="right")
            sheet.text(297, 815, invoice.words["page"].format(n=sheet.pages, m="…"), 8, align="center")
            sheet.next_page()
            sheet.text(60, 50, f"{_title(invoice)} {invoice.number}", 9)
            _header(sheet, invoice, columns, 80)
            sheet.rule(60, 85, 535, 85)
            sheet.text(85, 100, invoice.words["carried"], 9, True)
            sheet.text(535, 100, invoice.style.bare(carried), 9, True, align="right")
            y = 116
        y = _row(sheet, invoice, columns, y, number, item, invoice.style.bare) + 3
        carried += item.total
    sheet.rule(60, y - 6, 535, y - 6)
    if y > 700:
        sheet.next_page()
        y = 60
    y = _totals(sheet, invoice, y + 12, 380, 535)
    sheet.text(60, y + 20, f"{invoice.words['bank']}: {_iban(invoice)}", 9)
    sheet.text(60, y + 34, f"{invoice.words['vat_id']} {invoice.seller.vat_id}", 9)
    return sheet.finish()


def window(invoice: Invoice) -> bytes:
    """Address window with the sender's line above, facts in a block at the right, seller's data in the footer."""
    sheet = Sheet()
    seller, words = invoice.seller, invoice.words
    sheet.text(535, 55, seller.name, 15, True, align="right", color="#1b4f72")
    sheet.text(70, 125, f"{seller.name} · {seller.street} · {seller.city}", 6.5)
    sheet.lines(70, 142, _address(invoice.buyer), 10, 13)
    y = 142.0
    for label, value in _facts(invoice):
        sheet.text(370, y, label, 9)
        sheet.text(460, y, value, 9)
        y += 13
    sheet.text(70, 250, f"{_title(invoice)} {invoice.number}", 14, True)
    columns: Columns = [
        ("position", 70, "left"),
        ("quantity", 130, "right"),
        ("description", 150, "left"),
        ("price", 440, "right"),
        ("total", 535, "right"),
    ]
    sheet.box(65, 278, 475, 18, "#e8eef2", stroke=False)
    _header(sheet, invoice, columns, 290)
    y = 312.0
    for number, item in enumerate(invoice.items, 1):
        y = _row(sheet, invoice, columns, y, number, item, invoice.style.bare) + 4
    y = _totals(sheet, invoice, y + 14, 350, 535)
    sheet.text(70, y + 30, words["thanks"], 9)
    sheet.rule(70, 765, 535, 765)
    sheet.lines(70, 778, [seller.name, seller.street, seller.city], 7.5, 10)
    sheet.lines(240, 778, [f"{words['vat_id']} {seller.vat_id}"], 7.5, 10)
    sheet.lines(390, 778, [f"IBAN {_iban(invoice)}"], 7.5, 10)
    return sheet.finish()


def strip(invoice: Invoice) -> bytes:
    """The facts as a strip of boxes, each with its label above the value."""
    sheet = Sheet()
    sheet.text(50, 60, invoice.seller.name, 16, True, font="Times-Roman")
    sheet.lines(
        50,
        76,
        [f"{invoice.seller.street}, {invoice.seller.city}", f"{invoice.words['vat_id']} {invoice.seller.vat_id}"],
        9,
        12,
        font="Times-Roman",
    )
    sheet.text(545, 60, _title(invoice), 18, font="Times-Roman", align="right")
    for index, (label, value) in enumerate(_facts(invoice)):
        x = 50 + index * 124
        sheet.box(x, 115, 124, 36)
        sheet.text(x + 6, 128, label, 8, font="Times-Roman", color="#555555")
        sheet.text(x + 6, 144, value, 10, True, font="Times-Roman")
    sheet.text(50, 180, invoice.words["customer"], 9, True, font="Times-Roman")
    sheet.lines(50, 193, _address(invoice.buyer), 10, 12, font="Times-Roman")
    columns: Columns = [
        ("description", 56, "left"),
        ("quantity", 330, "right"),
        ("price", 430, "right"),
        ("total", 539, "right"),
    ]
    y = 270.0
    top = y - 14
    _header(sheet, invoice, columns, y, font="Times-Roman")
    sheet.rule(50, y + 6, 545, y + 6)
    y += 20
    for number, item in enumerate(invoice.items, 1):
        y = _row(sheet, invoice, columns, y, number, item, invoice.style.amount, "Times-Roman") + 2
        sheet.rule(50, y - 5, 545, y - 5, 0.3)
        y += 6
    for x in (50, 270, 340, 440, 545):
        sheet.rule(x, top, x, y - 11)
    sheet.rule(50, top, 545, top)
    y = _totals(sheet, invoice, y + 16, 400, 539)
    sheet.text(50, y + 30, f"{invoice.words['bank']}: {_iban(invoice)}", 10, font="Times-Roman")
    return sheet.finish()


def plain(invoice: Invoice) -> bytes:
    """No rule anywhere: labels and values on lines of their own, one under the other."""
    sheet = Sheet()
    y = sheet.lines(
        72,
        70,
        [_title(invoice), "", *_address(invoice.seller), f"{invoice.words['vat_id']}: {invoice.seller.vat_id}", ""],
        10,
        13,
    )
    y = sheet.lines(72, y, [f"{label}: {value}" for label, value in _facts(invoice)], 10, 13)
    y = sheet.lines(72, y + 10, [f"{invoice.words['customer']}:", *_address(invoice.buyer)], 10, 13)
    columns: Columns = [
        ("description", 72, "left"),
        ("quantity", 350, "right"),
        ("price", 430, "right"),
        ("total", 523, "right"),
    ]
    _header(sheet, invoice, columns, y + 20)
    y += 38
    for number, item in enumerate(invoice.items, 1):
        y = _row(sheet, invoice, columns, y, number, item, invoice.style.bare) + 2
    y = _totals(sheet, invoice, y + 14, 350, 523, ruled=False)
    sheet.text(72, y + 20, f"IBAN: {_iban(invoice)}", 10)
    return sheet.finish()


def sidebar(invoice: Invoice) -> bytes:
    """A coloured side bar with all about the seller, the rest beside it."""
    sheet = Sheet()
    sheet.box(0, 0, 165, 842, "#243b4a", stroke=False)
    pale = "#f4f6f7"
    sheet.lines(18, 60, sheet.wrapped(invoice.seller.name, 130, 14), 14, 17, bold=True, color=pale)
    sheet.lines(18, 130, [invoice.seller.street, invoice.seller.city, invoice.seller.country], 9, 12, color=pale)
    sheet.lines(18, 190, [invoice.words["vat_id"], invoice.seller.vat_id], 9, 12, color=pale)
    sheet.lines(18, 700, ["IBAN", *_iban(invoice).split("  ")], 7, 11, color=pale)
    sheet.text(190, 70, _title(invoice), 24, color="#243b4a")
    y = 100.0
    for label, value in _facts(invoice):
        sheet.text(190, y, label, 9, color="#666666")
        sheet.text(300, y, value, 9, True)
        y += 14
    sheet.text(190, 175, invoice.words["customer"], 9, color="#666666")
    sheet.lines(190, 189, _address(invoice.buyer), 10, 13)
    columns: Columns = [
        ("description", 190, "left"),
        ("quantity", 415, "right"),
        ("price", 485, "right"),
        ("total", 565, "right"),
    ]
    _header(sheet, invoice, columns, 270)
    y = 290.0
    for number, item in enumerate(invoice.items, 1):
        y = _row(sheet, invoice, columns, y, number, item, invoice.style.bare) + 5
    _totals(sheet, invoice, y + 16, 410, 565)
    return sheet.finish()


def banner(invoice: Invoice) -> bytes:
    """A dark banner with the sum to pay in large figures."""
    sheet = Sheet()
    sheet.box(0, 0, 595, 120, "#7b241c", stroke=False)
    sheet.text(45, 55, invoice.seller.name, 18, True, color="#ffffff")
    sheet.text(
        45,
        75,
        f"{invoice.seller.street} | {invoice.seller.city} | {invoice.words['vat_id']} {invoice.seller.vat_id}",
        8,
        color="#ffffff",
    )
    sheet.text(550, 50, invoice.words["gross"], 9, align="right", color="#ffffff")
    sheet.text(550, 78, invoice.style.amount(invoice.gross), 22, True, align="right", color="#ffffff")
    sheet.text(45, 150, invoice.words["customer"].upper(), 8, True, color="#7b241c")
    sheet.lines(45, 165, _address(invoice.buyer), 10, 13)
    y = 165.0
    for label, value in _facts(invoice):
        sheet.text(340, y, label.upper(), 8, True, color="#7b241c")
        sheet.text(550, y, value, 10, align="right")
        y += 15
    columns: Columns = [
        ("description", 45, "left"),
        ("quantity", 360, "center"),
        ("price", 450, "right"),
        ("total", 550, "right"),
    ]
    _header(sheet, invoice, columns, 262, color="#7b241c")
    sheet.rule(45, 268, 550, 268, 1.2, "#7b241c")
    y = 285.0
    for number, item in enumerate(invoice.items, 1):
        y = _row(sheet, invoice, columns, y, number, item, invoice.style.amount) + 6
    y = _totals(sheet, invoice, y + 18, 370, 550)
    sheet.text(45, y + 24, f"{invoice.words['bank']} {_iban(invoice)}", 9)
    return sheet.finish()


def boxed(invoice: Invoice) -> bytes:
    """Everything in boxes, a table of the tax by rate beside the totals."""
    sheet = Sheet()
    style, words = invoice.style, invoice.words
    sheet.box(40, 40, 250, 90)
    sheet.lines(50, 58, [*_address(invoice.seller), f"{words['vat_id']} : {invoice.seller.vat_id}"], 9, 13)
    sheet.box(305, 40, 250, 90)
    sheet.text(430, 58, _title(invoice), 14, True, align="center")
    sheet.lines(315, 76, [f"{label} : {value}" for label, value in _facts(invoice)], 9, 13)
    sheet.box(305, 145, 250, 75)
    sheet.lines(315, 160, [words["customer"], *_address(invoice.buyer)], 9, 13)
    edges = [40, 280, 340, 430, 555]
    columns: Columns = [
        ("description", 46, "left"),
        ("quantity", 334, "right"),
        ("price", 424, "right"),
        ("total", 549, "right"),
    ]
    sheet.box(40, 240, 515, 20, "#eeeeee")
    _header(sheet, invoice, columns, 254)
    y = 276.0
    for number, item in enumerate(invoice.items, 1):
        y = _row(sheet, invoice, columns, y, number, item, style.bare) + 4
    bottom = max(y + 4, 480)
    for x in edges:
        sheet.rule(x, 240, x, bottom)
    sheet.rule(40, bottom, 555, bottom)
    y = bottom + 24
    for rate, tax in invoice.taxes.items():
        base = sum((item.total for item in invoice.items if item.rate == rate), Decimal())
        sheet.text(50, y, f"{rate:f} %", 8)
        sheet.text(140, y, style.bare(base), 8, align="right")
        sheet.text(210, y, style.bare(tax), 8, align="right")
        y += 12
    _totals(sheet, invoice, bottom + 24, 360, 549)
    sheet.text(40, 770, f"{words['bank']} : {_iban(invoice)}", 9)
    return sheet.finish()


def wide(invoice: Invoice) -> bytes:
    """A landscape sheet with the facts along its top."""
    sheet = Sheet(landscape(A4))
    sheet.text(50, 50, _title(invoice), 22, True)
    sheet.lines(50, 75, [invoice.seller.name, f"{invoice.seller.street}, {invoice.seller.city}"], 9, 12)
    sheet.text(50, 104, f"{invoice.words['vat_id']} {invoice.seller.vat_id}", 9)
    sheet.text(330, 50, invoice.words["customer"], 9, True)
    sheet.lines(330, 63, _address(invoice.buyer), 9, 12)
    y = 50.0
    for label, value in _facts(invoice):
        sheet.text(600, y, label, 9, True)
        sheet.text(790, y, value, 9, align="right")
        y += 14
    columns: Columns = [
        ("position", 50, "left"),
        ("description", 80, "left"),
        ("quantity", 480, "right"),
        ("price", 640, "right"),
        ("total", 790, "right"),
    ]
    _header(sheet, invoice, columns, 150)
    sheet.rule(50, 156, 790, 156, 1)
    y = 174.0
    for number, item in enumerate(invoice.items, 1):
        y = _row(sheet, invoice, columns, y, number, item, invoice.style.amount) + 5
        sheet.rule(50, y - 9, 790, y - 9, 0.2)
    y = _totals(sheet, invoice, y + 14, 600, 790)
    sheet.text(50, y, f"{invoice.words['bank']}: {_iban(invoice)}", 9)
    return sheet.finish()


def typewriter(invoice: Invoice) -> bytes:
    """One typewriter font, columns made of blanks."""
    sheet = Sheet()
    words, style = invoice.words, invoice.style
    lines = [invoice.seller.name.upper(), f"{invoice.seller.street}, {invoice.seller.city}", f"{words['vat_id']} {invoice.seller.vat_id}", "",
             f"{words['customer']}:", *(f"    {line}" for line in _address(invoice.buyer)), "", f"{_title(invoice).upper():^70}", ""]  # fmt: skip
    lines += [f"{label + ' ':.<28} {value}" for label, value in _facts(invoice)]
    lines += [
        "",
        "-" * 78,
        f"{words['description']:<38}{words['quantity']:>10}{words['price']:>16}{words['total']:>14}",
        "-" * 78,
    ]
    lines += [
        f"{i.description[:37]:<38}{i.quantity:>10f}{style.bare(i.unit_price):>16}{style.bare(i.total):>14}"
        for i in invoice.items
    ]
    lines += ["-" * 78, *(f"{label:>60} {style.bare(value):>17}" for label, value in _sums(invoice)), "", f"{words['gross']}: {style.currency}",
              f"IBAN {_iban(invoice)}"]  # fmt: skip
    sheet.lines(55, 70, lines, 9.5, 13, font="Courier")
    return sheet.finish()


def footer(invoice: Invoice) -> bytes:
    """The seller stands in the footer only, the buyer at the right, the due date in a sentence."""
    sheet = Sheet()
    words = invoice.words
    sheet.text(297, 70, _title(invoice), 26, align="center", color="#1e8449")
    sheet.text(297, 88, invoice.number, 11, align="center")
    sheet.lines(350, 120, _address(invoice.buyer), 10, 13)
    sheet.text(60, 190, f"{words['date']}: {invoice.style.day(invoice.issued)}", 9)
    sheet.text(300, 190, f"{words['order']}: {invoice.order}", 9)
    columns: Columns = [
        ("quantity", 95, "right"),
        ("description", 110, "left"),
        ("price", 440, "right"),
        ("total", 535, "right"),
    ]
    _header(sheet, invoice, columns, 230, color="#1e8449")
    y = 250.0
    for number, item in enumerate(invoice.items, 1):
        y = _row(sheet, invoice, columns, y, number, item, invoice.style.bare) + 5
    y = _totals(sheet, invoice, y + 16, 350, 535)
    sheet.text(60, y + 20, f"{words['due']} {invoice.style.day(invoice.due)}.", 10, True)
    sheet.rule(60, 770, 535, 770, 0.5, "#1e8449")
    sheet.lines(60, 785, [invoice.seller.name, invoice.seller.street, invoice.seller.city], 8, 11)
    sheet.lines(330, 785, [f"{words['vat_id']} {invoice.seller.vat_id}", f"IBAN {_iban(invoice)}"], 8, 11)
    return sheet.finish()


LAYOUTS: dict[str, Callable[[Invoice], bytes]] = {
    "classic": classic, "window": window, "strip": strip, "plain": plain, "sidebar": sidebar,
    "banner": banner, "boxed": boxed, "wide": wide, "typewriter": typewriter, "footer": footer,
}  # fmt: skip
