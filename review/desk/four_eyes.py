"""Four eyes: which records a second person must approve, and what that person is asked.

What is demanded stands in the record as a problem, so that nothing is exported before it is met.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from review.subjects import Subjects, account_of, supplier_of
from schemas import reasons
from schemas.comparators import folded, normal
from schemas.errors import InvalidValue
from schemas.fields import FieldDefinition
from schemas.results import Alternative, Extraction, FieldResult, Problem, Value
from schemas.schema import Schema
from store.suppliers import Suppliers

CHECK = "four_eyes"  # a second person must approve
SECOND = "second_entry"  # a second person must enter the value without seeing the first
SENT_BACK = "sent_back"  # the second person asks for another look
CHECKS = (CHECK, SECOND, SENT_BACK)


@dataclass(frozen=True, slots=True)
class Rules:
    """When a second person must approve; nothing by default."""

    amount_above: Decimal | None = None  # in the currency of the record
    new_supplier: bool = False  # no accepted record names the supplier yet
    changed_account: bool = False  # accepted records of the supplier name other accounts only
    share: float = 0.0  # of all records, chosen by the hash of the document: nobody can foresee or repeat the draw
    second_entry: tuple[str, ...] = ()  # fields that the second person enters without seeing the value

    @property
    def any(self) -> bool:
        """Whether a rule can apply at all."""
        return self.amount_above is not None or self.new_supplier or self.changed_account or self.share > 0


def demanded(record: Extraction, schema: Schema, rules: Rules, suppliers: Suppliers) -> Extraction:
    """Return the record with what the rules demand of it as open problems, and no older demands."""
    others = tuple(problem for problem in record.problems if problem.check not in CHECKS)
    found = tuple(_found(record, schema, rules, suppliers)) if rules.any else ()
    if found:
        found += tuple(_entries(record, schema, rules))
    problems = (*others, *found)
    return record if problems == record.problems else record.model_copy(update={"problems": problems})


def waits_for_second(record: Extraction) -> bool:
    """Return whether all is decided, and what is left is for a second person: to enter values once more, to approve."""
    checks = {problem.check for problem in record.problems}
    return CHECK in checks and checks <= {CHECK, SECOND} and not _undecided(record)


def waits_for_approval(record: Extraction) -> bool:
    """Return whether nothing is left but the approval of the second person."""
    return waits_for_second(record) and all(problem.check == CHECK for problem in record.problems)


def approved(record: Extraction) -> Extraction:
    """Return the record with the second person's approval.

    Raises:
        InvalidValue: it does not wait for one, or something else is still open.
    """
    if not any(problem.check == CHECK for problem in record.problems):
        raise InvalidValue("This document does not wait for a second person.")
    open_problems = [problem.message for problem in record.problems if problem.check != CHECK]
    if open_problems or _undecided(record):
        said = " ".join(open_problems) or "Some fields are not decided yet."
        raise InvalidValue(f"It cannot be approved yet. {said}")
    return record.model_copy(update={"problems": ()})


def sent_back(record: Extraction, path: str, who: str, why: str) -> Extraction:
    """Return the record with the second person's wish for another look, at a field (or "": at all of it)."""
    if not any(problem.check in (CHECK, SECOND) for problem in record.problems):
        raise InvalidValue("This document does not wait for a second person.")
    said = reasons.SENT_BACK(who=who, why=why)
    problem = Problem(check=SENT_BACK, fields=(path,) if path else (), message=said)
    fields = dict(record.fields)
    if path in fields:
        update = {"decision": "review", "reasons": (*fields[path].reasons, said)}
        fields[path] = fields[path].model_copy(update=update)
    return record.model_copy(update={"fields": fields, "problems": (*record.problems, problem)})


def entered(record: Extraction, definition: FieldDefinition, value: Value | None, who: str) -> Extraction:
    """Return the record after the second entry: equal by the field's kind, or the field waits with both values."""
    name, result = definition.name, record.fields[definition.name]
    if _same(definition, result.value, value):
        left = tuple(p for p in record.problems if not (p.check == SECOND and name in p.fields))
        return record.model_copy(update={"problems": left})
    other: tuple[Alternative, ...] = ()
    if value is not None:
        other = (Alternative(kind=result.kind, value=value, source="person"),)
    differs = result.model_copy(
        update={
            "decision": "review",
            "alternatives": (*other, *result.alternatives)[:3],
            "reasons": (*result.reasons, reasons.ENTERED_OTHERWISE(who=who)),
        }
    )
    return record.model_copy(update={"fields": {**record.fields, name: differs}})


def hidden_from(record: Extraction, path: str, who: str, hands: frozenset[str]) -> bool:
    """Return whether a person must enter a field without seeing what the first one entered."""
    return who not in hands and any(p.check == SECOND and path in p.fields for p in record.problems)


def under_four_eyes(record: Extraction, path: str) -> bool:
    """Return whether a field is one that the demand for a second person is about."""
    return any(problem.check in (CHECK, SECOND) and path in problem.fields for problem in record.problems)


def _found(record: Extraction, schema: Schema, rules: Rules, suppliers: Suppliers) -> Sequence[Problem]:
    subjects, out = Subjects.of(schema), []
    amount = record.fields[subjects.amount].value if subjects.amount in record.fields else None
    if rules.amount_above is not None and isinstance(amount, Decimal) and abs(amount) > rules.amount_above:
        said = f"{subjects.amount} is above {rules.amount_above:f}"  # no figure: it may have to be entered blindly
        out.append(_problem((str(subjects.amount),), said))
    supplier, account = supplier_of(record, subjects), account_of(record, subjects)
    if supplier and (rules.new_supplier or rules.changed_account):
        known = suppliers.known(folded(supplier), other_than=record.document)
        if rules.new_supplier and not known.records:
            out.append(_problem((str(subjects.supplier),), "This is the first record of this supplier"))
        elif rules.changed_account and account and known.accounts and account not in known.accounts:
            out.append(_problem((str(subjects.account),), "The supplier was paid to other accounts before"))
    if rules.share and _drawn(record.document) < rules.share:
        out.append(_problem((), "This document is one of those drawn for a second look"))
    return out


def _entries(record: Extraction, schema: Schema, rules: Rules) -> Sequence[Problem]:
    known = {field.name for field in schema.fields}
    return [
        Problem(check=SECOND, fields=(name,), message=f"{name} is to be entered once more by a second person.")
        for name in rules.second_entry
        if name in known and name in record.fields and _decided_once(record.fields[name])
    ]


def _decided_once(result: FieldResult) -> bool:
    return result.answer == "found" and result.decision == "accepted" and not result.values


def _problem(fields: tuple[str, ...], said: str) -> Problem:
    return Problem(check=CHECK, fields=fields, message=f"{said}: a second person must approve.")


def _undecided(record: Extraction) -> bool:
    cells = (cell for rows in record.rows.values() for row in rows for cell in row.cells.values())
    return any(result.decision == "review" for result in (*record.fields.values(), *cells))


def _same(definition: FieldDefinition, one: Value | None, other: Value | None) -> bool:
    if one is None or other is None:
        return one is other
    return normal(definition, one) == normal(definition, other)


def _drawn(document: str) -> float:
    """A number in 0..1 that belongs to the document."""
    return int(hashlib.sha256(f"four eyes {document}".encode()).hexdigest()[:12], 16) / float(16**12)
