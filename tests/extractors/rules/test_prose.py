"""Contracts are read from their sentences: parties, day, law and term, each where it stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from extractors.page.runs import Layout
from extractors.rules.flow import Flow
from extractors.rules.prose import candidates
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas
from schemas.results import Candidate

CONTRACT = """
MUTUAL NON-DISCLOSURE AGREEMENT

This Agreement is made and entered into this 3rd day of July, 2025, by and between Bluefern Logistics Corp., a Texas
corporation (“Discloser”), and Vantry Medical Devices, Inc., a Minnesota corporation (“Recipient”).

WHEREAS, the parties wish to explore a business relationship.

1. Duties. The Recipient shall notify the Discloser within ten (10) days of any demand by a court.

2. Term. This Agreement shall remain in effect for a period of two (2) years from the Effective Date.

3. Termination. Either party may terminate this Agreement for any reason upon sixty (60) days prior written notice.

4. Governing Law. This Agreement shall be governed by and construed in accordance with the laws of the State of
Delaware, without regard to conflicts of laws.
"""


def found(document: ParsedDocument, field: str) -> list[Candidate]:
    return [candidate for candidate in candidates(document, builtin_schemas()["contract"]) if candidate.field == field]


def test_the_four_great_fields(prose: Callable[[str], ParsedDocument]) -> None:
    """Parties, effective day, governing law and term come out of an ordinary agreement."""
    document = prose(CONTRACT)
    assert {c.value for c in found(document, "parties") if c.score >= 0.5} == {
        "Bluefern Logistics Corp.",
        "Vantry Medical Devices, Inc.",
    }
    assert found(document, "effective_date")[0].value == date(2025, 7, 3)
    assert found(document, "governing_law")[0].value == "Delaware"
    assert [c.value for c in found(document, "term")] == ["2 years"]
    assert found(document, "notice_period")[0].value == "60 days"


def test_evidence_over_two_lines(prose: Callable[[str], ParsedDocument]) -> None:
    """A clause over several lines has a box for each line, and its quote is the printed text."""
    clause = found(prose(CONTRACT), "termination_for_convenience")[0]
    assert "for any reason" in str(clause.value)
    assert len(clause.evidence[0].boxes) == 2


def test_state_of_incorporation_is_not_the_law(prose: Callable[[str], ParsedDocument]) -> None:
    """Without a sentence on governing law none is named, whatever states the parties are of."""
    document = prose(
        "This Agreement is between Acme Corp., a corporation organized under the laws of Texas, and Beta LLC."
    )
    assert all(candidate.score < 0.5 for candidate in found(document, "governing_law"))


@pytest.mark.parametrize(
    "text",
    [
        "Employee shall not compete with the Company for a period of two (2) years after termination of employment.",
        "The receiving party shall return all copies within thirty (30) days.",
        "Notice shall be given ninety (90) days prior to termination.",
    ],
)
def test_other_periods_are_no_term(prose: Callable[[str], ParsedDocument], text: str) -> None:
    """Periods of non-competition, return and notice are not the contract's term."""
    assert found(prose(text), "term") == []


def test_blank_day_is_absent(prose: Callable[[str], ParsedDocument]) -> None:
    """A day left blank is not filled from elsewhere."""
    document = prose("This Agreement is made this ___ day of ______, 20__ by and between Acme Corp. and Beta LLC.")
    assert found(document, "effective_date") == []


def test_abbreviations_do_not_end_sentences(prose: Callable[[str], ParsedDocument]) -> None:
    """“Inc.” and “No.” stand inside a sentence."""
    flow = Flow(Layout(prose("Acme Inc. agrees to pay No. 5 of the list. Beta Corp. does not.")))
    assert [sentence.text.strip() for sentence in flow.sentences()] == [
        "Acme Inc. agrees to pay No. 5 of the list.",
        "Beta Corp. does not.",
    ]


def test_running_heads_are_cut_out(laid_out: Callable[..., ParsedDocument]) -> None:
    """Page numbers and lines that stand on every page do not break a sentence."""
    pages = [
        [(60, 20, "ACME CONFIDENTIAL"), (60, 100, f"the text goes on {n}"), (300, 815, f"Page {n}")] for n in (1, 2, 3)
    ]
    text = Flow(Layout(laid_out(*pages))).text
    assert "CONFIDENTIAL" not in text and "Page" not in text
    assert "goes on 1 the text goes on 2" in " ".join(text.split())
