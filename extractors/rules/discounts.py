"""Days by which less is to be paid are not those by which all is: "bis 17.03. mit 2 % Skonto, bis 02.04. netto"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.page.labels import LabelHit
from extractors.page.runs import Run
from extractors.rules import scoring
from extractors.rules.readers import Reading

_DISCOUNT = r"(?:skonto|skt|escompte|discount|sconto|descuento|korting|kontantrabat|kassarabatt|desconto)"
_DISCOUNT_BEHIND = re.compile(
    rf"[^0-9.,;]{{0,25}}(?:[0-9]{{1,2}}(?:[.,][0-9]+)?\s?%[^0-9.,;]{{0,20}})?\b{_DISCOUNT}\b", re.IGNORECASE
)
_DISCOUNT_BEFORE = re.compile(rf"\b{_DISCOUNT}\b[^,;]{{0,30}}$", re.IGNORECASE)


def is_discount(hit: LabelHit) -> bool:
    """Return whether a label is a word for a discount."""
    return re.fullmatch(rf"{_DISCOUNT}\W*", hit.run.text[hit.start : hit.end], re.IGNORECASE) is not None


def last(run: Run, readings: Sequence[Reading]) -> list[Reading]:
    """Return the days of a line, those by which a discount can be had with little belief and at the end."""
    weighed = [
        replace(reading, factors={**reading.factors, "discount": scoring.DAY_OF_DISCOUNT})
        if _DISCOUNT_BEHIND.match(run.text[reading.end :]) or _DISCOUNT_BEFORE.search(run.text[: reading.start])
        else reading
        for reading in readings
    ]
    return sorted(weighed, key=lambda reading: "discount" in reading.factors)
