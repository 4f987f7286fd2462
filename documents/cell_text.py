"""A spreadsheet cell as the program shows it: dates in their format, amounts with their currency and decimals."""

from __future__ import annotations

import datetime
import math
import re
from decimal import ROUND_HALF_UP, Decimal

MOST_DECIMALS = 12
LARGEST = Decimal(10) ** 15  # Excel keeps fifteen digits and shows more as a power of ten
EXPONENT = re.compile(r"E[+-]")
BRACKETS = re.compile(r"\[\$([^\]-]*)(?:-[0-9A-Fa-f]+)?\]|\[[^\]]*\]")  # [$€-407] names a currency, others colours
FILLERS = re.compile(r"[_*].")  # room for a sign, or a sign repeated to fill
LITERAL = re.compile(r'"([^"]*)"|\\(.)')
DATE_LETTERS = re.compile(r"yyyy|yy|mmmm|mmm|mm|m|dddd|ddd|dd|d", re.IGNORECASE)
CURRENCY = re.compile(r"[$€£¥]|[A-Z]{3}\b|CHF|kr|zł|Kč|R\$|RM")
NUMBER = re.compile(r"[#0?][#0?,.]*")


def cell_text(value: object, number_format: str) -> str:
    """Return the shown text of a cell value under its number format; an empty text for None."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime.datetime | datetime.date):
        return _date_text(value, number_format)
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M")
    if isinstance(value, int | float | Decimal):
        return _number_text(Decimal(str(value)), number_format)
    return str(value)


def _date_text(value: datetime.date, number_format: str) -> str:
    """The day in the order of the format; the time only where the format shows hours."""
    section = BRACKETS.sub("", number_format.split(";")[0])
    shown = LITERAL.sub(lambda match: match[1] or match[2] or "", section)
    has_time = re.search("h", shown, re.IGNORECASE) is not None
    day = re.split(r"\s*h", shown, maxsplit=1, flags=re.IGNORECASE)[0] if has_time else shown
    if not re.search("d", day, re.IGNORECASE) or not re.search("y", day, re.IGNORECASE):
        text = value.strftime("%Y-%m-%d")
    else:
        text = DATE_LETTERS.sub(lambda match: _date_part(value, match[0].lower()), day).strip()
    if has_time and isinstance(value, datetime.datetime):
        text += value.strftime(" %H:%M")
    return text


def _date_part(value: datetime.date, letters: str) -> str:
    codes = {"yyyy": "%Y", "yy": "%y", "mmmm": "%B", "mmm": "%b", "mm": "%m", "dddd": "%A", "ddd": "%a", "dd": "%d"}
    if letters in codes:
        return value.strftime(codes[letters])
    return str(value.month if letters == "m" else value.day)


def _number_text(value: Decimal, number_format: str) -> str:
    """The number with the decimals, thousands and signs around it that the format asks for."""
    if number_format in ("General", "@", "") or EXPONENT.search(number_format) or not abs(value) < LARGEST:
        return _plain(value)
    sections = number_format.split(";")
    section = sections[1] if value < 0 and len(sections) > 1 and sections[1].strip() else sections[0]
    named = BRACKETS.sub(lambda match: match[1] or "", FILLERS.sub("", section))
    shown = LITERAL.sub(lambda match: match[1] or match[2] or "", named)
    pattern = NUMBER.search(shown)
    if pattern is None:
        return _plain(value)
    percent = "%" in shown
    whole, _, decimals = pattern[0].partition(".")
    places = min(MOST_DECIMALS, sum(sign in "0#?" for sign in decimals))
    amount = abs(value * 100 if percent else value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    digits = f"{amount:,f}" if "," in whole else f"{amount:f}"
    text = shown[: pattern.start()] + digits + shown[pattern.end() :]
    unsigned = value >= 0 or "(" in text or "-" in shown
    return " ".join((text if unsigned else f"-{text}").split())


def _plain(value: Decimal) -> str:
    if abs(value) >= LARGEST:
        return f"{value:E}"
    whole, _, decimals = f"{value:.{MOST_DECIMALS}f}".partition(".")
    return f"{whole}.{decimals}".rstrip("0").rstrip(".")
