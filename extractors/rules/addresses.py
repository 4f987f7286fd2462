"""Postal addresses: the lines that follow a name, as far as they look like one, joined by commas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.page.companies import has_legal_form
from extractors.page.runs import Layout, Passage, Run
from extractors.rules.blocks import has_postcode, is_city, is_street
from extractors.rules.sightings import Sighting

HEAD = 0.45
LONGEST = 6  # lines
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


def at_the_head(layout: Layout) -> Iterator[Sighting]:
    """Yield the address at the head of the first page: what stands between the name and the first other thing."""
    page = min(layout.by_page, default=1)
    runs = list(layout.within(page, 0, HEAD * layout.height_of(page)))
    for start, run in enumerate(runs):
        if not _begins(run.text):
            continue
        lines = _lines_from(runs, start)
        text = ", ".join(line.text.strip(" ,.") for line in lines)
        factors = {"place": 0.75, "lines": 1.0 if len(lines) > 1 else 0.7, "line": 0.97**start}
        if any(is_city(line.text) or has_postcode(line.text) for line in lines):
            factors["postcode"] = 1.12
        passages = tuple(Passage(line, 0, len(line.text)) for line in lines)
        yield Sighting(text, passages, factors, "It is the address at the head of the page.")
        return


def _begins(text: str) -> bool:
    return (is_street(text) or is_city(text)) and not _END.search(text) and not has_legal_form(text)


def _lines_from(runs: list[Run], start: int) -> list[Run]:
    lines = [runs[start]]
    for run in runs[start + 1 : start + LONGEST]:
        if _END.search(run.text) or _REGISTRATION.match(run.text) or has_legal_form(run.text):
            break
        if run.box.y0 - lines[-1].box.y1 > 1.6 * max(run.box.height, lines[-1].box.height):
            break
        if not any(char.isalpha() for char in run.text):
            break
        lines.append(run)
        if len(lines) > 1 and is_city(run.text) and not run.text.rstrip().endswith(","):
            following = runs[start + len(lines)] if start + len(lines) < len(runs) else None
            if following is None or not _continues(following.text):
                break
    return lines


def _continues(text: str) -> bool:
    """Whether a line after the city is still part: a region in letters only, such as "Selangor"."""
    return (
        bool(re.fullmatch(r"[A-Za-zÀ-ÿ.,' ]{4,40}", text.strip())) and len(text.split()) <= 4 and not _END.search(text)
    )
