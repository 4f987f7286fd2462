"""Finding the labels of a schema's fields on the page; at each place the longest label of any owner wins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from extractors.page.companies import LEGAL_FORM
from extractors.page.decoys import DECOYS
from extractors.page.runs import Layout, Run, Token, wording
from extractors.page.wordings import has_few, own_name
from schemas.document import Box
from schemas.fields import Language
from schemas.schema import Schema

OCR_SLIP = 83  # least similarity (0..100, rapidfuzz ratio) at which a token read by OCR passes for a label's
SHORTEST_HEAD = 7  # letters that the head of a compound must have: "Schlussrechnung", "verkoopfactuur"
SHORTEST_SLIP = 5  # tokens below this length must match to the letter
_SMALL_WORDS = frozenset(["at", "bis", "by", "da", "de", "for", "from", "in", "of", "on", "to", "van", "von"])
LAST_RANK = 12  # in a long list the last wordings tell no less than the twelfth
DECOY = ""  # the owner of labels that no field wants


@dataclass(frozen=True, slots=True)
class Label:
    """One wording of one owner."""

    owner: str  # field name, "table.column", or DECOY
    rank: int  # 0 is the most telling wording of the owner in that language
    language: Language | None
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LabelHit:
    """A label where it stands. Several owners can share one wording."""

    labels: tuple[Label, ...]
    run: Run
    start: int
    end: int

    @property
    def box(self) -> Box:
        """The label's rectangle."""
        return self.run.box_between(self.start, self.end)

    def of(self, owner: str) -> Label | None:
        """Return the label of that owner here, or None."""
        return next((label for label in self.labels if label.owner == owner), None)


class Lexicon:
    """All wordings of a schema by their first token."""

    def __init__(self, labels: Iterable[Label]) -> None:
        self.by_first: dict[str, list[Label]] = {}
        for label in labels:
            self.by_first.setdefault(label.tokens[0], []).append(label)
        for group in self.by_first.values():
            group.sort(key=lambda label: -len(label.tokens))
        self.vocabulary = sorted(
            {token for group in self.by_first.values() for label in group for token in label.tokens}
        )
        self._known = frozenset(self.vocabulary)
        self._long = [token for token in self.vocabulary if len(token) >= SHORTEST_SLIP]
        self._heads = tuple(token for token in self._long if len(token) >= SHORTEST_HEAD)

    def knows(self, token: str) -> bool:
        """Return whether the token is one of a label, long enough not to arise by chance."""
        return len(token) >= SHORTEST_HEAD and token in self._known

    @lru_cache(maxsize=4096)  # noqa: B019 - a lexicon lives as long as its schema
    def meant(self, token: str, from_ocr: bool) -> str:
        """Return the label token that is meant: the head of a compound ("Handelsrechnung"), or one that OCR misread."""
        if len(token) < SHORTEST_SLIP or token in self._known:
            return token
        for head in self._heads:
            if token.endswith(head):
                return head
        if not from_ocr:
            return token
        found = process.extractOne(token, self._long, scorer=fuzz.ratio, score_cutoff=OCR_SLIP)
        return str(found[0]) if found else token


@lru_cache(maxsize=64)
def lexicon(schema: Schema) -> Lexicon:
    """Return the wordings of all fields and columns of a schema, and the decoys."""
    labels: list[Label] = []
    for field in schema.fields:
        owners = [(field.name, field.labels)] + [
            (f"{field.name}.{column.name}", column.labels) for column in field.columns
        ]
        for owner, wordings in owners:
            for language, texts in wordings.items():
                for rank, text in enumerate(texts):
                    tokens = wording(text)
                    if tokens and tokens != ("no",):  # a bare "No." belongs to whatever stands before it
                        labels.append(Label(owner, min(rank, LAST_RANK), language, tokens))
    labels.extend(_names(schema, {(label.owner, label.tokens) for label in labels}))
    taken = {label.tokens for label in labels}
    for text in DECOYS:
        if (tokens := wording(text)) and tokens not in taken:
            labels.append(Label(DECOY, 0, None, tokens))
    return Lexicon(labels)


def _names(schema: Schema, listed: set[tuple[str, tuple[str, ...]]]) -> Iterable[Label]:
    """The names of fields with few wordings, each the last of them."""
    owners = [(field.name, field) for field in schema.fields]
    owners += [(f"{field.name}.{column.name}", column) for field in schema.fields for column in field.columns]
    for owner, field in owners:
        tokens = own_name(field)
        if has_few(field) and tokens and tokens != ("no",) and (owner, tokens) not in listed:
            yield Label(owner, max(map(len, field.labels.values()), default=0), None, tokens)


def find_labels(layout: Layout, schema: Schema, *, from_ocr: bool) -> list[LabelHit]:
    """Return all labels on the document in reading order, none inside a longer one."""
    words = lexicon(schema)
    return [hit for run in layout.runs for hit in labels_in(run, words, from_ocr=from_ocr)]


def labels_in(run: Run, words: Lexicon, *, from_ocr: bool) -> Iterable[LabelHit]:
    """Yield the labels of a line."""
    places = _rejoined(run.tokens, words)
    tokens = [words.meant(token.text, from_ocr) for token in places]
    position = 0
    while position < len(tokens):
        found = _longest(tokens, position, words)
        if not found:
            position += 1
            continue
        length = len(found[0].tokens)
        first, last = places[position], places[position + length - 1]
        joins = length == 1 and _joins_words(run.text, first)
        joins = joins or (found[0].owner == DECOY and _begins_number(run.text, last.end))
        if not joins and _stands_alone(run.text, first, last) and not _opens_name(run.text, last.end):
            yield LabelHit(tuple(found), run, first.start, _past_marks(run.text, last.end))
        position += length


def _rejoined(tokens: Sequence[Token], words: Lexicon) -> list[Token]:
    """The tokens, with halves put together that wide letter spacing has parted ("Ver käufer")."""
    out: list[Token] = []
    for token in tokens:
        if out and 0 < token.start - out[-1].end <= 1 and words.knows(out[-1].text + token.text):
            out[-1] = Token(out[-1].text + token.text, out[-1].start, token.end)
        else:
            out.append(token)
    return out


def _longest(tokens: list[str], position: int, words: Lexicon) -> list[Label]:
    found: list[Label] = []
    for label in words.by_first.get(tokens[position], ()):  # longest first
        length = len(label.tokens)
        if found and length < len(found[0].tokens):
            break
        if tuple(tokens[position : position + length]) == label.tokens:
            found.append(label)
    return found


def _stands_alone(text: str, first: Token, last: Token) -> bool:
    """Whether the label is no part of a joined word such as "Muster-Kunde" or "Kunden-Liste"."""
    before = text[max(0, first.start - 2) : first.start]
    after = text[last.end : last.end + 2]
    joined_before = len(before) == 2 and before[1] in "-&" and before[0].isalnum()
    joined_after = len(after) == 2 and after[0] in "-&" and after[1].isalpha()
    return not (joined_before or joined_after)


def _joins_words(text: str, token: Token) -> bool:
    """Whether a small word stands between others: the "to" of "Road to the Future", not that of "From 1/2 to 3/4"."""
    between = text[: token.start].rstrip()[-1:].isalpha() and text[token.end :].lstrip()[:1].isalpha()
    return between and token.text in _SMALL_WORDS


def _begins_number(text: str, end: int) -> bool:
    """Whether a hyphen joins a word to digits: the "WEB" of "WEB-2026-0077" is no label."""
    return text[end : end + 1] == "-" and text[end + 1 : end + 2].isdigit()


def _opens_name(text: str, end: int) -> bool:
    """Whether nothing but a legal form follows: "Lieferant GmbH" is somebody's name."""
    return LEGAL_FORM.fullmatch(text[end:].strip()) is not None


def _past_marks(text: str, end: int) -> int:
    """Move the end of a label past the marks that part it from its value: colon, dots, ring of n°."""
    while end < len(text) and text[end] in ".:°º#)= \u00a0·…_-–":
        if text[end] in "-–" and end + 1 < len(text) and text[end + 1].isdigit() and text[end - 1] != " ":
            break  # the minus of an amount
        end += 1
    return end
