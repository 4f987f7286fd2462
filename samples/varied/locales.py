"""A locale: how invoices are worded there, and how numbers, days, VAT numbers and accounts are written."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from stdnum import iban as iban_numbers

from samples.generator.words import SYMBOLS
from schemas.values.identifiers import is_vat_number

SIGNS = {**SYMBOLS, "SEK": "kr", "DKK": "kr.", "PLN": "zł", "CZK": "Kč"}


@dataclass(frozen=True)
class Locale:
    """One entry of locales.yaml."""

    name: str
    given: Mapping[str, Any]

    def __getattr__(self, key: str) -> Any:
        return self.given[key]


@lru_cache(maxsize=1)
def locales() -> dict[str, Locale]:
    """Return all locales by name."""
    text = (Path(__file__).parent / "locales.yaml").read_text(encoding="utf-8")
    return {name: Locale(name, given) for name, given in yaml.safe_load(text).items()}


@dataclass(frozen=True)
class Manner:
    """How one document of a locale writes: chosen among what is usual there."""

    locale: Locale
    group: str
    decimal: str
    sign: str  # "before", "after", "code before", "code after" or "none"
    days: str
    words: Mapping[str, str]

    def amount(self, value: Decimal) -> str:
        """The amount with its currency as this document shows it."""
        text, currency = self.bare(value), self.locale.currency
        sign = currency if self.sign.startswith("code") or currency not in SIGNS else SIGNS[currency]
        if self.sign == "none":
            return text
        if self.sign.endswith("after"):
            return f"{text} {sign}"
        minus, text = ("-", text[1:]) if text.startswith("-") else ("", text)
        return f"{minus}{sign}{text}" if len(sign) == 1 and currency in ("GBP", "USD") else f"{minus}{sign} {text}"

    def bare(self, value: Decimal) -> str:
        """The amount with cents and without a currency."""
        return f"{value:,.2f}".replace(",", "\0").replace(".", self.decimal).replace("\0", self.group)

    def number(self, value: Decimal) -> str:
        """A quantity or rate with no more places than it has."""
        return f"{value.normalize():f}".replace(".", self.decimal)

    def day(self, value: date) -> str:
        """The day as printed."""
        month = self.locale.months.split()[value.month - 1]
        form = self.days.replace("{month}", month).replace("{short}", month[:3]).replace("{day}", str(value.day))
        return value.strftime(form)

    def said(self, key: str, **values: object) -> str:
        """The wording of `key` with its values filled in."""
        return self.words[key].format(**values)


def manner(random_: random.Random, locale: Locale) -> Manner:
    """Return one way to write in the locale."""
    group, decimal = random_.choice(locale.numbers)
    words = {key: random_.choice(texts) for key, texts in locale.words.items()}
    return Manner(locale, group, decimal, random_.choice(locale.signs), random_.choice(locale.dates), words)


def vat_number(random_: random.Random, locale: Locale) -> str:
    """Return a VAT number of the locale with right check digits, compact; "" where there are none."""
    shape, _, _ = locale.vat.partition(" ")
    while shape:
        number = _filled(random_, shape)
        if is_vat_number(number):
            return number
    return ""


def printed_vat_number(random_: random.Random, locale: Locale, number: str) -> str:
    """Return the number as printed there: grouped, or without the country's letters."""
    suffix = locale.vat.partition(" ")[2]
    if number.startswith("CHE"):
        return f"CHE-{number[3:6]}.{number[6:9]}.{number[9:12]} {suffix}"
    if locale.given.get("bare_vat") and random_.random() < 0.6:
        return number[2:]
    groups = locale.given.get("vat_groups")
    if groups and random_.random() < 0.6:
        parts, at = [], 0
        for size in groups:
            parts.append(number[at : at + size])
            at += size
        return " ".join(parts)
    return number


def account(random_: random.Random, locale: Locale) -> str:
    """Return an IBAN with right check digits, compact; "" where there are none."""
    if not locale.iban:
        return ""
    while True:
        bare = re.sub("^(..)..", r"\g<1>00", _filled(random_, locale.iban))
        number = bare[:2] + iban_numbers.calc_check_digits(bare) + bare[4:]
        if iban_numbers.is_valid(number):
            return str(number)


def _filled(random_: random.Random, shape: str) -> str:
    return "".join(str(random_.randrange(10)) if char == "#" else char for char in shape)
