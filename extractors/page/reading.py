"""A document's words and the labels among them, looked up once for all who ask: rules, tables and the grounding."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from extractors.page.labels import LabelHit, find_labels
from extractors.page.runs import Layout
from schemas.document import ParsedDocument
from schemas.schema import Schema


class PageReading:
    """The visible words of a document and where the labels of a schema stand; found when first asked for, then kept."""

    def __init__(self, document: ParsedDocument, schema: Schema) -> None:
        self.document, self.schema = document, schema

    @cached_property
    def layout(self) -> Layout:
        """The visible words."""
        return Layout(self.document)

    @cached_property
    def labels(self) -> Sequence[LabelHit]:
        """All labels in reading order."""
        return find_labels(self.layout, self.schema, from_ocr=any(page.origin == "ocr" for page in self.document.pages))

    @cached_property
    def labels_by_run(self) -> Mapping[int, list[LabelHit]]:
        """The labels of each run, by its number."""
        out: dict[int, list[LabelHit]] = {}
        for hit in self.labels:
            out.setdefault(hit.run.number, []).append(hit)
        return out
