"""Postal addresses: the lines that follow a name, as far as they look like one, joined by commas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.page.companies import has_legal_form, is_country
from extractors.page.runs import Layout, Passage, Run
from extractors.rules.blocks import has_postcode, is_city, is_street
from extractors.rules.sightings import Sighting
from schemas import reasons

HEAD = 0.45
LONGEST = 6  # lines
LINE_GAP = 1.6  # line heights between two lines of one address
_END = re.compile(
    r"\b(?:tel|fax|phone|telefon|h/?p|mobile|email|e-mail|www|gst|vat|tax|tax ?invoice|ust|nif|cif|p\.?\s?iva|siret|"
    r"invoice|receipt|bill|date|datum|fecha|cashier|reg|co\.?\s?reg|company no|roc|no\.? gst|kassa|bon|ticket|welcome|"
    r"thank|order|table|time|operator)\b|@|\b[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2,4}\b",
    re.IGNORECASE,
)
_REGISTRATION = re.compile(
    r"^\W*[(\[]?\s*(?:co\.?\s*(?:no|reg)\.?:?\s*)?[0-9]{4,7}\s*-\s*[A-Z]\s*[)\]]?\W*$|^\W*\(?[0-9-]+[A-Z]?\)?\W*$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"\s*[^\W\d_][^\d:]{1,24}:\s*(?=\w)")  # "HQ ADD: LOT 11995, …"
_BRANCH = re.compile(r"[0-9]{2,5}\s?-\s?[A-Za-zÀ-ÿ.,' ]{3,40}")  # the number of a branch and its place, below the city


def at_the_head(layout: Layout) -> Iterator[Sighting]:
    """Yield the address at the head of the first page: what stands between the name and the first other thing."""
    lines = lines_at_the_head(layout)
    if not lines:
        return
    starts = [label.end() if (label := _LABEL.match(line.text)) else 0 for line in lines[:1]] + [0] * (len(lines) - 1)
    passages = tuple(Passage(line, start, len(line.text)) for line, start in zip(lines, starts, strict=True))
    text = ", ".join(passage.text.strip(" ,.") for passage in passages)
    above = sum(run.number < lines[0].number for run in _head(layout))
    factors = {"place": 0.75, "lines": 1.0 if len(lines) > 1 else 0.7, "line": 0.97**above}
    if any(is_city(line.text) or has_postcode(line.text) for line in lines):
        factors["postcode"] = 1.12
    yield Sighting(text, passages, factors, reasons.ADDRESS_AT_HEAD())


def lines_at_the_head(layout: Layout) -> list[Run]:
    """Return the lines of the first address at the head of the first page, from the top; empty if there is none."""
    runs = _head(layout)
    start = next((place for place, run in enumerate(runs) if _begins(run.text)), None)
    if start is None:
        return []
    lines = _lines_from(runs, start)
    while start and len(lines) < LONGEST and _leads_to(runs[start - 1], lines[0]):
        start -= 1
        lines.insert(0, runs[start])
    return lines


def _head(layout: Layout) -> list[Run]:
    page = min(layout.by_page, default=1)
    return list(layout.within(page, 0, HEAD * layout.height_of(page)))


def _begins(text: str) -> bool:
    if _END.search(text) or has_legal_form(text):
        return False
    return is_street(text) or is_city(text) or has_postcode(text)


def _leads_to(upper: Run, lower: Run) -> bool:
    """Whether the line above is part of the address too: it ends in a comma ("LG226, LGF, 1 Utama Centre,")."""
    ends_open = upper.text.rstrip().endswith(",") and not _END.search(upper.text) and not has_legal_form(upper.text)
    return ends_open and _is_close(upper, lower)


def _is_close(upper: Run, lower: Run) -> bool:
    return lower.box.y0 - upper.box.y1 <= LINE_GAP * max(upper.box.height, lower.box.height)


def _lines_from(runs: list[Run], start: int) -> list[Run]:
    lines = [runs[start]]
    for run in runs[start + 1 : start + LONGEST]:
        if _END.search(run.text) or _REGISTRATION.match(run.text) or has_legal_form(run.text):
            break
        if not _is_close(lines[-1], run) or not any(char.isalpha() for char in run.text):
            break
        lines.append(run)
        if _ends_in_country(run.text):
            break
        if len(lines) > 1 and is_city(run.text) and not run.text.rstrip().endswith(","):
            following = runs[start + len(lines)] if start + len(lines) < len(runs) else None
            if following is None or not _continues(following.text):
                break
    return lines


def _ends_in_country(text: str) -> bool:
    return is_country(re.split(r"[,.]", text.rstrip(" ,."))[-1])


def _continues(text: str) -> bool:
    """Whether a line after the city is still part: a region in letters only, such as "Selangor", or a branch."""
    plain = text.strip()
    region = re.fullmatch(r"[A-Za-zÀ-ÿ.,' ]{4,40}", plain) is not None and len(plain.split()) <= 4
    return (region or _BRANCH.fullmatch(plain) is not None) and not _END.search(text)
