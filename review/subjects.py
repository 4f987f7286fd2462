"""Which fields of a schema tell whom, how much and when: read from what the schema says of them, not from names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from schemas.checks import OrderCheck, SumCheck
from schemas.fields import FieldDefinition, Kind
from schemas.results import Extraction
from schemas.schema import Schema
from schemas.values.typed import as_text


@dataclass(frozen=True, slots=True)
class Subjects:
    """Names of fields; None where a schema has none of that sort."""

    supplier: str | None  # the first party, one of the letterhead before others
    amount: str | None  # the total of the first sum, else a required amount, else the last
    currency: str | None
    due: str | None  # the later of two days that stand in order, else none
    account: str | None  # what is checked as an IBAN

    @staticmethod
    def of(schema: Schema) -> Subjects:
        """Return the subjects of a schema."""
        return _subjects(schema)


def supplier_of(record: Extraction, subjects: Subjects) -> str:
    """Return who sent the document; "" if that is not known."""
    return _text(record, subjects.supplier)


def account_of(record: Extraction, subjects: Subjects) -> str:
    """Return the account to pay to, as it is compared; "" if there is none."""
    return _text(record, subjects.account).replace(" ", "").upper()


def due_of(record: Extraction, subjects: Subjects) -> str:
    """Return the day by which something is due, ISO; "" if none is known."""
    result = record.fields.get(subjects.due) if subjects.due else None
    # A record of an older version of the schema may hold a text here.
    return result.value.isoformat() if result is not None and isinstance(result.value, date) else ""


def currency_of(record: Extraction, subjects: Subjects) -> str:
    """Return the currency; "" if none is known."""
    return _text(record, subjects.currency)


@lru_cache(maxsize=64)
def _subjects(schema: Schema) -> Subjects:
    fields = [field for field in schema.fields if not field.many]
    parties = [field for field in fields if field.kind is Kind.PARTY]
    amounts = [field for field in fields if field.kind is Kind.MONEY]
    totals = [check.total for check in schema.checks if isinstance(check, SumCheck)]
    later = [check.later for check in schema.checks if isinstance(check, OrderCheck)]
    days = [field.name for field in fields if field.kind is Kind.DATE and field.name in later]
    required = [field.name for field in amounts if field.acceptance.required]
    return Subjects(
        supplier=_first([field for field in parties if "letterhead" in field.places]) or _first(parties),
        amount=next(iter((*totals, *required, *(field.name for field in reversed(amounts)))), None),
        currency=_first([field for field in fields if field.kind is Kind.CURRENCY]),
        due=next(iter(days), None),
        account=_first([field for field in fields if "iban" in field.validators]),
    )


def _first(fields: list[FieldDefinition]) -> str | None:
    return fields[0].name if fields else None


def _text(record: Extraction, name: str | None) -> str:
    result = record.fields.get(name) if name else None
    return "" if result is None or result.value is None else as_text(result.value)
