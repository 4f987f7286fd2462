"""The pages of a parsed document such that one is had without reading the others: a large one takes seconds to read."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from dataclasses import asdict, dataclass
from typing import Any

from schemas.document import Finding, Page, ParsedDocument
from schemas.errors import UnknownDocument

HEAD = "head.json"


@dataclass(frozen=True, slots=True)
class PageShape:
    """A page without its words: what must be known to draw it so that boxes of words fit."""

    number: int  # from 1
    width: float  # points
    height: float  # points
    rotation: int  # degrees clockwise
    lean: float  # degrees clockwise
    origin: str  # "text" or "ocr"


class PageIndex:
    """What is on the pages of one document; safe to use from many threads."""

    def __init__(self, packed: bytes) -> None:
        """Open what `pack` made; raises ValueError if it is damaged."""
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(packed))
            head = json.loads(self._archive.read(HEAD))
        except (zipfile.BadZipFile, KeyError) as error:
            raise ValueError("The index of pages is damaged.") from error
        self._lock = threading.Lock()
        self.media_type: str = head["media_type"]
        self.pages = tuple(PageShape(**each) for each in head["pages"])
        self.findings = tuple(Finding(**each) for each in head["findings"])
        self._by_number = {page.number: page for page in self.pages}

    def page(self, number: int) -> PageShape:
        """Return the shape of a page; raises UnknownDocument if there is none of that number."""
        if number not in self._by_number:
            raise UnknownDocument(f"The document has no page {number}; it has {len(self.pages)} pages.")
        return self._by_number[number]

    def words(self, number: int) -> bytes:
        """Return the words of a page as JSON: width, height, words as [x0, y0, x1, y1, text, visible, line].

        Raises:
            UnknownDocument: there is no such page.
        """
        self.page(number)
        with self._lock:
            return self._archive.read(f"{number}.json")


def pack(document: ParsedDocument) -> bytes:
    """Return the bytes that a PageIndex opens."""
    target = io.BytesIO()
    shapes = [
        PageShape(page.number, page.width, page.height, page.rotation, page.lean, page.origin)
        for page in document.pages
    ]
    head = {
        "media_type": document.media_type,
        "pages": [asdict(shape) for shape in shapes],
        "findings": [asdict(finding) for finding in document.findings],
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr(HEAD, _json(head))
        for page in document.pages:
            archive.writestr(f"{page.number}.json", _json(_words(page)))
    return target.getvalue()


def _words(page: Page) -> dict[str, Any]:
    words = [
        [*(round(side, 1) for side in word.box), word.text, int(word.visible), number]
        for number, line in enumerate(page.lines)
        for word in line.words
    ]
    return {"width": page.width, "height": page.height, "words": words}


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
