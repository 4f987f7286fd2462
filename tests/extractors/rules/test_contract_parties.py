"""Who makes a contract is told by its opening, its letterhead and its signatures together."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from extractors.rules.contract_names import is_name
from extractors.rules.prose import candidates
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas

Prose = Callable[[str], ParsedDocument]

LETTER = """
Larkspur Foods, Inc. 12 Mill Street Dayton, OH 45402

March 4, 2024

Ostrava Partners LLC 400 Lake Road Erie, PA 16501

Ladies and Gentlemen:

In connection with a possible transaction you have asked for information about Larkspur Foods, Inc. (the “Company”).

1. You will keep what you receive confidential. Nothing in the agreement dated as of May 5, 2020, between the Company
and Harrow Trust Company, N.A. changes this.

Very truly yours,

LARKSPUR FOODS, INC.

By: /s/ Ann Holt Name: Ann Holt Title: Chief Executive Officer

Accepted and agreed:

OSTRAVA PARTNERS LLC

By: /s/ Ben Dvorak Name: Ben Dvorak Title: Manager
"""

EMPLOYEE = """
EMPLOYEE CONFIDENTIALITY AGREEMENT

As a condition of my employment with Pinewater Systems, Inc., its subsidiaries and affiliates (the “Company”), I agree
to the following.

1. I will keep the Company's secrets during my employment and after it. The Company may tell others of this duty. I have
read all of this and I sign it freely and without any pressure from anybody at all.

EMPLOYEE:

/s/ Rosa M. Lindqvist Printed Name: Rosa M. Lindqvist

PINEWATER SYSTEMS, INC.

By: /s/ Carl Weber Carl Weber, Vice President
"""


def named(document: ParsedDocument) -> set[str]:
    found = candidates(document, builtin_schemas()["contract"])
    return {str(each.value).upper() for each in found if each.field == "parties" and each.score >= 0.5}


def test_letter_between_two_companies(prose: Prose) -> None:
    """A letter's parties are who writes and who is written to, not who signs for them nor who is mentioned."""
    assert named(prose(LETTER)) == {"LARKSPUR FOODS, INC.", "OSTRAVA PARTNERS LLC"}


def test_employee_and_company(prose: Prose) -> None:
    """An employee who signs for herself is a party; an officer who signs for the company is not."""
    assert named(prose(EMPLOYEE)) == {"PINEWATER SYSTEMS, INC.", "ROSA M. LINDQVIST"}


@pytest.mark.parametrize(
    ("opening", "names"),
    [
        (
            "This Agreement is made by Otto Brandt, M.D. (the “Executive”) and Fernhill Labs Incorporated "
            "(the “Company”), on May 2, 2020.",
            {"OTTO BRANDT", "FERNHILL LABS INCORPORATED"},
        ),
        (
            "This Agreement is entered into by and between Alder & Sons Trading Company, an Ohio corporation, and, "
            "BRIGHT HARBOR INC., a Utah corporation (the “Employer”), on the one hand, and Lena Ortiz, an individual.",
            {"ALDER & SONS TRADING COMPANY", "BRIGHT HARBOR INC.", "LENA ORTIZ"},
        ),
        (
            "This Agreement is entered into between [NAME] (“Employee”) and Quill Works, Inc. (“Quill”), a Maine "
            "corporation. Quill includes Quill Press, Inc. (“Press”) and its affiliates.",
            {"QUILL WORKS, INC."},
        ),
        (
            "This Agreement is between eBright Corporation, Inc. (“eBright”), a Delaware (USA) corporation, and Nova "
            "Glass Limited d/b/a NovaGlass, 4 High Street, York (collectively the “Parties”).",
            {"EBRIGHT CORPORATION, INC.", "NOVA GLASS LIMITED"},
        ),
        (
            "PARTIES: Mark Olsen (EMPLOYEE) RIDGE, Inc., an Oregon corporation, and its divisions (RIDGE) DATE: "
            "October 6, 1994 RECITALS: A. This covenant is made.",
            {"MARK OLSEN", "RIDGE, INC."},
        ),
    ],
)
def test_lists_of_parties(prose: Prose, opening: str, names: set[str]) -> None:
    """The list in the opening is read whatever joins and describes the names, and blanks name nobody."""
    assert named(prose(opening)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "GEHEIMHALTUNGSVEREINBARUNG\n\nzwischen der Nordwind Maschinenbau GmbH, Hafenstraße 12, 20457 Hamburg "
            "(nachfolgend „Nordwind“) und der Alpenlicht Optik AG, Zürich (nachfolgend „Alpenlicht“).",
            {"NORDWIND MASCHINENBAU GMBH", "ALPENLICHT OPTIK AG"},
        ),
        (
            "ACCORD DE CONFIDENTIALITÉ\n\nEntre les soussignés : la société Lumière Verte SARL, dont le siège est à "
            "Lyon, et Atelier du Nord S.A.S., dont le siège social est à Lille.",
            {"LUMIÈRE VERTE SARL", "ATELIER DU NORD S.A.S."},
        ),
        (
            "ACCORDO DI RISERVATEZZA\n\ntra Monte Alto S.r.l., con sede in Milano, e Porto Blu S.p.A., con sede in "
            "Genova.",
            {"MONTE ALTO S.R.L.", "PORTO BLU S.P.A."},
        ),
        (
            "GEHEIMHOUDINGSOVEREENKOMST\n\nTussen Duinzicht B.V., gevestigd te Utrecht, en Waterlicht N.V., gevestigd "
            "te Gent.",
            {"DUINZICHT B.V.", "WATERLICHT N.V."},
        ),
    ],
)
def test_other_languages(prose: Prose, text: str, names: set[str]) -> None:
    """Articles before a name and seats behind it are no part of it."""
    assert named(prose(text)) == names


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("Delaware Corporation", "Delaware Steel Corporation"),
        ("NEVADA CORPORATION", "NEVADA GOLD CORPORATION"),
        ("The Ohio Limited Liability Company", "The Ohio Paper Company"),
    ],
)
def test_where_a_company_was_founded_is_no_name(words: str, named: str) -> None:
    """ "A Delaware Corporation" describes a party; a longer name that begins with a state is one."""
    assert not is_name(words)
    assert is_name(named)
