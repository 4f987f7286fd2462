"""Checks over several fields of a record: declared on the schema, pure, and clear about when they say nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from schemas import reasons
from schemas.fields import FieldDefinition, Kind
from schemas.reasons import Sentence

_NUMBERS = (Kind.MONEY, Kind.NUMBER)
Outcome = Literal["passed", "failed", "not_applicable"]

# Every amount on a document is rounded to the cent on its own: a sum of a few may be two cents off without a mistake.
CENTS = Decimal("0.02")


class Verdict(NamedTuple):
    """What a check says of a record; `message` is one sentence with the figures."""

    outcome: Outcome
    message: Sentence


def _without(*missing: str) -> Verdict:
    """A check that says nothing, because these are missing."""
    return Verdict("not_applicable", reasons.VALUE_MISSING(missing=reasons.listed(missing)))


class _Check(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _no_number(fields: Mapping[str, FieldDefinition], names: Sequence[str], place: str) -> str | None:
    """What keeps these from being added up or compared, in words; None if nothing does."""
    unknown = next((name for name in names if name not in fields), None)
    if unknown is not None:
        return f"names {unknown}, which is no {place}"
    for name in names:
        if fields[name].kind not in _NUMBERS or fields[name].many:
            return f"needs a single amount or number, which {name} is not"
    return None


def _no_column(fields: Mapping[str, FieldDefinition], rows: str, names: Sequence[str]) -> str | None:
    if rows not in fields:
        return f"names {rows}, which is no field of this schema"
    if fields[rows].kind is not Kind.TABLE:
        return f"needs a table, which {rows} is not"
    return _no_number({column.name: column for column in fields[rows].columns}, names, f"column of {rows}")


class SumCheck(_Check):
    """`total` equals the sum of `parts`; parts that are absent count as zero if at least one is there."""

    kind: Literal["sum"] = "sum"
    total: str
    parts: tuple[str, ...] = Field(min_length=2)
    all_parts: bool = Field(True, description="Say nothing unless every part is there.")
    tolerance: Decimal = CENTS

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields that the check looks at."""
        return (self.total, *self.parts)

    def problem(self, fields: Mapping[str, FieldDefinition]) -> str | None:
        """Return why the check cannot work on a schema with these fields; None if it can."""
        return _no_number(fields, self.fields, "field of this schema")

    def verdict(self, record: Mapping[str, Any]) -> Verdict:
        """Return whether total and parts agree within the tolerance."""
        total = record.get(self.total)
        given = [part for name in self.parts if (part := record.get(name)) is not None]
        if total is None or not given or (self.all_parts and len(given) < len(self.parts)):
            return _without(*(name for name in self.fields if record.get(name) is None))
        return _compare(sum(given, Decimal()), total, self.tolerance, " + ".join(self.parts), self.total)


class RowsSumCheck(_Check):
    """`total` equals the sum of `column` over all `rows`."""

    kind: Literal["rows_sum"] = "rows_sum"
    total: str
    rows: str
    column: str
    tolerance: Decimal = CENTS

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields that the check looks at."""
        return (self.total, self.rows)

    def problem(self, fields: Mapping[str, FieldDefinition]) -> str | None:
        """Return why the check cannot work on a schema with these fields; None if it can."""
        return _no_number(fields, [self.total], "field of this schema") or _no_column(fields, self.rows, [self.column])

    def verdict(self, record: Mapping[str, Any]) -> Verdict:
        """Return whether the rows add up to the total; each row may be off by half a cent more."""
        total = record.get(self.total)
        cells = [row.get(self.column) for row in record.get(self.rows) or ()]
        if total is None:
            return _without(self.total)
        if not cells:
            return _without(self.rows)
        if None in cells:
            return _without(f"the {self.column} of row {cells.index(None) + 1}")
        tolerance = self.tolerance + Decimal("0.005") * len(cells)
        said = f"the sum of the {len(cells)} rows of {self.rows}"
        return _compare(sum(cells, Decimal()), total, tolerance, said, self.total)


class RowProductCheck(_Check):
    """In every row of `rows`, the product of `factors` equals `product`."""

    kind: Literal["row_product"] = "row_product"
    rows: str
    factors: tuple[str, ...] = Field(min_length=2)
    product: str
    tolerance: Decimal = CENTS

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields that the check looks at."""
        return (self.rows,)

    def problem(self, fields: Mapping[str, FieldDefinition]) -> str | None:
        """Return why the check cannot work on a schema with these fields; None if it can."""
        return _no_column(fields, self.rows, [*self.factors, self.product])

    def verdict(self, record: Mapping[str, Any]) -> Verdict:
        """Return whether every complete row multiplies out; names the rows that do not."""
        wrong: list[str] = []
        seen = 0
        for number, row in enumerate(record.get(self.rows) or (), 1):
            factors, product = [row.get(factor) for factor in self.factors], row.get(self.product)
            if product is None or any(factor is None for factor in factors):
                continue
            seen += 1
            expected = _product(factors)
            if abs(expected - product) > self.tolerance + abs(product) * Decimal("0.001"):
                wrong.append(f"{number} ({expected.normalize():f} against {product:f})")
        if not seen:
            return _without(self.rows)
        multiplied = " × ".join(self.factors)
        if wrong:
            said = reasons.DOES_NOT_MULTIPLY(factors=multiplied, product=self.product, rows=", ".join(wrong[:5]))
            return Verdict("failed", said)
        return Verdict("passed", reasons.MULTIPLIES(factors=multiplied, product=self.product, rows=seen))


class OrderCheck(_Check):
    """`earlier` is not after `later` (dates) or not above it (numbers)."""

    kind: Literal["order"] = "order"
    earlier: str
    later: str

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields that the check looks at."""
        return (self.earlier, self.later)

    def problem(self, fields: Mapping[str, FieldDefinition]) -> str | None:
        """Return why the check cannot work on a schema with these fields; None if it can."""
        if all(name in fields and fields[name].kind is Kind.DATE and not fields[name].many for name in self.fields):
            return None
        return _no_number(fields, self.fields, "field of this schema")

    def verdict(self, record: Mapping[str, Any]) -> Verdict:
        """Return whether the two stand in order."""
        earlier, later = record.get(self.earlier), record.get(self.later)
        if earlier is None or later is None:
            return _without(*(name for name in self.fields if record.get(name) is None))
        if earlier > later:
            said = reasons.OUT_OF_ORDER(earlier=self.earlier, one=_said(earlier), later=self.later, other=_said(later))
            return Verdict("failed", said)
        return Verdict("passed", reasons.IN_ORDER(earlier=self.earlier, later=self.later))


CHECK_KINDS: dict[str, type[_Check]] = {
    "sum": SumCheck,
    "rows_sum": RowsSumCheck,
    "row_product": RowProductCheck,
    "order": OrderCheck,
}
Check = Annotated[SumCheck | RowsSumCheck | RowProductCheck | OrderCheck, Field(discriminator="kind")]


def _compare(got: Decimal, want: Decimal, tolerance: Decimal, left: str, right: str) -> Verdict:
    difference = got - want
    if abs(difference) > tolerance:
        said = reasons.APART(
            left=left, got=f"{got:f}", right=right, want=f"{want:f}", difference=f"{abs(difference):f}"
        )
        return Verdict("failed", said)
    return Verdict("passed", reasons.MATCHES(left=left, right=right))


def _product(factors: Sequence[Decimal]) -> Decimal:
    product = Decimal(1)
    for factor in factors:
        product *= factor
    return product


def _said(value: Decimal | date) -> str:
    return value.isoformat() if isinstance(value, date) else f"{value:f}"
