"""Who makes a contract and from when: read from its opening, its signature block and its head."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.rules.companies import LEGAL_FORM, has_legal_form, may_be_name
from extractors.rules.flow import Flow
from extractors.rules.runs import Passage, folded
from extractors.rules.sightings import Sighting
from schemas.values.dates import find_dates
from schemas.values.jurisdictions import JURISDICTIONS

OPENING = 4500  # characters in which a contract says who makes it
LONGEST_LIST = 1600  # characters from "between" to the end of the list of parties
MOST_WORDS = 10

_BETWEEN = re.compile(
    r"\bPARTIES\s*:|\b(?:by\s+and\s+(?:between|among|amongst)|by\s+and\s+among|is\s+between|are\s+between|"
    r"between|among|"
    r"zwischen|entre\s+les\s+soussignés|entre|"
    r"tra|fra|tussen)\b\s*:?",
    re.IGNORECASE,
)
_LIST_END = re.compile(
    r"\b(?:W\s?I\s?T\s?N\s?E\s?S\s?S\s?E\s?T\s?H|RECITALS?|WHEREAS|Whereas|BACKGROUND|NOW,?\s+THEREFORE|"
    r"In\s+consideration|IN\s+CONSIDERATION|"
    r"The\s+parties\s+(?:agree|hereto|wish|desire)|as\s+follows|In\s+connection|AGREEMENT\b|Präambel|"
    r"wird\s+folgend)|(?<=[)”\"])\s*\.\s|"
    r"\.\s+(?=[A-Z1][a-z.]+\s)(?<!Inc\.\s)(?<!Corp\.\s)(?<!Ltd\.\s)(?<!Co\.\s)(?<!No\.\s)(?<!L\.P\.\s)(?<!N\.A\.\s)(?<!St\.\s)(?<!Mr\.\s)(?<!Ms\.\s)(?<!Dr\.\s)(?<!\b[A-Z]\.\s)"
)
_BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)|[“\"][^”\"]{1,60}[”\"]")
_DESCRIPTION = re.compile(
    r",?\s+(?:(?:a|an|the|eine?)\s+(?:[\w.&-]+\s+){0,5}?(?:corporation|company|partnership|limited|llc|"
    r"entity|bank|trust|individual|person|resident|division|"
    r"subsidiary|business|association|institution|university|organi[sz]ation|gesellschaft|soci[ée]t[ée]|"
    r"citizen|employee|consultant|natural|body|firm|shareholder|director|member|fund)|"
    r"(?:together\s+with|with|having|whose|located|residing|acting|on\s+behalf|including|organi[sz]ed|"
    r"incorporated\s+(?:in|under)|duly|in\s+(?:his|her|its)|its|and\s+(?:its|their|his|her)|as\s+(?:the|an?)|"
    r"for\s+(?:itself|and\s+on)|hereinafter|hereafter|herein|of\s+\d|collectively|individually|each|both|"
    r"jointly|c/o|mit\s+Sitz|dont\s+le\s+si[èe]ge|represented|through|effective|dated|as\s+of|who|which|"
    r"at\s+\d|address|regarding|relating|concerning|for\s+the)\b)"
    r"|,\s*(?=\d)|,\s+(?:Inc|LLC|Ltd)?(?=\s*$)|\s+\d{2,}|\n",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s*[;,]?\s+\b(?:and|und|et|y|e|en|&)\b\s+(?=[\[(]?[A-ZÀ-Ý\d“\"])|\s*;\s*|"
    r"\s*\(\s*[ivx0-9]{1,3}\s*\)\s*|,\s+(?=(?:[A-Z][\w.&'-]*\s+){1,6}\()"
)
_ROLE = re.compile(
    r"^(?:the\s+)?(?:company|recipient|discloser|employee|employer|executive|consultant|contractor|party|"
    r"parties|disclosing\s+party|receiving\s+party|undersigned|"
    r"client|customer|supplier|purchaser|buyer|seller|participant|provider|you|us|we|agreement|optionee|"
    r"grantee|name|owner|vendor|licensee|licensor|associate|"
    r"individual|signatory|both|each|its|their|other|parent|affiliates?|subsidiaries|corporation|"
    r"effective\s+date|first\s+part|second\s+part|one\s+part)s?$",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^(?:\W+|(?:the\s+undersigned|each\s+of|on\s+the\s+one\s+hand|between|among|by|and|both|of|"
    r"the\s+parties|party\s+[ab])\b[,:]?\s*|\(?[ivx1-9]\)\s*|messrs?\.?\s+|mr\.?\s+|ms\.?\s+|mrs\.?\s+|"
    r"dr\.?\s+)+",
    re.IGNORECASE,
)
_BLANK = re.compile(r"_{2,}|\.{4,}|\[[^\]]*\]|…")
_EFFECTIVE = {
    "effective": (re.compile(r"effective\s+(?:as\s+of|date|on|from)|(?:become|is|be|shall be)\s+effective|"
                        r"Effective\s+Date", re.I), 0.9),
    "as_of": (re.compile(r"\bas\s+of\b|\bdated?\b|\bentered\s+into\b|\bmade\b|\bexecuted\b|\bthis\b", re.I), 0.82),
    "signed": (re.compile(r"\bdate[d]?\s*:|\bday\s+of\b", re.I), 0.55),
}  # fmt: skip
_DEFINED = re.compile(
    r"\(\s*(?:[^()]{0,60}?\b)?(?:the|hereinafter|together|collectively|each)?[^()]{0,30}[“\"](?:Company|"
    r"Corporation|Employer|Firm|Bank)[”\"]"
)
_PERSON = re.compile(
    r"(?:Print(?:ed)?\s+Name|Name\s+of\s+Employee|Employee(?:’s|'s)?\s+Name|Employee(?:’s|'s)?\s+Signature|"
    r"EMPLOYEE|Employee|EXECUTIVE|Executive|"
    r"Signature|Name)\b[^A-Za-z]{0,40}(?P<name>[A-Z][\w.'’-]+(?:\s+[A-Z][\w.'’-]*){1,3})"
)
_NOT_PERSON = frozenset(
    [
        "print",
        "name",
        "date",
        "title",
        "signature",
        "by",
        "employee",
        "company",
        "witness",
        "address",
        "the",
        "of",
        "and",
    ]
    + [
        "for",
        "executive",
        "agreement",
        "its",
        "page",
        "exhibit",
        "acknowledges",
        "that",
        "he",
        "she",
        "attachment",
        "a",
    ]
    + ["act", "inventions", "i", "we", "you", "has", "have", "will", "shall"]
)
_ALIAS = re.compile(r",?\s+(?:d/?b/?a|f/?k/?a|a/?k/?a|doing\s+business\s+as|formerly)\b", re.IGNORECASE)
_TRAILING = re.compile(r"[\s,]+(?:and(?:/or)?|und|or)\s*$", re.IGNORECASE)
DEFINED_REACH = 170  # characters before a definition in which the name defined stands
SIGNATURES = 2500  # characters at the end in which signatures stand
FEWEST = 2  # parties that a contract has
BEFORE = 90  # characters before a day in which its role is said


def parties(flow: Flow) -> Iterator[Sighting]:
    """Yield the parties named in the opening; where it names none, those of the signature block and the letterhead."""
    opening = list(_from_opening(flow))
    signed = list(_from_signatures(flow))
    names = {_key(str(sighting.value)) for sighting in signed}
    for sighting in opening:
        yield sighting.weighed("signature", 1.08) if _key(str(sighting.value)) in names else sighting
    known = {_key(str(sighting.value)) for sighting in opening}
    for others in (_defined(flow), iter(signed), _individuals(flow)):
        if len(known) >= FEWEST:
            return
        for sighting in others:
            if _key(str(sighting.value)) not in known:
                known.add(_key(str(sighting.value)))
                yield sighting


def effective_days(flow: Flow) -> Iterator[Sighting]:
    """Yield the days from which the contract may be in force, with what the words before them say."""
    text = flow.text
    for found in find_dates(text, "month_first"):
        before = text[max(0, found.start - BEFORE) : found.start]
        after = text[found.end : found.end + 60]
        factors: dict[str, float] = {}
        if found.start < OPENING:
            for name, (pattern, worth) in _EFFECTIVE.items():
                if pattern.search(before[-60:]) or (
                    name == "effective" and re.match(r"\W*(?:\(\s*)?(?:the\s+)?[“\"]?Effective", after)
                ):
                    factors = {"role": worth, "place": 0.97 if found.start < 1800 else 0.8}
                    break
            else:
                factors = {"role": 0.45 if found.start < 900 else 0.2}
        elif _EFFECTIVE["effective"][0].search(before):
            factors = {"role": 0.6}
        elif found.start > len(text) - 2500 and re.search(r"\bdate[d]?\b|day\s+of|as\s+of|written", before[-50:], re.I):
            factors = {"role": 0.5}
        if factors:
            if re.search(
                r"\b(?:amend|prior|previous|original|expir|terminat|born|until|through|filed|filing|exhibit)\w*",
                before[-70:],
                re.I,
            ):
                factors["other"] = 0.5
            reason = f"The words before it are “{' '.join(before.split()[-4:])}”."
            yield Sighting(found.value, flow.passages(found.start, found.end), factors, reason)


def _from_opening(flow: Flow) -> Iterator[Sighting]:
    text = flow.text[:OPENING]
    for between in _BETWEEN.finditer(text):
        following = text[between.end() : between.end() + LONGEST_LIST]
        if not re.match(r"[\s:,“\"(\[\d)]*(?:the\s+)?(?:[A-ZÀ-Ý_\[“\"(]|\d)", following):
            continue
        end = _LIST_END.search(following, 20)
        found = list(_names(flow, between.end(), between.end() + (end.start() if end else len(following))))
        if found:
            yield from found
            return


def _names(flow: Flow, start: int, end: int) -> Iterator[Sighting]:
    """The names in a list of parties: what stands before each description, bracket or separator."""
    text = flow.text[start:end]
    bare = _BRACKETS.sub(lambda match: "\x00" * len(match[0]), text)
    cursor = 0
    pieces: list[tuple[int, int]] = []
    for separator in _SEPARATOR.finditer(bare):
        pieces.append((cursor, separator.start()))
        cursor = separator.end()
    pieces.append((cursor, len(bare)))
    pieces = _rejoined(bare, pieces)
    seen: set[str] = set()
    for first, last in pieces[:8]:
        piece = bare[first:last]
        lead = _LEAD.match(piece)
        begin = lead.end() if lead else 0
        cut = len(piece)
        if (nul := piece.find("\x00", begin)) >= 0:
            cut = min(cut, nul)
        description = _DESCRIPTION.search(piece, begin + 2)
        if description and description.start() < cut:
            cut = description.start()
        name = piece[begin:cut].strip(' ,.;:\n-–“”"')
        if piece[begin:cut].rstrip().endswith(".") and LEGAL_FORM.search(name + "."):
            name += "."
        if not _is_name(name) or _key(name) in seen:
            continue
        seen.add(_key(name))
        at = start + first + piece.index(name, begin)
        described = nul >= 0 or description is not None
        factors = {
            "place": 0.86,
            "form": 1.06 if has_legal_form(name) else 0.92,
            "described": 1.04 if described else 0.75,
        }
        value = " ".join(name.split())
        yield Sighting(value, flow.passages(at, at + len(name)), factors, "It is named as a party in the opening.")


def _rejoined(text: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Put together a name that holds an "and": the first half has no description, the second ends in a legal form."""
    out: list[tuple[int, int]] = []
    for piece in pieces:
        if out:
            left, right = text[out[-1][0] : out[-1][1]].strip(), text[piece[0] : piece[1]].strip()
            name = re.split(r"\x00|,\s+an?\s", right)[0].strip()
            open_left = (
                "\x00" not in left
                and not LEGAL_FORM.search(left)
                and len(left.split()) <= 5
                and not _DESCRIPTION.search(left)
            )
            short_right = has_legal_form(name) and len(LEGAL_FORM.sub("", name).split()) <= 2
            if open_left and short_right and left:
                out[-1] = (out[-1][0], piece[1])
                continue
        out.append(piece)
    return out


def _defined(flow: Flow) -> Iterator[Sighting]:
    """Names that the opening defines as a party: "Acme, Inc., its affiliates … (the “Company”)"."""
    text = flow.text[:OPENING]
    for match in _DEFINED.finditer(text):
        before = text[max(0, match.start() - DEFINED_REACH) : match.start()]
        forms = [form for form in LEGAL_FORM.finditer(before) if form.start() > 2]
        if not forms:
            continue
        end = forms[0].end()
        words = re.search(r"(?:(?:[A-Z0-9][\w.&'’-]*|of|and|&|the),?\s+){1,7}$", before[: forms[0].start()])
        if words is None:
            continue
        name = _LEAD.sub("", before[words.start() : end]).strip(" ,")
        name = re.sub(r"^(?:with|As|of|the|by|and)\s+", "", name)
        if _is_name(name):
            at = max(0, match.start() - DEFINED_REACH) + before.rindex(name, 0, end + 1)
            passages = flow.passages(at, at + len(name))
            yield Sighting(" ".join(name.split()), passages, {"place": 0.75}, "The opening defines it as a party.")
            return


def _individuals(flow: Flow) -> Iterator[Sighting]:
    """A person who signs for nobody else: named beside the signature without a title in a company."""
    start = max(0, len(flow.text) - SIGNATURES)
    for match in _PERSON.finditer(flow.text, start):
        name = " ".join(match["name"].split())
        after = flow.text[match.end() : match.end() + 50]
        if re.search(r"\bTitle\b|\bIts\b|President|Officer|Director", after) or not _is_name(name):
            continue
        if LEGAL_FORM.search(name) or any(word.lower() in _NOT_PERSON for word in name.split()):
            continue
        passages = flow.passages(match.start("name"), match.end("name"))
        yield Sighting(name, passages, {"place": 0.58}, "It stands beside a signature.")
        return


def _from_signatures(flow: Flow) -> Iterator[Sighting]:
    """Names above "By:" lines, and of who signs alone, in the last part of the text."""
    runs = flow.layout.runs
    start = int(len(runs) * 0.55)
    seen: set[str] = set()
    for index in range(start, len(runs)):
        text = runs[index].text.strip()
        if not re.match(r"(?:By|BY|Per|Signed|Name|Signature)\s*[:/_]|By\b\s*_", text):
            continue
        for back in range(index - 1, max(start, index - 5) - 1, -1):
            name = re.sub(
                r"^(?:for|on\s+behalf\s+of|company|recipient|accepted.*?by)\s*:?\s*", "", runs[back].text, flags=re.I
            ).strip(" :,")
            name = _TRAILING.sub("", name)
            if has_legal_form(name) and _is_name(name) and not name.startswith("By") and _key(name) not in seen:
                seen.add(_key(name))
                at = runs[back].text.find(name)
                passage = Passage(runs[back], max(at, 0), max(at, 0) + len(name))
                yield Sighting(name, (passage,), {"place": 0.68}, "It stands above a line for a signature.")
                break


def _is_name(name: str) -> bool:
    words = name.split()
    if not 1 <= len(words) <= MOST_WORDS or _ROLE.match(name) or _BLANK.search(name) or "\x00" in name:
        return False
    if not (words[0][:1].isupper() or words[0][:1].isdigit()) or len(name) < 3:
        return False
    if name in JURISDICTIONS or (len(words) == 1 and not has_legal_form(name) and len(name) < 4):
        return False
    capitals = sum(
        word[:1].isupper()
        or word[:1].isdigit()
        or word.lower() in ("of", "and", "the", "for", "de", "la", "&", "van", "von", "y", "und")
        for word in words
    )
    return capitals >= len(words) - 1 and (may_be_name(name) or has_legal_form(name))


def _key(name: str) -> str:
    return re.sub(r"[\W_]", "", folded(LEGAL_FORM.sub("", name)))
