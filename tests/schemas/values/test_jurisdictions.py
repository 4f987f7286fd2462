"""States and countries are found by name, the longest at each place, and given as bare names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.values.jurisdictions import JURISDICTIONS, find_jurisdictions


@given(st.sampled_from(JURISDICTIONS))
def test_every_name_is_found_as_itself(name: str) -> None:
    """Each name in the list is found whole within a sentence, not as a shorter one that it holds."""
    assert [found.name for found in find_jurisdictions(f"under the laws of the State of {name}, without")] == [name]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("the laws of the Commonwealth of Massachusetts", ["Massachusetts"]),
        ("the laws of the State of New\nYork", ["New York"]),
        ("THE LAWS OF THE STATE OF WEST VIRGINIA", ["West Virginia"]),
        ("laws of England and Wales", ["England and Wales"]),
        ("Delaware or, failing that, New Jersey", ["Delaware", "New Jersey"]),
        ("dem Recht der Bundesrepublik Deutschland", ["Germany"]),
        ("régi par le droit français", ["France"]),
        ("governed by English law", ["England"]),
        ("unterliegt schweizerischem Recht", ["Switzerland"]),
        ("wird durch deutsches Recht geregelt", ["Germany"]),
        ("se rige por la ley española", ["Spain"]),
        ("regolato dalla legge italiana", ["Italy"]),
        ("is Nederlands recht van toepassing", ["Netherlands"]),
        ("the People's Republic of China", ["China"]),
    ],
)
def test_as_contracts_name_them(text: str, names: list[str]) -> None:
    """Only the bare name is given, in the spelling of the list, in the order of the text."""
    assert [found.name for found in find_jurisdictions(text)] == names


@pytest.mark.parametrize(
    "text", ["a maine lobster", "an English lawyer", "the jersey was blue", "Washingtonian", "roast turkey"]
)
def test_words_that_only_look_alike(text: str) -> None:
    """A name within another word or in lower case is none."""
    assert list(find_jurisdictions(text)) == []


@given(st.text(max_size=100))
def test_places_lie_within_the_text(text: str) -> None:
    """Whatever the text, what is found stands where it says."""
    for found in find_jurisdictions(text):
        assert 0 <= found.start < found.end <= len(text)
        assert found.name in JURISDICTIONS
