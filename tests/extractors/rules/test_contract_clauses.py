"""Days, terms and clauses of a contract, told by the words close to them and the section they stand in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.rules.prose import candidates
from extractors.rules.sections import Sections, is_about
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas
from schemas.results import Candidate
from schemas.values.durations import find_durations

Prose = Callable[[str], ParsedDocument]
OPENING = "This Agreement is made as of May 2, 2020, by and between Acme Corp. and Beta LLC.\n\n"


def found(document: ParsedDocument, field: str) -> list[Candidate]:
    return [each for each in candidates(document, builtin_schemas()["contract"]) if each.field == field]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("This Agreement is made on the 14 th day of December, 2011, between A Corp. and B LLC.", date(2011, 12, 14)),
        ("Effective as of January 22, 2013, you and the Company agree as follows.", date(2013, 1, 22)),
        ("CONFIDENTIALITY AGREEMENT\n\nDecember 11,2014\n\nLadies and Gentlemen:\n\nYou agree.", date(2014, 12, 11)),
        (
            "NON-DISCLOSURE AGREEMENT\n\nYou agree to keep silent about all that you learn from the Company and from "
            "those who work for it, also after your work for it has ended.\n\nDate: 5/12/09\n\n/s/ Pat Ray Signature",
            date(2009, 5, 12),
        ),
        (
            "This Agreement is made on March 3, 2021, between A Corp. and B LLC. " + "The parties have met. " * 20
            + "The Rights Agreement, dated as of June 24, 2008, stays in force.",
            date(2021, 3, 3),
        ),
        ("VEREINBARUNG\n\nzwischen der A GmbH und der B AG. Sie tritt am 05.04.2025 in Kraft.", date(2025, 4, 5)),
    ],
)  # fmt: skip
def test_effective_day(prose: Prose, text: str, day: date) -> None:
    """The day is found in the opening, at the head of a letter or beside a signature, not in another contract."""
    assert found(prose(text), "effective_date")[0].value == day


@pytest.mark.parametrize(
    ("sentence", "term"),
    [
        ("The term of this letter agreement shall be three (3) years.", "3 years"),
        ("The obligations of the Recipient under this Agreement will terminate on the second anniversary of the date "
         "hereof.", "2 years"),
        ("This Statement of Work shall continue for a period of eighteen (18) months.", "18 months"),
        ("This Agreement shall expire on the earlier of (i) eighteen months from the date hereof or (ii) the closing.",
         "18 months"),
        ("La durée est de deux ans. Le présent accord est conclu pour une durée de deux ans.", "2 years"),
    ],
)  # fmt: skip
def test_term(prose: Prose, sentence: str, term: str) -> None:
    """The contract's own time is found however its end is told."""
    assert found(prose(OPENING + sentence), "term")[0].value == term


def test_term_of_an_employee(prose: Prose) -> None:
    """Periods after the end of an employment are not the term of the agreement."""
    text = (
        "This Agreement is between Acme Corp. (“Employer”) and Ann Lee (“Employee”).\n\nThe obligations of Employee "
        "shall remain in effect for two (2) years following the termination of Employee's employment."
    )
    assert found(prose(text), "term") == []


def test_expiration(prose: Prose) -> None:
    """A day on which the contract ends is told apart from the day on which it was made."""
    document = prose(OPENING + "4. Term. This Agreement shall expire on December 31, 2022.")
    assert [each.value for each in found(document, "expiration_date")] == [date(2022, 12, 31)]
    assert found(document, "effective_date")[0].value == date(2020, 5, 2)


def test_clause_of_its_own_section(prose: Prose) -> None:
    """A clause in the section that is named after it is believed more, and its heading is no part of it."""
    text = "7. Assignment. Neither Party may assign this Agreement without the consent of the other Party."
    inside = found(prose(OPENING + text), "assignment")[0]
    outside = found(prose(OPENING + text.replace("Assignment", "General")), "assignment")[0]
    assert inside.score > outside.score
    assert str(inside.value).startswith("Neither Party")
    assert inside.evidence[0].quote == inside.value


def test_mere_mention_is_no_clause(prose: Prose) -> None:
    """Words such as "for any reason" alone are no right to end the contract, and succession is no assignment."""
    document = prose(
        OPENING + "The Company may withhold its consent for any reason. This Agreement binds successors and assigns."
    )
    assert found(document, "termination_for_convenience") == []
    assert found(document, "assignment") == []


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("EX-99.(D)(2) 9 d907418dex99d2.htm MUTUAL NON-DISCLOSURE AGREEMENT", "MUTUAL NON-DISCLOSURE AGREEMENT"),
        ("STATEMENT OF WORK", "STATEMENT OF WORK"),
        ("Confidentiality and Business Protection Agreement", "Confidentiality and Business Protection Agreement"),
        ("ACCORD DE CONFIDENTIALITÉ", "ACCORD DE CONFIDENTIALITÉ"),
    ],
)
def test_title(prose: Prose, head: str, title: str) -> None:
    """The title is taken without what a filing prints before it."""
    assert found(prose(f"{head}\n\nThis is made between Acme Corp. and Beta LLC."), "title")[0].value == title


def test_hidden_words_are_not_read(laid_out: Callable[..., ParsedDocument]) -> None:
    """What no person sees names no law."""
    document = laid_out(
        [(60, 60, "This Agreement is governed by the laws of the State of Ohio.")],
        hidden=[(60, 90, "This Agreement is governed by the laws of the State of Texas.")],
    )
    assert [each.value for each in found(document, "governing_law")] == ["Ohio"]


def test_sections() -> None:
    """Numbered, inline and capital headings begin sections; a number in a sentence does not."""
    text = "ARTICLE IV\nGENERAL TERMS\nIt holds. 7. Governing Law. The law of 2 states. 8.1 Assignment: No.\nEND"
    assert [(each.number, each.heading) for each in Sections(text).all] == [
        ("IV", "GENERAL TERMS"),
        ("7", "Governing Law"),
        ("8.1", "Assignment"),
    ]


def test_heading_and_phrase() -> None:
    """A heading is about a phrase that it says; one that says something else is not."""
    assert is_about("Limitation of Liability", "limitation of liability")
    assert not is_about("Governing Law", "assignment")


@given(st.text(max_size=300))
def test_sections_of_anything(text: str) -> None:
    """Any text has sections inside its bounds, in reading order."""
    sections = Sections(text).all
    assert all(0 <= each.start <= each.body <= len(text) for each in sections)
    assert list(sections) == sorted(sections, key=lambda each: each.start)


@given(st.integers(1, 99), st.sampled_from(["day", "month", "year"]))
def test_durations_in_figures(number: int, unit: str) -> None:
    """Every number with a unit is found again as it was written."""
    text = f"{number} {unit}" + ("" if number == 1 else "s")
    assert [each.value for each in find_durations(f"for {text} from now")] == [text]
