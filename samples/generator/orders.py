"""Purchase orders, for the schema that a user adds."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from samples.generator.invoice import Invoice
from samples.generator.sheet import Sheet


def purchase_order(order: Invoice) -> tuple[bytes, dict[str, Any]]:
    """Return a purchase order with the buyer of `order` as its sender, and its record."""
    sheet = Sheet()
    style = order.style
    sheet.text(60, 60, order.buyer.name, 13, True)
    sheet.lines(60, 75, [order.buyer.street, order.buyer.city], 9, 12)
    sheet.text(535, 60, "PURCHASE ORDER", 18, True, align="right")
    facts = [
        ("PO number", order.order),
        ("Order date", style.day(order.issued)),
        ("Deliver by", style.day(order.due)),
        ("Requested by", "M. Calloway"),
    ]
    y = 120.0
    for label, value in facts:
        sheet.text(360, y, f"{label}:", 9, True)
        sheet.text(535, y, value, 9, align="right")
        y += 14
    sheet.text(60, 120, "Supplier:", 9, True)
    sheet.lines(60, 133, [order.seller.name, order.seller.street, order.seller.city], 9, 12)
    y = 220.0
    for edge, text, align in (
        (60, "Item", "left"),
        (350, "Qty", "right"),
        (440, "Unit price", "right"),
        (535, "Line total", "right"),
    ):
        sheet.text(edge, y, text, 9, True, align=align)
    sheet.rule(60, y + 5, 535, y + 5)
    y += 20
    for item in order.items:
        sheet.text(60, y, item.description, 9)
        sheet.text(350, y, f"{item.quantity:f}", 9, align="right")
        sheet.text(440, y, style.bare(item.unit_price), 9, align="right")
        sheet.text(535, y, style.bare(item.total), 9, align="right")
        y += 15
    sheet.text(440, y + 15, "Order total:", 10, True, align="right")
    sheet.text(535, y + 15, style.amount(order.net), 10, True, align="right")
    truth: dict[str, Any] = {
        "order_number": order.order, "order_date": order.issued.isoformat(), "delivery_date": order.due.isoformat(), "supplier_name": order.seller.name,
        "order_total": str(sum((item.total for item in order.items), Decimal())),
        "line_items": [{"description": i.description, "quantity": f"{i.quantity:f}", "unit_price": f"{i.unit_price:f}", "line_total": str(i.total)} for i in order.items],
    }  # fmt: skip
    return sheet.finish(), truth
