"""Pages as the desk shows them: drawn once in the parser child, then kept beside the stored files."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from schemas.document import Box
from schemas.errors import Reason, Refusal, UnknownDocument
from store.page_index import PageIndex, PageShape
from store.store import Store

DOTS = (24, 110, 200)  # pixels per inch: thumbnails, reading, zoom
INDEXES_AT_HAND = 16  # documents whose words are kept in memory
UNDRAWABLE = frozenset({Reason.NOT_SUPPORTED, Reason.PASSWORD_NEEDED, Reason.BROKEN_STRUCTURE, Reason.TOO_LARGE})
ENDINGS = {"image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as a browser shows it."""

    content: bytes
    media_type: str  # image/png or image/jpeg


Content = Callable[[], bytes]
DrawDoor = Callable[[str, Content, PageShape, int, Sequence[Sequence[Any]] | None, Sequence[Box]], Picture]
"""Draws a page of the file with this sha256, whose bytes are asked for only if needed, at so many dots an inch.

From its words alone where they are given; some boxes are painted over. Raises Refusal.
"""


def undrawn(*_: object) -> Picture:
    """Refuse to draw: for a service that shows no pages, as in tests of other parts."""
    raise Refusal(Reason.NOT_SUPPORTED, "This service draws no pages.", "Start it with `docassay serve`.")


class Pictures:
    """The pages of the documents of a store; safe to use from many threads."""

    def __init__(self, store: Store, draw: DrawDoor) -> None:
        """Use `draw` for pages that were not drawn before."""
        self._store = store
        self._draw = draw
        self._lock = threading.Lock()
        self._indexes: OrderedDict[tuple[str, str], PageIndex] = OrderedDict()

    def index(self, sha256: str) -> PageIndex:
        """Return the pages of a document; raises UnknownDocument where it is unknown or was not parsed."""
        document = self._store.document(sha256)
        if document.parser_version is None:
            raise UnknownDocument(f"{document.name} has no pages yet: it is {document.state.value.replace('_', ' ')}.")
        key = (sha256, document.parser_version)
        with self._lock:
            if key in self._indexes:
                self._indexes.move_to_end(key)
                return self._indexes[key]
        found = self._store.files.get_pages(*key)
        if found is None:
            lost = f"What was read from {document.name} is gone. Read it again: docassay retry {sha256[:12]}."
            raise UnknownDocument(lost)
        with self._lock:
            self._indexes[key] = found
            while len(self._indexes) > INDEXES_AT_HAND:
                self._indexes.popitem(last=False)
        return found

    def tag(self, sha256: str, number: int, dots: int, covers: Sequence[Box] = ()) -> str:
        """Return what changes when the picture of a page does; raises UnknownDocument."""
        return f"{sha256[:32]}-{_name(self.index(sha256).page(number), dots, covers)}"

    def picture(self, sha256: str, number: int, dots: int, covers: Sequence[Box] = ()) -> Picture:
        """Return the picture of a page; where the file has none, one that is set from its words.

        Args:
            sha256: of the document.
            number: of the page, from 1.
            dots: pixels per inch, one of DOTS.
            covers: what is painted over, in points of the upright page; such a picture is kept apart.

        Raises:
            UnknownDocument: there is no such page.
            ValueError: pages are not drawn at so many `dots` an inch.
        """
        if dots not in DOTS:
            raise ValueError(f"Pages are drawn at {', '.join(map(str, DOTS))} dots an inch, not at {dots}.")
        index = self.index(sha256)
        shape = index.page(number)
        name = _name(shape, dots, covers)
        kind = "image/jpeg" if shape.origin == "ocr" else "image/png"
        kept = self._store.files.get_drawn(sha256, f"{name}.{ENDINGS[kind]}")
        if kept is not None:
            return Picture(kept, kind)
        picture = self._drawn(sha256, index, shape, dots, covers)
        self._store.files.put_drawn(sha256, f"{name}.{ENDINGS[picture.media_type]}", picture.content)
        return picture

    def _drawn(self, sha256: str, index: PageIndex, shape: PageShape, dots: int, covers: Sequence[Box]) -> Picture:
        content = partial(self._store.content, sha256)
        try:
            return self._draw(sha256, content, shape, dots, None, covers)
        except Refusal as refusal:
            if refusal.reason not in UNDRAWABLE:
                raise
        words = [word[:5] for word in json.loads(index.words(shape.number))["words"] if word[5]]
        # A word that is set in letters larger than its box would show beside what is painted over it.
        open_words = [word for word in words if not any(cover.holds(Box(*word[:4])) for cover in covers)]
        return self._draw(sha256, content, shape, dots, open_words, covers)


def _name(shape: PageShape, dots: int, covers: Sequence[Box]) -> str:
    name = f"{shape.number}-{dots}-{shape.rotation}-{shape.lean:.2f}"
    if not covers:
        return name
    places = ";".join(",".join(f"{side:.1f}" for side in box) for box in covers)
    return f"{name}-covered-{hashlib.sha256(places.encode()).hexdigest()[:24]}"
