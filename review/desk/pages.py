"""The pages of the desk as HTML: the shell that the viewer fills, and pictures and words of the documents' pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from review.access.bank_data import mask_of
from review.access.covers import cover_of
from review.access.gate import allowed, document_of
from review.access.identity import person_of
from review.answers import page
from review.context import context_of
from review.pictures import DOTS, Pictures
from review.refusals import Refused

router = APIRouter(include_in_schema=False)

IMMUTABLE = "private, max-age=31536000, immutable"  # a picture is named by what it shows
ASK_AGAIN = "private, no-cache"  # what is covered of a page changes with its record
MOST_HITS = 200  # of a search
KEYS = (  # where they work, the keys, what they do
    ("field table", ("Enter",), "Accept, and go to the next field to decide"),
    ("field table", ("Shift+Enter",), "Accept, and go to the one before"),
    ("field", ("↓", "↑"), "Next or previous candidate"),
    ("field", ("←", "→"), "Move the evidence by a word; the value follows"),
    ("field", ("Shift+←", "Shift+→"), "Shrink or grow the evidence by a word"),
    ("field table", ("Ctrl+↓", "Ctrl+↑"), "Move the evidence to the line below or above"),
    ("field table", ("any letter",), "Replace the value"),
    ("field table", ("Tab", "Shift+Tab"), "Next or previous field, decided ones too"),
    ("field table", ("F2",), "Edit the value"),
    ("field table", ("Del",), "Not on the document"),
    ("field table", ("Esc",), "Back to the value as it was"),
    ("table", ("←", "→", "↑", "↓"), "Go to another cell"),
    ("table", ("Alt+↓", "Alt+↑"), "Next or previous candidate"),
    ("table", ("Shift+←", "Shift+→"), "Shrink or grow the evidence by a word"),
    ("table", ("Ins",), "New row below"),
    ("table", ("Ctrl+Del",), "Delete the row"),
    ("table", ("Ctrl+V",), "Paste rows from a spreadsheet"),
    ("editing", ("Enter",), "Save, and go on"),
    ("editing", ("Esc",), "Do not change the value"),
    ("field table editing", ("Ctrl+Enter",), "Finish or approve the document, go to the next"),
    ("field table", ("Ctrl+Z", "Ctrl+Y"), "Undo, redo, also of the document before"),
    ("field table editing", ("F8",), "Cannot decide: pass it on with a note"),
    ("field table editing", ("Page up", "Page down"), "Previous or next page"),
    ("field table", ("Home", "End"), "First or last page"),
)


@router.get("/desk/{sha}", dependencies=[allowed("see")])
def desk(request: Request) -> Response:
    """Show a document to whoever is to decide about it."""
    document, context = document_of(request), context_of(request)
    name = mask_of(context, person_of(request), document).text(document.name)
    filters = str(request.url.query)
    known = " ".join(context.schemas)
    return page(request, "desk.html", document=document.sha256, name=name, filters=filters, schemas=known, keys=KEYS)


@router.get("/pages/{sha}/{number}.png", dependencies=[allowed("see")])
def picture(request: Request, number: int, scale: Annotated[int, Query()] = 110) -> Response:
    """Return the picture of a page: PNG, or JPEG for scans, whatever the address says."""
    if scale not in DOTS:
        raise Refused(422, "wrong_value", f"Pages are drawn at {', '.join(map(str, DOTS))} dots an inch, not {scale}.")
    sha256 = document_of(request).sha256
    pictures = _pictures(request)
    cover = cover_of(request)
    covers = cover.boxes(number)
    tag = f'"{pictures.tag(sha256, number, scale, covers)}"'
    headers = {"Cache-Control": ASK_AGAIN if cover.mask.on else IMMUTABLE, "ETag": tag, "Vary": "Cookie"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    drawn = pictures.picture(sha256, number, scale, covers)
    return Response(drawn.content, media_type=drawn.media_type, headers=headers)


@router.get("/pages/{sha}/{number}/words.json", dependencies=[allowed("see")])
def words(request: Request, number: int) -> Response:
    """Return the words of a page: [x0, y0, x1, y1, text, visible, line] in points of the upright page.

    Words that carry bank data are dots for people who may not see it.
    """
    cover = cover_of(request)
    if cover.mask.on:
        content, kept = cover.words(number), ASK_AGAIN
    else:
        content, kept = _pictures(request).index(document_of(request).sha256).words(number), "private, max-age=600"
    return Response(content, media_type="application/json", headers={"Cache-Control": kept, "Vary": "Cookie"})


@router.get("/pages/{sha}/search.json", dependencies=[allowed("see")])
def search(request: Request, q: Annotated[str, Query(min_length=1, max_length=200)]) -> dict[str, Any]:
    """Return where a text stands in the document, in the order of its pages: at most 200 places."""
    index, cover = _pictures(request).index(document_of(request).sha256), cover_of(request)
    wanted = " ".join(q.casefold().split())
    hits: list[dict[str, Any]] = []
    for shape in index.pages:
        words = json.loads(index.words(shape.number))["words"]
        found = list(_places(words, wanted))
        covered = cover.hidden(shape.number, words) if found else frozenset()
        for places in found:
            if covered.isdisjoint(places):
                hits.append({"page": shape.number, "boxes": [words[at][:4] for at in places]})
            if len(hits) >= MOST_HITS:
                return {"hits": hits}
    return {"hits": hits}


def _places(words: list[list[Any]], wanted: str) -> Iterator[list[int]]:
    """The words over which `wanted` runs, counted from 0, for each time it stands there."""
    starts, text = [], ""
    for word in words:
        starts.append(len(text))
        text += word[4].casefold() + " "
    at = text.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        held = [
            place
            for place, (word, start) in enumerate(zip(words, starts, strict=True))
            if start < end and start + len(word[4]) > at
        ]
        if held and all(words[place][5] for place in held):
            yield held
        at = text.find(wanted, end)


def _pictures(request: Request) -> Pictures:
    return context_of(request).pictures
