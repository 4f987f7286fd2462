"""No cell of ours is run as a formula, and no text is lost by that."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.formulas import neutralise, neutralised, restore

DANGEROUS = st.tuples(
    st.text(alphabet=" \t\n\r\u00a0\u2003\ufeff'\x01\x1f\u200b", max_size=4),
    st.sampled_from("=+-@\t\r\x00＝＋－＠"),
    st.text(),
).map("".join)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+49 30 1234",
        "-2+3",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "\x00=1",
        "  =1",
        "\u00a0=1",
        "\n=1",
        "＝1",
        "'=1",
        "' =1",
    ],
)
def test_formulas_get_an_apostrophe(text: str) -> None:
    """Whatever a spreadsheet might run begins with an apostrophe."""
    assert neutralise(text) == "'" + text


@pytest.mark.parametrize("text", ["", "RE-2019", "a=b", "'quoted'", "12.50", "Müller & Söhne", "1-2", "   "])
def test_harmless_text_stays_as_it_is(text: str) -> None:
    """Text that no spreadsheet runs is not touched."""
    assert neutralise(text) == text


@given(st.one_of(st.text(), DANGEROUS))
def test_every_text_comes_back(text: str) -> None:
    """Neutralising is undone exactly, whatever the text."""
    assert restore(neutralise(text)) == text
    assert restore(neutralise(neutralise(text))) == neutralise(text)


@given(DANGEROUS)
def test_nothing_dangerous_stays_first(text: str) -> None:
    """After neutralising, the first letter is an apostrophe."""
    assert neutralise(text).startswith("'")


@given(st.lists(st.one_of(st.none(), st.text(), DANGEROUS), max_size=20))
def test_columns_and_single_texts_agree(texts: list[str | None]) -> None:
    """The expression for whole columns does to each cell what the function does."""
    frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
    got = frame.select(neutralised(pl.col("text")))["text"].to_list()
    assert got == [None if text is None else neutralise(text) for text in texts]
