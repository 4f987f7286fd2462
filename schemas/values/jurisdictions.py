"""States and countries whose law a contract can choose, as bare names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_STATES = """
Alabama; Alaska; Arizona; Arkansas; California; Colorado; Connecticut; Delaware; District of Columbia; Florida;
Georgia; Hawaii; Idaho; Illinois; Indiana; Iowa; Kansas; Kentucky; Louisiana; Maine; Maryland; Massachusetts; Michigan;
Minnesota;
Mississippi; Missouri; Montana; Nebraska; Nevada; New Hampshire; New Jersey; New Mexico; New York; North Carolina;
North Dakota; Ohio; Oklahoma; Oregon; Pennsylvania; Puerto Rico; Rhode Island; South Carolina; South Dakota; Tennessee;
Texas; Utah; Vermont; Virginia; Washington; West Virginia; Wisconsin; Wyoming
"""
_PROVINCES = """
Alberta; British Columbia; Manitoba; New Brunswick; Newfoundland; Nova Scotia; Ontario; Quebec; Saskatchewan;
New South Wales; Queensland; South Australia; Tasmania; Victoria; Western Australia
"""
_COUNTRIES = """
England and Wales; England; Scotland; Northern Ireland; Ireland; United Kingdom; Canada; Australia; New Zealand; India;
Singapore; Hong Kong; Japan; China; South Korea; Korea; Taiwan; Malaysia; Thailand; Philippines; Indonesia; Vietnam;
Israel; United Arab Emirates; Saudi Arabia; South Africa; Nigeria; Kenya; Egypt; Brazil; Argentina; Chile; Mexico;
Colombia; Peru; Panama; Bermuda; Cayman Islands; British Virgin Islands; Bahamas; Jersey; Guernsey; Isle of Man;
Germany; France; Spain; Italy; Netherlands; Belgium; Luxembourg; Switzerland; Austria; Portugal; Poland; Sweden; Norway;
Denmark; Finland; Iceland; Greece; Cyprus; Malta; Turkey; Russia; Ukraine; Czech Republic; Hungary; Romania; Bulgaria;
Croatia; Slovenia; Slovakia; Estonia; Latvia; Lithuania; United States
"""
_OWN_NAMES = {
    "Deutschland": "Germany",
    "Bundesrepublik Deutschland": "Germany",
    "deutschem Recht": "Germany",
    "deutsches Recht": "Germany",
    "droit français": "France",
    "Schweiz": "Switzerland",
    "Schweizer Recht": "Switzerland",
    "Österreich": "Austria",
    "österreichisches Recht": "Austria",
    "Suisse": "Switzerland",
    "España": "Spain",
    "ley española": "Spain",
    "Italia": "Italy",
    "legge italiana": "Italy",
    "Nederland": "Netherlands",
    "Nederlands recht": "Netherlands",
    "Belgique": "Belgium",
    "People's Republic of China": "China",
    "Republic of Korea": "South Korea",
}


class FoundJurisdiction(NamedTuple):
    """A state or country in a text."""

    name: str
    start: int
    end: int


JURISDICTIONS: tuple[str, ...] = tuple(
    " ".join(name.split()) for group in (_STATES, _PROVINCES, _COUNTRIES) for name in group.split(";")
)
_BY_FOLDED = {name.lower(): name for name in JURISDICTIONS} | {own.lower(): name for own, name in _OWN_NAMES.items()}
_LONGEST_FIRST = sorted(_BY_FOLDED, key=len, reverse=True)
_ANY = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in _LONGEST_FIRST)
_PATTERN = re.compile(rf"\b(?:{_ANY})\b", re.IGNORECASE)


def find_jurisdictions(text: str) -> Iterator[FoundJurisdiction]:
    """Yield the states and countries named in `text`, left to right, the longest name at each place."""
    for match in _PATTERN.finditer(text):
        if match[0][:1].isupper() or match[0].lower() in {own.lower() for own in _OWN_NAMES}:
            yield FoundJurisdiction(_BY_FOLDED[" ".join(match[0].lower().split())], match.start(), match.end())
