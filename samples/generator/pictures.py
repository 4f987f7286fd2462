"""Receipts as photographs and pages as scans: drawn, then put through what a camera or a scanner does."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy
import pypdfium2
from PIL import Image, ImageFilter

from samples.generator.sheet import Sheet


@dataclass(frozen=True)
class Receipt:
    """What a till printed."""

    merchant: str
    address: tuple[str, ...]
    day: str  # as printed
    iso_day: str
    goods: tuple[tuple[str, Decimal], ...]
    total_label: str
    currency: str

    @property
    def total(self) -> Decimal:
        """Sum of the goods."""
        return sum((price for _, price in self.goods), Decimal())

    def truth(self) -> dict[str, Any]:
        """The record that extraction should give."""
        return {
            "merchant_name": self.merchant,
            "merchant_address": ", ".join(self.address),
            "transaction_date": self.iso_day,
            "total": str(self.total),
        }


RECEIPTS = (
    Receipt("THE COPPER KETTLE CAFE", ("12 Harbour Street", "Galway H91 W2R4"), "14/03/2026 13:07", "2026-03-14",
            (("Flat white", Decimal("3.60")), ("Soup of the day", Decimal("7.50")), ("Scone with jam", Decimal("4.20"))), "TOTAL", "EUR"),
    Receipt("Bäckerei Hollerbusch GmbH", ("Marktstraße 3", "72764 Reutlingen"), "02.05.2026 07:41", "2026-05-02",
            (("6 Laugenbrezel", Decimal("5.10")), ("Bauernbrot 1 kg", Decimal("4.85")), ("Kaffee groß", Decimal("3.20"))), "SUMME", "EUR"),
    Receipt("SELERA HARDWARE SDN BHD", ("No. 8, Jalan Kenari 5", "47100 Puchong, Selangor"), "21/06/2026 16:22", "2026-06-21",
            (("Paint brush 2in", Decimal("6.90")), ("Masking tape", Decimal("4.50")), ("LED bulb 9W x2", Decimal("15.80"))), "Grand Total", "RM"),
    Receipt("Librairie du Canal", ("27 quai de Valmy", "75010 Paris"), "09/04/2026", "2026-04-09",
            (("Roman poche", Decimal("8.90")), ("Carnet ligne", Decimal("5.40"))), "TOTAL TTC", "EUR"),
    Receipt("Ferramenta Zorzi S.n.c.", ("Via Garibaldi 44", "31100 Treviso"), "18/02/2026 10:15", "2026-02-18",
            (("Viti 4x40 conf.", Decimal("3.75")), ("Colla rapida", Decimal("6.20")), ("Lucchetto 40 mm", Decimal("11.90"))), "TOTALE EURO", "EUR"),
    Receipt("Supermercado La Huerta", ("Plaza Mayor 2", "37002 Salamanca"), "30/07/2026 19:48", "2026-07-30",
            (("Tomates 1,2 kg", Decimal("2.64")), ("Aceite 1 l", Decimal("8.95")), ("Pan", Decimal("1.10"))), "TOTAL A PAGAR", "EUR"),
)  # fmt: skip


def receipt_page(receipt: Receipt) -> bytes:
    """Return the receipt as a narrow PDF page."""
    sheet = Sheet((230, 330))
    comma = receipt.currency == "EUR" and receipt.total_label not in ("TOTAL",)
    show = (lambda value: str(value).replace(".", ",")) if comma else str
    sheet.text(115, 30, receipt.merchant, 12, True, align="center")
    y = 46.0
    for line in receipt.address:
        sheet.text(115, y, line, 9, align="center")
        y += 12
    sheet.text(20, y + 12, receipt.day, 9, font="Courier")
    y += 34
    for name, price in receipt.goods:
        sheet.text(20, y, name, 9, font="Courier")
        sheet.text(210, y, show(price), 9, font="Courier", align="right")
        y += 14
    sheet.rule(20, y - 4, 210, y - 4)
    sheet.text(20, y + 12, receipt.total_label, 12, True, font="Courier")
    sheet.text(210, y + 12, f"{receipt.currency} {show(receipt.total)}", 12, True, font="Courier", align="right")
    paid = (receipt.total // 10 + 1) * 10
    sheet.text(20, y + 30, "Cash", 9, font="Courier")
    sheet.text(210, y + 30, show(paid + Decimal("0.00")), 9, font="Courier", align="right")
    sheet.text(20, y + 43, "Change", 9, font="Courier")
    sheet.text(210, y + 43, show(paid - receipt.total), 9, font="Courier", align="right")
    return sheet.finish()


def rendered(pdf: bytes, dots_per_inch: int) -> list[Image.Image]:
    """Return the pages as grey pictures."""
    document = pypdfium2.PdfDocument(pdf)
    pictures = [page.render(scale=dots_per_inch / 72).to_pil().convert("L") for page in document]
    document.close()
    return pictures


def photographed(picture: Image.Image, random_: random.Random, angle: float) -> bytes:
    """Return a JPEG as a phone would take it: on a table, turned, unevenly lit, a little soft and noisy."""
    noise = numpy.random.default_rng(random_.randrange(1 << 30))
    width, height = picture.size
    table = Image.new("L", (int(width * 1.25), int(height * 1.2)), 96)
    table.paste(picture, ((table.width - width) // 2, (table.height - height) // 2))
    turned = table.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=96).filter(ImageFilter.GaussianBlur(0.7))
    light = numpy.linspace(0.8, 1.0, turned.width)[None, :] * numpy.linspace(1.0, 0.86, turned.height)[:, None]
    pixels = numpy.asarray(turned, dtype=float) * light + noise.normal(0, 5, (turned.height, turned.width))
    out = io.BytesIO()
    Image.fromarray(numpy.clip(pixels, 0, 255).astype("uint8")).save(out, "JPEG", quality=78, dpi=(200, 200))
    return out.getvalue()


def scanned(pdf: bytes, random_: random.Random) -> bytes:
    """Return a PDF of pictures without any text, slightly turned and grainy, as an office scanner makes it."""
    noise = numpy.random.default_rng(random_.randrange(1 << 30))
    pages = []
    for picture in rendered(pdf, 150):
        turned = picture.rotate(random_.uniform(-0.6, 0.6), resample=Image.Resampling.BICUBIC, fillcolor=255)
        pixels = numpy.asarray(turned, dtype=float) + noise.normal(0, 6, (turned.height, turned.width))
        pages.append(Image.fromarray(numpy.clip(pixels, 0, 255).astype("uint8")))
    return _as_pdf(pages)


def _as_pdf(pages: list[Image.Image]) -> bytes:
    from reportlab.lib.utils import ImageReader

    sheet = Sheet()
    for index, page in enumerate(pages):
        if index:
            sheet.next_page()
        jpeg = io.BytesIO()
        page.save(jpeg, "JPEG", quality=60)
        jpeg.seek(0)
        sheet.canvas.drawImage(ImageReader(jpeg), 0, 0, sheet.width, sheet.height)
    return sheet.finish()


def tiff(pdf: bytes) -> bytes:
    """Return the pages as one black-and-white TIFF, as a fax machine makes it."""
    pages = [picture.convert("1") for picture in rendered(pdf, 200)]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression="group4", dpi=(200, 200))
    return out.getvalue()
