"""Which document a person looks at first: where a second of their time saves most.

    worth = (chance of being wrong × cost of being wrong) / expected seconds

Each factor is reckoned from the record as it stands, and is stored beside it, so that the queue can show why a document
stands where it stands.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal

from review.desk.acts import undecided
from review.desk.four_eyes import waits_for_second
from review.desk.words import in_words, label, named
from review.subjects import Subjects, account_of, currency_of, due_of, supplier_of
from schemas.comparators import folded
from schemas.fields import FieldDefinition, Kind
from schemas.results import Extraction, FieldResult
from schemas.schema import Schema
from store.desk_queue import Figures
from store.entities import Document

FORMULA = "3"  # to be raised when a line below changes, so that all documents are reckoned anew

UNKNOWN_DOUBT = 0.5  # of a field for which nobody computed a confidence
FAILED_CHECK_DOUBT = 0.5  # that a failed check adds, of at least one wrong value
ORDINARY_ERROR = 0.01  # share of wrong values that a field allows unless its schema says otherwise
REQUIRED_COST = 2.0  # times an ordinary value
ACCOUNT_COST = 5.0  # money goes to whoever it names
OPEN_SECONDS = 4.0  # to open a document and find one's way
ACCEPT_SECONDS = 1.6  # model of a key press after a look: keystroke-level model, M + K
TYPE_SECONDS = 4.4  # typing ten characters: M + 11 K
PAGE_SECONDS = 1.0  # for each further page
CHECK_SECONDS = 5.0  # to find what does not add up
CHOOSE_SCHEMA_SECONDS = 10.0
UNSURE_NAMED = 4  # fields that a cause names


def figures(document: Document, record: Extraction | None, schema: Schema | None) -> Figures:
    """Return what the order of the queue is made of, for one document."""
    if record is None or schema is None:
        code = document.reason.value if document.reason else "unsure_schema"
        return Figures(seconds=OPEN_SECONDS + CHOOSE_SCHEMA_SECONDS, cause=in_words(code), reasons=(code,))
    subjects = Subjects.of(schema)
    known = {field.name for field in schema.fields}
    waiting = [(path, *_field(record, schema, path)) for path in undecided(record) if path.partition("[")[0] in known]
    amount = record.fields[subjects.amount].value if subjects.amount in record.fields else None
    doubts = [_doubt(result) for _, result, _ in waiting]
    costs = [_cost(definition, subjects, amount) for _, _, definition in waiting]
    pages = {each.page for _, result, _ in waiting for each in result.evidence}
    checks = [problem for problem in record.problems if problem.fields]
    seconds = OPEN_SECONDS + PAGE_SECONDS * len(pages) + CHECK_SECONDS * len(checks)
    seconds += sum(ACCEPT_SECONDS + doubt * TYPE_SECONDS for doubt in doubts)
    supplier = supplier_of(record, subjects)
    return Figures(
        chance=_chance(doubts, len(checks)),
        cost=_mean_cost(doubts, costs),
        seconds=round(seconds, 1),
        cause=_cause(record, [path for path, _, _ in waiting], supplier),
        supplier=supplier,
        supplier_key=folded(supplier),
        account=account_of(record, subjects),
        amount=float(amount) if isinstance(amount, Decimal) else None,
        currency=currency_of(record, subjects),
        due=due_of(record, subjects),
        reasons=_codes(document, record, [path for path, _, _ in waiting]),
    )


def _doubt(result: FieldResult) -> float:
    return UNKNOWN_DOUBT if result.confidence is None else 1.0 - result.confidence


def _chance(doubts: list[float], checks: int) -> float:
    """At least one value is wrong, if fields err independently; each failed check doubles the trust that is missing."""
    right = math.prod(1.0 - doubt for doubt in doubts) * (1.0 - FAILED_CHECK_DOUBT) ** checks
    return round(1.0 - right, 4)


def _mean_cost(doubts: list[float], costs: list[float]) -> float:
    """The cost of a wrong value, each field weighed by how likely it is the wrong one."""
    total = sum(doubts)
    if not total:
        return 1.0
    return round(sum(doubt * cost for doubt, cost in zip(doubts, costs, strict=True)) / total, 4)


def _cost(definition: FieldDefinition, subjects: Subjects, amount: object) -> float:
    """What a wrong value costs: more where the schema allows fewer errors, and with the money at stake."""
    cost = ORDINARY_ERROR / definition.acceptance.maximum_error
    if definition.acceptance.required:
        cost *= REQUIRED_COST
    if definition.name == subjects.account:
        cost *= ACCOUNT_COST
    if definition.kind is Kind.MONEY or definition.name == subjects.account:
        cost *= 1.0 + math.log10(1.0 + abs(float(amount))) if isinstance(amount, Decimal) else 1.0
    return cost


def _cause(record: Extraction, waiting: list[str], supplier: str) -> str:
    """What documents of the same sender that wait for the same thing share: failed checks, else unsure fields.

    It holds no value and no row, so that one mistake of a sender is one cause whatever the figures are.
    """
    if waits_for_second(record):
        return in_words("approval")
    failed: dict[str, list[str]] = {}
    for problem in record.problems:
        failed.setdefault(in_words(problem.check), []).extend(problem.fields)
    said = [f"{words} ({_named(fields)})" if fields else words for words, fields in failed.items()]
    said = said or [f"Not sure of {_named(waiting, UNSURE_NAMED)}"]
    return f"{supplier or label(record.schema_name)}: {'; '.join(said)}"


def _named(paths: Iterable[str], most: int | None = None) -> str:
    """The fields of some paths as people name them, each once."""
    names = dict.fromkeys(named(path.partition("[")[0]) for path in paths)
    return ", ".join(list(names)[:most])


def _codes(document: Document, record: Extraction, waiting: list[str]) -> tuple[str, ...]:
    codes = [document.reason.value] if document.reason else []
    codes += [fallback.reason.value for fallback in record.fallbacks]
    codes += [problem.check for problem in record.problems]
    if waits_for_second(record):
        codes.append("approval")
    if waiting:
        codes.append("unsure")
    codes += [f"field:{path.partition('[')[0]}" for path in waiting]
    return tuple(dict.fromkeys(codes))


def _field(record: Extraction, schema: Schema, path: str) -> tuple[FieldResult, FieldDefinition]:
    name, _, rest = path.partition("[")
    field = schema.field(name)
    if not rest:
        return record.fields[name], field
    number, _, column = rest.partition("].")
    row = next(row for row in record.rows[name] if str(row.number) == number)
    return row.cells[column], next(each for each in field.columns if each.name == column)
