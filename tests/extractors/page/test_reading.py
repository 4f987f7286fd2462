"""Words and labels of a document are looked up once for all who ask."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from extractors.page import reading as module
from extractors.pipeline import extract
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas

Maker = Callable[..., ParsedDocument]


def test_labels_are_searched_once_for_rules_tables_and_grounding(
    laid_out: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads a document finds the labels that the one before has found."""
    searches = []
    found = module.find_labels
    monkeypatch.setattr(module, "find_labels", lambda *given, **how: searches.append(1) or found(*given, **how))
    document = laid_out([(60, 100, "Invoice number: A-17"), (60, 120, "Total due: EUR 120.00")])
    answers = extract(document, builtin_schemas()["invoice"]).fields
    assert answers["invoice_number"].value == "A-17" and answers["gross_total"].evidence
    assert len(searches) == 1
