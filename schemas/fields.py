"""The definition of one field: what sources, review, evaluation and export need to know, said once."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator


class Kind(StrEnum):
    """What sort of value a field holds; decides how it is found, compared, typed and shown."""

    MONEY = "money"  # Decimal, sign as printed, in the record's currency
    NUMBER = "number"  # Decimal: quantities, rates
    DATE = "date"  # datetime.date
    DURATION = "duration"  # text "2 years": a number and day, week, month or year
    IDENTIFIER = "identifier"  # text: invoice numbers, IBAN, VAT numbers, order references
    PARTY = "party"  # text: name of a company or person, with its legal form
    ADDRESS = "address"  # text: one line, parts joined by ", "
    CURRENCY = "currency"  # text: ISO 4217 code
    JURISDICTION = "jurisdiction"  # text: bare state or country ("New York")
    CHOICE = "choice"  # text: one of `choices`
    CLAUSE = "clause"  # text: the sentence or sentences that say it
    TEXT = "text"  # text: anything else on one or more lines
    TABLE = "table"  # rows of `columns`


Language = Literal["en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "cs"]
Place = Literal["letterhead", "addressee", "totals", "preamble", "signature", "heading"]
Comparator = Literal["exact", "text", "money", "number", "date", "duration", "name", "identifier"]


class Acceptance(BaseModel):
    """When a value may pass without a person."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    required: bool = Field(False, description="A record without this field always goes to review.")
    maximum_error: float = Field(0.01, gt=0, lt=1, description="Share of accepted values that may be wrong.")
    always_review: bool = Field(False, description="A person looks at this field, whatever its confidence.")
    together: bool = Field(False, description="People may decide this field of many documents on one screen.")


class FieldDefinition(BaseModel):
    """One field of a schema."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="Name in the record, in tables and in evaluation data: lower case with underscores.")
    kind: Kind
    description: str = Field(description="One sentence a newcomer understands; shown in review and sent to a model.")
    many: bool = Field(False, description="The field holds a list of values, each with its own evidence.")
    labels: dict[Language, tuple[str, ...]] = Field(
        default_factory=dict, description="Words that stand beside or above the value, per language, best first."
    )
    places: tuple[Place, ...] = Field((), description="Where such a value stands when no label names it.")
    choices: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="For kind choice: each value and the words that mean it."
    )
    pattern: str | None = Field(None, description="Regular expression that the whole value must match.")
    validators: tuple[str, ...] = Field((), description="Named checks, see schemas.validators: iban, eu_vat, …")
    comparator: Comparator | None = Field(None, description="How evaluation compares; by kind if left out.")
    acceptance: Acceptance = Acceptance()
    columns: tuple[FieldDefinition, ...] = Field((), description="For kind table: the fields of a row.")

    @field_validator("name")
    @classmethod
    def _plain_name(cls, name: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name) or "__" in name:
            raise ValueError("a name is lower case letters, digits and single underscores, and starts with a letter")
        return name

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        if pattern is not None:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"the pattern is no regular expression: {error}") from None
        return pattern

    @model_validator(mode="after")
    def _fits_kind(self) -> FieldDefinition:
        if (self.kind is Kind.TABLE) != bool(self.columns):
            raise ValueError("a table needs columns, and only a table has them")
        if any(column.kind is Kind.TABLE or column.many for column in self.columns):
            raise ValueError("a column is a single value; tables do not nest")
        if (self.kind is Kind.CHOICE) != bool(self.choices):
            raise ValueError("a choice needs choices, and only a choice has them")
        if self.many and self.kind is Kind.TABLE:
            raise ValueError("a table is a list already; leave out many")
        return self
