"""Small invoices as PDF, each with its own number and amounts, made on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def write_small_pdfs(folder: Path, count: int, first: int = 0) -> list[Path]:
    """Write `count` one-page invoices into `folder` and return their paths; the same number gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(first, first + count):
        net = 100 + number
        lines = (
            "Northwind Supplies Ltd",
            "INVOICE",
            f"Invoice number: NW-{number:06}",
            "Invoice date: 2026-03-14",
            "Due date: 2026-04-13",
            f"Net total: EUR {net}.00",
            f"VAT 20%: EUR {net * 20 // 100}.{net * 20 % 100:02}",
            f"Total due: EUR {net * 120 // 100}.{net * 120 % 100:02}",
        )
        path = folder / f"invoice-{number:06}.pdf"
        path.write_bytes(small_pdf(lines))
        paths.append(path)
    return paths


def small_pdf(lines: Sequence[str]) -> bytes:
    """Return a one-page PDF that prints `lines` below each other."""
    shown = "".join(f"1 0 0 1 60 {800 - 20 * at} Tm ({_escaped(line)}) Tj\n" for at, line in enumerate(lines))
    stream = f"BT /F1 11 Tf\n{shown}ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
