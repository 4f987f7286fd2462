"""Tables have a column for every field, each typed, and say nothing that the record does not."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from exports.columns import FIELDS, TableLayout, fits, layouts
from exports.records import ExportRecord
from exports.tables import as_chunk
from schemas.fields import FieldDefinition, Kind
from schemas.loader import builtin_schemas
from schemas.results import Problem
from schemas.schema import Schema
from store.states import State

MakeRecord = Callable[..., ExportRecord]
AT = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
VALUES = {
    "invoice_number": "007",
    "issue_date": date(2026, 1, 31),
    "gross_total": Decimal("119.00"),
    "line_items": [
        {"description": "Pens", "quantity": Decimal("2"), "line_total": Decimal("100.00")},
        {"description": "Post"},
    ],
}


def _tables(*records: ExportRecord) -> dict[str, pl.DataFrame]:
    chunk = as_chunk(records, builtin_schemas(), AT)
    return {layout.path: frame for layout, frame in chunk.tables}


def test_an_invoice_becomes_typed_tables(make_record: MakeRecord) -> None:
    """A document is a row of typed columns, its items are rows of a table of their own."""
    tables = _tables(make_record("d1", VALUES, version=4))
    row = tables["invoice/documents"].row(0, named=True)
    assert row["invoice_number"] == "007"
    assert row["issue_date"] == date(2026, 1, 31)
    assert row["gross_total"] == Decimal("119.00")
    assert row["due_date"] is None
    assert (row["document_id"], row["source_name"], row["schema"]) == ("d1", "letter.pdf", "invoice")
    assert (row["status"], row["reviewed_by"], row["record_version"]) == ("accepted", None, 4)
    assert row["exported_at"] == datetime(2026, 11, 20, 12, 30)
    items = tables["invoice/documents__line_items"]
    assert items["row_number"].to_list() == [1, 2]
    assert items["quantity"].to_list() == [Decimal(2), None]
    assert items["description"].to_list() == ["Pens", "Post"]


def test_each_value_has_its_proof(make_record: MakeRecord) -> None:
    """The long table tells value, confidence, source, place and who decided, for cells too."""
    record = make_record("d1", VALUES, reviewers={"line_items[1].quantity": "ada", "gross_total": "bob"})
    fields = _tables(record)["fields"]
    total = fields.filter(field="gross_total").row(0, named=True)
    assert (total["value"], total["confidence"], total["confidence_status"]) == ("119.00", 0.875, "scorecard")
    assert (total["source"], total["decision"], total["reviewer"], total["page"]) == ("rules", "accepted", "bob", 1)
    assert json.loads(total["box"]) == [[10, 20, 60.12, 30]]
    assert total["quote"] == "119.00"
    cell = fields.filter(field="line_items.quantity").row(0, named=True)
    assert (cell["row_number"], cell["value"], cell["reviewer"]) == (1, "2", "ada")
    absent = fields.filter(field="due_date").row(0, named=True)
    assert (absent["answer"], absent["value"], absent["page"]) == ("not_found", None, None)


def test_a_list_stands_in_its_row_and_in_a_table(make_record: MakeRecord) -> None:
    """Parties are a JSON list in the row, a table of single values, and a proof each."""
    tables = _tables(make_record("c1", {"parties": ["Alpha Inc.", "Bêta LLC"]}, schema="contract"))
    assert json.loads(tables["contract/documents"]["parties"][0]) == ["Alpha Inc.", "Bêta LLC"]
    assert tables["contract/documents__parties"].rows() == [("c1", 1, "Alpha Inc."), ("c1", 2, "Bêta LLC")]
    proofs = tables["fields"].filter(field="parties")
    assert proofs["quote"].to_list() == ["Alpha Inc.", "Bêta LLC"]


def test_types_do_not_depend_on_what_comes_first(make_record: MakeRecord) -> None:
    """Two hundred rows without a value do not change the type of the column."""
    empty = [make_record(f"d{number}", {}) for number in range(200)]
    frame = _tables(*empty, make_record("last", VALUES))["invoice/documents"]
    assert frame.schema["gross_total"] == pl.Decimal(38, 10)
    assert frame.schema["issue_date"] == pl.Date
    assert frame["gross_total"].to_list()[-1] == Decimal("119.00")


def test_status_is_never_accepted_with_an_open_error(make_record: MakeRecord) -> None:
    """State and open problems decide; a person's part shows as reviewed."""
    problem = Problem(check="sum", fields=("gross_total",), message="It does not add up.")
    assert make_record("a", {}).status == "accepted"
    assert make_record("a", {}, reviewers={"": "ada"}).status == "reviewed"
    assert make_record("a", {}, state=State.IN_REVIEW).status == "in_review"
    assert make_record("a", {}, problems=(problem,)).status == "in_review"
    assert make_record("a", {}, problems=(problem,), reviewers={"": "ada"}, state=State.EXPORTED).status == "in_review"


def test_a_value_that_no_column_holds_is_told_and_kept_as_text(make_record: MakeRecord) -> None:
    """An amount with too many decimals is not rounded: its cell stays empty, its text stands in fields."""
    odd = Decimal("0.00000000001")
    chunk = as_chunk([make_record("d1", {"gross_total": odd})], builtin_schemas(), AT)
    tables = {layout.path: frame for layout, frame in chunk.tables}
    assert tables["invoice/documents"]["gross_total"][0] is None
    assert tables["fields"].filter(field="gross_total")["value"][0] == "0.00000000001"
    assert "gross_total '0.00000000001' does not fit" in chunk.notes[0]


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**27), max_value=10**27))
def test_what_fits_is_exact(value: Decimal) -> None:
    """A decimal that is said to fit comes out of the column as it went in."""
    if fits(value):
        assert pl.Series([value], dtype=pl.Decimal(38, 10), strict=True).to_list() == [value]


def test_a_field_called_like_one_of_our_columns_gets_its_own() -> None:
    """No field hides what the export says of the record."""
    names = ("status", "op", "document_id")
    fields = tuple(FieldDefinition(name=name, kind=Kind.TEXT, description="A field.") for name in names)
    layout = layouts(Schema(name="odd", title="Odd", fields=fields))[0]
    assert [column.name for column in layout.columns[-3:]] == ["status_", "op_", "document_id_"]


def test_long_names_stay_apart_in_a_database() -> None:
    """Two names that are the same up to PostgreSQL's limit stay different."""
    tables = [TableLayout("s" * 60, f"documents__{end}", ()) for end in ("first", "second")]
    names = {table.flat_name for table in tables}
    assert len(names) == 2
    assert all(len(name) <= 63 for name in names)


def test_a_file_name_that_is_no_text_does_not_stop_the_export(make_record: MakeRecord) -> None:
    """Bytes that are no UTF-8 in a file's name are shown as question marks."""
    tables = _tables(make_record("d1", {}, source_name="a\udcff.pdf"))
    assert tables["invoice/documents"]["source_name"][0] == "a?.pdf"


def test_the_table_of_proofs_is_there_without_records() -> None:
    """An empty export has typed, empty tables."""
    (layout, frame), *others = as_chunk([], builtin_schemas(), AT).tables
    assert layout is FIELDS
    assert frame.is_empty()
    assert not others
