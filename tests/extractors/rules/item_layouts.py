"""Invoices drawn for tests: each layout gives the bytes of a PDF and the rows that stand on it."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

Line = tuple[str, str]  # description as one text, line total as a plain number
WIDTH, HEIGHT = A4


@dataclass(frozen=True)
class Drawn:
    """A document and what a reader finds in its table."""

    content: bytes
    rows: tuple[Line, ...]


class Sheet:
    """A canvas whose y runs down from the top of the page."""

    def __init__(self, size: float = 9) -> None:
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=A4)
        self.size = size
        self.canvas.setFont("Helvetica", size)

    def left(self, x: float, y: float, text: str, bold: bool = False) -> None:
        self.canvas.setFont("Helvetica-Bold" if bold else "Helvetica", self.size)
        self.canvas.drawString(x, HEIGHT - y, text)

    def right(self, x: float, y: float, text: str) -> None:
        self.canvas.setFont("Helvetica", self.size)
        self.canvas.drawRightString(x, HEIGHT - y, text)

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> None:
        self.canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)

    def turned(self, x: float, y: float, text: str) -> None:
        self.canvas.saveState()
        self.canvas.translate(x, HEIGHT - y)
        self.canvas.rotate(90)
        self.canvas.setFont("Helvetica", 6)
        self.canvas.drawString(0, 0, text)
        self.canvas.restoreState()

    def page(self) -> None:
        self.canvas.showPage()

    def done(self) -> bytes:
        self.canvas.save()
        return self.buffer.getvalue()


def german(value: float) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def french(value: float) -> str:
    return f"{value:,.2f}".replace(",", " ").replace(".", ",")


def english(value: float) -> str:
    return f"{value:,.2f}"


def letterhead(sheet: Sheet, lines: Sequence[str]) -> None:
    for number, text in enumerate(lines):
        sheet.left(60, 60 + 12 * number, text)


GOODS = [
    ("Winkelschleifer 125 mm", 2, 89.90),
    ("Trennscheiben Stahl 10er-Pack", 12, 14.25),
    ("Arbeitshandschuhe Größe 10", 40, 3.15),
    ("Absperrband 500 m", 3, 11.40),
]


def totals(sheet: Sheet, y: float, net: float, write: Callable[[float], str], words: Sequence[str], x: float) -> None:
    for number, (word, amount) in enumerate(zip(words, (net, net * 0.19, net * 1.19), strict=True)):
        sheet.left(x - 160, y + 14 * number, word)
        sheet.right(x, y + 14 * number, write(amount))


GERMAN_TOTALS = ("Nettobetrag", "zzgl. 19 % MwSt.", "Rechnungsbetrag")
ENGLISH_TOTALS = ("Subtotal", "VAT 19%", "Total due")
FRENCH_TOTALS = ("Total HT", "TVA 19 %", "Total TTC")


def rows_of(goods: Sequence[tuple[str, float, float]]) -> tuple[Line, ...]:
    return tuple((text, f"{round(count * price, 2):.2f}") for text, count, price in goods)


def total_of(goods: Sequence[tuple[str, float, float]]) -> float:
    return sum(round(count * price, 2) for _, count, price in goods)


def wrapped_german() -> Drawn:
    """No drawn lines; position, article number, descriptions over several lines, right-aligned German numbers."""
    sheet = Sheet()
    letterhead(
        sheet, ["Nordwerk Bedarf GmbH", "Hafenstraße 4", "20457 Hamburg", "", "Rechnung Nr. 2024-118 vom 03.04.2024"]
    )
    for x, text in ((60, "Pos."), (90, "Art.-Nr."), (150, "Bezeichnung")):
        sheet.left(x, 200, text)
    for x, text in ((380, "Menge"), (420, "ME"), (480, "Einzelpreis"), (545, "Gesamtpreis")):
        sheet.right(x, 200, text)
    y, rows = 218.0, []
    for number, (text, count, price) in enumerate(GOODS, 1):
        sheet.left(60, y, str(number))
        sheet.left(90, y, f"A-{1000 + number}")
        sheet.left(150, y, text)
        sheet.right(380, y, str(count))
        sheet.left(405, y, "Stk.")
        sheet.right(480, y, german(price))
        sheet.right(545, y, german(count * price))
        sheet.left(150, y + 11, "Seriennummer 4711-0815")
        sheet.left(150, y + 22, "Lieferung frei Haus")
        rows.append((f"{text} Seriennummer 4711-0815 Lieferung frei Haus", f"{count * price:.2f}"))
        y += 40
    totals(sheet, y + 10, total_of(GOODS), german, GERMAN_TOTALS, 545)
    return Drawn(sheet.done(), tuple(rows))


def ruled_english() -> Drawn:
    """A full grid of drawn lines, texts in the middle of their cells, currency signs in cells."""
    goods = [("Consulting, on site", 6, 120.0), ("Travel", 1, 89.5), ("Licence renewal for 2025", 3, 49.99)]
    sheet = Sheet()
    letterhead(
        sheet, ["Fairway Advisory Ltd", "12 Castle Street", "Bristol BS1 3AD", "", "INVOICE 8831", "Date: 3 April 2024"]
    )
    edges = (60, 300, 360, 450, 540)
    for number in range(len(goods) + 2):
        sheet.rule(60, 190 + 20 * number, 540, 190 + 20 * number)
    for x in edges:
        sheet.rule(x, 190, x, 190 + 20 * (len(goods) + 1))
    for (x0, x1), text in zip(pairwise(edges), ("Item", "Hours", "Rate", "Amount"), strict=True):
        sheet.canvas.drawCentredString((x0 + x1) / 2, HEIGHT - 204, text)
    for row, (text, count, price) in enumerate(goods):
        cells = (text, str(count), f"£{price:,.2f}", f"£{count * price:,.2f}")
        for (x0, x1), cell in zip(pairwise(edges), cells, strict=True):
            sheet.canvas.drawCentredString((x0 + x1) / 2, HEIGHT - (224 + 20 * row), cell)
    totals(sheet, 310, total_of(goods), lambda v: f"£{v:,.2f}", ENGLISH_TOTALS, 535)
    return Drawn(sheet.done(), rows_of(goods))


def _many(repeat_head: bool) -> Drawn:
    goods = [(f"Bearing housing type {200 + n}", n % 7 + 1, 4.5 + n) for n in range(120)]
    sheet, y = Sheet(), 200.0
    letterhead(
        sheet,
        ["Harrow Components Ltd", "Unit 4, Mill Lane", "Leeds LS1 4AP", "", "Invoice No. 5512", "Date: 12/04/2024"],
    )

    def head(at: float) -> None:
        sheet.left(60, at, "Description", True)
        for x, text in ((400, "Qty"), (470, "Unit price"), (545, "Amount")):
            sheet.right(x, at, text)

    head(184)
    pages = 1
    for number, (text, count, price) in enumerate(goods):
        sheet.left(60, y, text)
        sheet.right(400, y, str(count))
        sheet.right(470, y, english(price))
        sheet.right(545, y, english(count * price))
        y += 16
        if y > 740 and number < len(goods) - 1:
            sheet.left(60, 800, "Harrow Components Ltd · Company No. 01234567 · VAT GB123456789")
            sheet.right(545, 815, f"Page {pages} of 4")
            sheet.page()
            pages += 1
            sheet.left(60, 40, "Invoice No. 5512")
            sheet.right(545, 40, "12/04/2024")
            y = 90
            if repeat_head:
                head(74)
    totals(sheet, y + 10, total_of(goods), english, ENGLISH_TOTALS, 545)
    return Drawn(sheet.done(), rows_of(goods))


def many_with_head() -> Drawn:
    """120 rows over pages, each with the head again and a footer."""
    return _many(True)


def many_without_head() -> Drawn:
    """120 rows over pages; only the first page has the head."""
    return _many(False)


def broken_in_a_text() -> Drawn:
    """The page ends within a wrapped description; a sum is carried forward."""
    sheet = Sheet()
    letterhead(sheet, ["Klartext Agentur GmbH", "Lindenweg 2", "50667 Köln", "", "Rechnung 77"])
    sheet.left(60, 690, "Leistung")
    sheet.right(400, 690, "Menge")
    sheet.right(470, 690, "Preis")
    sheet.right(545, 690, "Betrag")
    for y, text, count, price in ((706, "Lektorat", 3, 60.0), (722, "Übersetzung Deutsch-Englisch", 10, 45.0)):
        sheet.left(60, y, text)
        sheet.right(400, y, str(count))
        sheet.right(470, y, german(price))
        sheet.right(545, y, german(count * price))
    sheet.left(60, 733, "Produktkatalog Herbst")
    sheet.left(60, 765, "Übertrag")
    sheet.right(545, 765, german(630))
    sheet.left(60, 815, "Klartext Agentur GmbH · Sparkasse Köln · DE89 3704 0044 0532 0130 00")
    sheet.page()
    sheet.left(60, 50, "Leistung")
    sheet.right(400, 50, "Menge")
    sheet.right(470, 50, "Preis")
    sheet.right(545, 50, "Betrag")
    sheet.left(60, 66, "Übertrag")
    sheet.right(545, 66, german(630))
    sheet.left(60, 82, "mit Beilage")
    sheet.left(60, 98, "Satz und Druckvorlage")
    sheet.right(400, 98, "1")
    sheet.right(470, 98, german(180))
    sheet.right(545, 98, german(180))
    totals(sheet, 130, 810, german, GERMAN_TOTALS, 545)
    rows = (
        ("Lektorat", "180.00"),
        ("Übersetzung Deutsch-Englisch Produktkatalog Herbst mit Beilage", "450.00"),
        ("Satz und Druckvorlage", "180.00"),
    )
    return Drawn(sheet.done(), rows)


def head_in_two_lines() -> Drawn:
    """Column heads over two lines, broken within words; VAT rate and discount columns; group headings."""
    sheet = Sheet()
    letterhead(sheet, ["Blumen Kranz e.K.", "Marktplatz 1", "99084 Erfurt", "", "Rechnung Nr. 19"])
    sheet.left(60, 200, "Artikelbe-")
    sheet.left(60, 211, "zeichnung")
    for x, one, two in (
        (330, "Menge", ""),
        (390, "Einzel-", "preis"),
        (430, "Rabatt", "%"),
        (480, "MwSt.", "%"),
        (545, "Gesamt-", "preis"),
    ):
        sheet.right(x, 200, one)
        sheet.right(x, 211, two)
    y, rows = 245.0, []
    groups = [
        ("Schnittblumen", [("Rosen rot 60 cm", 50, 1.20, 10), ("Tulpen gemischt", 100, 0.55, 0)]),
        ("Zubehör", [("Draht 0,8 mm", 2, 7.90, 5)]),
    ]
    for heading, items in groups:
        sheet.left(60, y, heading, True)
        y += 16
        for text, count, price, off in items:
            total = round(count * price * (1 - off / 100), 2)
            sheet.left(60, y, text)
            sheet.right(330, y, f"{count} Stk")
            sheet.right(390, y, german(price))
            sheet.right(430, y, f"{off},00" if off else "")
            sheet.right(480, y, "19,00")
            sheet.right(545, y, german(total))
            rows.append((text, f"{total:.2f}"))
            y += 16
        y += 10
    net = sum(float(row[1]) for row in rows)
    totals(sheet, y + 10, net, german, GERMAN_TOTALS, 545)
    return Drawn(sheet.done(), tuple(rows))


def no_head() -> Drawn:
    """Nothing names the columns: only arithmetic tells them apart. Quantities stand before the texts."""
    sheet = Sheet()
    letterhead(sheet, ["Elektro Sommer", "Am Bach 7", "83022 Rosenheim", "", "Rechnung Nr. 4470", "Datum: 09.02.2024"])
    y = 210.0
    for text, count, price in GOODS:
        sheet.right(80, y, str(count))
        sheet.left(95, y, text)
        sheet.right(460, y, german(price))
        sheet.right(545, y, german(count * price))
        y += 15
    totals(sheet, y + 12, total_of(GOODS), german, GERMAN_TOTALS, 545)
    return Drawn(sheet.done(), rows_of(GOODS))


def only_totals() -> Drawn:
    """A plain letter: texts with an amount at the right, no quantities, no columns of their own."""
    goods = [
        ("Entwurf Logo in drei Varianten", 1, 750.0),
        ("Reinzeichnung", 1, 280.0),
        ("Nutzungsrechte, zwei Jahre", 1, 400.0),
    ]
    sheet = Sheet()
    letterhead(
        sheet,
        ["Atelier Winter", "Bergstr. 12", "01069 Dresden", "", "Rechnung 2024/9", "Für meine Arbeit berechne ich:"],
    )
    for number, (text, _, price) in enumerate(goods):
        sheet.left(60, 200 + 15 * number, text)
        sheet.right(545, 200 + 15 * number, german(price) + " €")
    totals(sheet, 270, total_of(goods), lambda v: german(v) + " €", GERMAN_TOTALS, 545)
    return Drawn(sheet.done(), rows_of(goods))


def gross_and_net() -> Drawn:
    """French: unit price and line totals without and with tax side by side; the rows add up to the net total."""
    goods = [("Câble HDMI 2 m", 4, 9.5), ("Écran 27 pouces", 2, 219.0), ("Support mural", 2, 34.9)]
    sheet = Sheet()
    letterhead(
        sheet,
        ["Atelier Lumière SARL", "8 rue des Lilas", "69003 Lyon", "", "Facture n° F-2024-31", "Date : 14/03/2024"],
    )
    sheet.left(60, 200, "Désignation")
    for x, text in ((290, "Qté"), (360, "PU HT"), (420, "Total HT"), (470, "TVA"), (545, "Total TTC")):
        sheet.right(x, 200, text)
    y = 216.0
    for text, count, price in goods:
        sheet.left(60, y, text)
        for x, cell in (
            (290, str(count)),
            (360, french(price)),
            (420, french(count * price)),
            (470, "20 %"),
            (545, french(count * price * 1.2)),
        ):
            sheet.right(x, y, cell)
        y += 15
    totals(sheet, y + 12, total_of(goods), french, FRENCH_TOTALS, 545)
    return Drawn(sheet.done(), rows_of(goods))


def text_before_amounts() -> Drawn:
    """The description stands on its own line above the line with the figures; a discount row is no item."""
    goods = [("Wartung Heizungsanlage Haus 1", 2, 95.0), ("Brennerdüse 0,55 gph", 1, 24.8)]
    sheet = Sheet()
    letterhead(sheet, ["Heizung Brandt GmbH", "Ringstr. 9", "34117 Kassel", "", "Rechnung 990-1"])
    for x, text in ((60, "Pos"), (95, "Leistung")):
        sheet.left(x, 200, text)
    for x, text in ((350, "Anzahl"), (440, "Einzelpreis EUR"), (545, "Gesamt EUR")):
        sheet.right(x, 200, text)
    y = 218.0
    for number, (text, count, price) in enumerate(goods, 1):
        sheet.left(60, y, f"{number}.")
        sheet.left(95, y, text)
        for x, cell in ((350, f"{count},00 Std."), (440, german(price)), (545, german(count * price))):
            sheet.right(x, y + 12, cell)
        y += 36
    sheet.left(95, y, "Treuerabatt")
    sheet.right(545, y, "-10,00")
    totals(sheet, y + 24, total_of(goods) - 10, german, GERMAN_TOTALS, 545)
    return Drawn(sheet.done(), rows_of(goods))


def turned_margin() -> Drawn:
    """A line of text runs up the margin beside the table."""
    sheet = Sheet()
    letterhead(sheet, ["Nordwerk Bedarf GmbH", "Hafenstraße 4", "20457 Hamburg", "", "Rechnung Nr. 2024-118"])
    sheet.turned(30, 420, "Es gelten unsere allgemeinen Geschäftsbedingungen, Stand Januar 2024, Blatt 12")
    for x, text in ((60, "Bezeichnung"), (330, "Menge"), (430, "Einzelpreis"), (510, "Betrag")):
        sheet.left(x, 200, text)
    y = 216.0
    for text, count, price in GOODS:
        for x, cell in ((60, text), (330, str(count)), (430, german(price)), (510, german(count * price))):
            sheet.left(x, y, cell)
        y += 15
    totals(sheet, y + 12, total_of(GOODS), german, GERMAN_TOTALS, 545)
    return Drawn(sheet.done(), rows_of(GOODS))


def other_table_first() -> Drawn:
    """A table of deliveries stands above the items, and one of taxes below them."""
    goods = [("Huile d'olive vierge extra 5 l", 6, 41.2), ("Vinaigre balsamique 0,5 l", 24, 6.35)]
    sheet = Sheet()
    letterhead(
        sheet,
        ["Épicerie Durand SAS", "3 quai Nord", "13002 Marseille", "", "Facture n° 2024-0071", "Date : 02/05/2024"],
    )
    for x, text in ((60, "Bon de livraison"), (200, "Date"), (320, "Transporteur"), (450, "Montant port")):
        sheet.left(x, 150, text)
    for x, text in ((60, "BL-44821"), (200, "28/04/2024"), (320, "Chronoroute"), (450, "0,00")):
        sheet.left(x, 163, text)
    for x, text in ((60, "Réf."), (130, "Libellé")):
        sheet.left(x, 210, text)
    for x, text in ((360, "Quantité"), (440, "Prix unitaire"), (545, "Montant")):
        sheet.right(x, 210, text)
    y = 226.0
    for number, (text, count, price) in enumerate(goods):
        sheet.left(60, y, f"EP{310 + number}")
        sheet.left(130, y, text)
        for x, cell in ((360, str(count)), (440, french(price)), (545, french(count * price))):
            sheet.right(x, y, cell)
        y += 15
    for x, text in ((60, "Taux TVA"), (200, "Base HT"), (320, "Montant TVA")):
        sheet.left(x, y + 20, text)
    for x, text in ((60, "19,00 %"), (200, french(total_of(goods))), (320, french(total_of(goods) * 0.19))):
        sheet.left(x, y + 33, text)
    totals(sheet, y + 60, total_of(goods), french, FRENCH_TOTALS, 545)
    return Drawn(sheet.done(), rows_of(goods))


def packed_american() -> Drawn:
    """American: quantity first, part numbers, dollar signs apart from their amounts."""
    goods = [("1/4 in. hex bolt, zinc", 100, 0.12), ("Flange gasket 3 in.", 4, 18.75), ("Ball valve, brass", 2, 42.0)]
    sheet = Sheet()
    letterhead(
        sheet,
        [
            "Prairie Pipe & Supply Inc.",
            "400 Elm St",
            "Omaha, NE 68102",
            "",
            "INVOICE",
            "Invoice # 100245",
            "Invoice Date 04/30/2024",
        ],
    )
    for x, text in ((60, "QTY"), (100, "PART NO."), (180, "DESCRIPTION"), (400, "UNIT PRICE"), (490, "EXTENDED PRICE")):
        sheet.left(x, 210, text, True)
    y = 228.0
    for number, (text, count, price) in enumerate(goods):
        sheet.left(60, y, str(count))
        sheet.left(100, y, f"{77120 + number}")
        sheet.left(180, y, text)
        sheet.left(400, y, "$")
        sheet.right(460, y, english(price))
        sheet.left(490, y, "$")
        sheet.right(565, y, english(count * price))
        y += 14
    totals(sheet, y + 20, total_of(goods), lambda v: "$ " + english(v), ("SUBTOTAL", "SALES TAX", "TOTAL DUE"), 565)
    return Drawn(sheet.done(), rows_of(goods))


def hours_with_dates() -> Drawn:
    """Dutch time sheet: a date column first, numbers of an order in the texts, totals named in the middle."""
    goods = [
        ("Onderhoud server rack 12", 3.5, 85.0),
        ("Update order 20240117 verwerkt", 2, 85.0),
        ("Reiskosten 120 km", 120, 0.23),
    ]
    sheet = Sheet()
    letterhead(sheet, ["Van Dijk Beheer B.V.", "Kade 8", "3511 AB Utrecht", "", "Factuur", "Factuurnummer: 2024-0098"])
    for x, text in ((60, "Datum"), (120, "Omschrijving")):
        sheet.left(x, 210, text)
    for x, text in ((390, "Aantal"), (460, "Tarief"), (545, "Bedrag")):
        sheet.right(x, 210, text)
    y = 226.0
    for number, (text, count, price) in enumerate(goods):
        sheet.left(60, y, f"{3 + number:02}-04-2024")
        sheet.left(120, y, text)
        for x, cell in ((390, german(count)), (460, "€ " + german(price)), (545, "€ " + german(count * price))):
            sheet.right(x, y, cell)
        y += 15
    totals(
        sheet,
        y + 12,
        total_of(goods),
        lambda v: "€ " + german(v),
        ("Totaal excl. btw", "Btw 19%", "Totaal incl. btw"),
        545,
    )
    return Drawn(sheet.done(), rows_of(goods))


def unknown_heads() -> Drawn:
    """The heads are words that no schema lists; type and arithmetic tell the columns."""
    sheet = Sheet()
    letterhead(sheet, ["Seifert Werkzeuge", "Talweg 3", "58095 Hagen", "", "Rechnung Nr. 31", "Datum: 01.03.2024"])
    for x, text in ((60, "Lfd."), (90, "Ware")):
        sheet.left(x, 200, text)
    for x, text in ((380, "Zahl"), (460, "à EUR"), (545, "EUR")):
        sheet.right(x, 200, text)
    y = 216.0
    for number, (text, count, price) in enumerate(GOODS, 1):
        sheet.left(60, y, str(number))
        sheet.left(90, y, text)
        for x, cell in ((380, str(count)), (460, german(price)), (545, german(count * price))):
            sheet.right(x, y, cell)
        y += 15
    totals(sheet, y + 12, total_of(GOODS), german, GERMAN_TOTALS, 545)
    return Drawn(sheet.done(), rows_of(GOODS))


def _under_english_head() -> Sheet:
    sheet = Sheet()
    letterhead(sheet, ["Harrow Components Ltd", "Unit 4, Mill Lane", "Leeds LS1 4AP", "", "Invoice No. 5513"])
    sheet.left(60, 200, "Description")
    for x, text in ((380, "Qty"), (460, "Unit price"), (545, "Amount")):
        sheet.right(x, 200, text)
    return sheet


def _figures(sheet: Sheet, y: float, count: float, price: float) -> None:
    sheet.right(380, y, f"{count:g}")
    sheet.right(460, y, english(price))
    sheet.right(545, y, english(count * price))


def total_in_the_name() -> Drawn:
    """Items whose names begin with the word for a total."""
    goods = [("Total station rental, week", 2, 150.0), ("Tripod", 1, 40.0), ("Total care package", 1, 99.0)]
    sheet, y = _under_english_head(), 216.0
    for text, count, price in goods:
        sheet.left(60, y, text)
        _figures(sheet, y, count, price)
        y += 15
    totals(sheet, y + 10, total_of(goods), english, ENGLISH_TOTALS, 545)
    return Drawn(sheet.done(), rows_of(goods))


def single_item() -> Drawn:
    """One item with a description of two lines."""
    sheet = _under_english_head()
    sheet.left(60, 216, "Annual support")
    sheet.left(60, 227, "1 January to 31 December")
    _figures(sheet, 216, 1, 1200)
    totals(sheet, 260, 1200, english, ENGLISH_TOTALS, 545)
    return Drawn(sheet.done(), (("Annual support 1 January to 31 December", "1200.00"),))


def _amounts_at(drop: float) -> Drawn:
    sheet, y = _under_english_head(), 216.0
    for text, count, price in GOODS:
        sheet.left(60, y, text)
        sheet.left(60, y + 11, "with certificate")
        _figures(sheet, y + drop, count, price)
        y += 30
    totals(sheet, y + 10, total_of(GOODS), english, ENGLISH_TOTALS, 545)
    return Drawn(sheet.done(), rows_of([(f"{text} with certificate", *rest) for text, *rest in GOODS]))


def amounts_in_the_middle() -> Drawn:
    """The figures stand between the two lines of each description."""
    return _amounts_at(5.5)


def amounts_at_the_bottom() -> Drawn:
    """The figures stand beside the last line of each description."""
    return _amounts_at(11)


def note_below() -> Drawn:
    """Remarks stand below the last item, a little farther than the items stand apart."""
    sheet, y = _under_english_head(), 216.0
    for text, count, price in GOODS:
        sheet.left(60, y, text)
        _figures(sheet, y, count, price)
        y += 15
    sheet.left(60, y + 6, "Thank you for your business! Goods remain our property until paid in full.")
    sheet.left(60, y + 18, "Delivered by our own driver")
    totals(sheet, y + 45, total_of(GOODS), english, ENGLISH_TOTALS, 545)
    return Drawn(sheet.done(), rows_of(GOODS))


def italian_discounts() -> Drawn:
    """Italian: code, quantity with its unit, discount and tax rates in columns of their own."""
    sheet, y, rows = Sheet(), 226.0, []
    letterhead(sheet, ["Rossi Alimentari S.r.l.", "Via Roma 1", "20121 Milano", "", "Fattura n. 12", "Data 02/05/2024"])
    sheet.left(60, 210, "Cod.")
    sheet.left(110, 210, "Descrizione")
    for x, text in ((340, "Q.tà"), (400, "Prezzo unit."), (450, "Sc. %"), (490, "IVA"), (560, "Importo")):
        sheet.right(x, 210, text)
    for text, count, price in (("Olio extra vergine 5 l", 6, 41.2), ("Aceto balsamico", 24, 6.35)):
        total = round(count * price * 0.9, 2)
        sheet.left(60, y, f"OL{count}")
        sheet.left(110, y, text)
        for x, cell in ((340, f"{count} PZ"), (400, german(price)), (450, "10"), (490, "22"), (560, german(total))):
            sheet.right(x, y, cell)
        rows.append((text, f"{total:.2f}"))
        y += 14
    net = sum(float(total) for _, total in rows)
    totals(sheet, y + 20, net, german, ("Totale imponibile", "IVA 22%", "Totale fattura"), 560)
    return Drawn(sheet.done(), tuple(rows))


def numbers_as_names() -> Drawn:
    """Descriptions that begin with a figure or are one."""
    goods = [("3M Klebeband 50 mm", 10, 2.49), ("4-fach Steckdose", 2, 12.9), ("1000", 5, 1.1)]
    sheet, y = Sheet(), 216.0
    letterhead(sheet, ["Elektro Sommer", "Am Bach 7", "83022 Rosenheim", "", "Rechnung Nr. 4471"])
    sheet.left(60, 200, "Pos")
    sheet.left(90, 200, "Artikel")
    for x, text in ((380, "Menge"), (460, "Preis/Stk."), (545, "Summe")):
        sheet.right(x, 200, text)
    for number, (text, count, price) in enumerate(goods, 1):
        sheet.left(60, y, str(number))
        sheet.left(90, y, text)
        for x, cell in ((380, str(count)), (460, german(price)), (545, german(count * price))):
            sheet.right(x, y, cell)
        y += 15
    totals(sheet, y + 12, total_of(goods), german, GERMAN_TOTALS, 545)
    return Drawn(sheet.done(), rows_of(goods))


LAYOUTS: tuple[Callable[[], Drawn], ...] = (
    wrapped_german, ruled_english, many_with_head, many_without_head, broken_in_a_text, head_in_two_lines, no_head,
    only_totals, gross_and_net, text_before_amounts, turned_margin, other_table_first, packed_american,
    hours_with_dates, unknown_heads, total_in_the_name, single_item, amounts_in_the_middle, amounts_at_the_bottom,
    note_below, italian_discounts, numbers_as_names,
)  # fmt: skip
