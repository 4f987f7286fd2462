"""The sections of a contract: where each begins, its number and its heading."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.page.runs import folded

MOST_WORDS = 9  # of a heading
LONGEST = 3000  # characters of a section of which a heading still speaks

_NUMBER = (
    r"(?:(?:ARTICLE|Article|SECTION|Section|Artikel|§)\s*)?(?P<number>\d{1,2}(?:\.\d{1,2}){0,2}|[IVX]{1,5}|\([a-z]\))"
)
_NUMBERED = re.compile(
    rf"(?:^|\n|(?<=[.;:)”]\s)){_NUMBER}[.):]{{0,2}}\s+"
    r"(?P<title>[A-ZÄÖÜÉ][^\W\d_][\w’'&,/() -]{1,80}?)\s*(?:[.:](?=\s)|\n|[—–])"
)
_CAPITALS = re.compile(r"(?:^|\n)(?P<title>[A-ZÄÖÜ][A-ZÄÖÜ’'&,/ -]{3,70})[.:]?(?=\n)")
_BARE_NUMBER = re.compile(r"(?:ARTICLE|SECTION|ARTIKEL|PAGE)\s+[IVXLC\d]+")
_JOINING = frozenset(
    (
        "of",
        "and",
        "or",
        "the",
        "for",
        "to",
        "in",
        "on",
        "a",
        "an",
        "with",
        "by",
        "und",
        "der",
        "die",
        "das",
        "des",
        "de",
        "la",
    )
)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and where its text begins."""

    number: str
    heading: str
    start: int  # of the heading
    body: int  # where the text under it begins


class Sections:
    """All sections of a text in reading order."""

    def __init__(self, text: str) -> None:
        self.all: tuple[Section, ...] = tuple(sorted(_headings(text), key=lambda section: section.start))
        self._starts = [section.start for section in self.all]

    def at(self, position: int) -> Section | None:
        """Return the section that holds the character at `position`, or None outside of any."""
        index = bisect_right(self._starts, position) - 1
        if index < 0 or position - self.all[index].body > LONGEST:
            return None
        return self.all[index]

    def end_of(self, section: Section, text_length: int) -> int:
        """Return where the section ends: at the next heading or the end of the text."""
        index = bisect_right(self._starts, section.start)
        return self._starts[index] if index < len(self._starts) else text_length


def is_about(heading: str, phrase: str) -> bool:
    """Return whether a heading says the phrase, or is made of nothing but words of it."""
    head, wanted = _plain(heading), _plain(phrase)
    return bool(head) and (f" {wanted} " in f" {head} " or set(head.split()) - _JOINING <= set(wanted.split()))


def _headings(text: str) -> Iterator[Section]:
    taken: set[int] = set()
    for match in _NUMBERED.finditer(text):
        title = match["title"].strip()
        if _looks_like_heading(title):
            taken.add(match.start("title"))
            yield Section(match["number"], title, match.start("number"), match.end())
    for match in _CAPITALS.finditer(text):
        if _BARE_NUMBER.fullmatch(match["title"]):
            continue
        if match.start("title") not in taken and len(match["title"].split()) <= MOST_WORDS:
            yield Section("", match["title"].strip(), match.start("title"), match.end())


def _looks_like_heading(title: str) -> bool:
    words = [word for word in re.findall(r"[^\W\d_]+", title) if word.lower() not in _JOINING]
    return (
        0 < len(title.split()) <= MOST_WORDS
        and bool(words)
        and (sum(word[:1].isupper() for word in words) >= 0.6 * len(words))
    )


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", folded(text)))
