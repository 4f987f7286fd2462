"""The lower part of an invoice: totals, payment and foot, each in several forms. All return the y below."""

from __future__ import annotations

from decimal import Decimal

from samples.varied.draft import Draft

Rows = list[tuple[str, Decimal]]


def before_net(d: Draft) -> Rows:
    """Return what leads from the sum of the rows to the net total, if anything does."""
    c, m = d.content, d.manner
    out: Rows = []
    if c.less:
        out.append((m.said("less", rate=m.number(c.less)), -c.reduction))
    if c.carriage:
        out.append((m.said("carriage"), c.carriage))
    return out


def rows(d: Draft, *, with_net: bool = True) -> Rows:
    """Return the rows of the totals block in their usual order."""
    c, m = d.content, d.manner
    out = [*before_net(d)]
    if with_net:
        out.append((m.said("net"), c.net))
    out.extend((m.said("tax", rate=m.number(rate)), tax) for rate, (_, tax) in c.taxes.items())
    out.append((m.said("gross"), c.gross))
    if c.paid:
        out.extend([(m.said("paid"), -c.paid), (m.said("balance"), c.gross - c.paid)])
    return out


def stacked_right(d: Draft, y: float) -> float:
    """Labels left of right-aligned amounts, the total bold under a rule."""
    gross = d.manner.said("gross")
    for label, value in rows(d):
        bold = label == gross
        if bold:
            d.sheet.rule(d.right - 210, y - d.point - 1, d.right, y - d.point - 1)
        d.text(d.right - 210, y, label, bold=bold)
        d.text(d.right - 3, y, d.money(value), bold=bold, align="right")
        y += 1.5 * d.point
    return y + 6


def stacked_colon(d: Draft, y: float) -> float:
    """Right-aligned labels with a colon close to the amounts."""
    for label, value in rows(d):
        d.text(d.right - 96, y, f"{label}:", align="right")
        d.text(d.right - 3, y, d.money(value), align="right")
        y += 1.5 * d.point
    return y + 6


def dark_total(d: Draft, y: float) -> float:
    """The total on a coloured band, larger."""
    every = rows(d)
    for label, value in every[:-1]:
        d.text(d.middle + 20, y, label)
        d.text(d.right - 6, y, d.money(value), align="right")
        y += 1.5 * d.point
    label, value = every[-1]
    d.sheet.box(d.middle + 10, y - d.point - 2, d.right - d.middle - 10, 2.1 * d.point, fill=d.color, stroke=False)
    d.text(d.middle + 20, y + 2, label, size=1, bold=True, color="#FFFFFF")
    d.text(d.right - 6, y + 2, d.money(value), size=1, bold=True, align="right", color="#FFFFFF")
    return y + 2.6 * d.point


def boxes_in_row(d: Draft, y: float) -> float:
    """A row of boxes, each with a label above its amount."""
    every = rows(d)
    width = (d.right - d.left) / len(every)
    for number, (label, value) in enumerate(every):
        x = d.left + number * width
        d.sheet.box(x, y - 10, width, 34)
        d.text(x + 4, y, label, size=-2)
        d.text(x + width - 5, y + 16, d.money(value), bold=number == len(every) - 1, align="right")
    return y + 44


def table_of_rates(d: Draft, y: float) -> float:
    """A table of rate, base and tax at the left; net, all tax and total at the right."""
    c, m = d.content, d.manner
    heads = (m.said("rate"), m.said("base"), m.said("tax_amount"))
    line = y
    for place, head in enumerate(heads):
        d.text(d.left + 40 + place * 75, line, head, size=-1, bold=True, align="right")
    for rate, (base, tax) in c.taxes.items():
        line += 1.4 * d.point
        for place, text in enumerate((f"{m.number(rate)}%", m.bare(base), m.bare(tax))):
            d.text(d.left + 40 + place * 75, line, text, align="right")
    summed = [*before_net(d), (m.said("net"), c.net), (m.said("tax_total"), c.tax), (m.said("gross"), c.gross)]
    for label, value in summed:
        last = value == c.gross
        d.text(d.middle + 60, y, label, bold=last)
        d.text(d.right - 3, y, d.money(value), bold=last, align="right")
        y += 1.5 * d.point
    return max(y, line) + 10


def leaders(d: Draft, y: float) -> float:
    """Labels and amounts joined by dots."""
    for label, value in rows(d):
        amount = d.money(value)
        room = d.right - d.middle - d.width(label) - d.width(amount) - 12
        dots = "." * max(3, int(room / max(d.width("."), 1)))
        d.text(d.middle, y, f"{label} {dots}")
        d.text(d.right, y, amount, align="right")
        y += 1.5 * d.point
    return y + 6


def left_stack(d: Draft, y: float) -> float:
    """Under the text column at the left, amounts right behind the labels."""
    for label, value in rows(d):
        d.text(d.left + 3, y, label)
        d.text(d.left + 260, y, d.money(value), align="right")
        y += 1.45 * d.point
    return y + 6


def under_columns(d: Draft, y: float) -> float:
    """The totals go on in the table: label in the middle, amount under the column of amounts, ruled all over."""
    for label, value in rows(d):
        d.sheet.box(d.left, y - d.point - 2, d.right - d.left, 1.7 * d.point)
        d.text(d.right - 100, y, label, align="right", bold=True)
        d.text(d.right - 3, y, d.manner.bare(value), align="right")
        y += 1.7 * d.point
    return y + 6


def summary_on_top(d: Draft, y: float) -> float:
    """A box near the head that says what is to be paid; used above the items."""
    d.sheet.box(d.left, y - 12, d.right - d.left, 34, fill="#EAF2EA", stroke=False)
    d.text(d.left + 8, y + 2, d.manner.said("gross"), size=1, bold=True)
    d.text(d.left + 8, y + 15, d.manner.said("terms", due=d.due(), days=30), size=-1)
    d.text(d.right - 8, y + 6, d.money(d.content.gross), size=5, bold=True, align="right")
    return y + 40


# ---- payment and foot --------------------------------------------------------------------------------------------


def payment_sentence(d: Draft, y: float) -> float:
    """The terms in a sentence with the day, the account in a line under it."""
    days = (d.content.due - d.content.issued).days
    d.text(d.left, y, d.manner.said("terms", due=d.due(), days=days))
    if d.content.iban:
        d.text(d.left, y + 14, f"{d.manner.said('bank')}: IBAN {d.iban()}")
    return y + 32


def payment_days(d: Draft, y: float) -> float:
    """The terms only as a number of days; the account with a label above it."""
    d.text(d.left, y, d.manner.said("net_days", days=(d.content.due - d.content.issued).days))
    if d.content.iban:
        d.text(d.left, y + 18, "IBAN", size=-1, bold=True)
        d.text(d.left, y + 30, d.iban())
    return y + 44


def payment_box(d: Draft, y: float) -> float:
    """A box with the bank's data, label and value in two columns."""
    pairs = [(d.manner.said("due"), d.due())]
    if d.content.iban:
        pairs += [("IBAN", d.iban()), ("BIC", "TESTXX22XXX")]
    d.sheet.box(d.left, y - 12, 300, 16 + 14 * len(pairs))
    d.text(d.left + 6, y, d.manner.said("bank"), bold=True)
    for label, value in pairs:
        y += 14
        d.text(d.left + 6, y, label)
        d.text(d.left + 90, y, value)
    return y + 22


def foot_columns(d: Draft) -> None:
    """Three columns at the foot: address, numbers, bank."""
    c, y = d.content, d.sheet.height - 66
    d.sheet.rule(d.left, y - 12, d.right, y - 12, 0.4)
    d.lines(d.left, y, c.seller.lines, size=-2)
    numbers = [f"{d.manner.said('vat_id')} {d.vat()}"] if c.seller.printed_vat else []
    d.lines(d.left + 190, y, [*numbers, "Tel. 0555 014 220"], size=-2)
    if c.iban:
        d.lines(d.left + 345, y, ["Bank of Examples", f"IBAN {d.iban()}", "BIC TESTXX22XXX"], size=-2)


def foot_line(d: Draft) -> None:
    """One centred line with name, address and VAT number."""
    c = d.content
    numbers = f" · {d.manner.said('vat_id')} {d.vat()}" if c.seller.printed_vat else ""
    text = f"{c.seller.name} · {c.seller.street} · {c.seller.city}{numbers}"
    d.text(d.middle, d.sheet.height - 40, text, size=-2, align="center")


def foot_labels(d: Draft) -> None:
    """Labels with a colon and values under each other at the foot."""
    c, y = d.content, d.sheet.height - 64
    texts = [c.seller.name]
    if c.seller.printed_vat:
        texts.append(f"{d.manner.said('vat_id')}: {d.vat()}")
    if c.iban:
        texts.append(f"IBAN: {d.iban()}")
    d.lines(d.left, y, texts, size=-1)
