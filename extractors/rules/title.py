"""What a contract calls itself at its head."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.rules.flow import Flow
from extractors.rules.sightings import Sighting
from schemas import reasons

HEAD = 1500  # characters in which the title stands

_KIND = (
    r"(?:AGREEMENT|CONTRACT|COVENANT|UNDERTAKING|STATEMENT\s+OF\s+WORK|LEASE|LICEN[CS]E|DEED|LETTER\s+OF\s+INTENT|"
    r"MEMORANDUM\s+OF\s+UNDERSTANDING|PURCHASE\s+ORDER|RELEASE|"
    r"VERTRAG|VEREINBARUNG|\w*(?:VERTRAG|VEREINBARUNG)|CONTRAT|ACCORD|CONVENTION|CONTRATTO|ACCORDO|CONTRATO|ACUERDO|\w*OVEREENKOMST)(?:\s+(?:DE|DI|SUR)\s+\w+)?"
)
_WORD = r"(?!This\b|THIS\b|Dear\b|Dieser?\b|Le\b|El\b|Il\b)(?:[A-ZÄÖÜÉ][\w’'&/,-]*|&|–|-|\([A-Z][\w ]*\))"
_SMALL = r"(?:of|and|or|to|for|the|not|in|und|über|zur|de|di|del|et)"
_TITLE = re.compile(
    rf"(?<![\w.“\"])(?P<title>(?:{_WORD} +(?:{_SMALL} +){{0,2}}){{0,14}}(?-i:(?=[A-ZÄÖÜÉ]))(?i:{_KIND})S?\b"
    rf"(?:,? +(?:and|AND|&) +{_WORD}(?: +{_WORD}){{0,5}}(?=\n))?)"
)
_NO_TITLE = re.compile(
    r"^(?:(?:EX(?:HIBIT)?|Exhibit|ANNEX|Annex|SCHEDULE|Schedule)[-\s]*(?:[\w.()]*\d[\w.()-]*|[A-Z]\b)\s+|\d+\s+|\S+\.(?:htm|txt)\S*\s+|"
    r"FORM\s+OF\s+|Form\s+of\s+|EXECUTION\s+(?:COPY|VERSION)\s+|LOGO\s+|CONFIDENTIAL\s+(?=[A-Z-]+\s+AGREEMENT))+"
)
_OF_SENTENCE = re.compile(r"\b(?:this|the|an?|that|said|such|THIS|The|This|diese\w*|dieser)\s*$")


def titles(flow: Flow) -> Iterator[Sighting]:
    """Yield what may be the title: words with capitals at the head that end in a word for a contract."""
    head = flow.text[:HEAD]
    for match in _TITLE.finditer(head):
        text = match["title"]
        start = match.start("title")
        filing = _NO_TITLE.match(text)
        if filing:
            start, text = start + filing.end(), text[filing.end() :]
        if not text or re.match(r"(?:This|THIS|The|THE)\b", text) or _OF_SENTENCE.search(head[:start]):
            continue
        alone = start == 0 or head[start - 1] == "\n"
        ended = head[start + len(text) : start + len(text) + 1] in ("\n", "")
        factors = {
            "place": 0.85 if start < HEAD // 3 else 0.6,
            "alone": 1.1 if alone and ended else 0.9 if alone or ended else 0.75,
            "words": 1.0 if len(text.split()) > 1 else 0.7,
        }
        yield Sighting(
            " ".join(text.split()), flow.passages(start, start + len(text)), factors, reasons.HEADS_DOCUMENT()
        )
