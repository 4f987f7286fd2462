"""An office that takes in delivery notes of one layout: a line with a memory, and people at the desk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from extractors.assess.scorer import BUILT_IN
from extractors.classify import Classification
from flows.memory import LayoutMemory
from flows.process import process
from flows.settings import Settings
from flows.wiring import Line, extract_door
from review.desk.acts import Act, Desk, Span, new_key
from review.desk.alike import Fitting
from schemas.document import Box, Page, ParsedDocument, Word
from schemas.document import Line as TextLine
from schemas.fields import FieldDefinition, Kind
from schemas.layouts import Lesson
from schemas.results import FieldResult
from schemas.schema import Schema
from store.store import Store

NOTE = Schema(
    name="note",
    title="Delivery note",
    fields=(
        FieldDefinition(name="number", kind=Kind.IDENTIFIER, description="Its number."),
        FieldDefinition(name="total", kind=Kind.MONEY, description="What it comes to.", labels={"en": ("Amount",)}),
    ),
)
LEFT = [(60, 60, "Halden Timber Works"), (360, 60, "Delivery note"), (360, 90, "Consignment code")]
HEAD = [(60, 180, "Goods"), (300, 180, "Packages"), (480, 180, "Price")]


def content(code: str, rows: int = 2, total: str = "120.00", deposit: str = "15.00") -> bytes:
    """A delivery note whose number no rule can know; its label "Amount" stands beside another amount."""
    placed = [*LEFT, (470, 90, code), (60, 120, "Order X-77"), (60, 135, "Amount"), (150, 135, deposit), *HEAD]
    placed += [(60, 200 + 14 * row, "Oak board") for row in range(rows)]
    end = 220 + 14 * rows
    placed += [(360, end, "To be paid"), (480, end, total), (60, end + 40, "Goods remain ours until they are paid")]
    return json.dumps(placed).encode()


def parsed(raw: bytes, _name: str) -> ParsedDocument:
    placed = sorted(json.loads(raw), key=lambda place: (place[1], place[0]))
    lines = []
    for block, (x, y, text) in enumerate(placed):
        words = []
        for part in text.split():
            words.append(Word(part, Box(x, y, x + 5 * len(part), y + 10), 1, size=10.0))
            x += 5 * len(part) + 3
        lines.append(TextLine(tuple(words), block))
    return ParsedDocument(hashlib.sha256(raw).hexdigest(), "application/pdf", (Page(1, 595.0, 842.0, tuple(lines)),))


def corrects(desk: Desk, sha256: str, path: str, value: str, words: str | None = None) -> None:
    """Click on words of the page and say that they are the value."""
    document = desk.store.parsed(sha256)
    assert document is not None
    first = (words or value).split()[0]
    word = next(word for word in document.words if word.text == first)
    act = Act(key=new_key(), act="set", path=path, value=value, evidence=Span(page=1, boxes=(tuple(word.box),)))
    desk.do(desk.store.document(sha256), act)


class Office:
    """A line with a memory, and people at the desk."""

    def __init__(self, settings: Settings, store: Store, line_with: Callable[..., Line], parser: Any) -> None:
        self.store, schemas = store, {"note": NOTE}
        self.layouts = LayoutMemory(store, schemas)
        self.line = line_with(
            parser=parser(parsed),
            schemas=schemas,
            classify=lambda _document: Classification("note", 1.0, ()),
            extract=extract_door(settings, memory=self.layouts.lessons),
        )

    def comes(self, code: str, **values: Any) -> str:
        raw = content(code, **values)
        sha256, _ = self.store.add_document(raw, f"{code}.pdf")
        (claim,) = self.store.claim("w", documents=[sha256])
        process(self.line, claim)
        return sha256

    def desk(self, who: str = "ada") -> Desk:
        return Desk(self.store, {"note": NOTE}, who)

    def corrects(self, sha256: str, path: str, value: str, words: str | None = None, who: str = "ada") -> None:
        corrects(self.desk(who), sha256, path, value, words)

    def accepts(self, sha256: str, path: str = "number") -> None:
        act = Act(key=new_key(), act="accept", path=path)
        self.desk().do(self.store.document(sha256), act)

    def finishes(self, sha256: str, who: str = "ada") -> None:
        """Accept whatever still waits."""
        self.desk(who).do(self.store.document(sha256), Act(key=new_key(), act="accept", path=""))

    def result(self, sha256: str, name: str = "number") -> FieldResult:
        record = self.store.extraction(sha256)
        assert record is not None
        return record.fields[name]

    def alike(self, document: str, field: str) -> list[Fitting]:
        return [Fitting(*each) for each in self.layouts.would_change(document, field, BUILT_IN)]

    def lessons(self) -> list[Lesson]:
        self.layouts.catch_up()
        return self.layouts.memory.lessons()
