"""What the words of a line say of its amount: whose it is, that it is taken off, that there is none."""

from __future__ import annotations

import re

from extractors.page.labels import LabelHit
from extractors.page.runs import Passage, Run
from extractors.page.wordings import wordings
from extractors.rules import scoring
from schemas.fields import FieldDefinition

_OTHER_AMOUNT = re.compile(
    r"\b(?:(?:in|ex)(?:c|k)l(?:\.|uding|usive|usief|usive\s+of)?|before|without|ohne|vor|hors|sans|avant|sin|senza|"
    r"zonder|con)(?:\s+(?:de\s+|der\s+)?[0-9.,]+\s*%)?$",
    re.IGNORECASE,
)
_OF_OTHERS = re.compile(
    r"[\W_]*(?:of|der|des|de|du|des|dei|delle|degli|della|van\s+de|van)\s+(?!(?:the|la|las|los|el|les|le|de|diese[rn]?|"
    r"this|esta|questa|cette|deze)\b|(?:invoice|bill|rechnung|facture|factura|fattura|factuur|fatura)\b)[^\W\d]",
    re.IGNORECASE,
)  # "Gesamtbetrag der Abschläge", "Total of charges"
_NET = re.compile(r"\b(?:nett?o?|neto)\s*$", re.IGNORECASE)
_GROSS = re.compile(r"\b(?:gross|brutto|bruto)\b", re.IGNORECASE)
_RATE = r"[0-9]{1,2}(?:[.,][0-9]{1,6})?\s?%"
_RATE_ALONE = re.compile(
    rf"[\W_]*(?:{_RATE}[\W_]*)*"
    r"(?:(?:of|on|over|von|auf|vom|sur|de|du|sobre|su|s|di|van|av|af|z|ze|über)\b[\W_]*"
    r"[^\W\d]{0,4}[\W_]*[0-9][0-9.,'’ \u00a0\u202f]*[\W_]*[^\W\d]{0,4})?",
    re.IGNORECASE,
)
_NET_DAYS = re.compile(r"nett?o?\W*[0-9]{1,3}", re.IGNORECASE)  # "Net 30": days to pay in
_NO = r"(?:no|not|non|nicht|kein|keine|keiner|geen|niet|sin|senza|sans|without|ohne|zonder|nie|ej|ikke|utan|uden|bez)"
_DENIED_AFTER = re.compile(
    rf"[\W_]*(?:(?:is|ist|est|wird|wurde|es|è)\s+)?{_NO}\b(?!\.|\s*[:#0-9])|[\W_]*(?:exempt|exento|exenta|esente|befreit|"
    r"exonéré\w*|vrijgesteld)",
    re.IGNORECASE,
)
_TAKEN_OFF = re.compile(
    r"\W*(?:less|minus|abz(?:gl|ügl)\b|abzüglich|moins|à\s+déduire|menos|a\s+deducir|meno|a\s+dedurre|af|minder|"
    r"in\s+mindering)\b",
    re.IGNORECASE,
)  # what such a line says is about the payment or discount that is taken off
_AMOUNT_FIRST = re.compile(r"\W*(?:[A-Z]{3}\s)?[0-9][0-9.'’ \u00a0\u202f]*[.,][0-9]{2}\s?(?:€|[A-Z]{3})?\s+$")
_RATE_AFTER = re.compile(rf"[\W_]*(?:[^\W\d]{{1,3}}\s+)?{_RATE}")
_RATE_BEFORE = re.compile(r"[0-9]\s?%$")


def label_worth(field: FieldDefinition, hit: LabelHit) -> float:
    """Return what the words beside a label of an amount leave of its worth, 0 to 1."""
    worth = scoring.OF_ONE_RATE if _names_rate(hit) else 1.0
    other = _of_rate_or_other(hit) or _is_net_of_gross(field, hit)
    return worth * scoring.OF_OTHER_AMOUNT if other else worth


def is_all_of_label(rest: Passage) -> bool:
    """Return whether what follows a label is no amount of its own: "VAT 19 %", "VAT 19 % of 100.00"."""
    return "%" in rest.run.text[: rest.end] and _RATE_ALONE.fullmatch(rest.text) is not None


def in_front(hit: LabelHit) -> Passage | None:
    """Return the amount at the start of a line with nothing between it and its label: "571,18 TVA 21 %"."""
    amount = _AMOUNT_FIRST.match(hit.run.text[: hit.start])
    return Passage(hit.run, 0, amount.end()) if amount else None


def takes_off(run: Run) -> bool:
    """Return whether a line is about a payment or discount that is taken off: "abzgl. 1. Abschlag vom 11.03."."""
    return _TAKEN_OFF.match(run.text) is not None


def are_days(text: str) -> bool:
    """Return whether label and value are days to pay in: "Net 30"."""
    return _NET_DAYS.fullmatch(text) is not None


def is_denied(hit: LabelHit) -> bool:
    """Return whether the words behind the label deny what it names: "TVA non applicable"."""
    return _DENIED_AFTER.match(hit.run.text[hit.end :]) is not None


def _names_rate(hit: LabelHit) -> bool:
    """Whether a rate stands right before, in or behind the label: "19 % MwSt", "VAT 20.00%"."""
    before, label, after = hit.run.text[: hit.start], hit.run.text[hit.start : hit.end], hit.run.text[hit.end :]
    return "%" in label or _RATE_BEFORE.search(before.rstrip()) is not None or _RATE_AFTER.match(after) is not None


def _of_rate_or_other(hit: LabelHit) -> bool:
    """Whether the label names a rate ("VAT %") or qualifies another amount ("Total exkl. MWST")."""
    before, after = hit.run.text[: hit.start].rstrip(), hit.run.text[hit.end :].strip()
    heads_rates = before.endswith("%") and not _RATE_BEFORE.search(before) and not after[:1].isdigit()
    if _OF_OTHERS.match(hit.run.text[hit.end :]):
        return True
    return heads_rates or after in ("%", "(%)") or _OTHER_AMOUNT.search(before) is not None


def _is_net_of_gross(field: FieldDefinition, hit: LabelHit) -> bool:
    """Whether the line says "Net Total" where the field asks for a gross amount."""
    called = " ".join(word for each in wordings(field) for word in each)
    return _NET.search(hit.run.text[: hit.start]) is not None and _GROSS.search(called) is not None
