"""The opening of a contract: the list of its parties, and the names it defines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.rules import letter
from extractors.rules.contract_names import FORM, STRONG_FORM, Name, companies, is_company, is_name, person_at, trimmed
from extractors.rules.contract_words import BETWEEN, DESCRIPTIONS, LEADS, any_of
from extractors.rules.flow import Flow

OPENING = 4500  # characters in which a contract says who makes it
LONGEST_LIST = 1600  # characters from "between" to the end of the list of parties
MOST_PARTIES = 9
MOST_OFTEN = 2  # parties that a contract has
DEFINED_REACH = 230  # characters before a definition in which the name defined stands
TITLE = 500  # characters in which a contract need not say "this"
LATE = 700
THIS_REACH = 330  # characters before "between" in which the contract speaks of itself

_BETWEEN = re.compile(
    r"\bPARTIES\s*:|\b(?:by\s+and\s+(?:between|among|amongst)|(?:is|are)\s+between|between|among|"
    rf"{any_of(BETWEEN)})\b(?:\s+and\s+among)?\s*:?",
    re.IGNORECASE,
)
_MADE_BY = re.compile(r"\b(?:made|entered\s+into|executed|given|effective)\b[^.]{0,90}?\bby\b(?!\s+and)", re.IGNORECASE)
_ITSELF = re.compile(
    r"\b(?:this|agreement|parties|contrat|accord|contratto|contrato|acuerdo|accordo)\b|vertrag|vereinbarung|overeenkomst",
    re.IGNORECASE,
)
_THIS = re.compile(r"\bth(?:is|ese)\b|\bparties\b|\bPARTIES|diese|présent|presente|deze", re.IGNORECASE)
_OTHER_CONTRACT = re.compile(r"\b(?:merger|rights|purchase|nomination|credit|plan)\b[^.]{0,80}$", re.IGNORECASE)
_LIST_END = re.compile(
    r"\b(?:W\s?I\s?T\s?N\s?E\s?S\s?S\s?E\s?T\s?H|RECITALS?|WHEREAS|Whereas|BACKGROUND|NOW,?\s+THEREFORE|"
    r"In\s+consideration|IN\s+CONSIDERATION|in\s+consideration|for\s+the\s+purposes?\s+of|"
    r"The\s+parties\s+(?:agree|hereto|wish|desire)|as\s+follows|In\s+connection|AGREEMENT\b|DATE\s*:|Präambel|"
    r"wird\s+folgend|il\s+a\s+été\s+convenu)|(?<=[)”\"])\s*\.\s|"
    r"\.\s+(?=[A-Z1][a-z.]+\s)(?<!Inc\.\s)(?<!INC\.\s)(?<!Corp\.\s)(?<!CORP\.\s)(?<!Ltd\.\s)(?<!LTD\.\s)(?<!Co\.\s)"
    r"(?<!No\.\s)(?<!L\.P\.\s)(?<!L\.L\.C\.\s)(?<!N\.A\.\s)(?<!N\.V\.\s)(?<!S\.A\.\s)(?<!St\.\s)(?<!Mr\.\s)(?<!Ms\.\s)"
    r"(?<!Dr\.\s)(?<!Jr\.\s)(?<!\b[A-Z]\.\s)"
)
_BRACKETS = re.compile(r"\((?:[^()]|\([^()]*\))*\)|[“„\"][^”“\"]{1,60}[”“\"]|\[[^\]]{0,40}\]|[‘'][A-Z]\w+[’'](?=\))")
_DESCRIPTION = re.compile(
    r",?\s+(?:(?:a|an|the|eine?)\s+(?:[\w.&-]+\s+){0,5}?(?:corporation|company|partnership|limited|llc|"
    r"entity|bank|trust|individual|person|resident|division|"
    r"subsidiary|business|association|institution|university|organi[sz]ation|gesellschaft|soci[ée]t[ée]|"
    r"citizen|employee|consultant|natural|body|firm|shareholder|stockholder|director|member|fund)|"
    r"(?:together\s+with|with|having|whose|located|residing|acting|on\s+behalf|including|organi[sz]ed|"
    r"incorporated\s+(?:in|under)|duly|in\s+(?:his|her|its)|its|and\s+(?:its|their|his|her|on\s+behalf|any|all)|"
    r"as\s+(?:the|an?)|for\s+(?:itself|and\s+on)|hereinafter|hereafter|herein|of\s+\d|collectively|individually|each|"
    r"both|jointly|c/o|represented|through|effective|dated|as\s+of|who|which|"
    r"at\s+\d|address|regarding|relating|concerning|for\s+the|on\s+the\s+(?:one|other)|"
    + any_of(DESCRIPTIONS)
    + r"|[df]/?[bk]/?a|and/or)\b)"
    r"|,\s*(?=\d)|,\s+(?:Inc|LLC|Ltd)?(?=\s*$)|\s+\d{2,}|\n",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"(?:\s*[;,]?\s+\b(?:and|und|et|y|e|&)\b|,\s+en\b|(?<=V\.)\s+en\b),?"
    r"(?:\s+(?:between|der|die|dem|la\s+soci[ée]t[éàa]|la\s+empresa|de\s+heer|Frau|Herrn?|Monsieur|Madame))?\s+(?=[\[(\x00]?[A-ZÀ-Ý\d“\"\x00]|[a-z][A-Z])|\s*;\s*|"
    r"\s*\(\s*[ivx0-9]{1,3}\s*\)\s*|(?<=\x00),?\s+(?=[A-Z])|"
    r"(?<=\b[Ii]nc\.),\s+(?=[A-Z])|(?<=\bLLC),\s+(?=[A-Z])|(?<=\bL\.P\.),\s+(?=[A-Z])"
)
_LEFT_BLANK = re.compile(r"[\s,(]*(?:the\s+undersigned\s+)?(?:_{2,}|\[[^\]]*\])")
_LEAD = re.compile(
    r"^(?:[\s\W]+|(?:the\s+undersigned|each\s+of|on\s+the\s+one\s+hand|between|among|by|and|both|of|"
    r"the\s+parties|party\s+[ab])\b[,:]?\s*|\(?[ivx1-9]\)\s*|messrs?\.?\s+|mr\.?\s+|ms\.?\s+|mrs\.?\s+|"
    rf"dr\.?\s+|{any_of(LEADS)})+",
    re.IGNORECASE,
)
_DEFINITION = re.compile(r"\(([^()]{0,140}?)[“\"‘']+([A-Z][^”\"’']{1,34}?)[,.]?[”\"’']")
_PARTY_ROLE = re.compile(
    r"^(?:Company|Corporation|Employer|Employee|Executive|Firm|Bank|Disclosing Party|Receiving Party|Recipient|"
    r"Discloser|Buyer|Seller|Purchaser|Investor|Provider|Consultant|Contractor|Parent|Partnership)s?$",
    re.IGNORECASE,
)
_ENTITY = re.compile(r",\s+an?\s+[\w\s.]{3,40}(?:corporation|company|partnership|association)\s*$", re.IGNORECASE)
_SENTENCE_BREAK = re.compile(r"\n|[a-z)]\.\s+[A-Z]")


@dataclass(frozen=True, slots=True)
class Listed:
    """One place in the list of parties; `described` says whether a description or a bracket follows it."""

    name: Name | None  # None: left blank for somebody not known when it was written
    described: bool


@dataclass(frozen=True, slots=True)
class Defined:
    """A name that the opening gives a short name."""

    name: Name
    role: str  # the short name, for example "Company"


def listed(flow: Flow) -> list[Listed]:
    """Return what the list of parties holds, "by and between X and Y"; empty if the opening has no such list."""
    text = flow.text[:OPENING]
    title = min(TITLE, letter.salutation(flow) or TITLE)
    openers = [(match.end(), _speaks_of_itself(text, match.end(), title)) for match in _BETWEEN.finditer(text)]
    openers += [(match.end(), True) for match in _MADE_BY.finditer(text)]
    best: list[Listed] = []
    for start, itself in sorted(openers):
        following = text[start : start + LONGEST_LIST]
        if not itself or not re.match(
            r"[\s:,“\"(\[\d)]*(?:the\s+|(?-i:der|die|dem|la|de)\s+(?:\w+\s+)?)?(?:[A-ZÀ-Ý_\[“\"(]|[a-z][A-Z]|\d)",
            following,
        ):
            continue
        end = _LIST_END.search(following, 20)
        found = _without_stray_words(list(_names(flow, start, start + (end.start() if end else len(following)))))
        if len(found) > 1 and any(each.name for each in found):
            return found
        best = best or [each for each in found if each.name]
    return best


def defined(flow: Flow) -> Iterator[Defined]:
    """Yield the names that the opening defines: "Acme, Inc., its affiliates … (the “Company”)"."""
    text = flow.text[:OPENING]
    for match in _DEFINITION.finditer(text):
        low = max(0, match.start() - DEFINED_REACH)
        before = text[low : match.start()]
        breaks = list(_SENTENCE_BREAK.finditer(before))
        cut = breaks[-1].end() - 1 if breaks else 0
        names = list(companies(before[cut:]))
        role = match[2]
        name = _nearest(names, role) if names else _just_before(before, cut)
        if name is None or not (names or _PARTY_ROLE.match(role)):
            continue
        cut = cut if names else 0
        if _PARTY_ROLE.match(role) or _alias(role, name.text) or _ENTITY.search(before):
            yield Defined(Name(name.text, low + cut + name.start, low + cut + name.end), role)


def _nearest(names: list[Name], role: str) -> Name:
    """The name that the short name is made of, else the last one, which the bracket follows."""
    return next((name for name in names if _alias(role, name.text)), names[-1])


def _just_before(before: str, cut: int) -> Name | None:
    """A name without legal form right before the bracket, of a person or a company."""
    match = re.search(r"(?:[A-Z][\w.&'’-]*\s+){1,5}$", before[cut:].replace(",", " "))
    if match is None:
        return None
    start = cut + match.start()
    name = person_at(before, start)
    text = name.text if name else trimmed(before[start:])
    return Name(text, start, start + len(text)) if is_name(text) and len(text.split()) > 1 else None


def _alias(role: str, name: str) -> bool:
    """Whether a short name is made from the name: its beginning, one of its words or its initials."""
    short, words = role.lower(), [word.strip(".,") for word in name.split()]
    initials = "".join(word[:1] for word in words).lower()
    first = " ".join(words).lower()
    return len(short) > 1 and (first.startswith(short) or initials.startswith(short))


def _without_stray_words(found: list[Listed]) -> list[Listed]:
    """Drop single words without description where two clear names stand in the list."""
    clear = [each for each in found if each.name is None or each.described or is_company(each.name.text)]
    if len(clear) < MOST_OFTEN:
        return found
    return [each for each in found if each in clear or (each.name is not None and " " in each.name.text)]


def _speaks_of_itself(text: str, start: int, title: int) -> bool:
    """Whether the words up to "between" are about this contract, not another one that it mentions."""
    before = text[max(0, start - THIS_REACH) : start]
    if start < title:
        return _ITSELF.search(before) is not None
    sentence = re.split(r"[a-z)”]\.\s+(?=[A-Z])|(?<=:)\n", before)[-1]
    return _THIS.search(sentence) is not None and not (start > LATE and _OTHER_CONTRACT.search(sentence[-150:]))


def _names(flow: Flow, start: int, end: int) -> Iterator[Listed]:
    """The names in a list of parties: what stands before each description, bracket or separator."""
    text = flow.text[start:end]
    bare = _BRACKETS.sub(lambda match: "\x00" * len(match[0]), text)
    seen: set[str] = set()
    for first, last in _pieces(bare)[:MOST_PARTIES]:
        piece = bare[first:last]
        lead = _LEAD.match(piece.replace("\x00", "#")) if not piece.startswith("\x00") else None
        begin = lead.end() if lead else 0
        nul, description = piece.find("\x00", begin), _DESCRIPTION.search(piece, begin + 2)
        cut = min(
            [len(piece), *([nul] if nul >= 0 else []), *([description.start()] if description is not None else [])]
        )
        form = STRONG_FORM.search(piece, begin + 2, cut)
        if form:
            cut = form.end()
        name = trimmed(piece[begin:cut])
        if piece[begin:cut].rstrip().endswith(name + ".") and FORM.search(name + "."):
            name += "."
        if _LEFT_BLANK.match(text[first:last]):
            yield Listed(None, False)
        if not is_name(name) or name.lower() in seen or not _plausible(name):
            continue
        seen.add(name.lower())
        at = start + first + piece.index(name, begin)
        described = nul >= 0 or description is not None
        yield Listed(Name(" ".join(name.split()), at, at + len(name)), described)


def _plausible(name: str) -> bool:
    return is_company(name) or len(name.split()) <= 6


def _pieces(bare: str) -> list[tuple[int, int]]:
    cursor = 0
    pieces: list[tuple[int, int]] = []
    for separator in _SEPARATOR.finditer(bare):
        pieces.append((cursor, separator.start()))
        cursor = separator.end()
    pieces.append((cursor, len(bare)))
    return _rejoined(bare, pieces)


def _rejoined(text: str, pieces: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Put together a name that holds an "and": the first half has no description, the second ends in a legal form."""
    out: list[tuple[int, int]] = []
    for piece in pieces:
        if out:
            left, right = text[out[-1][0] : out[-1][1]].strip(), text[piece[0] : piece[1]].strip()
            name = re.split(r"\x00|,\s+an?\s", right)[0].strip()
            open_left = (
                "\x00" not in left
                and not FORM.search(left)
                and len(left.split()) <= 5
                and not _DESCRIPTION.search(left)
            )
            short_right = is_company(name) and len(FORM.sub("", name).split()) <= 2
            if open_left and short_right and left:
                out[-1] = (out[-1][0], piece[1])
                continue
        out.append(piece)
    return out
