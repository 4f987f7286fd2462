"""Where an export goes, read from what a user writes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from schemas.errors import SettingsError


class Format(StrEnum):
    """What is written."""

    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"
    JSONL = "jsonl"
    DUCKDB = "duckdb"
    SQL = "sql"


_FILE_ENDINGS = {
    ".xlsx": Format.XLSX,
    ".duckdb": Format.DUCKDB,
    ".ddb": Format.DUCKDB,
    ".sqlite": Format.SQL,
    ".sqlite3": Format.SQL,
    ".db": Format.SQL,
}
_TABLE_ENDINGS = {".csv": Format.CSV, ".parquet": Format.PARQUET, ".jsonl": Format.JSONL, ".ndjson": Format.JSONL}
_IN_FOLDERS = (Format.CSV, Format.PARQUET, Format.JSONL, Format.XLSX)
_POSTGRES = re.compile(r"^postgres(?:ql)?(?:\+psycopg)?://")
_PASSWORD = re.compile(r"(://[^:/@]*):.*@")


@dataclass(frozen=True, slots=True)
class Target:
    """One place that records are exported to."""

    format: Format
    location: str  # folder, file, or database address with its password

    @property
    def name(self) -> str:
        """How the target is remembered and shown: stable, without a password."""
        return f"{self.format}:{_shown(self.location)}"

    @property
    def incremental(self) -> bool:
        """Whether changed records are written into what is there.

        Databases are: give them what has changed. Files hold one consistent state and are written anew: give them all
        current records whenever one has changed.
        """
        return self.format in (Format.DUCKDB, Format.SQL)


def parse_target(text: str, format: str | None = None) -> Target:
    """Return the target that `text` names.

    "out.xlsx", "out.duckdb" or "duckdb:PATH", "out.sqlite" or "sqlite:///PATH", "postgresql://USER:PASSWORD@HOST/NAME",
    or a folder for one file per table in `format` (csv if left out; also parquet, jsonl, xlsx).

    Raises:
        SettingsError: nothing can be written there; says what can.
    """
    wanted = _format(format)
    if not text.strip():
        raise SettingsError("The target is empty. Name a folder, a file such as out.xlsx, or a database address.")
    target = _database(text) or _file(text) or _folder(text, wanted or Format.CSV)
    if wanted and wanted is not target.format:
        raise SettingsError(
            f"{_shown(text)} is written as {target.format}, not as {wanted}. Leave the format out, or name a folder."
        )
    return target


def _format(text: str | None) -> Format | None:
    if text is None:
        return None
    try:
        return Format(text.lower())
    except ValueError:
        raise SettingsError(f"There is no format {text!r}. Choose one of {', '.join(Format)}.") from None


def _database(text: str) -> Target | None:
    if text.startswith("duckdb:"):
        return Target(Format.DUCKDB, _absolute(text.removeprefix("duckdb:").removeprefix("///")))
    if _POSTGRES.match(text):
        return Target(Format.SQL, _POSTGRES.sub("postgresql+psycopg://", text))
    if text.startswith("sqlite:///"):
        return Target(Format.SQL, f"sqlite:///{_absolute(text.removeprefix('sqlite:///'))}")
    if re.match(r"^[a-z0-9+.-]{2,}:", text):
        known = "duckdb:PATH, sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME"
        raise SettingsError(f"{_shown(text)} is no place that can be written to. Use {known}, a file or a folder.")
    return None


def _file(text: str) -> Target | None:
    path = Path(_absolute(text))
    ending = path.suffix.lower()
    if ending in _TABLE_ENDINGS and not path.is_dir():
        kind = _TABLE_ENDINGS[ending]
        raise SettingsError(
            f"{text} is one file, but an export has several tables. Name a folder and the format {kind}, or a file "
            f"such as {path.stem}.xlsx."
        )
    whole = _FILE_ENDINGS.get(ending)
    if whole is None or path.is_dir():
        return None
    location = _absolute(text)
    return Target(whole, f"sqlite:///{location}" if whole is Format.SQL else location)


def _folder(text: str, kind: Format) -> Target:
    path = Path(_absolute(text))
    if kind not in _IN_FOLDERS:
        raise SettingsError(f"{kind} does not go into a folder. Name a file such as out.duckdb, or a database address.")
    if path.is_file():
        raise SettingsError(f"{text} is a file, but {kind} tables need a folder. Name a folder.")
    return Target(kind, str(path / "documents.xlsx" if kind is Format.XLSX else path))


def _absolute(text: str) -> str:
    return str(Path(text).expanduser().resolve())


def _shown(text: str) -> str:
    return _PASSWORD.sub(r"\1:***@", text)
