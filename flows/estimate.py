"""What a batch would cost, said before it starts: nothing is asked, nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from extractors.llm.extract import THINKING
from extractors.llm.prices import Price
from schemas.fields import Kind
from schemas.schema import Schema

CHARACTERS = 2_500  # of a usual page
PER_TOKEN = 4  # characters, as providers' guides say
INSTRUCTIONS = 1_200  # tokens of instructions and question, in each call
PER_FIELD = 60  # tokens of a usual answer
ROWS_PER_PAGE = 15
PER_ROW = 90
MOST_BYTES = 6_000  # of a dense page, for the worst case: one token for each


@dataclass(frozen=True, slots=True)
class Guess:
    """What documents would cost, in nano-dollars."""

    documents: int
    pages: int
    usual: int  # by what such documents have cost, else by usual lengths
    worst: int  # every call at its longest; no bound if calls are tried again
    known: bool  # whether `usual` rests on documents that were paid


def estimate(documents: Iterable[tuple[Schema, int]], price: Price, per_page: Mapping[str, int | None]) -> Guess:
    """Return the forecast for documents that are new.

    Args:
        documents: schema and pages of each.
        price: of the model.
        per_page: schema name -> median cost of a page so far, in nano-dollars; None: too few are known.
    """
    count = total = usual = worst = 0
    known = True
    for schema, pages in documents:
        count += 1
        total += pages
        page = per_page.get(schema.name)
        known = known and page is not None
        usual += page * pages if page is not None else _by_length(schema, pages, price)
        worst += _at_most(schema, pages, price)
    return Guess(count, total, usual, worst, known and count > 0)


def _by_length(schema: Schema, pages: int, price: Price) -> int:
    tables = [field for field in schema.fields if field.kind is Kind.TABLE]
    text = pages * CHARACTERS // PER_TOKEN
    calls = 1 + len(tables)
    output = PER_FIELD * (len(schema.fields) - len(tables)) + len(tables) * pages * ROWS_PER_PAGE * PER_ROW
    return price.worst(calls * (text + INSTRUCTIONS), output)


def _at_most(schema: Schema, pages: int, price: Price) -> int:
    tables = [field for field in schema.fields if field.kind is Kind.TABLE]
    calls = 1 + 3 * len(tables)
    output = THINKING * calls + 350 * len(schema.fields) + len(tables) * pages * 40 * 150
    return price.worst(calls * (pages * MOST_BYTES + 4 * INSTRUCTIONS), output)
