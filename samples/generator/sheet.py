"""A page to draw on, measured from the top left in points."""

from __future__ import annotations

import io

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas


class Sheet:
    """A PDF under construction: text and lines with the origin at the top left."""

    def __init__(self, size: tuple[float, float] = A4) -> None:
        self.width, self.height = size
        self.buffer = io.BytesIO()
        # invariant: no clock and no random numbers in the file, so that the same seed gives the same bytes
        self.canvas = Canvas(self.buffer, pagesize=size, invariant=1, pageCompression=1)
        self.pages = 1

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 9,
        bold: bool = False,
        font: str = "Helvetica",
        align: str = "left",
        color: str = "#111111",
    ) -> None:
        """Write one line; `x` is its left edge, its right edge or its middle by `align`."""
        name = ("Times-Bold" if font == "Times-Roman" else f"{font}-Bold") if bold else font
        self.canvas.setFont(name, size)
        self.canvas.setFillColor(HexColor(color))
        draw = {
            "left": self.canvas.drawString,
            "right": self.canvas.drawRightString,
            "center": self.canvas.drawCentredString,
        }[align]
        draw(x, self.height - y, text)

    def lines(
        self, x: float, y: float, texts: list[str], size: float = 9, leading: float = 12, **style: object
    ) -> float:
        """Write lines below each other; returns the y below the last."""
        for text in texts:
            self.text(x, y, text, size, **style)  # type: ignore[arg-type]
            y += leading
        return y

    def rule(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.6, color: str = "#555555") -> None:
        """Draw a line."""
        self.canvas.setStrokeColor(HexColor(color))
        self.canvas.setLineWidth(width)
        self.canvas.line(x0, self.height - y0, x1, self.height - y1)

    def box(
        self, x: float, y: float, width: float, height: float, fill: str | None = None, stroke: bool = True
    ) -> None:
        """Draw a rectangle with its top left corner at x, y."""
        if fill:
            self.canvas.setFillColor(HexColor(fill))
        self.canvas.setStrokeColor(HexColor("#777777"))
        self.canvas.setLineWidth(0.5)
        self.canvas.rect(x, self.height - y - height, width, height, stroke=int(stroke), fill=int(fill is not None))

    def wrapped(self, text: str, width: float, size: float, font: str = "Helvetica") -> list[str]:
        """Break text into lines that fit the width."""
        out, line = [], ""
        for word in text.split():
            longer = f"{line} {word}".strip()
            if self.canvas.stringWidth(longer, font, size) > width and line:
                out.append(line)
                line = word
            else:
                line = longer
        return [*out, line] if line else out

    def next_page(self) -> None:
        """Begin another page."""
        self.canvas.showPage()
        self.pages += 1

    def finish(self, title: str = "") -> bytes:
        """Return the file."""
        if title:
            self.canvas.setTitle(title)
        self.canvas.showPage()
        self.canvas.save()
        return self.buffer.getvalue()
