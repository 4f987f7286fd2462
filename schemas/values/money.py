"""Amounts as people write them: 1.234,56 € · $1,234.56 · 1'234.50 · 1 234,56 · (123.45) · 5.00-."""

from __future__ import annotations

import re
from decimal import Decimal

# Digits of other scripts (Arabic-Indic, full width …) match \d in Python and would be read as numbers unseen: only 0-9.
_NUMBER = re.compile(r"[0-9]+(?:[.,'’ \u00a0\u202f][0-9]+)*")
_GROUPS = "'’ \u00a0\u202f"
_MINUS = "-−–"
CURRENCIES = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "zł": "PLN", "kč": "CZK", "chf": "CHF", "fr.": "CHF", "sfr":
    "CHF", "sfr.": "CHF", "us$": "USD", "$": "USD", "rm": "MYR", "kr": "SEK", "eur": "EUR", "euro": "EUR",
    "euros": "EUR", "usd": "USD", "gbp": "GBP", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "pln": "PLN", "czk":
    "CZK", "huf": "HUF", "jpy": "JPY", "cad": "CAD", "aud": "AUD", "myr": "MYR", "inr": "INR", "sgd": "SGD",
    "nzd": "NZD", "brl": "BRL", "mxn": "MXN", "zar": "ZAR", "cny": "CNY", "hkd": "HKD", "ron": "RON", "bgn":
    "BGN", "try": "TRY",
}  # fmt: skip
"""Symbols and codes beside amounts (lower case) to ISO 4217; "$" and "kr" stand for the likeliest of several."""

_AFFIX = "|".join(sorted((re.escape(sign) for sign in CURRENCIES), key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?P<open>\(?)\s*(?P<before>[{_MINUS}+]?)\s*(?P<left>{_AFFIX})?\s*(?P<sign>[{_MINUS}+]?)\s*"
    rf"(?P<number>{_NUMBER.pattern})(?:,[{_MINUS}]{{1,2}}|\.[{_MINUS}]{{1,2}})?"
    rf"\s*(?P<right>{_AFFIX})?\s*(?P<after>[{_MINUS}]?)\s*(?P<owing>cr|dr)?\s*(?P<close>\)?)\s*[*]?",
    re.IGNORECASE,
)


def parse_money(text: str, decimal: str | None = None) -> Decimal | None:
    """Return the amount that the whole of `text` is, or None.

    Args:
        text: an amount, with or without sign, currency and brackets; brackets, a minus on either side or a trailing
            CR make it negative.
        decimal: "." or "," if the document's decimal mark is known; settles what "1.234" is.
    """
    found = _AMOUNT.fullmatch(text.strip())
    if found is None or bool(found["open"]) != bool(found["close"]):
        return None
    value = parse_number(found["number"], decimal)
    if value is None:
        return None
    marks = f"{found['before']}{found['sign']}{found['after']}"
    negative = found["open"] or any(mark in _MINUS for mark in marks) or (found["owing"] or "").lower() == "cr"
    return -value if negative and value else value


def currency_of(text: str) -> str | None:
    """Return the ISO 4217 code of the currency written beside an amount, or of a sign that stands alone."""
    found = _AMOUNT.fullmatch(text.strip())
    sign = (found["left"] or found["right"]) if found else text.strip()
    return CURRENCIES.get(sign.lower()) if sign else None


def parse_number(text: str, decimal: str | None = None) -> Decimal | None:
    """Return the unsigned number written as `text`: digits, one decimal mark, groups of three."""
    whole = text.strip()
    if not _NUMBER.fullmatch(whole):
        return None
    for blank in _GROUPS:
        if blank in whole:
            head, *groups = whole.split(blank)
            tail = re.match(r"[0-9]+", groups[-1])
            if any(len(group) != 3 for group in groups[:-1]) or tail is None or len(tail[0]) != 3 or len(head) > 3:
                return None
            whole = whole.replace(blank, "")
    mark = _decimal_mark(whole, decimal)
    if mark is None:
        return None
    for group in ".,":
        if group != mark and group in whole:
            head, *groups = whole.split(mark)[0].split(group)
            if any(len(part) != 3 for part in groups) or not 1 <= len(head) <= 3:
                return None
            whole = whole.replace(group, "")
    return Decimal(whole.replace(mark, ".")) if whole.count(mark) <= 1 else None


def decimal_mark_shown(text: str) -> str | None:
    """Return the decimal mark that the number `text` proves, or None if it could be read either way."""
    marks = [char for char in text if char in ".,"]
    if len(set(marks)) == 2 and marks.count(marks[-1]) == 1:
        return marks[-1]
    if len(marks) == 1 and re.search(r"[.,][0-9]{1,2}$", text):
        return marks[0]
    if len(marks) > 1 and len(set(marks)) == 1:
        return "," if marks[0] == "." else "."
    return None


def _decimal_mark(text: str, known: str | None) -> str | None:
    """The mark that parts whole and fraction in `text`; any mark does when there is no fraction."""
    shown = decimal_mark_shown(text)
    if shown is not None:
        return shown
    marks = [char for char in text if char in ".,"]
    if not marks:
        return known or "."
    if len(set(marks)) == 2:
        return None  # 1.234,567.8: no way to write a number
    if known is not None:
        return known
    # One mark before three digits ("1.234") or more ("0.0625"): three digits are a group unless nothing is before them.
    is_group = re.fullmatch(r"[1-9][0-9]{0,2}[.,][0-9]{3}", text) is not None
    return {".": ",", ",": "."}[marks[0]] if is_group else marks[0]
