"""How a value stands in the words that are its evidence: as it is, written another way, or only alike."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from extractors.page.places import amounts_in, days_in, figures_in, has_currency
from extractors.page.quotes import plain
from extractors.page.runs import tokens_of
from extractors.page.written_dates import find_written
from schemas.fields import FieldDefinition, Kind
from schemas.results import Match, Value
from schemas.values.durations import find_durations
from schemas.values.jurisdictions import find_jurisdictions
from schemas.values.typed import as_text


def grade_of(kind: Kind, value: Value, quote: str, field: FieldDefinition | None = None) -> Match:
    """Return the grade of `quote` as evidence for `value`.

    Args:
        kind: how the value is written.
        value: what a source says.
        quote: words of the page.
        field: its choices tell which words mean which value.
    """
    if quote == as_text(value):
        return "exact"
    if isinstance(value, Decimal):
        wanted = abs(value)  # a credit note may print the other sign
        stands = any(found == wanted for read in (amounts_in, figures_in) for found, _, _ in read(quote))
    elif isinstance(value, date):
        stands = any(found == value for found, _, _ in days_in(quote)) or any(find_written(quote, value))
    elif kind is Kind.CURRENCY:
        stands = has_currency(quote, value)
    else:
        stands = _has_text(quote, value) or is_read_out(kind, value, quote, field)
    return "normalized" if stands else "fuzzy"


def is_read_out(kind: Kind, value: Value, quote: str, field: FieldDefinition | None = None) -> bool:
    """Return whether our own reading of worded kinds finds `value` in `quote`."""
    if kind is Kind.DURATION:
        return any(found.value == value for found in find_durations(quote))
    if kind is Kind.JURISDICTION:
        return any(found.name == value for found in find_jurisdictions(quote))
    if kind is Kind.CHOICE and field is not None:
        return any(plain(words) in plain(quote) for words in field.choices.get(as_text(value), ()) if plain(words))
    return False


def _has_text(quote: str, value: str) -> bool:
    """Whether the letters of `value` stand in the quote in a row, or its words in their order with others between."""
    wanted = plain(value)
    if not wanted:
        return False
    if wanted in plain(quote):
        return True
    words = iter(token.text for token in tokens_of(quote))
    return all(token.text in words for token in tokens_of(value))
