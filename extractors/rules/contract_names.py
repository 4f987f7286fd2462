"""Names of companies and persons in running text, and what is no name though it is written with capitals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from extractors.page.companies import has_legal_form, may_be_name
from extractors.page.runs import folded
from schemas.values.jurisdictions import JURISDICTIONS

MOST_WORDS = 10
NAME_REACH = 110  # characters before a legal form in which its name begins

# In capitals too, unlike the forms on invoices: contracts print their parties so.
_STRONG = r"""(?i:inc|incorporated|incorporation|corp|corporation|ltd|limited|llc|l\.l\.c|llp|l\.l\.p|plc|gmbh|
          n\.v|b\.v|sarl|s\.a\.r\.l|s\.r\.l|s\.p\.a|pty|pte)\.?
      | L\.?P\.? | S\.L\.(?:U\.)?
      | S\.?A\.?(?:S\.?)? | S\.?E\.? | N\.\s?A\.? | AG | KG | AB | ASA? | A/S | Oyj? | Co\."""
STRONG_FORM = re.compile(
    rf"(?<![\w.])(?:{_STRONG})(?!\w)(?:,?\s+(?i:inc|ltd|llc|l\.?p|limited|n\.a|n\.v)\b\.?)?", re.VERBOSE
)
FORM = re.compile(
    rf"""(?<![\w.])(?:{_STRONG}
      | (?:Company|COMPANY|Holdings|HOLDINGS|Bank|BANK|Bankshares|Trust|TRUST|University|UNIVERSITY|Association)
        (?!,?\s+(?:[A-Z&]|and\s+Trust))
    )(?!\w)(?:,?\s+(?i:inc|ltd|llc|l\.?p|limited|n\.a|n\.v)\b\.?)?""",
    re.VERBOSE,
)
_COMMON_NOUN = re.compile(r"corporation|incorporat|limited|company")
_SMALL = r"(?:of|and|the|for|de|la|du|van|von)"
_NAME_WORD = re.compile(r"(?:[A-Z0-9][\w.&'’/!-]*|[a-z][A-Z]\w*|&)")
_NO_LEAD = re.compile(
    r"(?:the|in|with|as|by|this|exhibit|logo|to|mr|ms|mrs|dr|gentlemen|re|between|and|of|for|execution|copy|confidential|"
    r"agreement|if|at|an?|on|while|whereas|from|ex[\d.-]*|[\d().]+)\.?",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?:[A-Z][a-z’'A-Z-]+\.?|[A-Z]\.(?:[A-Z]\.)?)"
    r"(?: +(?:[A-Z]\.(?:[A-Z]\.)?|[A-Z][\w’'-]+|de|van|von|la|“[A-Z]\w+”)){1,3}"
    r"(?:,?\s+(?:Jr|Sr|II|III|IV)\b\.?)?"
)
_BESIDE_NAME = re.compile(
    r",?\s+(?:[df]/?[bk]/?a|a/k/a|and/or|c/o|formerly|trading\s+as|doing\s+business\s+as)\b.*$|[,\s]+(?:and|or|&)$",
    re.IGNORECASE | re.DOTALL,
)
_TITLES = re.compile(r"(?:,?\s+(?:Ph\.?\s?D|M\.?D|J\.?D|Esq|C\.?P\.?A|Dr)\b\.?)+$")
_ROLE = re.compile(
    r"^(?:the\s+)?(?:company|recipient|discloser|employee|employer|executive|consultant|contractor|party|"
    r"parties|disclosing\s+party|receiving\s+party|undersigned|"
    r"client|customer|supplier|purchaser|buyer|seller|participant|provider|you|us|we|agreement|optionee|"
    r"grantee|name|owner|vendor|licensee|licensor|associate|director|"
    r"individual|signatory|both|each|its|their|other|parent|affiliates?|subsidiaries|corporation|"
    r"effective\s+date|first\s+part|second\s+part|one\s+part|bank|trust|association|university|holdings)s?$",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"\b[A-Z]\d[A-Z] ?\w\w\w\b|\b[A-Z]{2} \d{5}\b")
_DEGREE = re.compile(r"(?:Ph|M|J|Dr)\.?\s?D\.?|Esq\.?|CPA|Jr\.?", re.IGNORECASE)
_FOUNDED_IN = re.compile(
    r"\s+(?:(?:general|limited)\s+)?(?:liability\s+)?(?:business\s+)?(?:corporation|company|partnership)$",
    re.IGNORECASE,
)
_BLANK = re.compile(r"_{2,}|\.{4,}|\[|\]|…|●")
_HEADING = re.compile(
    r"\b(?:agreement|exhibit|attachment|annex|appendix|schedule|acknowledges?|confidential\w*|disclosure|competition|"
    r"solicitation|section|article|whereas|witnesseth|recitals?|dear|sincerely|truly|signature|address|attention|"
    r"print|title|date[d]?|act|policy|plan)\b",
    re.IGNORECASE,
)
_NO_PERSON_WORDS = """
print printed name date title signature by employee company witness address the of and for executive agreement its
page exhibit street avenue road suite drive boulevard court state states united vice president chief officer director
general counsel secretary chairman board very truly yours accepted agreed human resources financial senior legal
manager managing member partner treasurer new york north south in on to from this signed dated sincerely
"""
_NO_PERSON = frozenset(_NO_PERSON_WORDS.split())


class Name(NamedTuple):
    """A name in a text and where it stands there."""

    text: str
    start: int
    end: int


def key(name: str) -> str:
    """Return what two spellings of one name share: letters and digits without legal form, case and accents."""
    plain = folded(name).replace("&", " and ")
    without = re.sub(r"[\W_]", "", FORM.sub("", name.title()) if name.isupper() else FORM.sub("", name))
    return folded(without).replace("the", "", 1) if folded(without).startswith("the") else folded(without or plain)


def trimmed(name: str) -> str:
    """Return a name without what is said beside it: another name, a trailing "and", stray marks."""
    name = _TITLES.sub("", _BESIDE_NAME.sub("", name.strip())).strip(' ,;:\n-–“”"')
    form = list(FORM.finditer(name + "."))
    return name if form and form[-1].end() >= len(name) else name.rstrip(".")


def is_name(name: str) -> bool:
    """Return whether the text can be the name of a party: capitals, no role, no blank, no heading, no bare state."""
    words = name.split()
    if not 1 <= len(words) <= MOST_WORDS or len(name) < 3 or _ROLE.match(name) or _BLANK.search(name):
        return False
    started = words[0][:1].isdigit() or any(char.isupper() for char in words[0][:2])
    if not started or _is_state(name) or _HEADING.search(name) or _POSTCODE.search(name):
        return False
    if FORM.fullmatch(name) or _DEGREE.fullmatch(name):
        return False
    if len(words) == 1 and not FORM.search(name) and len(name) < 4:
        return False
    small = re.compile(rf"{_SMALL}|&|y|und|et", re.IGNORECASE)
    capitals = sum(
        word[:1].isdigit() or any(char.isupper() for char in word[:2]) or small.fullmatch(word) is not None
        for word in words
    )
    return capitals >= len(words) - 1 and (may_be_name(name) or has_legal_form(name) or FORM.search(name) is not None)


def _is_state(name: str) -> bool:
    """Whether the text names a state, or says where a company was founded: "Delaware Corporation"."""
    bare = _FOUNDED_IN.sub("", name.removeprefix("The ").removeprefix("THE "))
    return bare in JURISDICTIONS or (bare.isupper() and bare.title() in JURISDICTIONS)


def is_company(name: str) -> bool:
    """Return whether the name says that it is no person's."""
    return FORM.search(name) is not None or has_legal_form(name)


def companies(text: str) -> Iterator[Name]:
    """Yield the names that end in a legal form, left to right; a name does not go over a paragraph's end."""
    last = 0
    for form in FORM.finditer(text):
        if form.start() < last or _COMMON_NOUN.match(form[0]):
            continue
        low = max(last, form.start() - NAME_REACH, text.rfind("\n", 0, form.start()) + 1)
        begin = _begin(text, low, form.start())
        if re.search(r"\b(?:the|a|such|each|of)\s+$", text[low : form.start()]):  # "of the Company" names nobody
            continue
        name = trimmed(text[begin : form.end()])
        if begin < form.start() and is_name(name):
            yield Name(name, begin, begin + len(name))
            last = form.end()


def _begin(text: str, low: int, end: int) -> int:
    """Where the name begins whose legal form stands at `end`: back over words with capitals."""
    begin = end
    words = list(re.finditer(r"\S+", text[low:end]))
    for number, word in enumerate(reversed(words[-MOST_WORDS:])):
        bare = word[0].rstrip(",")
        ends_something = word[0][-1] in ",;:)" and number > 0
        if ends_something or (word[0][-1] == "." and number > 0 and len(word[0]) > 4):
            break
        if not _NAME_WORD.fullmatch(bare) and not re.fullmatch(_SMALL, bare):
            break
        begin = low + word.start()
    while lead := re.match(r"\S+\s+", text[begin:end]):
        if not (_NO_LEAD.fullmatch(lead[0].strip()) or re.fullmatch(_SMALL, lead[0].strip())):
            break
        if lead[0].strip() == "The" and begin > 0 and text[begin - 2 : begin - 1] not in ".:":
            break
        begin += lead.end()
    return begin


def person_at(text: str, start: int) -> Name | None:
    """Return the person's name that begins at `start`, or None."""
    match = _PERSON.match(text, start)
    if match is None:
        return None
    words = match[0].split()
    kept: list[str] = []
    for word in words:
        if word.strip(".,").lower() in _NO_PERSON or (len(kept) > 1 and word.lower() == kept[0].lower()):
            break
        kept.append(word)
    # A name signed and printed is one name: "James Palermo James P. Palermo".
    if len(kept) == 4 and kept[0] == kept[2]:
        kept = kept[:2]
    if len(kept) < 2 or len(kept[-1].strip(".")) < 2:
        return None
    length = match[0].index(kept[-1], len(match[0][: len(" ".join(kept[:-1]))])) + len(kept[-1])
    name = match[0][:length].rstrip(",")
    return None if is_company(name) or not is_name(name) else Name(" ".join(name.split()), start, start + len(name))
