"""What an amount looks like on paper."""

from __future__ import annotations

import pytest

from extractors.page.amounts import AMOUNT


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("SR 12.50S", ["12.50"]),
        ("3,98B", ["3,98"]),
        ("RM9.90SR", ["RM9.90"]),
        ("2.50KG", []),
        ("1.20m", []),
        ("12S", []),
        ("12.505", ["12.505"]),
    ],
)
def test_letters_behind_an_amount(text: str, amounts: list[str]) -> None:
    """The letters of a tax rate stand behind an amount; those of a unit make it a measure."""
    assert [match[0].strip() for match in AMOUNT.finditer(text)] == amounts
