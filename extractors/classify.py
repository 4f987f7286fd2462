"""Which schema a document belongs to: headings and labels of every schema are looked for; unsure means review."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from schemas.document import Line, Page, ParsedDocument
from schemas.schema import Schema

HEAD_LINES = 25  # titles stand among the first lines of the first page
TITLE_WORDS = 8  # a line of more words is prose, not a title
TITLE = 3.0  # a heading phrase at the start of a short line at the head
NEAR_HEAD = 1.0  # a heading phrase elsewhere at the head
IN_TEXT = 0.3  # a heading phrase further down
MOST_FOR_WORDS = 2.0  # all phrases beside the best one together
LABELS = 3.0  # all fields' labels found; a share of them counts in proportion
ENOUGH = 1.2  # below this nothing speaks clearly for any schema
MARGIN = 0.15  # the best must lead the second by this share of its own score
EMBEDDED = re.compile(
    rb"<(?:\w+:)?(?:CrossIndustryInvoice|CrossIndustryDocument)\b|schema:xsd:(?:Invoice|CreditNote)-2"
)


@dataclass(frozen=True, slots=True)
class Classification:
    """The schema that fits, or None when no schema clearly does; `score` is comparable within one document only."""

    schema_name: str | None
    score: float
    reasons: tuple[str, ...]


def classify(document: ParsedDocument, schemas: Iterable[Schema]) -> Classification:
    """Return the schema that the headings and labels of the document speak for."""
    every = tuple(schemas)
    if len(every) == 1:
        return Classification(every[0].name, 1.0, ("It is the only schema.",))
    if _is_electronic_invoice(document) and any(schema.name == "invoice" for schema in every):
        return Classification("invoice", 10.0, ("The file carries an electronic invoice.",))
    head = [_folded(line.text) for line in _head(document)]
    text = _folded(" ".join(page.text for page in document.pages[:3]))
    ranked = sorted(((_score(schema, head, text), schema) for schema in every), key=lambda pair: -pair[0][0])
    (score, reason), best = ranked[0]
    second = ranked[1][0][0]
    if score < ENOUGH:
        return Classification(None, score, ("No schema's headings or labels stand on the document.",))
    if score - second < MARGIN * score:
        said = f"It could be {best.name} or {ranked[1][1].name}."
        return Classification(None, score, (said,))
    return Classification(best.name, score, (reason,))


def _score(schema: Schema, head: list[str], text: str) -> tuple[float, str]:
    points, best, reason = 0.0, 0.0, ""
    for phrase in _phrases(schema):
        worth = _heading_worth(phrase, head, text)
        points += IN_TEXT if 0 < worth < TITLE else 0  # one title counts in full, further hits a little
        if worth > best:
            best, reason = worth, f"'{phrase}' stands at its head." if worth >= NEAR_HEAD else f"It says '{phrase}'."
    labelled = [field for field in schema.fields if field.labels]
    hits = [field.name for field in labelled if any(_holds(text, label) for label in _labels(schema, field.name))]
    share = len(hits) / len(labelled) if labelled else 0.0
    # Two of three labels of a small schema are chance; the weight grows with how many there are to find.
    weight = LABELS * min(1.0, len(labelled) / 4)
    labels = f" Labels of {len(hits)} of {len(labelled)} fields stand on it."
    return best + min(points, MOST_FOR_WORDS) + weight * share, reason + labels


def _heading_worth(phrase: str, head: list[str], text: str) -> float:
    for line in head:
        if line.startswith(phrase) and len(line.split()) <= TITLE_WORDS and _holds(line, phrase):
            return TITLE
    if any(_holds(line, phrase) for line in head):
        return NEAR_HEAD
    return IN_TEXT if _holds(text, phrase) else 0.0


def _head(document: ParsedDocument) -> tuple[Line, ...]:
    first: Page = document.pages[0]
    return tuple(line for line in first.lines if any(word.visible for word in line.words))[:HEAD_LINES]


def _is_electronic_invoice(document: ParsedDocument) -> bool:
    return any(EMBEDDED.search(attachment.content[:8192]) for attachment in document.attachments)


@lru_cache(maxsize=64)
def _phrases(schema: Schema) -> tuple[str, ...]:
    headings = [phrase for phrases in schema.headings.values() for phrase in phrases]
    return tuple(dict.fromkeys(_folded(phrase) for phrase in (schema.title, *headings)))


@lru_cache(maxsize=1024)
def _labels(schema: Schema, field: str) -> tuple[str, ...]:
    labels = schema.field(field).labels.values()
    return tuple(dict.fromkeys(_folded(label) for group in labels for label in group))


def _holds(text: str, phrase: str) -> bool:
    """Whether the phrase stands in the text between word boundaries."""
    start = text.find(phrase)
    while start >= 0:
        end = start + len(phrase)
        if (start == 0 or not text[start - 1].isalnum()) and (end == len(text) or not text[end].isalnum()):
            return True
        start = text.find(phrase, start + 1)
    return False


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return " ".join(re.findall(r"[\w#°]+", plain))
