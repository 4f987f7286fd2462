"""How a document writes numbers and days, judged from all that stands on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from extractors.page.runs import Layout, folded
from schemas.fields import Language
from schemas.values.dates import DateOrder, orders_shown
from schemas.values.money import CURRENCIES, decimal_mark_shown

_AMOUNT = re.compile(r"(?<![\w.,/-])[0-9]{1,3}(?:[.,'’ ]?[0-9]{3})*[.,][0-9]{2}(?![\w/-]|[.,][0-9])")
_CODES = "|".join(code.upper() for code in CURRENCIES if code.isalpha() and code.isascii())
# Codes count in capitals only ("Rm 614" is a room, "try" a word), "Fr." only beside an amount or alone (else a Friday).
_SIGNS = re.compile(
    rf"€|£|¥|₹|(?i:zł|kč|(?:us|ca|au|a|nz|s|hk|mx)?\$)|(?<![^\W_])(?:{_CODES})(?![^\W\d_])|(?<![^\W_])(?i:euros?|eur|kr)(?![^\W\d_])|"
    r"(?<![^\W_])(?i:s?fr\.)(?=\s?[0-9'’.,]*[0-9][.,][0-9]{2}(?![0-9]))|^\s*(?i:s?fr\.)\s*$|(?i:\bm\.n\.)",
    re.MULTILINE,
)
_OTHER_DOLLARS = {
    "ca$": "cad", "au$": "aud", "a$": "aud", "nz$": "nzd", "s$": "sgd", "hk$": "hkd", "mx$": "mxn", "m.n.": "mxn"
}  # fmt: skip
_AMERICAN_CODE = re.compile(r"\bUSD\b|US\$")
DOLLARS = frozenset(["USD", "CAD", "AUD", "NZD", "MXN", "SGD", "HKD"])
"""Currencies whose sign is "$"."""
# What invoices of a country must print: its tax registers, Mexican legal forms and e-invoices.
_COUNTRIES = {
    "AUD": re.compile(r"\bA\.?B\.?N\b"),
    "MXN": re.compile(r"\bR\.?F\.?C\b|\bde C\.?V\.?|\bCFDI\b"),
    "CAD": re.compile(r"\bHST\b|\bTPS\b.*\bTVQ\b"),
    "NZD": re.compile(r"\bNZBN\b"),
    "SGD": re.compile(r"\bUEN\b"),
}
_STATES = (
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
    "PA RI SC SD TN TX UT VT VA WA WV WI WY"
)
_AMERICAN = re.compile(rf"\b(?:{'|'.join(_STATES.split())}),? [0-9]{{5}}(?:-[0-9]{{4}})?\b")
_WORDS: Mapping[Language, str] = {
    "en": "the of and for to invoice date total amount due tax please payment your this with shall agreement",
    "de": "der die das und fur ist wir rechnung datum betrag bitte zahlbar ihre nr mwst mit von zu kunde",
    "fr": "le la les de et pour facture montant ttc ht tva votre date du des client vous est par",
    "es": "el la los de y para factura fecha importe iva total su cliente del por con pago",
    "it": "il la di e per fattura data importo iva totale cliente vostro del con pagamento imponibile",
    "nl": "de het een van en voor factuur datum bedrag btw uw klant aantal omschrijving met totaal excl",
    "pt": "de do da dos e para fatura data valor iva total cliente morada pagamento descricao com vencimento",
    "pl": "z do i na faktura data razem netto brutto vat nabywca sprzedawca platnosci nip sp ilosc cena ul dni",
    "sv": "och att av for faktura datum moms belopp kund antal summa till oss pris betala er fakturadatum dagar",
    "da": "og til af for faktura dato moms beløb kunde antal pris alt ialt i den jeres fakturadato dage",
    "cs": "a do na k faktura datum dph celkem dodavatel odberatel cena popis uhrade splatnosti vystaveni ks",
}


@dataclass(frozen=True, slots=True)
class Locale:
    """Decimal mark and date order of a document, None where nothing on it tells."""

    decimal: str | None  # "." or ","
    date_order: DateOrder
    order_is_shown: bool  # a date on the document proves the order; else it follows from country and language
    languages: tuple[Language, ...]  # likeliest first
    currency: str | None  # ISO 4217, the one that stands beside most amounts


def locale_of(layout: Layout) -> Locale:
    """Return how the document at hand writes."""
    text = "\n".join(run.text for run in layout.runs)
    languages = _languages(text)
    shown = Counter(orders_shown(text))
    order: DateOrder = shown.most_common(1)[0][0] if shown else _usual_order(text, languages)
    return Locale(_decimal(text), order, bool(shown), languages, _currency(text, languages))


def _decimal(text: str) -> str | None:
    marks = Counter(mark for match in _AMOUNT.finditer(text) if (mark := decimal_mark_shown(match[0].replace(" ", ""))))
    return marks.most_common(1)[0][0] if marks else None


def _languages(text: str) -> tuple[Language, ...]:
    words = Counter(re.findall(r"[^\W\d_]+", folded(text)))
    scores = {language: sum(min(words[word], 5) for word in listed.split()) for language, listed in _WORDS.items()}
    best = max(scores.values())
    return tuple(
        sorted((lang for lang, score in scores.items() if score and score >= best / 2), key=lambda lang: -scores[lang])
    )


def _usual_order(text: str, languages: tuple[Language, ...]) -> DateOrder:
    """Month first only where addresses are of the United States: others put the day first."""
    american = len(_AMERICAN.findall(text))
    return "month_first" if american and (not languages or languages[0] == "en") else "day_first"


def _currency(text: str, languages: tuple[Language, ...]) -> str | None:
    """The currency named most often; a bare "$" is of the one dollar or peso that else is named, or of the country."""
    dollar = _dollar_meant(text, {code for code, _, _ in currencies_in(text, languages)})
    counts = Counter(code for code, _, _ in currencies_in(text, languages, dollar))
    return counts.most_common(1)[0][0] if counts else None


def _dollar_meant(text: str, named: set[str]) -> str:
    others = named & DOLLARS - {"USD"}
    if _AMERICAN_CODE.search(text) or len(others) > 1:
        return "USD"
    return next(iter(others), None) or next((code for code, mark in _COUNTRIES.items() if mark.search(text)), "USD")


def currencies_in(text: str, languages: tuple[Language, ...], dollar: str = "USD") -> Iterator[tuple[str, int, int]]:
    """Yield the ISO 4217 code of each sign or code of a currency, and where it stands.

    Args:
        text: a line or a document.
        languages: of the document, likeliest first; Danish "kr" is DKK.
        dollar: the code that a bare "$" stands for.
    """
    for match in _SIGNS.finditer(text):
        sign = match[0].strip()
        plain = _OTHER_DOLLARS.get(sign.lower(), sign.lower())
        if plain == "$":
            plain = dollar.lower()
        code = "DKK" if plain == "kr" and languages[:1] == ("da",) else CURRENCIES.get(plain)
        if code is not None:
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            yield code, start, start + len(sign)
