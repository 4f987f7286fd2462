"""Nothing passes without a certificate that covers it, or a proof."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.assess.assess import assess
from extractors.assess.decide import decided
from extractors.ground import Ground
from extractors.memory.remembered import history
from extractors.page.reading import PageReading
from schemas.confidence import ORIGINS, Certificate, Gate, Pool
from schemas.document import Box, ParsedDocument
from schemas.fields import Acceptance, FieldDefinition, Kind
from schemas.layouts import Lesson
from schemas.results import Candidate, Evidence, Extraction, FieldResult, RowResult, Source
from schemas.schema import Schema

TOTAL = FieldDefinition(name="total", kind=Kind.MONEY, description="What is to be paid.")
ITEM = FieldDefinition(name="amount", kind=Kind.MONEY, description="Of the row.")
ROWS = FieldDefinition(name="items", kind=Kind.TABLE, description="What was sold.", columns=(ITEM,))
PLACE = (Evidence(1, (Box(0, 0, 1, 1),), "12.00"),)


def schema_of(*fields: FieldDefinition) -> Schema:
    return Schema.model_validate({"name": "note", "title": "Note", "fields": list(fields)})


def certificate(**changes: Any) -> Certificate:
    pool = Pool(
        name=changes.pop("name", "money"),
        kinds=changes.pop("kinds", ("money",)),
        origins=changes.pop("origins", ("digital",)),
        maximum_error=changes.pop("maximum_error", 0.01),
    )
    values = {
        "id": "c1",
        "pool": pool,
        "schemas": ("note",),
        "scorer": "s1",
        "threshold": 0.9,
        "delta": 0.1,
        "look": 1,
        "labels": 300,
        "wrong": 0,
        "at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return Certificate.model_validate(values | changes)


def result(**changes: Any) -> FieldResult:
    values = {
        "name": "total",
        "kind": Kind.MONEY,
        "answer": "found",
        "value": Decimal(12),
        "confidence": 0.95,
        "confidence_status": "calibrated",
        "evidence": PLACE,
        "source": "rules",
        "signals": {"origin_digital": 1.0},
    }
    return FieldResult.model_validate(values | changes)


def extraction(*results: FieldResult, rows: dict[str, tuple[RowResult, ...]] | None = None) -> Extraction:
    return Extraction(
        document="d" * 64,
        schema_name="note",
        schema_version="1",
        fields={one.name: one for one in results},
        rows=rows or {},
        scorer="s1",
    )


def passed(field: FieldDefinition, answer: FieldResult, *certificates: Certificate) -> bool:
    out = decided(extraction(answer), schema_of(field), Gate(certificates), accept_proved=False)
    return out.fields[field.name].decision == "accepted"


def test_what_a_certificate_covers_is_accepted_and_says_so() -> None:
    """A sure answer of a certified pool passes, marked with the certificate that it passed under."""
    out = decided(extraction(result()), schema_of(TOTAL), Gate((certificate(),)), accept_proved=False)
    assert out.fields["total"].decision == "accepted"
    assert (out.fields["total"].confidence_status, out.fields["total"].certificate) == ("certified", "c1")
    assert out.certificates == ("c1",)


def test_one_thing_amiss_is_enough_for_a_person() -> None:
    """Another scorer, schema, kind, origin or bound, a place that is missing, or a block: each sends to review."""
    assert passed(TOTAL, result(), certificate())
    assert not passed(TOTAL, result())
    for wrong in (
        {"scorer": "s2"},
        {"schemas": ("other",)},
        {"kinds": ("date",)},
        {"origins": ("photo", "scan")},
        {"maximum_error": 0.02},
        {"threshold": 0.96},
    ):
        assert not passed(TOTAL, result(), certificate(**wrong)), wrong
    for amiss in ({"evidence": ()}, {"blocked": True}, {"confidence": None}, {"signals": {}}):
        assert not passed(TOTAL, result(**amiss), certificate()), amiss
    always = TOTAL.model_copy(update={"acceptance": Acceptance(always_review=True)})
    assert not passed(always, result(), certificate())


def test_what_one_correction_taught_passes_only_after_a_second_document() -> None:
    """A place that nobody but its own correction speaks for lets nothing pass; one that was seen right twice does."""
    for right, passes in ((1, False), (2, True)):
        share = history(Lesson.model_construct(right=right, wrong=0))
        answer = result(source="memory", signals={**result().signals, "layout_history": share})
        assert passed(TOTAL, answer, certificate()) is passes
    assert not passed(TOTAL, result(source="memory"), certificate())


def test_an_empty_field_passes_only_under_a_certificate_for_empty_fields() -> None:
    """That a value is not there is a claim of its own, with errors of its own; a required field never passes empty."""
    empty = result(answer="not_found", value=None, evidence=())
    assert not passed(TOTAL, empty, certificate())
    assert passed(TOTAL, empty, certificate(name="absent", kinds=("absent",)))
    required = TOTAL.model_copy(update={"acceptance": Acceptance(required=True)})
    assert not passed(required, empty, certificate(name="absent", kinds=("absent",)))


def test_a_table_passes_as_one_answer_or_not_at_all() -> None:
    """One cell that was not found on the page keeps its whole table back."""
    whole = result(name="items", kind=Kind.TABLE, value=None, evidence=())
    cells = [result(name="amount", confidence=0.4), result(name="amount", answer="not_found", value=None, evidence=())]
    tables = certificate(name="table", kinds=("table",))

    def out(*of_rows: FieldResult) -> Extraction:
        rows = {"items": tuple(RowResult(number=n, cells={"amount": cell}) for n, cell in enumerate(of_rows, 1))}
        return decided(extraction(whole, rows=rows), schema_of(ROWS), Gate((tables,)), accept_proved=False)

    assert out(*cells).decision == "accepted"
    assert out(*cells, result(name="amount", evidence=())).decision == "review"
    assert out(*cells, result(name="amount", blocked=True)).decision == "review"


answers = st.builds(
    result,
    answer=st.sampled_from(["found", "not_found", "stated_absent", "not_looked"]),
    value=st.just(Decimal(3)),
    confidence=st.none() | st.floats(0, 1),
    evidence=st.sampled_from([(), PLACE]),
    blocked=st.booleans(),
    signals=st.sampled_from([{}, *({f"origin_{origin}": 1.0} for origin in ORIGINS)]),
)
certificates = st.lists(
    st.builds(
        certificate,
        kinds=st.sampled_from([("money",), ("date",), ("absent",), ("money", "table")]),
        origins=st.lists(st.sampled_from(ORIGINS), min_size=1, unique=True).map(tuple),
        maximum_error=st.sampled_from([0.01, 0.05]),
        scorer=st.sampled_from(["s1", "s2"]),
        schemas=st.sampled_from([("note",), ("other",), ("note", "other")]),
        threshold=st.floats(0.5, 0.999),
    ),
    max_size=4,
)


@given(answers, certificates, st.booleans(), st.booleans())
def test_no_acceptance_without_a_certificate_that_covers_it(
    answer: FieldResult, given_: list[Certificate], required: bool, always: bool
) -> None:
    """Whatever the answer and the certificates: accepted means covered, sure enough, seen and not blocked."""
    field = TOTAL.model_copy(update={"acceptance": Acceptance(required=required, always_review=always)})
    out = decided(extraction(answer), schema_of(field), Gate(tuple(given_)), accept_proved=False).fields["total"]
    if out.decision == "review":
        return
    kind = "money" if answer.answer == "found" else "absent"
    origin = next(name.removeprefix("origin_") for name in answer.signals)
    covering = [
        c
        for c in given_
        if c.scorer == "s1" and "note" in c.schemas and kind in c.pool.kinds and origin in c.pool.origins
        and c.pool.maximum_error == 0.01
    ]  # fmt: skip
    assert not always
    assert not answer.blocked
    assert answer.evidence or (answer.answer != "found" and not required)
    assert answer.confidence is not None
    assert any(answer.confidence >= c.threshold for c in covering)


@given(
    st.decimals(min_value=1, max_value=10**6, places=2),
    st.decimals(min_value=1, max_value=10**6, places=2),
    st.lists(st.sampled_from(["rules", "llm", "embedded"]), min_size=1, max_size=3, unique=True),
    st.sampled_from(["", "Total {wanted}", "Total {printed}"]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_a_value_that_stands_on_no_page_is_accepted_under_no_certificate(
    laid_out: Callable[..., ParsedDocument], printed: Decimal, wanted: Decimal, sources: list[Source], quote: str
) -> None:
    """Whatever number of sources agree and quote: a certificate for everything lets pass only what the page shows."""
    schema, document = schema_of(TOTAL), laid_out([(60, 100, f"Total {printed:.2f}")])
    said = quote.format(wanted=f"{wanted:.2f}", printed=f"{printed:.2f}")
    candidates = [Candidate("total", Kind.MONEY, source, wanted, quote=said, score=1.0) for source in sources]
    placed = Ground(PageReading(document, schema)).grounded(candidates)
    assessed = assess(document, schema, placed, accept_proved=True, source_versions={})
    gate = Gate((certificate(threshold=0.0, scorer=assessed.scorer),))
    out = decided(assessed, schema, gate, accept_proved=True).fields["total"]
    assert out.decision == ("accepted" if printed == wanted else "review")


@given(st.decimals(min_value=1, max_value=10**6, places=2), st.sampled_from(["", "Total"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
def test_a_value_that_the_page_shows_is_accepted_under_that_certificate(
    laid_out: Callable[..., ParsedDocument], printed: Decimal, quote: str
) -> None:
    """The same way lets through what stands there, or the promise above would be an empty one."""
    schema, document = schema_of(TOTAL), laid_out([(60, 100, f"Total {printed:.2f}")])
    said = f"{quote} {printed:.2f}" if quote else ""
    placed = Ground(PageReading(document, schema)).grounded(
        [Candidate("total", Kind.MONEY, "rules", printed, quote=said)]
    )
    assessed = assess(document, schema, placed, accept_proved=False, source_versions={})
    gate = Gate((certificate(threshold=0.0, scorer=assessed.scorer),))
    assert decided(assessed, schema, gate, accept_proved=False).fields["total"].decision == "accepted"
