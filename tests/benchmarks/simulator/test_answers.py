"""Answers come from the truth, and only as far as the text that was sent holds them."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.simulator.text import letters

INVOICES = ("invoice-02-window-de", "invoice-03-strip-fr", "invoice-05-sidebar-it", "invoice-08-wide-en")
CONTRACTS = ("nda-01", "nda-02", "nda-05", "master-agreement-60-pages")
NOT_PRINTED = {("invoice-03-strip-fr", "tax_total")}  # two rates are printed, their sum is not
ROW = ("description", "quantity", "unit_price", "line_total")


def bare(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{column: row[column] for column in ROW} for row in rows]


@pytest.mark.parametrize("name", INVOICES)
def test_whole_invoices_are_answered_as_the_truth_has_them(name, form, answer, truths, pages) -> None:
    """Every field and every row of the truth that the page prints comes back, with words that stand there."""
    fields = {key: value for key, value in truths[name].fields.items() if key != "line_items"}
    text = form.whole(pages[name])
    said = answer(form.asking(text, {**form.fields(*fields), **form.line_items}))
    for key, value in fields.items():
        assert said[key]["value"] == (None if (name, key) in NOT_PRINTED else value)
        assert said[key]["quote"] is None or letters(said[key]["quote"]) in letters(text)
    assert bare(said["line_items"]["rows"]) == [dict(row) for row in truths[name].fields["line_items"]]
    assert said["line_items"]["count"] == len(truths[name].fields["line_items"])


@pytest.mark.parametrize("name", CONTRACTS)
def test_whole_contracts_are_answered_as_the_truth_has_them(name, form, answer, truths, pages) -> None:
    """Lists come as arrays; a field that the truth leaves out is absent."""
    truth = truths[name].fields
    single = form.fields("effective_date", "governing_law", "term", "renewal")
    said = answer(form.asking(form.whole(pages[name]), {"parties": {"type": "array", "items": form.proved}, **single}))
    assert [each["value"] for each in said["parties"]] == truth["parties"]
    assert {key: said[key]["value"] for key in single} == {key: truth.get(key) for key in single}
    assert said["renewal"] == {"basis": "absent", "quote": None, "value": None}


def test_a_value_whose_passage_was_not_sent_is_absent(form, answer, pages, truths) -> None:
    """Of the long agreement, the pages without the governing law give none, and the page with it does."""
    text = pages["master-agreement-60-pages"]
    law = truths["master-agreement-60-pages"].fields["governing_law"]
    without = "\n".join(f"[page {n}]\n{page}" for n, page in enumerate(text, 1) if law not in page)
    holding = "\n".join(f"[page {n}]\n{page}" for n, page in enumerate(text, 1) if law in page)
    asked = form.fields("governing_law")
    assert answer(form.asking(without, asked))["governing_law"]["basis"] == "absent"
    assert answer(form.asking(holding, asked))["governing_law"]["value"] == law


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_is_answered_that_was_not_sent(data, form, answer, pages, truths) -> None:
    """Whatever lines are sent, every quote stands in them, and a value that none of them holds is absent."""
    name = data.draw(st.sampled_from(INVOICES))
    lines = pages[name][0].split("\n")
    kept = data.draw(st.lists(st.booleans(), min_size=len(lines), max_size=len(lines)))
    sent = "\n".join(line for line, keep in zip(lines, kept, strict=True) if keep)
    names = ("invoice_number", "seller_name", "gross_total", "issue_date", "iban")
    said = answer(form.asking(sent, {**form.fields(*names), **form.line_items}))
    quotes = [said[key]["quote"] for key in names] + [row["quote"] for row in said["line_items"]["rows"]]
    assert all(letters(quote) in letters(sent) for quote in quotes if quote is not None)
    number = truths[name].fields["iban"]
    assert (said["iban"]["value"] == number) <= (letters(number) in letters(sent))
    assert (said["iban"]["value"] is None) <= (
        letters(number) not in letters(sent) or said["iban"]["basis"] == "absent"
    )


def test_a_text_that_is_not_known_gives_nothing(form, answer) -> None:
    """A document that is in no truth is answered as absent throughout."""
    text = "Gutter cleaning at the lighthouse. Total 12.00 EUR. Paid on 3 May 2024 by the keeper and the two gulls."
    said = answer(form.asking(text, {**form.fields("gross_total", "seller_name"), **form.line_items}))
    assert said["gross_total"]["value"] is None and said["seller_name"]["value"] is None
    assert said["line_items"] == {"count": 0, "rows": []}


@pytest.mark.parametrize("name", ["nda-01", "nda-02", "nda-05"])
def test_documents_that_are_nearly_the_same_are_told_apart(name, library, pages) -> None:
    """Half of a contract that was filled in from a form names that contract."""
    text = pages[name][0]
    found = library.recognise(text[: len(text) // 2])
    assert found is not None and found.id == name


def test_a_passage_of_a_long_document_names_it(library, pages) -> None:
    """Any page of the long agreement is recognised, though of its shingles only some are kept."""
    every = pages["master-agreement-60-pages"]
    found = [library.recognise(page) for page in every if len(page) > 1000]
    assert len(found) > 30
    assert {known.id if known else None for known in found} == {"master-agreement-60-pages"}


def test_rows_are_given_by_number_and_by_page(form, answer, pages, truths) -> None:
    """A window gives its rows, a page those that stand on it, and rows that the question quotes are left out."""
    text = form.whole(pages["invoice-15-120-rows-en"])
    truth = [dict(row) for row in truths["invoice-15-120-rows-en"].fields["line_items"]]

    def rows(question: str) -> list[dict[str, Any]]:
        said = answer(form.asking(text, form.line_items, question))["line_items"]
        assert said["count"] == 120
        return said["rows"]

    assert bare(rows("Give rows 41 to 80 of line_items.")) == truth[40:80]
    second = rows("Give the missing rows on page 2.")
    assert {row["page"] for row in second} == {2} and truth[40] in bare(second)
    fewer = rows("Give the missing rows on page 2. Known: " + "; ".join(row["quote"] for row in second[:10]))
    assert fewer == second[10:]


def test_rows_of_pages_that_were_not_sent_are_neither_given_nor_counted(form, answer, pages) -> None:
    """With the second page alone, only its rows are there."""
    text = f"[page 2]\n{pages['invoice-15-120-rows-en'][1]}"
    said = answer(form.asking(text, form.line_items))["line_items"]
    assert 0 < said["count"] == len(said["rows"]) < 120
    assert {row["page"] for row in said["rows"]} == {2}


def test_the_lazy_model_stops_and_says_how_many_there_are(form, answer, pages) -> None:
    """After 40 rows it stops; in windows of 40 all of them come."""
    text = form.whole(pages["invoice-15-120-rows-en"])
    said = answer(form.asking(text, form.line_items), "lazy")["line_items"]
    assert (len(said["rows"]), said["count"]) == (40, 120)
    windows = [f"Give rows {start} to {start + 39}." for start in (1, 41, 81)]
    parts = [answer(form.asking(text, form.line_items, window), "lazy")["line_items"]["rows"] for window in windows]
    assert [len(part) for part in parts] == [40, 40, 40]
    assert len({row["quote"] for part in parts for row in part}) == 120


def test_other_shapes_of_a_schema_are_filled_too(form, answer, pages) -> None:
    """References, alternatives, plain types, enumerations and lists: what pydantic and instructor write."""
    schema = {
        "invoice_number": {"type": "string"},
        "gross_total": {"anyOf": [{"type": "number"}, {"type": "null"}]},
        "currency": {"$ref": "#/$defs/Code"},
        "line_items": {"type": "array", "items": {"type": "object", "properties": {"quantity": {"type": "integer"}}}},
        "buyer_id": {"type": ["string", "null"]},
    }
    arguments = form.asking(pages["invoice-02-window-de"][0], schema)
    inner = arguments["response_format"]["json_schema"]["schema"]
    inner["$defs"] = {"Code": {"type": "string", "enum": ["EUR", "USD"]}}
    said = answer(arguments)
    assert said == {
        "invoice_number": "2026/3387",
        "gross_total": 17426.36,
        "currency": "EUR",
        "line_items": [{"quantity": 25}, {"quantity": 5}, {"quantity": 1}, {"quantity": 10}],
        "buyer_id": None,
    }
