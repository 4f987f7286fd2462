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
    "Bundesrepublik Deutschland": "Germany",
    "People's Republic of China": "China",
    "People’s Republic of China": "China",
    "Republic of Korea": "South Korea",
}
# What countries are called in the languages of contracts, and their law: "English law", "droit suisse".
_BY_COUNTRY = {
    "England": "English law; Angleterre; droit anglais; englisches Recht; englischem Recht; Engels recht",
    "Scotland": "Scots law; Scottish law",
    "Ireland": "Irish law; Irland; Irlande; Irlanda; irisches Recht; irischem Recht",
    "United Kingdom": "Vereinigtes Königreich; Royaume-Uni; Reino Unido; Regno Unito; Verenigd Koninkrijk",
    "Germany": (
        "German law; Deutschland; deutsches Recht; deutschem Recht; deutschen Rechts; Allemagne; droit allemand; "
        "Alemania; ley alemana; derecho alemán; Germania; legge tedesca; Duitsland; Duits recht"
    ),
    "Austria": (
        "Austrian law; Österreich; österreichisches Recht; österreichischem Recht; Autriche; droit autrichien; "
        "Oostenrijk"
    ),
    "Switzerland": (
        "Swiss law; Schweiz; Schweizer Recht; schweizerisches Recht; schweizerischem Recht; Suisse; droit suisse; "
        "Suiza; ley suiza; derecho suizo; Svizzera; legge svizzera; diritto svizzero; Zwitserland; Zwitsers recht"
    ),
    "France": (
        "French law; Frankreich; französisches Recht; französischem Recht; droit français; Francia; ley francesa; "
        "derecho francés; legge francese; Frankrijk; Frans recht"
    ),
    "Belgium": (
        "Belgian law; Belgien; belgisches Recht; belgischem Recht; Belgique; droit belge; Bélgica; Belgio; "
        "België; Belgisch recht"
    ),
    "Luxembourg": (
        "Luxembourg law; Luxemburg; luxemburgisches Recht; luxemburgischem Recht; droit luxembourgeois; Luxemburgo"
    ),
    "Netherlands": (
        "Dutch law; Niederlande; niederländisches Recht; niederländischem Recht; Pays-Bas; droit néerlandais; "
        "Países Bajos; Paesi Bassi; Nederland; Nederlands recht"
    ),
    "Spain": (
        "Spanish law; Spanien; spanisches Recht; spanischem Recht; Espagne; droit espagnol; España; ley española; "
        "legislación española; derecho español; Spagna; Spanje; Spaans recht"
    ),
    "Italy": (
        "Italian law; Italien; italienisches Recht; italienischem Recht; Italie; droit italien; Italia; legge "
        "italiana; diritto italiano; ley italiana; Italië; Italiaans recht"
    ),
    "Portugal": "Portuguese law; ley portuguesa; derecho portugués",
    "Mexico": "Mexican law; México; ley mexicana; leyes mexicanas; derecho mexicano",
    "Sweden": "Swedish law",
    "Norway": "Norwegian law",
    "Denmark": "Danish law",
    "Finland": "Finnish law",
    "Poland": "Polish law",
    "Israel": "Israeli law",
    "India": "Indian law",
    "Japan": "Japanese law",
    "Australia": "Australian law",
}
_OWN_NAMES |= {" ".join(own.split()): name for name, names in _BY_COUNTRY.items() for own in names.split(";")}


class FoundJurisdiction(NamedTuple):
    """A state or country in a text."""

    name: str
    start: int
    end: int


JURISDICTIONS: tuple[str, ...] = tuple(
    " ".join(name.split()) for group in (_STATES, _PROVINCES, _COUNTRIES) for name in group.split(";")
)
_BY_FOLDED = {name.lower(): name for name in JURISDICTIONS} | {own.lower(): name for own, name in _OWN_NAMES.items()}
_LAWS = frozenset(own.lower() for own in _OWN_NAMES if own[:1].islower())  # they need no capital to mean a country
_LONGEST_FIRST = sorted(_BY_FOLDED, key=len, reverse=True)
_ANY = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in _LONGEST_FIRST)
_PATTERN = re.compile(rf"\b(?:{_ANY})\b", re.IGNORECASE)


def find_jurisdictions(text: str) -> Iterator[FoundJurisdiction]:
    """Yield the states and countries named in `text`, left to right, the longest name at each place."""
    for match in _PATTERN.finditer(text):
        plain = " ".join(match[0].lower().split())
        if match[0][:1].isupper() or plain in _LAWS:
            yield FoundJurisdiction(_BY_FOLDED[plain], match.start(), match.end())
