"""A line with doors of our own, so that each promise can be tested with a handful of words."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from extractors.classify import Classification
from extractors.pipeline import Occasion
from flows.settings import Settings
from flows.wiring import Line
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas
from schemas.results import Extraction, FieldResult
from schemas.schema import Schema
from store.store import Store

sys.path.append(str(Path(__file__).parent))  # for delivery_office


class TextParser:
    """Takes bytes for a document of one empty page; a function may refuse or attach."""

    def __init__(self, read: Callable[[bytes, str], ParsedDocument] | None = None) -> None:
        self.read = read or plain
        self.parsed: list[str] = []

    def parse(self, content: bytes, name: str = "", password: str | None = None) -> ParsedDocument:
        self.parsed.append(name)
        return self.read(content, name)


def plain(content: bytes, name: str) -> ParsedDocument:
    return ParsedDocument(hashlib.sha256(content).hexdigest(), "text/plain", ())


def extraction(
    document: ParsedDocument, schema: Schema, occasion: Occasion | None = None, decision: Any = "review"
) -> Extraction:
    field = schema.fields[0]
    result = FieldResult(name=field.name, kind=field.kind, answer="not_found", decision=decision)
    return Extraction(
        document=document.sha256,
        schema_name=schema.name,
        schema_version=schema.version,
        fields={field.name: result},
        source_versions={"rules": "1"},
    )


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_folder=tmp_path / "data", lease_seconds=2, workers=1)


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = Store.open(settings.database_url, settings.files_folder)
    yield store
    store.close()


@pytest.fixture
def line(settings: Settings, store: Store) -> Line:
    return make_line(settings, store)


def make_line(settings: Settings, store: Store, **doors: Any) -> Line:
    parts: dict[str, Any] = {
        "parser": TextParser(),
        "schemas": builtin_schemas(),
        "classify": lambda _document: Classification("invoice", 1.0, ()),
        "extract": extraction,
        "audit": lambda _extraction: (None, ()),
    }
    return Line(
        settings=settings,
        store=store,
        parser_version="p1",
        extractor_version="e1",
        owner="test",
        **{**parts, **doors},
    )


@pytest.fixture
def line_with(settings: Settings, store: Store) -> Callable[..., Line]:
    return lambda **doors: make_line(settings, store, **doors)


@pytest.fixture
def extracted() -> Callable[..., Extraction]:
    return extraction


@pytest.fixture
def parser_reading() -> Callable[..., TextParser]:
    return TextParser
