"""Days are read in eleven languages, and no part of a day is ever invented."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.values.dates import find_dates, orders_shown, parse_date

NAMES = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "cs": "ledna února března dubna května června července srpna září října listopadu prosince",
}
DAYS = st.dates(date(1950, 1, 1), date(2069, 12, 31))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("le 1er mars 2026", "2026-03-01"),
        ("5. März 2026", "2026-03-05"),
        ("05-Mar-26", "2026-03-05"),
        ("made this 3rd day of January, 2007", "2007-01-03"),
        ("March 5th, 2026", "2026-03-05"),
        ("5 de marzo de 2026", "2026-03-05"),
        ("14/03/2018 13:07", "2018-03-14"),
        ("14/03/201813:07", "2018-03-14"),
        ("2018-03-1413:07:25", "2018-03-14"),
        ("14/03/1813:07", "2018-03-14"),
        ("Date: 14032018", "2018-03-14"),
        ("2026-03-05T10:00", "2026-03-05"),
        ("2026/3/5", "2026-03-05"),
    ],
)
def test_written_forms(text: str, day: str) -> None:
    """Every usual way to write a day is found."""
    assert [found.value for found in find_dates(text)] == [date.fromisoformat(day)]


@pytest.mark.parametrize(
    "text",
    [
        "May 2024",
        "thirty days",
        "12",
        "2026",
        "1.234,56",
        "10.10.10.10",
        "31/31/2020",
        "32.01.2020",
        "1 2 20",
        "14032052",
        "20180314",
        "140320180",
        "AB-14032018",
        "March 5",
    ],
)
def test_nothing_is_invented(text: str) -> None:
    """Without day, month and year there is no date."""
    assert find_dates(text) == []


@given(DAYS, st.sampled_from(sorted(NAMES)))
def test_named_round_trip(day: date, language: str) -> None:
    """Any day written with the month's name in any of the languages is parsed back."""
    month = NAMES[language].split()[day.month - 1]
    assert parse_date(f"{day.day} {month} {day.year}") == day


@given(DAYS, st.sampled_from("./-"), st.booleans())
def test_numeric_round_trip(day: date, mark: str, month_first: bool) -> None:
    """Any day written in figures is parsed back when the order is known."""
    parts = (day.month, day.day) if month_first else (day.day, day.month)
    text = f"{parts[0]:02d}{mark}{parts[1]:02d}{mark}{day.year}"
    assert parse_date(text, "month_first" if month_first else "day_first") == day


def test_swappable_days_are_told() -> None:
    """A date whose day and month could change places says so; one above twelve does not."""
    assert find_dates("03/04/2026")[0].swappable
    assert not find_dates("13/04/2026")[0].swappable
    assert list(orders_shown("13/04/2026 and 04/25/2026 and 01/02/2026")) == ["day_first", "month_first"]


@given(st.text(max_size=60))
def test_any_text_is_taken(text: str) -> None:
    """No text makes the search fail, and what is found stands where it says."""
    for found in find_dates(text):
        assert 0 <= found.start < found.end <= len(text)


def test_a_row_of_numbers_shows_no_order() -> None:
    """Numbers with blanks between them, such as a post office box, do not tell how days are written."""
    assert list(orders_shown("Postfach 10 20 30, den 14.06.2024")) == ["day_first"]
    assert list(orders_shown("No. 10 20 2024, 04.06.2024")) == []
