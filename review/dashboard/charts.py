"""Charts as SVG made here, without script or library; classes give the colours. The figures stand in a table beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from math import ceil, log10

from markupsafe import Markup

WIDTH, HEIGHT = 720, 190  # of the drawing, in its own units; it fills the width that it is given
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 10, 24
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Bar:
    """One column: parts on top of each other, each with the class that colours it, and a mark at some height."""

    label: str
    parts: tuple[tuple[str, float], ...]
    mark: float | None = None
    said: str = ""  # what the pointer is told


def columns(title: str, description: str, bars: Sequence[Bar]) -> Markup:
    """Return a chart of columns; every seventh label from the end is written below."""
    top = _nice(max([1.0, *(max(sum(size for _, size in bar.parts), bar.mark or 0) for bar in bars)]))
    step = (WIDTH - LEFT - RIGHT) / max(1, len(bars))
    body = [_grid(top)]
    for place, bar in enumerate(bars):
        x, y = LEFT + place * step, float(HEIGHT - BOTTOM)
        wide = max(2.0, step * 0.68)
        drawn = []
        for name, size in bar.parts:
            height = (HEIGHT - TOP - BOTTOM) * size / top
            y -= height
            if size:
                drawn.append(_tag("rect", x=x + (step - wide) / 2, y=y, width=wide, height=height, class_=name))
        if bar.mark:
            level = _height(bar.mark, top)
            drawn.append(_tag("line", x1=x + 1, x2=x + step - 1, y1=level, y2=level, class_="mark"))
        told = Markup("<title>{}</title>").format(bar.said) if bar.said else Markup("")
        body.append(Markup("<g>{}{}</g>").format(told, Markup("").join(drawn)))
        if (len(bars) - 1 - place) % 7 == 0:
            body.append(_text(x + step / 2, HEIGHT - 7, bar.label, "middle"))
    return _drawing(title, description, body)


def curves(title: str, description: str, labels: Sequence[str], lines: Sequence[tuple[str, Sequence[float]]]) -> Markup:
    """Return a chart of lines over steps; values are shares, 0 to 1. `lines` are pairs of class and values."""
    step = (WIDTH - LEFT - RIGHT) / max(1, len(labels) - 1)
    body = [_grid(1.0, percent=True)]
    for name, values in lines:
        points = " ".join(f"{LEFT + place * step:.1f},{_height(value, 1.0):.1f}" for place, value in enumerate(values))
        body.append(_tag("polyline", points=points, class_=f"curve {name}"))
    every = max(1, ceil(len(labels) / 8))
    for place, label in enumerate(labels):
        is_last = place == len(labels) - 1
        if is_last or (place % every == 0 and place + every <= len(labels) - 1):
            side = "start" if place == 0 else "end" if place == len(labels) - 1 else "middle"
            body.append(_text(LEFT + place * step, HEIGHT - 7, label, side))
    return _drawing(title, description, body)


def level(title: str, parts: Sequence[tuple[str, float]], whole: float) -> Markup:
    """Return a flat bar of parts of a whole, each with its class; what is beyond the whole is cut."""
    x, body = 0.0, []
    for name, size in parts:
        wide = min(100.0 - x, 100.0 * size / whole) if whole > 0 else 0.0
        if wide > 0:
            body.append(_tag("rect", x=x, y=0, width=wide, height=8, class_=name))
            x += wide
    name = f"chart-{next(_numbers)}"
    head = Markup(
        '<svg class="level" viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-labelledby="{0}">'
        '<title id="{0}">{1}</title><rect x="0" y="0" width="100" height="8" class="empty"></rect>'
    ).format(name, title)
    return head + Markup("").join(body) + Markup("</svg>")


def _drawing(title: str, description: str, body: Sequence[Markup]) -> Markup:
    name = f"chart-{next(_numbers)}"
    head = Markup(
        '<svg class="chart" viewBox="0 0 {1} {2}" role="img" aria-labelledby="{0}-title {0}-said">'
        '<title id="{0}-title">{3}</title><desc id="{0}-said">{4}</desc>'
    ).format(name, WIDTH, HEIGHT, title, description)
    return head + Markup("").join(body) + Markup("</svg>")


def _grid(top: float, *, percent: bool = False) -> Markup:
    body = []
    for part in (0.0, 0.5, 1.0):
        y, value = _height(part * top, top), part * top
        body.append(_tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid"))
        body.append(_text(LEFT - 6, y + 4, f"{value:.0%}" if percent else f"{value:g}", "end"))
    return Markup("").join(body)


def _height(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def _nice(most: float) -> float:
    """The next round number from `most` on, at least 2, of which the half is round too."""
    power = 10.0 ** int(log10(most))
    return next(power * factor for factor in (1, 2, 4, 6, 8, 10) if power * factor >= max(2.0, most))


def _text(x: float, y: float, text: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(x, y, anchor, text)


def _tag(name: str, **attributes: object) -> Markup:
    written = [
        Markup(' {}="{}"').format(key.rstrip("_"), f"{value:.1f}" if isinstance(value, float) else value)
        for key, value in attributes.items()
    ]
    return Markup("<{0}{1}></{0}>").format(name, Markup("").join(written))
