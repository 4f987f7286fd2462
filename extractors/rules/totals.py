"""Totals are settled together: among the likely amounts those that add up are believed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, product
from typing import cast

from extractors.rules import scoring
from extractors.rules.sightings import Sighting, candidates_of
from schemas import reasons
from schemas.checks import CENTS, SumCheck
from schemas.reasons import Sentence
from schemas.results import Candidate
from schemas.schema import Schema

LOOKED_AT = 10  # candidates of each field that take part
LARGEST_TAX = Decimal("0.3")  # tax as a share of the amount without it; the highest in Europe is 27 %
LIKELY = 0.35  # score above which a total or a tax can vouch for an amount that no label leads to


def settle(
    schema: Schema,
    found: Mapping[str, Sequence[Candidate]],
    rows_total: Decimal | None,
    rows: Sequence[Sequence[Sighting]] = (),
) -> dict[str, list[Candidate]]:
    """Return the candidates with those raised that fulfil a sum check of the schema together.

    Args:
        schema: its sum checks say what adds up to what.
        found: candidates by field, best first.
        rows_total: sum of the rows that were read, if there are any; a part that equals it is believed more.
        rows: all amounts on the document, row by row; one that no label leads to can be the part that is missing.
    """
    out = {name: list(candidates) for name, candidates in found.items()}
    for check in schema.checks:
        if isinstance(check, SumCheck) and len(check.parts) == 2:
            _add_unlabelled(schema, check, out, rows)
            _settle_sum(check, out, rows_total)
    return out


def _add_unlabelled(
    schema: Schema, check: SumCheck, out: dict[str, list[Candidate]], rows: Sequence[Sequence[Sighting]]
) -> None:
    """Offer printed amounts as parts that no label leads to.

    The row of the total can hold all three ("33,32  6,67  39,99" under HT, TVA, TTC); and what the tax leaves of the
    total, wherever it is printed, is the sum without tax. Tax itself is never made of a difference: that may be
    freight as well.
    """
    first, last = check.parts
    for total in out.get(check.total, [])[:2]:
        for row in rows:
            for one, other in _parts_in_row(total, row):
                _offer(schema, first, one, reasons.IN_ROW_OF_TOTAL(), out)
                _offer(schema, last, other, reasons.IN_ROW_OF_TOTAL(), out)
        for tax in out.get(last, [])[:2]:
            rest = cast(Decimal, total.value) - cast(Decimal, tax.value)
            if min(tax.score, total.score) <= LIKELY or abs(rest) < abs(cast(Decimal, tax.value)):
                continue
            places = {place.boxes[0] for place in total.evidence}
            same = next((s for row in rows for s in row if s.value == rest and s.passages[0].box not in places), None)
            if same is not None:
                _offer(schema, first, same, reasons.LEFT_OF_TOTAL(part=last, total=check.total), out)


def _parts_in_row(total: Candidate, row: Sequence[Sighting]) -> Iterator[tuple[Sighting, Sighting]]:
    """The larger and the smaller part, if the row holds the total itself and two amounts that make it up."""
    if not any(place.boxes[0] == sighting.passages[0].box for place in total.evidence for sighting in row):
        return
    parts = [sighting for sighting in row if sighting.value not in (total.value, Decimal())]
    for one, other in combinations(parts[:LOOKED_AT], 2):
        if abs(cast(Decimal, one.value) + cast(Decimal, other.value) - cast(Decimal, total.value)) <= CENTS:
            larger, smaller = sorted((one, other), key=lambda s: -abs(cast(Decimal, s.value)))
            yield larger, smaller


def _offer(schema: Schema, name: str, sighting: Sighting, reason: Sentence, out: dict[str, list[Candidate]]) -> None:
    field = schema.field(name)
    if field is None or any(candidate.value == sighting.value for candidate in out.get(name, ())):
        return
    offered = replace(sighting, factors={"place": scoring.UNLABELLED}, reason=reason)
    out.setdefault(name, []).extend(candidates_of(field, [offered]))


def _settle_sum(check: SumCheck, out: dict[str, list[Candidate]], rows_total: Decimal | None) -> None:
    names = (check.total, *check.parts)
    _add_sums(check, out)
    best = _likeliest(check, out, rows_total)
    if best is None and _add_paired_sums(check, out):
        best = _likeliest(check, out, rows_total)
    if best is None:
        return
    reason = reasons.ADD_UP(one=check.parts[0], other=check.parts[1], total=check.total)
    for name, winner in zip(names, best, strict=True):
        raised = replace(
            winner, score=round(scoring.settled(max(winner.score, 0.5)), 4), reasons=(*winner.reasons, reason)
        )
        others = [replace(c, score=round(c.score * 0.6, 4)) for c in out[name] if c is not winner]
        out[name] = [raised, *others]


def _likeliest(
    check: SumCheck, out: Mapping[str, Sequence[Candidate]], rows_total: Decimal | None
) -> tuple[Candidate, ...] | None:
    """The total and its parts that add up and are most likely together."""
    best: tuple[float, tuple[Candidate, ...]] | None = None
    for three in product(*(out.get(name, []) for name in (check.total, *check.parts))):
        total, one, other = (cast(Decimal, candidate.value) for candidate in three)
        if abs(total - one - other) > CENTS or total == 0 or abs(other) > abs(one) * LARGEST_TAX:
            continue
        worth = three[0].score * three[1].score * three[2].score
        if total != one + other:
            worth *= scoring.NEARLY_ADDS_UP
        if rows_total is not None and abs(one - rows_total) <= CENTS:
            worth *= 1.5
        if (best is None or worth > best[0]) and not _one_place_for_all(three):
            best = (worth, three)
    return None if best is None else best[1]


def _one_place_for_all(candidates: Sequence[Candidate]) -> bool:
    """Whether total and part are one printed number, which can only be where the other part is nil."""
    places = [candidate.evidence[0].boxes[0] for candidate in candidates if candidate.evidence]
    return places[0] == places[1] and candidates[2].value != 0


def _add_sums(check: SumCheck, out: dict[str, list[Candidate]]) -> None:
    """Offer the sum of two or three amounts as the last part (tax by rate, no sum printed) where it makes ends meet."""
    totals, firsts = out.get(check.total, [])[:LOOKED_AT], out.get(check.parts[0], [])[:LOOKED_AT]
    parts = out.get(check.parts[1], [])
    wanted = {
        cast(Decimal, t.value) - cast(Decimal, f.value)
        for t in totals
        for f in firsts
        if t.score > 0.4 and f.score > 0.4
    }
    known = {part.value for part in parts}
    for size in (2, 3):
        for group in combinations(parts[:LOOKED_AT], size):
            value = sum((cast(Decimal, part.value) for part in group), Decimal())
            if value in known or value not in wanted:
                continue
            parts.append(_sum(group))
            known.add(value)


def _add_paired_sums(check: SumCheck, out: dict[str, list[Candidate]]) -> bool:
    """Offer sums of two or three amounts as both parts (base and tax by rate, no sums printed) that make up a total."""
    totals = {cast(Decimal, total.value) for total in out.get(check.total, []) if total.score > LIKELY}
    firsts, lasts = (_sums(out.get(name, [])[:LOOKED_AT]) for name in check.parts)
    for one, other in product(firsts, lasts):
        values = [cast(Decimal, each.value) for each in (one, other)]
        same_rates = len(one.derived_from) == len(other.derived_from)
        if same_rates and sum(values) in totals and abs(values[1]) <= abs(values[0]) * LARGEST_TAX:
            out[check.parts[0]].append(one)
            out[check.parts[1]].append(other)
            return True
    return False


def _sums(parts: Sequence[Candidate]) -> list[Candidate]:
    return [_sum(group) for size in (2, 3) for group in combinations(parts, size)]


def _sum(group: Sequence[Candidate]) -> Candidate:
    printed = tuple(str(part.value) for part in group)
    return replace(
        group[0],
        value=sum((cast(Decimal, part.value) for part in group), Decimal()),
        evidence=tuple(place for part in group for place in part.evidence),
        score=round(min(part.score for part in group), 4),
        reasons=(reasons.SUM_OF(parts=" and ".join(printed)),),
        derived_from=printed,
    )
