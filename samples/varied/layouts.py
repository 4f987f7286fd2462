"""Seventy-two layouts, each composed of parts by its number; a third of them is held out from all fitting.

A layout is drawn by chance once and stays the same: the same number gives the same parts everywhere. Every layout takes
content of every locale.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from reportlab.lib.pagesizes import A4, LETTER

from samples.varied import heads, sums
from samples.varied.content import content
from samples.varied.draft import Draft
from samples.varied.locales import locales
from samples.varied.tables import COLUMN_SETS, TableForm, blocks, table

COUNT = 72
LETTERHEADS = ("left", "centred", "right", "banner", "brand", "senders_line")
BUYERS = ("window", "labelled", "colon_right", "beside_label", "two_boxes", "three_columns")
FACTS = ("right", "colon", "colon_right", "boxes", "row", "above", "two_columns", "sentence", "place_and_day")
TOTALS = (
    "stacked_right",
    "stacked_colon",
    "dark_total",
    "boxes_in_row",
    "table_of_rates",
    "leaders",
    "left_stack",
    "under_columns",
)
PAYMENTS = ("sentence", "days", "box", "none")
FEET = ("columns", "line", "labels")
FACT_KEYS = (
    ("number", "date"), ("number", "date", "due"), ("number", "date", "order"), ("customer", "number", "date", "due", "order"),
    ("date", "number", "delivery", "customer"), ("number", "date", "delivery", "order", "contact"), ("order", "date", "number", "due"),
)  # fmt: skip
VARIED = ("discounts", "less", "carriage", "paid", "credit", "details", "large")


@dataclass(frozen=True)
class Layout:
    """The parts of one layout."""

    number: int
    letterhead: str
    buyer: str
    facts: str
    fact_keys: tuple[str, ...]
    side_by_side: bool  # buyer and facts beside each other
    title: str
    form: TableForm
    as_blocks: bool
    on_top: bool  # the sum to pay stands in a box above the items
    totals: str
    payment: str
    foot: str
    varied: frozenset[str]
    rows: int
    size: tuple[float, float]
    font: str
    point: float
    color: str

    @property
    def name(self) -> str:
        """As in reports."""
        return f"layout-{self.number:02d}"

    @property
    def held_out(self) -> bool:
        """Whether nobody may look at it to make rules: the third of the names whose hashes are lowest."""
        return self.name in _lowest_third()

    @property
    def group(self) -> str:
        """How its facts are printed: by this, figures are grouped."""
        return self.facts


@lru_cache(maxsize=1)
def _lowest_third() -> frozenset[str]:
    names = sorted(_names(), key=lambda name: hashlib.sha256(name.encode()).digest())
    return frozenset(names[: COUNT // 3])


def _names() -> list[str]:
    return [f"layout-{number:02d}" for number in range(1, COUNT + 1)]


class Drawn(NamedTuple):
    """A document with its truth."""

    id: str
    layout: Layout
    locale: str
    pdf: bytes
    truth: dict[str, Any]


def layouts() -> list[Layout]:
    """Return all layouts by number."""
    return [_layout(number) for number in range(1, COUNT + 1)]


def _layout(number: int) -> Layout:
    random_ = random.Random(f"layout {number}")
    columns = tuple(COLUMN_SETS)[number % len(COLUMN_SETS)]
    letterhead = LETTERHEADS[number % len(LETTERHEADS)]
    buyer = random_.choice(BUYERS)
    if letterhead == "senders_line":
        buyer = random_.choice(("window", "window", "two_boxes"))
    facts = FACTS[(number * 5 + number // 9) % len(FACTS)]
    varied = frozenset(random_.sample(VARIED, random_.choice((0, 0, 1, 1, 2))))
    if columns == "discount":
        varied |= {"discounts"}
    elif "discounts" in varied:
        varied -= {"discounts"}
    wide_parts = buyer in ("two_boxes", "three_columns") or facts in (
        "boxes",
        "row",
        "two_columns",
        "sentence",
        "place_and_day",
        "colon",
    )
    return Layout(
        number=number,
        letterhead=letterhead,
        buyer=buyer,
        facts=facts,
        fact_keys=random_.choice(FACT_KEYS),
        side_by_side=not wide_parts and buyer != "colon_right" and random_.random() < 0.75,
        title=random_.choice(("left", "right", "center", "number")),
        form=TableForm(
            columns=columns,
            lines=random_.choice(("grid", "head rule", "zebra", "dark head", "none", "rows ruled")),
            details=random_.choice(("below", "below", "joined")),
            sections=random_.random() < 0.15,
            unit_in_quantity="unit" not in COLUMN_SETS[columns] and random_.random() < 0.25,
            currency_in_cells=random_.random() < 0.2,
            spread=random_.choice((1.4, 1.6, 2.0)),
        ),
        as_blocks=number % 18 == 7,
        on_top=random_.random() < 0.12,
        totals=TOTALS[(number * 3 + number // 8) % len(TOTALS)],
        payment=random_.choice(PAYMENTS),
        foot=FEET[number % len(FEET)] if letterhead != "brand" else random_.choice(FEET),
        varied=varied,
        rows=random_.choice((1, 2, 3, 4, 5, 6, 8, 45)),
        size=random_.choice((A4, A4, A4, LETTER)),
        font=random_.choice(("Sans", "Sans", "Serif", "Narrow", "Wide", "Mono")),
        point=random_.choice((8.5, 9, 9, 10)),
        color=random_.choice(("#1F4E79", "#444444", "#7A1F1F", "#1E6B45", "#2B2B2B")),
    )  # fmt: skip


def drawn(layout: Layout, locale: str, seed: int = 0, *, one_sender: bool = False) -> Drawn:
    """Return the document that a layout makes of content of the locale; the same arguments give the same document.

    With `one_sender` all documents of a layout and a locale come from one sender, who words them alike.
    """
    random_ = random.Random(f"{layout.name} {locale} {seed}")
    varied = layout.varied
    if "credit" in varied and random_.random() < 0.5:
        varied -= {"credit"}
    like = content(random.Random(f"{layout.name} {locale} sender"), locales()[locale], 1) if one_sender else None
    said = content(random_, locales()[locale], layout.rows, varied=varied, like=like)
    draft = Draft(said, layout.size, layout.font, _point(layout), layout.color)
    _compose(draft, layout)
    truth = said.truth(frozenset(draft.printed))
    return Drawn(f"{layout.name}-{locale}", layout, locale, draft.sheet.finish(), truth)


def documents(chosen: Callable[[Layout], bool] = lambda _: True, each: int = 3) -> Iterator[Drawn]:
    """Yield `each` documents of every chosen layout, in locales that rotate so that all come equally often."""
    names = list(locales())
    for layout in layouts():
        if chosen(layout):
            for turn in range(each):
                yield drawn(layout, names[(layout.number * 3 + turn * 5) % len(names)])


def _point(layout: Layout) -> float:
    crowded = len(COLUMN_SETS[layout.form.columns]) >= 6
    wide = layout.font in ("Wide", "Mono")
    return layout.point - (1.5 if crowded and wide else 0.5 if crowded or wide else 0)


def _compose(d: Draft, layout: Layout) -> None:
    y = getattr(heads, f"letterhead_{layout.letterhead}")(d)
    on_band = layout.letterhead == "banner"
    place_facts = getattr(heads, f"facts_{layout.facts}")
    place_buyer = getattr(
        heads, layout.buyer if layout.buyer in ("two_boxes", "three_columns") else f"buyer_{layout.buyer}"
    )
    if not on_band and layout.buyer != "window":
        y = heads.title(d, y, layout.title if layout.facts != "sentence" else "right")
    if layout.side_by_side:
        y = max(place_buyer(d, y + 6), place_facts(d, y + 6, layout.fact_keys))
    else:
        y = place_buyer(d, y + 6)
        if not on_band and layout.buyer == "window":
            y = heads.title(d, y, layout.title if layout.facts != "sentence" else "right")
        y = place_facts(d, y + 8, layout.fact_keys)
    if layout.on_top:
        y = sums.summary_on_top(d, y + 14)
    y = blocks(d, y + 20) if layout.as_blocks else table(d, y + 20, layout.form)
    if y > d.bottom - 110:
        d.sheet.next_page()
        y = 80
    y = getattr(sums, layout.totals)(d, y + 12)
    if layout.payment != "none":
        y = getattr(sums, f"payment_{layout.payment}")(d, y + 14)
    d.text(d.left, y + 14, d.manner.said("thanks"), size=-0.5)
    if d.manner.locale.currency in d.manner.said("gross"):
        d.printed.add("currency")
    getattr(sums, f"foot_{layout.foot}")(d)
