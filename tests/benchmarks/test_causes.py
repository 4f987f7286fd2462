"""The error table names the step at which a value was lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from documents.parse import parse_bytes
from extractors.rules.extract import candidates
from schemas.document import Box, ParsedDocument
from schemas.fields import Kind
from schemas.loader import builtin_schemas
from schemas.results import Candidate, Evidence

INVOICE = builtin_schemas()["invoice"]


@pytest.fixture(scope="module")
def document() -> ParsedDocument:
    lines = ("Invoice number: A-4711", "Invoice date: 04.06.2026", "Northwind", "Total due: 120.00", "Supplies Ltd")
    from benchmarks.small_pdfs import small_pdf

    return parse_bytes(small_pdf(lines), "small.pdf")


def _cause(document: ParsedDocument, field: str, wanted: object, got: object, offered: list[Candidate]) -> str:
    from benchmarks.causes import cause_of

    definition = INVOICE.field(field)
    assert definition is not None
    return cause_of(document, definition, wanted, got, offered, certain=False)


def test_each_cause_is_told_from_the_others(document: ParsedDocument) -> None:
    """A value can be lost before, at or after each step, and the table says where."""
    found = [each for each in candidates(document, INVOICE) if each.field == "invoice_number"]
    assert _cause(document, "invoice_number", None, "A-4711", found) == "nothing is there"
    assert _cause(document, "invoice_number", "A-4711", "other", found) == "wrong choice"
    assert _cause(document, "invoice_number", "A-4711", None, []) == "candidate not found"
    assert _cause(document, "gross_total", "999.00", None, []) == "parse"
    assert _cause(document, "gross_total", "999.00", "120.00", []) == "truth in doubt"
    assert _cause(document, "seller_name", "Supplies Ltd Northwind", None, []) == "reading order"
    page = replace(document.pages[0], origin="ocr")
    assert _cause(replace(document, pages=(page,)), "gross_total", "999.00", None, []) == "OCR"


def test_a_value_read_as_another_is_normalisation(document: ParsedDocument) -> None:
    """A day read in the wrong order was found, but not understood."""
    run = next(line for line in document.pages[0].lines if "date" in line.text)
    box = run.words[-1].box
    wrong = Candidate(
        "issue_date", Kind.DATE, "rules", date(2026, 4, 6), (Evidence(1, (Box(*box),), "04.06.2026"),), 0.9
    )
    assert _cause(document, "issue_date", "2026-06-04", "2026-04-06", [wrong]) == "normalisation"


def test_the_benchmark_counts_held_out_layouts_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of held-out layouts the report shows figures and never a document."""
    pytest.importorskip("reportlab")
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2]))
    from benchmarks.layouts import Case, measured, report
    from benchmarks.small_pdfs import small_pdf
    from evaluation.truth import Truth

    content = small_pdf(("Northwind Supplies Ltd", "INVOICE", "Invoice number: A-4711", "Total due: EUR 120.00"))
    truth = {"invoice_number": "A-4711", "gross_total": "120.00", "net_total": "100.00"}
    cases = [
        Case(Truth(f"secret {number}", "", "invoice", truth), content, (group,), number == 1, certain=True)
        for number, group in enumerate(("fitted", "held out"))
    ]
    figures = measured(cases, builtin_schemas(), visible=False)
    assert figures.counts["held out"]["gross_total"].right == 1
    assert [miss.held_out for miss in figures.misses if miss.field == "net_total"] == [False, True]
    text = report(figures, set())
    assert "misses held out: 1" in text and "secret" not in text
    assert Decimal(f"{figures.counts['fitted']['net_total'].recall:.3f}") == 0


def test_of_several_values_the_missed_one_is_told() -> None:
    """Of a list the value counts that no answer has; with answers to spare nothing was missed."""
    from benchmarks.causes import missed_value

    parties = builtin_schemas()["contract"].field("parties")
    assert parties is not None
    assert missed_value(parties, ["Acme Inc.", "Larkspur LLC"], ["ACME, INC."]) == "Larkspur LLC"
    assert missed_value(parties, ["Acme Inc."], ["ACME, INC.", "Larkspur LLC"]) is None
    assert missed_value(parties, ["Acme Inc."], None) == "Acme Inc."
