"""What speaks for a value, put into one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from schemas import reasons
from schemas.reasons import Sentence, listed
from schemas.results import Evidence

_SOURCES = {
    "embedded": "the embedded data",
    "rules": "the rules",
    "llm": "the model",
    "memory": "the layout memory",
    "person": "a person",
}


def sources(names: Iterable[str]) -> str:
    """Return the sources by the words that a person knows them by."""
    return listed([_SOURCES[name] for name in names])


def capital(text: str) -> str:
    """Return the text with its first letter large."""
    return text[:1].upper() + text[1:]


def summary(
    evidence: Sequence[Evidence], *, hits: int, fits: bool, check_digits: bool, agreeing: Sequence[str], many: bool
) -> Sentence:
    """Return in one sentence what speaks for a value: where it stands, what it fits, who read it.

    Args:
        evidence: where it stands.
        hits: places where it stands, 0 if nobody counted.
        fits: sums or other checks over several fields confirm it.
        check_digits: they are right.
        agreeing: sources whose first choice it is.
        many: the field holds several values.
    """
    return reasons.SUMMARY(
        where=_where(evidence, hits, many=many),
        fits=reasons.FITS_SUMS() if fits else "",
        digits=reasons.DIGITS_RIGHT() if check_digits else "",
        who_read=_who(agreeing),
    )


def _where(evidence: Sequence[Evidence], hits: int, *, many: bool) -> Sentence:
    if not evidence:
        return reasons.NOWHERE()
    if any(place.match == "fuzzy" for place in evidence):
        return reasons.SOMETHING_LIKE_IT(page=evidence[0].page)
    numbers = [str(number) for number in sorted({place.page for place in evidence})]
    pages = f"page{'s' if len(numbers) > 1 else ''} {listed(numbers)}"
    if many:
        return reasons.EVERY_ONE(pages=pages)
    if not hits:
        return reasons.ON_PAGES(pages=pages)
    return reasons.ONCE(pages=pages) if hits == 1 else reasons.SEVERAL_TIMES(count=hits, pages=pages)


def _who(agreeing: Sequence[str]) -> str:
    if not agreeing:
        return ""
    said = reasons.READ_BY_ALL if len(agreeing) > 1 else reasons.READ_BY_ONE
    return said(sources=sources(agreeing))
