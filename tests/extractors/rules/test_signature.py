"""Persons who sign for themselves are read beside their signatures, with their whole names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from extractors.page.runs import Layout
from extractors.rules.flow import Flow
from extractors.rules.signature import signing_persons
from schemas.document import ParsedDocument

TEXT = "The Employee keeps all secrets of the Company for as long as the law allows it. " * 6


def surest(document: ParsedDocument) -> tuple[str, float]:
    name, worth = max(signing_persons(Flow(Layout(document))), key=lambda found: found[1])
    return name.text, worth


@pytest.mark.parametrize(
    ("block", "name"),
    [
        ("/s/ JANE ROE Signature JANE Q. ROE", "JANE Q. ROE"),
        ("EMPLOYEE: /s/ Jane Roe", "Jane Roe"),
        ("/s/ Jane Roe Jane Roe", "Jane Roe"),
        ("/s/ Jane Roe\n\nWitness: Jane Marie Doe", "Jane Roe"),
    ],
)
def test_the_whole_name_of_who_signs(prose: Callable[[str], ParsedDocument], block: str, name: str) -> None:
    """The longer printed name of the same person is taken, another person's never."""
    assert surest(prose(f"{TEXT}\n\n{block}"))[0] == name


def test_who_holds_an_office_signs_for_a_company(prose: Callable[[str], ParsedDocument]) -> None:
    """A signature with "By:" and a title says less about its writer than one without."""
    alone = surest(prose(f"{TEXT}\n\n/s/ Jane Roe"))[1]
    officer = surest(prose(f"{TEXT}\n\nBy: /s/ Jane Roe Title: President"))[1]
    assert officer < alone / 2
