"""An export is all there or not there, holds every value exactly, and shows each document as it is now."""

import csv
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import polars as pl
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports.columns import fits
from exports.formulas import restore
from exports.records import ExportRecord
from exports.run import CHUNK, export
from exports.targets import Format, Target, parse_target
from exports.writers import workbook
from schemas.errors import Reason, SettingsError, Unavailable
from schemas.fields import FieldDefinition, Kind
from schemas.loader import builtin_schemas
from schemas.results import Problem
from store.states import State

MakeRecord = Callable[..., ExportRecord]
AT = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
VALUES = {
    "invoice_number": "=1+1",
    "issue_date": date(2026, 1, 31),
    "gross_total": Decimal("-119.00"),
    "net_total": Decimal("100.005"),
    "seller_name": 'Müller, "Söhne"\nGmbH',
    "line_items": [{"description": "@SUM(A1)", "quantity": Decimal("2"), "unit_price": Decimal("0.025")}],
}
FILES = ("csv", "jsonl", "parquet")
SCHEMAS = builtin_schemas()


def _target(kind: str, folder: Path) -> Target:
    names = {"xlsx": "out.xlsx", "duckdb": "out.duckdb", "sql": "out.sqlite"}
    return parse_target(str(folder / names.get(kind, "out")), None if kind in names else kind)


def _some(make_record: MakeRecord, number: int = 3) -> Iterator[ExportRecord]:
    return (make_record(f"d{place}", VALUES) for place in range(number))


def _left_over(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file() and ".part" in path.name]


def test_csv_holds_every_value_and_no_formula(make_record: MakeRecord, tmp_path: Path) -> None:
    """Text comes back by undoing the apostrophe; amounts and dates are plain, negative ones too."""
    report = export(_some(make_record), _target("csv", tmp_path), SCHEMAS, exported_at=AT)
    with (tmp_path / "out" / "invoice" / "documents.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["document_id"] for row in rows] == ["d0", "d1", "d2"]
    assert rows[0]["invoice_number"] == "'=1+1"
    assert restore(rows[0]["invoice_number"]) == "=1+1"
    assert (rows[0]["gross_total"], rows[0]["net_total"], rows[0]["issue_date"]) == ("-119.00", "100.005", "2026-01-31")
    assert rows[0]["exported_at"] == "2026-11-20T12:30:00Z"
    assert rows[0]["seller_name"] == VALUES["seller_name"]
    with (tmp_path / "out" / "invoice" / "documents__line_items.csv").open(encoding="utf-8", newline="") as file:
        items = list(csv.DictReader(file))
    assert (items[0]["description"], items[0]["quantity"], items[0]["unit_price"]) == ("'@SUM(A1)", "2", "0.025")
    assert report.rows["invoice/documents.csv"] == report.written == 3
    assert not _left_over(tmp_path)


@given(texts=st.lists(st.text(), min_size=1, max_size=5))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_any_text_comes_back_from_csv(texts: list[str], make_record: MakeRecord, tmp_path: Path) -> None:
    """Whatever a document says is the same after CSV, with separators, quotes, line ends and formulas in it."""
    records = [make_record(f"d{place}", {"seller_name": text}) for place, text in enumerate(texts)]
    export(records, _target("csv", tmp_path), SCHEMAS)
    path = tmp_path / "out" / "invoice" / "documents.csv"
    got = pl.read_csv(path, infer_schema=False)
    with path.open(encoding="utf-8", newline="") as file:
        assert [restore(row["seller_name"]) for row in csv.DictReader(file)] == texts
    assert [restore(text) for text in got["seller_name"].to_list()] == texts


def test_json_lines_hold_amounts_as_text(make_record: MakeRecord, tmp_path: Path) -> None:
    """A reader of JSON gets the printed amount, not a binary fraction."""
    export(_some(make_record), _target("jsonl", tmp_path), SCHEMAS, exported_at=AT)
    lines = (tmp_path / "out" / "invoice" / "documents.jsonl").read_text(encoding="utf-8").splitlines()
    row = json.loads(lines[0])
    assert (row["gross_total"], row["net_total"], row["issue_date"]) == ("-119.00", "100.005", "2026-01-31")
    assert row["invoice_number"] == "=1+1"
    assert row["due_date"] is None


def _decimals(places: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**17), max_value=10**17, places=places
    ) | st.integers(-(10**27), 10**27).map(Decimal)


@given(values=st.lists(_decimals(10) | _decimals(2), min_size=1, max_size=8))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
def test_decimals_are_exact(values: list[Decimal], make_record: MakeRecord, tmp_path: Path) -> None:
    """Amounts come out of Parquet and DuckDB as they went in, to the last digit."""
    assert all(fits(value) for value in values)
    records = [make_record(f"d{place}", {"gross_total": value}, version=place) for place, value in enumerate(values)]
    export(records, _target("parquet", tmp_path), SCHEMAS)
    frame = pl.read_parquet(tmp_path / "out" / "invoice" / "documents.parquet")
    assert frame["gross_total"].to_list() == values
    (tmp_path / "out.duckdb").unlink(missing_ok=True)
    export(records, _target("duckdb", tmp_path), SCHEMAS)
    with duckdb.connect(str(tmp_path / "out.duckdb")) as connection:
        rows = connection.execute("SELECT gross_total FROM invoice__documents ORDER BY record_version").fetchall()
    assert [row[0] for row in rows] == values


def test_parquet_joins_chunks_in_order(make_record: MakeRecord, tmp_path: Path) -> None:
    """More records than one chunk holds make one file per table, in the order in which they came."""
    number = CHUNK + 5
    report = export(
        (make_record(f"d{place:05}", {"gross_total": Decimal(place)}) for place in range(number)),
        _target("parquet", tmp_path),
        SCHEMAS,
    )
    frame = pl.read_parquet(tmp_path / "out" / "invoice" / "documents.parquet")
    assert frame["document_id"].to_list() == [f"d{place:05}" for place in range(number)]
    assert frame.schema["gross_total"] == pl.Decimal(38, 10)
    assert frame.schema["issue_date"] == pl.Date
    assert report.rows["invoice/documents.parquet"] == number
    assert {path.name for path in (tmp_path / "out").rglob("*") if path.is_file()} == {
        "documents.parquet",
        "documents__line_items.parquet",
        "fields.parquet",
        "export.json",
    }


def test_a_workbook_has_types_and_no_formula(make_record: MakeRecord, tmp_path: Path) -> None:
    """Text stays text, amounts are numbers, dates are dates, the header stands still."""
    export(_some(make_record), _target("xlsx", tmp_path), SCHEMAS, exported_at=AT)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["invoice__documents", "invoice__documents__line_items", "fields"]
    sheet = book["invoice__documents"]
    header = [cell.value for cell in sheet[1]]
    row = dict(zip(header, sheet[2], strict=True))
    assert (row["invoice_number"].value, row["invoice_number"].data_type) == ("=1+1", "s")
    assert (row["gross_total"].value, row["gross_total"].data_type) == (-119, "n")
    assert row["issue_date"].value == datetime(2026, 1, 31)
    assert row["exported_at"].value == datetime(2026, 11, 20, 12, 30)
    assert sheet.freeze_panes == "A2"
    with zipfile.ZipFile(tmp_path / "out.xlsx") as file:
        sheets = [file.read(name) for name in file.namelist() if name.startswith("xl/worksheets/")]
    assert sheets
    assert not any(b"<f>" in sheet or b"<hyperlink" in sheet for sheet in sheets)


def test_a_workbook_cuts_nothing_in_silence(
    make_record: MakeRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows beyond a sheet go on in the next, long texts are cut and told, digits beyond Excel's are kept as text."""
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    values = {
        "seller_name": "x" * 40_000,
        "gross_total": Decimal("1234567890123456789012345678.0123456789"),
        "issue_date": date(1850, 1, 2),
    }
    report = export([make_record(f"d{n}", values) for n in range(3)], _target("xlsx", tmp_path), SCHEMAS)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    first, second = book["invoice__documents"], book["invoice__documents (2)"]
    assert (first.max_row, second.max_row) == (3, 2)
    header = [cell.value for cell in second[1]]
    row = dict(zip(header, (cell.value for cell in second[2]), strict=True))
    assert row["document_id"] == "d2"
    assert row["gross_total"] == "1234567890123456789012345678.0123456789"
    assert row["issue_date"] == "1850-01-02"
    assert len(row["seller_name"]) == 32_767
    assert any("cut at 32767" in note for note in report.notes)


@pytest.mark.parametrize("kind", [*FILES, "xlsx", "duckdb", "sql"])
def test_an_export_that_breaks_leaves_the_target_as_it_was(kind: str, make_record: MakeRecord, tmp_path: Path) -> None:
    """An error in the middle changes nothing that a reader sees and leaves no half file behind."""
    target = _target(kind, tmp_path)
    export(_some(make_record, 2), target, SCHEMAS, exported_at=AT)
    before = _content(kind, tmp_path)

    def broken() -> Iterator[ExportRecord]:
        for place in range(CHUNK + 1):
            yield make_record(f"new{place}", {})
        raise RuntimeError("the source of records broke")

    with pytest.raises(RuntimeError, match="the source"):
        export(broken(), target, SCHEMAS, exported_at=AT)
    assert _content(kind, tmp_path) == before
    assert not _left_over(tmp_path)


def _content(kind: str, folder: Path) -> Any:
    if kind == "duckdb":
        with duckdb.connect(str(folder / "out.duckdb")) as connection:
            return connection.execute("SELECT * EXCLUDE exported_at FROM invoice__documents ORDER BY ALL").fetchall()
    if kind == "sql":
        engine = sa.create_engine(f"sqlite:///{folder / 'out.sqlite'}")
        with engine.connect() as connection:
            rows = connection.execute(sa.text("SELECT * FROM invoice__documents ORDER BY document_id")).all()
        engine.dispose()
        return rows
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_waits_for_a_person_is_held_back(make_record: MakeRecord, tmp_path: Path) -> None:
    """By default only accepted and reviewed records go out; with all, the others say in_review."""
    problem = Problem(check="sum", fields=("gross_total",), message="It does not add up.")
    records = [
        make_record("a", {}),
        make_record("b", {}, reviewers={"": "ada"}),
        make_record("c", {}, state=State.IN_REVIEW),
        make_record("d", {}, problems=(problem,)),
    ]
    target = _target("parquet", tmp_path)
    report = export(records, target, SCHEMAS)
    file = tmp_path / "out" / "invoice" / "documents.parquet"
    assert dict(pl.read_parquet(file).select("document_id", "status").rows()) == {"a": "accepted", "b": "reviewed"}
    assert (report.written, report.held_back) == (2, 2)
    report = export(records, target, SCHEMAS, include="all")
    found = dict(pl.read_parquet(file).select("document_id", "status").rows())
    assert found == {"a": "accepted", "b": "reviewed", "c": "in_review", "d": "in_review"}
    assert report.held_back == 0


def test_tables_of_an_earlier_export_do_not_stay(make_record: MakeRecord, tmp_path: Path) -> None:
    """A folder shows the last export only; files that are not ours are left alone."""
    target = _target("csv", tmp_path)
    export([make_record("a", {}), make_record("b", {}, schema="receipt")], target, SCHEMAS)
    (tmp_path / "out" / "receipt" / "mine.csv").write_text("mine")
    assert (tmp_path / "out" / "receipt" / "documents.csv").is_file()
    export([make_record("a", {})], target, SCHEMAS)
    assert not (tmp_path / "out" / "receipt" / "documents.csv").exists()
    assert (tmp_path / "out" / "receipt" / "mine.csv").is_file()
    assert (tmp_path / "out" / "invoice" / "documents.csv").is_file()


def test_a_schema_that_is_gone_is_told(make_record: MakeRecord, tmp_path: Path) -> None:
    """Records of a schema that is not configured any more are left out, counted and named."""
    schemas = {"receipt": SCHEMAS["receipt"]}
    report = export([make_record("a", {}), make_record("b", {}, schema="receipt")], _target("csv", tmp_path), schemas)
    assert report.without_schema == {"invoice": 1}
    assert "no schema invoice" in report.notes[0]
    assert report.written == 1


Database = tuple[Target, Callable[[str], list[tuple[Any, ...]]]]


def _check_upsert(database: Database, make_record: MakeRecord) -> None:
    target, ask = database
    first = export([make_record("a", VALUES, version=1), make_record("b", VALUES, version=2)], target, SCHEMAS)
    assert (first.written, first.inserted, first.updated) == (2, 2, 0)
    corrected = make_record("a", {**VALUES, "gross_total": Decimal("5.00"), "line_items": []}, version=3)
    second = export([corrected, make_record("b", VALUES, version=2)], target, SCHEMAS)
    assert (second.written, second.inserted, second.updated, second.unchanged) == (1, 0, 1, 1)
    rows = ask("SELECT document_id, gross_total, record_version, op FROM invoice__documents ORDER BY document_id")
    assert [(r[0], Decimal(str(r[1])), r[2], r[3]) for r in rows] == [
        ("a", Decimal(5), 3, "update"),
        ("b", Decimal(-119), 2, "insert"),
    ]
    assert ask("SELECT document_id FROM invoice__documents__line_items") == [("b",)]
    assert ask("SELECT count(*) FROM fields WHERE document_id = 'a' AND field = 'gross_total'") == [(1,)]
    late = export([make_record("a", VALUES, version=1)], target, SCHEMAS)
    assert (late.written, late.unchanged) == (0, 1)
    assert ask("SELECT record_version FROM invoice__documents WHERE document_id = 'a'") == [(3,)]
    reopened = export([make_record("a", VALUES, version=4, state=State.IN_REVIEW)], target, SCHEMAS)
    assert (reopened.withdrawn, reopened.held_back) == (1, 1)
    assert ask("SELECT document_id FROM invoice__documents") == [("b",)]
    other = export([make_record("b", {"total": Decimal(1)}, schema="receipt", version=5)], target, SCHEMAS)
    assert other.updated == 1
    assert ask("SELECT count(*) FROM invoice__documents") == [(0,)]
    assert ask("SELECT document_id, status FROM receipt__documents") == [("b", "accepted")]


def _check_evolution(database: Database, make_record: MakeRecord) -> None:
    target, ask = database
    export([make_record("a", {"total": Decimal(1)}, schema="receipt")], target, SCHEMAS)
    receipt = SCHEMAS["receipt"]
    tip = FieldDefinition(name="tip", kind=Kind.MONEY, description="A tip.")
    wider = receipt.model_copy(update={"fields": (*receipt.fields, tip)})
    export([make_record("b", {}, schema="receipt", version=2)], target, {"receipt": wider})
    assert ask("SELECT document_id, tip FROM receipt__documents ORDER BY document_id") == [("a", None), ("b", None)]
    retyped = tuple(
        field.model_copy(update={"kind": Kind.TEXT}) if field.name == "total" else field for field in receipt.fields
    )
    other = receipt.model_copy(update={"fields": retyped})
    with pytest.raises(SettingsError, match="The column total of receipt__documents"):
        export([make_record("c", {}, schema="receipt", version=3)], target, {"receipt": other})
    assert ask("SELECT count(*) FROM receipt__documents") == [(2,)]


def test_duckdb_shows_each_document_as_it_is_now(make_record: MakeRecord, tmp_path: Path) -> None:
    """Corrections replace, late exports change nothing, reopened documents go, another schema moves the document."""
    _check_upsert(_duckdb(tmp_path), make_record)


def test_sql_shows_each_document_as_it_is_now(make_record: MakeRecord, url: str) -> None:
    """The same holds in SQLite and PostgreSQL."""
    _check_upsert(_sql(url), make_record)


def test_duckdb_grows_with_its_schema(make_record: MakeRecord, tmp_path: Path) -> None:
    """A new field is a new column, empty for what was there; a field of another type is refused before writing."""
    _check_evolution(_duckdb(tmp_path), make_record)


def test_sql_grows_with_its_schema(make_record: MakeRecord, url: str) -> None:
    """The same holds in SQLite and PostgreSQL."""
    _check_evolution(_sql(url), make_record)


def test_sql_takes_any_text(make_record: MakeRecord, url: str) -> None:
    """NUL, which PostgreSQL refuses, becomes the replacement character; all else stays."""
    target, ask = _sql(url)
    export([make_record("a", {**VALUES, "seller_name": "a\x00b'; DROP TABLE x; --"})], target, SCHEMAS)
    assert ask("SELECT seller_name, issue_date FROM invoice__documents")[0][0] == "a\ufffdb'; DROP TABLE x; --"


def test_postgresql_keeps_every_digit(make_record: MakeRecord, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A NUMERIC column of PostgreSQL holds what Parquet holds."""
    address = request.getfixturevalue("postgresql")
    target, ask = _sql(address)
    amount = Decimal("1234567890123456789012345678.0123456789")
    export([make_record("digits", {"gross_total": amount})], target, SCHEMAS)
    assert ask("SELECT gross_total FROM invoice__documents WHERE document_id = 'digits'") == [(amount,)]


def test_a_database_that_cannot_be_opened_is_told_without_its_password(make_record: MakeRecord, tmp_path: Path) -> None:
    """The message names the address, hides the password, and says what to do."""
    target = parse_target("postgresql://me:secret@127.0.0.1:1/none")
    with pytest.raises(SettingsError, match="cannot be opened") as caught:
        export([make_record("a", {})], target, SCHEMAS)
    assert "secret" not in str(caught.value)
    (tmp_path / "no.duckdb").write_text("this is no database")
    with pytest.raises(SettingsError, match="cannot be opened"):
        export([make_record("a", {})], parse_target(str(tmp_path / "no.duckdb")), SCHEMAS)


def test_a_full_disk_is_told(make_record: MakeRecord) -> None:
    """Writing to a device without space ends as disk_full, not as a stack trace."""
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    from exports.run import _told

    with pytest.raises(Unavailable) as caught, _told(_target("csv", Path("x"))), full.open("wb", buffering=0) as file:
        file.write(b"x")
    assert caught.value.reason is Reason.DISK_FULL


def test_a_place_that_cannot_be_written_is_told(make_record: MakeRecord, tmp_path: Path) -> None:
    """A folder whose path leads through a file is refused with the path."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingsError, match="cannot be written to"):
        export([make_record("a", {})], parse_target(str(tmp_path / "file" / "out"), "csv"), SCHEMAS)


def _duckdb(folder: Path) -> Database:
    path = folder / "out.duckdb"

    def ask(query: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(path)) as connection:
            return connection.execute(query).fetchall()

    return parse_target(str(path)), ask


def _sql(address: str) -> Database:
    driven = address.replace("postgresql://", "postgresql+psycopg://")

    def ask(query: str) -> list[tuple[Any, ...]]:
        engine = sa.create_engine(driven)
        with engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(sa.text(query))]
        engine.dispose()
        return rows

    return Target(Format.SQL, address), ask
