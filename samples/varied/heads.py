"""The upper part of an invoice: letterhead, title, parties and facts, each in several forms. All return the y below."""

from __future__ import annotations

from samples.varied.content import Party
from samples.varied.draft import Draft

# ---- letterheads -------------------------------------------------------------------------------------------------


def letterhead_left(d: Draft) -> float:
    """Name and address at the left, contact at the right."""
    s = d.content.seller
    d.text(d.left, 62, s.name, size=4, bold=True, color=d.color)
    y = d.lines(d.left, 78, [s.street, s.city])
    d.lines(d.right, 62, ["Tel. 0555 014 220", "office@example.com"], size=-1, align="right")
    return y + 12


def letterhead_centred(d: Draft) -> float:
    """Name in the middle above one line with the address and a rule."""
    s = d.content.seller
    d.text(d.middle, 58, s.name, size=7, bold=True, align="center", color=d.color)
    d.text(d.middle, 74, f"{s.street} · {s.city} · {s.country}", size=-1, align="center")
    d.sheet.rule(d.left, 82, d.right, 82)
    return 100


def letterhead_right(d: Draft) -> float:
    """All of the sender at the right edge."""
    s = d.content.seller
    return d.lines(d.right, 60, [s.name, s.street, s.city, "www.example.com"], bold_first=True, align="right") + 10


def letterhead_banner(d: Draft) -> float:
    """White name on a coloured band over the whole width."""
    s = d.content.seller
    d.sheet.box(0, 0, d.sheet.width, 70, fill=d.color, stroke=False)
    d.text(d.left, 42, s.name, size=8, bold=True, color="#FFFFFF")
    d.text(d.right, 42, d.content.manner.said(_title(d)), size=6, bold=True, align="right", color="#FFFFFF")
    d.lines(d.left, 88, [f"{s.street}, {s.city}"], size=-1)
    return 108


def letterhead_brand(d: Draft) -> float:
    """A brand in large letters; the company's full name stands only in the foot."""
    d.text(d.left, 66, d.content.seller.name.split()[0].upper(), size=14, bold=True, color=d.color)
    return 92


def letterhead_senders_line(_d: Draft) -> float:
    """No letterhead but the small line of the sender over the window of the envelope; the rest is in the foot."""
    return 60


def _title(d: Draft) -> str:
    return "credit" if d.content.credit else "title"


def title(d: Draft, y: float, where: str) -> float:
    """The word for the document, large; `where` is an alignment or "number" to print its number behind it."""
    said = d.manner.said(_title(d))
    if where == "number":
        d.text(d.left, y + 14, f"{said} {d.content.number}", size=6, bold=True)
    else:
        x = {"left": d.left, "right": d.right, "center": d.middle}[where]
        d.text(x, y + 14, said, size=8, bold=True, align=where)
    return y + 34


# ---- parties -----------------------------------------------------------------------------------------------------


def buyer_window(d: Draft, y: float) -> float:
    """The address as in the window of an envelope, under the sender's line and without a label."""
    s = d.content.seller
    d.text(d.left, y, f"{s.name} · {s.street} · {s.city}", size=-3)
    return d.lines(d.left, y + 16, d.content.buyer.lines) + 14


def buyer_labelled(d: Draft, y: float) -> float:
    """A label and the address under it."""
    d.text(d.left, y, d.manner.said("bill"), bold=True)
    return d.lines(d.left, y + 14, d.content.buyer.lines) + 12


def buyer_colon_right(d: Draft, y: float) -> float:
    """The same at the right, with a colon."""
    x = d.middle + 40
    d.text(x, y, f"{d.manner.said('bill')}:", size=-1, color="#555555")
    return d.lines(x, y + 13, d.content.buyer.lines, bold_first=True) + 12


def buyer_beside_label(d: Draft, y: float) -> float:
    """Label left, address to its right."""
    said = f"{d.manner.said('bill')}:"
    d.text(d.left, y, said, bold=True)
    return d.lines(d.left + max(95, d.width(said, bold=True) + 12), y, d.content.buyer.lines) + 12


def two_boxes(d: Draft, y: float) -> float:
    """Seller and buyer in boxes of equal width with their labels on top."""
    width = (d.right - d.left - 16) / 2
    for number, (key, party) in enumerate((("from", d.content.seller), ("bill", d.content.buyer))):
        x = d.left + number * (width + 16)
        d.sheet.box(x, y - 10, width, 84)
        d.text(x + 6, y + 2, d.manner.said(key), size=-1, bold=True, color=d.color)
        below = d.lines(x + 6, y + 17, party.lines)
        _numbers(d, x + 6, below, party, own=key == "from")
    return y + 96


def three_columns(d: Draft, y: float) -> float:
    """Seller, buyer and the place of delivery beside each other; the last is another address."""
    third = (d.right - d.left) / 3
    ship = [d.content.buyer.name.split()[0] + " Depot 2", d.manner.locale.streets[-1], d.manner.locale.cities[-1]]
    texts = (("from", d.content.seller.lines), ("bill", d.content.buyer.lines), ("ship", ship))
    for number, (key, lines) in enumerate(texts):
        x = d.left + number * third
        d.text(x, y, d.manner.said(key), bold=True)
        d.sheet.rule(x, y + 4, x + third - 14, y + 4)
        d.lines(x, y + 18, [part for line in lines for part in d.wrapped(line, third - 12)])
    return y + 84


def _numbers(d: Draft, x: float, y: float, party: Party, *, own: bool) -> None:
    if not party.printed_vat:
        return
    label = d.manner.said("vat_id" if own else "your_vat")
    d.text(x, y, f"{label} {d.vat() if own else party.printed_vat}", size=-1)


# ---- facts -------------------------------------------------------------------------------------------------------


def facts(d: Draft, keys: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return label and value of each fact."""
    c, m = d.content, d.manner
    values = {"number": lambda: c.number, "date": lambda: m.day(c.issued), "due": d.due, "order": d.order}
    return [(m.said(key), values[key]() if key in values else c.decoys[key]) for key in keys]


def facts_right(d: Draft, y: float, keys: tuple[str, ...]) -> float:
    """Labels in one column, values right-aligned beside them, in the right half."""
    for label, value in facts(d, keys):
        d.text(d.middle + 30, y, label)
        d.text(d.right, y, value, align="right")
        y += 1.35 * d.point
    return y + 8


def facts_colon(d: Draft, y: float, keys: tuple[str, ...]) -> float:
    """Label, colon and value in one text, below each other at the left."""
    return d.lines(d.left, y, [f"{label}: {value}" for label, value in facts(d, keys)]) + 8


def facts_colon_right(d: Draft, y: float, keys: tuple[str, ...]) -> float:
    """Right-aligned labels with a colon, bold values behind them."""
    for label, value in facts(d, keys):
        d.text(d.right - 112, y, f"{label}:", align="right", color="#444444")
        d.text(d.right - 104, y, value, bold=True)
        y += 1.4 * d.point
    return y + 8


def facts_boxes(d: Draft, y: float, keys: tuple[str, ...]) -> float:
    """A row of boxes with the label small above the value."""
    every = facts(d, keys)
    width = (d.right - d.left) / len(every)
    for number, (label, value) in enumerate(every):
        x = d.left + number * width
        d.sheet.box(x, y - 10, width, 32)
        d.text(x + 5, y, label, size=-2, color="#555555")
        d.text(x + 5, y + 15, value, bold=True)
    return y + 42


def facts_row(d: Draft, y: float, keys: tuple[str, ...]) -> float:
    """A row of heads over a row of values, centred, on a grey band."""
    every = facts(d, keys)
    width = (d.right - d.left) / len(every)
    d.sheet.box(d.left, y - 11, d.right - d.left, 15, fill="#E4E4E4", stroke=False)
    for number, (label, value) in enumerate(every):
        x = d.left + (number + 0.5) * width
        d.text(x, y, label, size=-1, bold=True, align="center")
        d.text(x, y + 16, value, align="center")
    return y + 34


def facts_above(d: Draft, y: float, keys: tuple[str, ...]) -> float:
    """Each label over its value, in the right third."""
    x = d.right - 130
    for label, value in facts(d, keys):
        d.text(x, y, label, size=-1, color="#666666")
        d.text(x, y + 12, value)
        y += 29
    return y + 2


def facts_two_columns(d: Draft, y: float, keys: tuple[str, ...]) -> float:
    """Two columns of labels and values beside each other."""
    every = facts(d, keys)
    half = (len(every) + 1) // 2
    for number, (label, value) in enumerate(every):
        x = d.left if number < half else d.middle + 10
        line = y + (number % half) * 1.5 * d.point
        d.text(x, line, label, size=-0.5, color="#333333")
        d.text(x + 118, line, value)
    return y + half * 1.5 * d.point + 8


def facts_sentence(d: Draft, y: float, keys: tuple[str, ...]) -> float:
    """Number and day in a sentence that heads the text; further facts in one line under it."""
    said = d.manner.said("said", number=d.content.number, date=d.manner.day(d.content.issued))
    d.text(d.left, y + 6, said, size=2, bold=True)
    rest = tuple(key for key in keys if key not in ("number", "date"))
    line = "   ".join(f"{label}: {value}" for label, value in facts(d, rest))
    if line:
        d.text(d.left, y + 22, line, size=-0.5)
    return y + 38


def facts_place_and_day(d: Draft, y: float, keys: tuple[str, ...]) -> float:
    """The day stands behind the place at the right, the other facts at the left."""
    place = d.content.seller.city.split()[-1] if d.manner.locale.language != "en" else d.manner.locale.country
    d.text(d.right, y, f"{place}, {d.manner.day(d.content.issued)}", align="right")
    return facts_colon(d, y + 16, tuple(key for key in keys if key != "date"))
