"""An invoice while it is drawn: the sheet, its fonts, and what was printed so far."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from samples.generator.sheet import Sheet
from samples.varied.content import Content

FOLDER = Path("/usr/share/fonts/truetype")
FONTS = {
    "Sans": ("liberation/LiberationSans-Regular.ttf", "liberation/LiberationSans-Bold.ttf"),
    "Serif": ("liberation/LiberationSerif-Regular.ttf", "liberation/LiberationSerif-Bold.ttf"),
    "Mono": ("liberation/LiberationMono-Regular.ttf", "liberation/LiberationMono-Bold.ttf"),
    "Narrow": ("liberation/LiberationSansNarrow-Regular.ttf", "liberation/LiberationSansNarrow-Bold.ttf"),
    "Wide": ("dejavu/DejaVuSans.ttf", "dejavu/DejaVuSans-Bold.ttf"),
}


def missing_fonts() -> list[str]:
    """Return the font files that are not on this machine (Debian: fonts-liberation, fonts-dejavu-core)."""
    return [name for pair in FONTS.values() for name in pair if not (FOLDER / name).is_file()]


@lru_cache(maxsize=1)
def _registered() -> None:
    if missing := missing_fonts():
        raise FileNotFoundError(f"{FOLDER / missing[0]} is missing. Install fonts-liberation and fonts-dejavu-core.")
    for name, (plain, bold) in FONTS.items():
        pdfmetrics.registerFont(TTFont(name, str(FOLDER / plain)))
        pdfmetrics.registerFont(TTFont(f"{name}-Bold", str(FOLDER / bold)))


class Draft:
    """One document under construction."""

    def __init__(self, content: Content, size: tuple[float, float], font: str, point: float, color: str) -> None:
        _registered()
        self.sheet = Sheet(size)
        self.content, self.manner, self.font, self.point, self.color = content, content.manner, font, point, color
        self.left, self.right = 50.0, self.sheet.width - 50.0
        self.bottom = self.sheet.height - 110.0
        self.printed: set[str] = set()

    @property
    def middle(self) -> float:
        """Half way between the margins."""
        return (self.left + self.right) / 2

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 0,
        bold: bool = False,
        align: str = "left",
        color: str = "#111111",
    ) -> None:
        """Write one line; `size` is relative to the text size of the document, in points."""
        self.sheet.text(x, y, text, self.point + size, bold, self.font, align, color)

    def lines(
        self,
        x: float,
        y: float,
        texts: list[str],
        *,
        size: float = 0,
        bold_first: bool = False,
        align: str = "left",
        leading: float = 0,
    ) -> float:
        """Write lines below each other; returns the y below the last."""
        step = leading or 1.28 * (self.point + size)
        for number, text in enumerate(texts):
            self.text(x, y, text, size=size, bold=bold_first and not number, align=align)
            y += step
        return y

    def width(self, text: str, *, size: float = 0, bold: bool = False) -> float:
        """Width of a text in points."""
        return float(pdfmetrics.stringWidth(text, f"{self.font}-Bold" if bold else self.font, self.point + size))

    def wrapped(self, text: str, width: float) -> list[str]:
        """The text broken into lines of the width."""
        return self.sheet.wrapped(text, width, self.point, self.font)

    def iban(self) -> str:
        """The account in groups of four; from here on it counts as printed."""
        self.printed.add("iban")
        digits = self.content.iban
        return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))

    def vat(self) -> str:
        """The seller's VAT number as printed; from here on it counts."""
        self.printed.add("seller_vat_id")
        return self.content.seller.printed_vat

    def due(self) -> str:
        """The day on which payment is due; from here on it counts."""
        self.printed.add("due_date")
        return self.manner.day(self.content.due)

    def order(self) -> str:
        """The buyer's order number; from here on it counts."""
        self.printed.add("order_reference")
        return self.content.order

    def money(self, value: object) -> str:
        """An amount with its currency where the document shows one."""
        if self.manner.sign != "none":
            self.printed.add("currency")
        return self.manner.amount(value)  # type: ignore[arg-type]
