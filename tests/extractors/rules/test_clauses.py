"""Clauses are read as the sentences that settle a matter, in each language that a schema has wordings for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from extractors.rules.prose import candidates
from schemas.document import ParsedDocument
from schemas.fields import FieldDefinition, Kind
from schemas.loader import builtin_schemas
from schemas.results import Candidate
from schemas.schema import Schema

Prose = Callable[[str], ParsedDocument]


def found(document: ParsedDocument, field: str) -> list[Candidate]:
    return [candidate for candidate in candidates(document, builtin_schemas()["contract"]) if candidate.field == field]


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("termination_for_convenience", "Either party may terminate this Agreement at any time upon written notice."),
        ("termination_for_convenience", "Chaque partie peut résilier le contrat à tout moment moyennant un préavis."),
        ("termination_for_convenience", "Der Vertrag kann von jeder Partei jederzeit schriftlich gekündigt werden."),
        ("assignment", "Neither party may assign this Agreement without the consent of the other party."),
        ("assignment", "Keine Partei darf Rechte aus diesem Vertrag ohne Zustimmung der anderen Partei abtreten."),
        ("renewal", "The contract shall be renewed for successive terms of one year each."),
        ("renewal", "De overeenkomst wordt telkens stilzwijgend verlengd met een jaar."),
        ("liability_cap", "The aggregate liability of each party shall not exceed $100,000."),
        ("liability_cap", "Die Haftung der Parteien ist auf einen Betrag von 50.000 EUR begrenzt."),
    ],
)
def test_the_sentence_that_settles_it(prose: Prose, field: str, sentence: str) -> None:
    """The value is the whole sentence, and nothing of its neighbours."""
    document = prose(f"The parties met in spring. {sentence} The weather was fair on that day.")
    assert [candidate.value for candidate in found(document, field)] == [sentence]


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        (
            "termination_for_convenience",
            "After the employment ends for any reason the Employee returns all papers.",
        ),
        ("assignment", "The Employee hereby assigns all inventions to the Company and its successors and assigns."),
        ("liability_cap", "In no event shall the Employee designate the year of payment."),
        ("renewal", "The Company may renew its insurance policies from time to time."),
    ],
)
def test_the_same_words_for_another_matter(prose: Prose, field: str, sentence: str) -> None:
    """Sentences that only share words with a clause are none."""
    assert found(prose(sentence), field) == []


def test_parts_between_semicolons_are_one_sentence(prose: Prose) -> None:
    """A proviso behind a semicolon belongs to the clause."""
    text = (
        "This Agreement may not be assigned by either party; provided that a successor may take it over. It is short."
    )
    assert found(prose(text), "assignment")[0].value == text.removesuffix(" It is short.")


def test_a_section_of_its_own_makes_surer(prose: Prose) -> None:
    """The same sentence counts for more under the heading of the matter."""
    sentence = "Neither party may assign its duties to anybody else without consent."
    under_heading = found(prose(f"9. Assignment. {sentence}"), "assignment")[0]
    alone = found(prose(f"9. Miscellaneous. {sentence}"), "assignment")[0]
    assert under_heading.score > alone.score


@pytest.mark.parametrize(
    ("sentence", "period"),
    [
        ("Either party may terminate this Agreement upon ninety (90) days prior written notice.", "90 days"),
        ("It renews for one year unless a party gives notice of two months before the end of the term.", "2 months"),
        ("Die Kündigungsfrist beträgt drei Monate.", "3 months"),
        ("Le préavis est de deux mois.", "2 months"),
        ("De opzegtermijn bedraagt drie maanden.", "3 months"),
    ],
)
def test_the_period_of_notice(prose: Prose, sentence: str, period: str) -> None:
    """The span of time beside the notice is the period, whatever other spans the sentence has."""
    assert found(prose(sentence), "notice_period")[0].value == period


def test_other_notices_are_no_period_of_notice(prose: Prose) -> None:
    """How soon a demand by a court must be told does not say how the contract ends."""
    document = prose("The Recipient shall give notice of any subpoena within ten (10) days of its receipt.")
    assert found(document, "notice_period") == []


def test_a_users_own_clause_field(prose: Prose) -> None:
    """A clause field of any schema is read by its wordings, "…" standing for a few words between."""
    field = FieldDefinition(
        name="publicity",
        kind=Kind.CLAUSE,
        description="Whether a party may name the other one in public.",
        labels={"en": ("press release … consent",)},
    )
    schema = Schema(name="deal", title="Deal", description="A deal.", fields=(field,))
    document = prose("No party issues a press release without the other party's consent. All other rules stay.")
    assert [candidate.value for candidate in candidates(document, schema)] == [
        "No party issues a press release without the other party's consent."
    ]
