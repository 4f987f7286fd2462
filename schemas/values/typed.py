"""The canonical Python type of each kind, and its text form."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from schemas.fields import Kind

_DECIMAL = {Kind.MONEY, Kind.NUMBER}


def canonical(kind: Kind, value: str | int | float | Decimal | date) -> str | Decimal | date:
    """Return `value` in the type of `kind`: Decimal, date or text.

    Text must be in canonical form already (ISO 8601 dates, a point as decimal separator); reading values as people
    write them is the work of the other modules of this package.

    Raises:
        ValueError: the value cannot be of that kind.
    """
    if kind in _DECIMAL:
        return _decimal(value)
    if kind is Kind.DATE:
        if isinstance(value, datetime):
            return value.date()
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    return str(value)


def as_text(value: str | Decimal | date) -> str:
    """Return the canonical text: ISO dates, plain decimals without exponent, text as it is."""
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def _decimal(value: object) -> Decimal:
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"{value!r} is no number") from None
    if not number.is_finite() or abs(number.adjusted()) > 30:
        raise ValueError(f"{value!r} is no number that a document would hold")
    return number
