"""A target is understood as a user writes it, or refused with what to write instead."""

from pathlib import Path

import pytest

from exports.targets import Format, parse_target
from schemas.errors import SettingsError


@pytest.mark.parametrize(
    ("text", "format_", "expected", "ending"),
    [
        ("out.xlsx", None, Format.XLSX, "/out.xlsx"),
        ("tables", "xlsx", Format.XLSX, "/tables/documents.xlsx"),
        ("tables/", None, Format.CSV, "/tables"),
        ("tables", "parquet", Format.PARQUET, "/tables"),
        ("tables", "JSONL", Format.JSONL, "/tables"),
        ("out.duckdb", None, Format.DUCKDB, "/out.duckdb"),
        ("duckdb:a/b", None, Format.DUCKDB, "/a/b"),
        ("~/out.xlsx", None, Format.XLSX, "/me/out.xlsx"),
        ("~/tables", "csv", Format.CSV, "/me/tables"),
        ("out.sqlite", None, Format.SQL, "/out.sqlite"),
        ("sqlite:///out.any", "sql", Format.SQL, "/out.any"),
        ("postgresql://me:secret@host/db", None, Format.SQL, "@host/db"),
        ("postgres://host/db", None, Format.SQL, "//host/db"),
    ],
)
def test_targets_are_understood(
    text: str, format_: str | None, expected: Format, ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """File endings, prefixes, addresses and folders lead to the right format and place."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    target = parse_target(text, format_)
    assert target.format is expected
    assert target.location.endswith(ending)


@pytest.mark.parametrize(
    ("text", "format_", "said"),
    [
        ("out.csv", None, "Name a folder and the format csv"),
        ("out.parquet", None, "Name a folder and the format parquet"),
        ("out.xlsx", "csv", "written as xlsx, not as csv"),
        ("tables", "pdf", "Choose one of csv"),
        ("tables", "duckdb", "Name a file such as out.duckdb"),
        ("mysql://me:secret@host/db", None, r"no place that can be written to"),
        (" ", None, "The target is empty"),
    ],
)
def test_other_targets_are_refused_with_a_remedy(text: str, format_: str | None, said: str) -> None:
    """The message says what to write; a password is not repeated."""
    with pytest.raises(SettingsError, match=said) as caught:
        parse_target(text, format_)
    assert "secret" not in str(caught.value)


def test_the_name_of_a_target_is_stable_and_without_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same place has the same name from every folder, and a password never shows in it."""
    assert parse_target("postgresql://me:p@ss:word@host/db").name == "sql:postgresql+psycopg://me:***@host/db"
    here = parse_target(str(tmp_path / "out"), "csv").name
    monkeypatch.chdir(tmp_path)
    assert parse_target("out", "csv").name == here
