"""The items of an invoice as a table, with rules or without, over pages, or as blocks of labels and values."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from samples.varied.content import Item
from samples.varied.draft import Draft

WIDTHS = {
    "position": 26, "code": 58, "description": 0, "quantity": 46, "unit": 42, "price": 66, "discount": 50, "rate": 46,
    "tax_amount": 58, "total": 76, "gross_row": 70,
}  # fmt: skip
RIGHT = frozenset(["quantity", "price", "discount", "rate", "tax_amount", "total", "gross_row"])
COLUMN_SETS = {
    "plain": ("description", "quantity", "price", "total"),
    "numbered": ("position", "description", "quantity", "price", "total"),
    "quantity first": ("quantity", "description", "price", "total"),
    "quantity and unit first": ("quantity", "unit", "description", "price", "total"),
    "codes": ("code", "description", "quantity", "unit", "price", "total"),
    "rate": ("description", "quantity", "price", "rate", "total"),
    "discount": ("position", "description", "quantity", "price", "discount", "total"),
    "price first": ("description", "price", "quantity", "total"),
    "tax by line": ("description", "quantity", "price", "total", "rate", "tax_amount", "gross_row"),
    "description last": ("position", "quantity", "price", "total", "description"),
    "amount only": ("description", "total"),
}


@dataclass(frozen=True)
class TableForm:
    """How the table is drawn."""

    columns: str  # a key of COLUMN_SETS
    lines: str  # "grid", "head rule", "zebra", "dark head", "none", "rows ruled"
    details: str  # "below": the detail of an item on a line of its own; "joined": behind the name
    sections: bool = False
    unit_in_quantity: bool = False
    currency_in_cells: bool = False
    spread: float = 1.5  # line heights from one item to the next


def table(d: Draft, y: float, form: TableForm) -> float:
    """Draw all items, on as many pages as they need; returns the y below the last."""
    return _Table(d, form).draw(y)


class _Table:
    def __init__(self, d: Draft, form: TableForm) -> None:
        self.d, self.form = d, form
        self.keys = COLUMN_SETS[form.columns]
        scale = d.point / 9
        fixed = sum(WIDTHS[key] for key in self.keys) * scale
        free = d.right - d.left - fixed
        self.edges: dict[str, tuple[float, float]] = {}
        x = d.left
        for key in self.keys:
            width = free if key == "description" else WIDTHS[key] * scale
            self.edges[key] = (x, x + width)
            x += width

    def draw(self, y: float) -> float:
        d = self.d
        y = self._head(y)
        carried = Decimal()
        sections = self.form.sections and len(d.content.items) > 2
        for number, item in enumerate(d.content.items, 1):
            if sections and number in (1, len(d.content.items) // 2 + 1):
                d.text(d.left + 3, y, d.manner.locale.words["section"][number > 1], bold=True)
                y += 1.5 * d.point
            if y > d.bottom - 20:
                d.text(d.left, y + 4, d.manner.said("carried"), bold=True)
                d.text(d.right - 3, y + 4, d.manner.bare(carried), bold=True, align="right")
                self._page_number()
                d.sheet.next_page()
                y = self._head(80)
                d.text(d.left, y, d.manner.said("brought"))
                d.text(d.right - 3, y, d.manner.bare(carried), align="right")
                y += self.form.spread * d.point
            y = self._row(y, number, item)
            carried += item.total
        if d.sheet.pages > 1:
            self._page_number()
        if self.form.lines in ("grid", "head rule"):
            d.sheet.rule(d.left, y - d.point, d.right, y - d.point)
        return y + 4

    def _page_number(self) -> None:
        d = self.d
        d.text(d.middle, d.sheet.height - 28, d.manner.said("page", n=d.sheet.pages, m="2"), size=-1, align="center")

    def _head(self, y: float) -> float:
        d, point = self.d, self.d.point
        dark = self.form.lines == "dark head"
        if dark:
            d.sheet.box(d.left, y - point - 1, d.right - d.left, 1.8 * point, fill=d.color, stroke=False)
        for key in self.keys:
            said = "#" if key == "position" else d.manner.said(key)
            self._cell(key, y, said, bold=True, color="#FFFFFF" if dark else "#111111")
        if self.form.lines in ("head rule", "zebra", "rows ruled", "grid"):
            d.sheet.rule(d.left, y + 4, d.right, y + 4, 0.8)
        return y + 1.9 * point

    def _cell(self, key: str, y: float, text: str, *, bold: bool = False, color: str = "#111111") -> None:
        x0, x1 = self.edges[key]
        if key in RIGHT:
            self.d.text(x1 - 3, y, text, bold=bold, align="right", color=color)
        else:
            self.d.text(x0 + 3, y, text, bold=bold, color=color)

    def _row(self, y: float, number: int, item: Item) -> float:
        d, m, point = self.d, self.d.manner, self.d.point
        quantity = m.number(item.quantity) + (f" {item.unit}" if self.form.unit_in_quantity else "")
        money = d.money if self.form.currency_in_cells else m.bare
        joined = self.form.details == "joined" and item.detail
        x0, x1 = self.edges["description"]
        texts = d.wrapped(f"{item.description}, {item.detail}" if joined else item.description, x1 - x0 - 8)
        if item.detail and not joined:
            texts += d.wrapped(item.detail, x1 - x0 - 8)
        step = self.form.spread * point
        height = step + (len(texts) - 1) * 1.2 * point
        if self.form.lines == "zebra" and number % 2:
            d.sheet.box(d.left, y - point - 2, d.right - d.left, height, fill="#F0F0F0", stroke=False)
        cells = {
            "position": str(number), "code": item.code, "quantity": quantity, "unit": item.unit, "price": money(item.price),
            "discount": f"{m.number(item.discount)}%" if item.discount else "", "rate": f"{m.number(item.rate)}%",
            "tax_amount": m.bare(item.tax), "total": money(item.total), "gross_row": m.bare(item.total + item.tax),
        }  # fmt: skip
        for key in self.keys:
            if key != "description":
                self._cell(key, y, cells[key])
        d.lines(x0 + 3, y, texts, leading=1.2 * point)
        if self.form.lines == "grid":
            for key in self.keys:
                a, b = self.edges[key]
                d.sheet.box(a, y - point - 2, b - a, height)
        if self.form.lines == "rows ruled":
            d.sheet.rule(d.left, y - point - 2 + height, d.right, y - point - 2 + height, 0.3)
        return y + height


def blocks(d: Draft, y: float) -> float:
    """Each item as a small block: its name, then labels with quantity, price and amount in a line or two."""
    m = d.manner
    for number, item in enumerate(d.content.items, 1):
        if y > d.bottom - 30:
            d.sheet.next_page()
            y = 70
        d.text(d.left, y, f"{number}. {item.description}", bold=True)
        off = f" (-{m.number(item.discount)}%)" if item.discount else ""
        said = [
            f"{m.said('quantity')}: {m.number(item.quantity)}",
            f"{m.said('price')}: {m.bare(item.price)}{off}",
            f"{m.said('total')}: {m.bare(item.total)}",
        ]
        for place, text in enumerate(said):
            d.text(d.left + 14 + place * 150, y + 1.3 * d.point, text)
        y += 3.2 * d.point
    return y + 4
