"""The line that the law asks of business letters: who sends it, in which register, with which tax number and bank."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.page.companies import LEGAL_FORM, has_legal_form, may_be_name
from extractors.page.runs import Layout, Passage, Run
from extractors.rules import scoring
from extractors.rules.addressing import after_to, says_from, says_to
from extractors.rules.blocks import is_city, is_street
from extractors.rules.sightings import Sighting
from schemas import reasons
from schemas.values.identifiers import find_ibans, find_vat_numbers

MOST_WORDS = 9  # of a name
BEHIND = 12  # characters behind a name in which its legal form may stand: "Acme – SELARL"

_REGISTER = re.compile(
    r"""\b(?:
        HR[AB]\b | Amtsgericht | Handelsregister | Firmenbuch | FN\s?[0-9] | Vereinsregister | Partnerschaftsregister
      | RCS\b | R\.C\.S\. | SIRE[TN] | APE\s | capital\b | Cap\.\s?[Ss]oc | capitale\ssociale
      | R\.?E\.?A\.?\s | Reg\.\sImprese
      | [Rr]egistered\s(?:in|office|number|no) | [Cc]ompany\s(?:no|number|reg) | Co\.?\s[Rr]eg | ACN\s | FEIN\s | EIN\s
      | KvK | K\.v\.K | RP[RM]\s | [Ii]nscrita | Registro\sMercantil | R\.\s?M\.\s | Tomo\s | Conservat[oó]ria
      | KRS | REGON | I[ČC]O?: | Org\.?\s?nr | Bolagsverket | CVR
    )""",
    re.VERBOSE,
)
_TAX = re.compile(
    r"\b(?:VAT|USt|UID|MWST|Steuernummer|Steuer-Nr|St\.?-?Nr|TVA|NIF|N\.I\.F|CIF|C\.I\.F|NIPC|R\.?F\.?C\b|ABN|"
    r"P\.?\s?I(?:VA|\.)|[Pp]\.?\s?iva|[Pp]artita\sIVA|[Cc]\.\s?[Ff]\.|[Bb]tw|BTW|NIP|DI[ČC]|[Mm]oms)"
)
_CONTACT = re.compile(r"\b(?:tel|t[eé]l|telefon|telefoon|phone|fax)\b|@|\bwww\.|(?<!\w)\+[0-9]{2}", re.IGNORECASE)
_STOP = re.compile(
    r"\s+[–—|·•▪●/-]+\s+|\s*[|·•●]\s*|\s{2,}|,\s*|\s*\(|:|\s+(?:au\s+capital|is\s+an?\b|is\s+registered|mit\s+Sitz|"
    r"con\s+(?:sede|domicilio|CIF|NIF)|avec\s+siège|registered|gevestigd|inscrita)\b"
)
_MARK = re.compile(r"\s[–—-]\s|[|·•●]")  # a receipt's head has commas between its parts, a line of particulars these
_OF_CAPITAL = re.compile(
    r"\s*au\s+capital\b"
)  # a French form behind a comma describes the company: "Acme, SA au capital"


def sightings(layout: Layout, labelled: set[int]) -> Iterator[Sighting]:
    """Yield the names that begin a line of a company's particulars, on any page.

    Register, tax number or bank account must stand in the line, two of them unless marks part it or the name has a
    legal form; with a legal form they may stand in the next line.

    Args:
        layout: the document.
        labelled: numbers of the runs that begin with a label: what these say has a name already.
    """
    for run in layout.runs:
        if run.number in labelled or after_to(run.text) or not any(char.isdigit() for char in run.text):
            continue
        name = name_at_start(run)
        if name is None:
            continue
        form = has_legal_form(run.text[: name.end + BEHIND])
        known = _particulars(run.text[name.end :] + (_next_line(layout, run) if form else ""))
        if known and known + form + (len(_MARK.split(run.text)) > 2) > 1:
            factors = {"place": scoring.IMPRINT, "legal_form": 1.2 if form else 1.0}
            yield Sighting(name.text.strip(), (name,), factors, reasons.WITH_SENDERS_NUMBERS())


def name_at_start(run: Run, start: int = 0) -> Passage | None:
    """Return the name that a line begins with at `start`, up to what parts it from what follows, or None."""
    text, end = run.text, len(run.text)
    for mark in _STOP.finditer(text, start):
        form = LEGAL_FORM.match(text, mark.end()) if mark[0].startswith(",") else None
        if form is None or _OF_CAPITAL.match(text, form.end()):
            end = mark.start()
            break
    if text[end : end + 1] == ":" or text[end : end + 3] == " / ":
        return None  # a label, maybe in two languages
    name = Passage(run, start, end)
    said = name.text
    if not 0 < len(said.split()) <= MOST_WORDS or not said[0].isalnum() or not may_be_name(said):
        return None
    if (
        _REGISTER.match(said)
        or _TAX.match(said)
        or is_street(said)
        or is_city(said)
        or says_from(said)
        or says_to(said)
    ):
        return None
    return name if has_legal_form(said) or not any(char.isdigit() for char in said) else None


def _particulars(text: str) -> int:
    """How many of register, tax number and bank account stand in the text."""
    return bool(_REGISTER.search(text)) + has_tax_number(text) + any(True for _ in find_ibans(text))


def has_tax_number(text: str) -> bool:
    """Return whether a tax number stands in the text, known by its form or told by a word."""
    told = _TAX.search(text)
    return any(True for _ in find_vat_numbers(text)) or (
        told is not None and any(char.isdigit() for char in text[told.end() :])
    )


def has_contact(text: str) -> bool:
    """Return whether a telephone number or an address of the web stands in the text."""
    return _CONTACT.search(text) is not None


def _next_line(layout: Layout, run: Run) -> str:
    """The line on which the particulars go on, if one follows closely."""
    below = layout.below(run.box, run.page, 0.6 * run.box.height)
    return next((f" {other.text}" for other in below if other is not run and other.box.y0 > run.box.y0), "")
