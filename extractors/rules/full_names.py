"""The whole name of whom a letterhead gives in short: a brand, a name without its legal form, an initial."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from extractors.page.companies import LEGAL_FORM, has_legal_form, may_be_name
from extractors.page.runs import Layout, Passage, Run, folded
from extractors.rules.sightings import Sighting
from schemas.reasons import Template

SHORTEST = 4  # letters of a short name that are looked for
LONGEST_TAIL = 40  # characters between a short name and the legal form of the whole one

_INITIAL = re.compile(r"\b(\w)\. (?:\w\. )*([\w-]+)$")  # "K. Wendt"
_NAME_WORDS = re.compile(r"(?:(?<!\w)[A-ZÀ-Þ][\w&'’-]*\s)+$")  # "Talleres" before "Monforte C.B."
_OTHER_PART = re.compile(r"[·•|;:–—]|\.\s|,\s(?!\s)")


class ShortName(NamedTuple):
    """A name as the head of a page gives it."""

    text: str
    worth: float  # of the whole name that it leads to
    reason: Template


def in_full(layout: Layout, short: ShortName) -> Iterator[Sighting]:
    """Yield the names on the document that begin with a short one and end in a legal form, or spell out its initial."""
    if len(short.text) < SHORTEST or has_legal_form(short.text):
        return
    wanted = re.compile(rf"(?<!\w){re.escape(short.text)}(?=[\s,])", re.IGNORECASE)
    initial = _INITIAL.search(folded(short.text))
    for run in layout.runs:
        found = wanted.search(run.text)
        name = _up_to_form(layout, run, found) if found else None
        if initial and re.fullmatch(rf"{initial[1]}\w+(?: \w+)? {re.escape(initial[2])}", folded(run.text)):
            name = (Passage(run, 0, len(run.text)),)
        if name is not None:
            whole = " ".join(part.text.strip() for part in name)
            yield Sighting(whole, name, {"place": short.worth}, short.reason(brand=short.text))


def _up_to_form(layout: Layout, run: Run, found: re.Match[str]) -> tuple[Passage, ...] | None:
    """The name from where it was found to its legal form, which may end on the next line: "… GmbH & Co." over "KG"."""
    before = _NAME_WORDS.search(run.text[: found.start()])
    start = before.start() if before else found.start()
    form = LEGAL_FORM.search(run.text, found.end())
    if form is None or form.start() - found.end() > LONGEST_TAIL or not may_be_name(run.text[start : form.end()]):
        return None
    between = run.text[found.end() : form.start()].removesuffix(", ")
    if _OTHER_PART.search(between):
        return None
    name = Passage(run, start, form.end())
    open_end = form.end() == len(run.text) and run.text.endswith("Co.")
    below = layout.below(run.box, run.page, 0.8 * run.box.height)[:2] if open_end else []
    return (name, *(Passage(each, 0, len(each.text)) for each in below if LEGAL_FORM.fullmatch(each.text.strip())))
