"""The sentences that tell a person why an answer is what it is: a closed list of plain templates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from string import Formatter

from schemas.results import Evidence

NOT_FOUND = "No source found it."
NOT_SURE = "No candidate was sure enough to list."
UNSEEN = "The value stands nowhere on the pages."
SIMILAR = "Only something like it stands on page {page}."
PLACES = "The value stands at {count} places, and nothing tells which of them is meant."
AGREE = "{sources} agree."
CHECK_DIGITS = "Its check digits are right."
RIVAL = "Another source reads {value}."
DERIVED = "It does not stand there itself; it was worked out from {parts}."
PAGE_AGAINST_EMBEDDED = "The page says {page}, the embedded invoice says {embedded}: an error, or fraud."
EMBEDDED_UNSEEN = "The embedded invoice says {embedded}, which stands nowhere on the page: an error, or fraud."
ROWS_AGAINST_EMBEDDED = "The page shows {page} rows, the embedded invoice has {embedded}: an error, or fraud."
DRAWN_OTHERWISE = "The picture of the page shows “{shown}” where the file says this; a font may draw other letters."
DRAWN_SOMEWHERE = "On page {page} the picture shows other letters than the file says; a font may be made to deceive."
DRAWN_UNCHECKED = "Whether the pages show the letters that the file says could not be checked."
IN_ROW = "Row {row}, {column}: {said}"
ROWS_DIFFER = "{rows} rows here, but another source counts {others}."
ROWS_ALL = "{count} of {expected} rows that the pages show."
ROWS_MISSING = "{count} of {expected} rows that the pages show; missing: {missing}."
MISSING_ROW = "“{text}” on page {page}"
SUMMARY = "{where}{fits}{digits}{who}."

TEMPLATES: tuple[str, ...] = (
    NOT_FOUND,
    NOT_SURE,
    UNSEEN,
    SIMILAR,
    PLACES,
    AGREE,
    CHECK_DIGITS,
    RIVAL,
    DERIVED,
    PAGE_AGAINST_EMBEDDED,
    EMBEDDED_UNSEEN,
    ROWS_AGAINST_EMBEDDED,
    DRAWN_OTHERWISE,
    DRAWN_SOMEWHERE,
    DRAWN_UNCHECKED,
    IN_ROW,
    ROWS_DIFFER,
    ROWS_ALL,
    ROWS_MISSING,
)
"""Every sentence of assessment itself. What a source says of its own reading stands with the source."""

MOST_NAMED = 5  # missing rows that a sentence names
LONGEST_ROW = 60  # characters of a missing row that are shown
_SOURCES = {
    "embedded": "the embedded data",
    "rules": "the rules",
    "llm": "the model",
    "memory": "the layout memory",
    "person": "a person",
}


def names_of(template: str) -> tuple[str, ...]:
    """Return the names that a template is filled with."""
    return tuple(name for _, name, _, _ in Formatter().parse(template) if name)


def listed(parts: Sequence[str]) -> str:
    """Return "one", "one and two", "one, two and three"."""
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]


def sources(names: Iterable[str]) -> str:
    """Return the sources by the words that a person knows them by."""
    return listed([_SOURCES[name] for name in names])


def capital(text: str) -> str:
    """Return the text with its first letter large."""
    return text[:1].upper() + text[1:]


def summary(
    evidence: Sequence[Evidence], *, hits: int, fits: bool, check_digits: bool, agreeing: Sequence[str], many: bool
) -> str:
    """Return in one sentence what speaks for a value: where it stands, what it fits, who read it.

    Args:
        evidence: where it stands.
        hits: places where it stands, 0 if nobody counted.
        fits: sums or other checks over several fields confirm it.
        check_digits: they are right.
        agreeing: sources whose first choice it is.
        many: the field holds several values.
    """
    subject = "Every value stands" if many else "It stands"
    return SUMMARY.format(
        where=_where(subject, evidence, hits),
        fits=", fits the sums" if fits else "",
        digits=", its check digits are right" if check_digits else "",
        who=_who(agreeing),
    )


def _where(subject: str, evidence: Sequence[Evidence], hits: int) -> str:
    if not evidence:
        return "It stands nowhere on the pages"
    if any(place.match == "fuzzy" for place in evidence):
        return f"Something like it stands on page {evidence[0].page}"
    pages = sorted({place.page for place in evidence})
    on = f"on page {pages[0]}" if len(pages) == 1 else f"on pages {listed([str(page) for page in pages])}"
    times = "" if not hits or subject != "It stands" else " once" if hits == 1 else f" {hits} times, first"
    return f"{subject}{times} {on}"


def _who(agreeing: Sequence[str]) -> str:
    if not agreeing:
        return ""
    return f"; {sources(agreeing)} agree" if len(agreeing) > 1 else f"; only {sources(agreeing)} read it"
