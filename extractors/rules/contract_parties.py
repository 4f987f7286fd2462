"""Who makes a contract: names from its opening, its letterhead and its signatures, weighed against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from extractors.rules import letter, preamble, signature
from extractors.rules.contract_names import Name, is_company, is_name, key, person_at
from extractors.rules.flow import Flow
from extractors.rules.sightings import Sighting
from schemas import reasons

LISTED = {"listed", "listed_bare"}
SHORTEST_TAIL = 6  # letters that two names must share at their end to be taken as one
HEAD = 1500  # characters in which a contract may name the person it is for
FEWEST = 2  # parties that a contract has
WORTH = {  # how often a name at such a place is a party, before other places confirm it
    "listed": 0.86,
    "listed_bare": 0.64,
    "defined_company": 0.74,
    "defined": 0.50,
    "addressed": 0.50,
    "signs": 0.56,
    "beneficiary": 0.45,
    "person_signs": 1.0,  # times what signature.py says of the place
    "person_addressed": 0.55,
    "person_named": 0.62,
}
CONFIRMED = 0.62  # share of the remaining doubt that a second kind of place takes away
ONLY_OTHER = 1.5  # a person who signs where one company stands and nobody else can be the other party
SUREST_PERSON = 0.9
OUTSIDE_LIST = 0.42  # what is left of other names once a list names two parties
_REASONS = {
    "listed": reasons.LISTED_PARTY,
    "listed_bare": reasons.LISTED_PARTY,
    "defined_company": reasons.DEFINED_PARTY,
    "defined": reasons.SHORT_NAME,
    "addressed": reasons.HEADS_LETTER,
    "signs": reasons.ABOVE_SIGNATURE,
    "beneficiary": reasons.AGREEMENT_FOR,
    "person_signs": reasons.PERSON_SIGNS,
    "person_addressed": reasons.PERSON_ADDRESSED,
    "person_named": reasons.PERSON_NAMED,
}
_COMPANY_ROLE = re.compile(r"^(?:Company|Corporation|Employer|Firm|Bank|Disclosing Party|Discloser)$", re.IGNORECASE)
_INDIVIDUAL = re.compile(r"\b(?:employ\w*|executive|consultant|director|I|my|you|your|individual)\b")
_NAMED = re.compile(r"\bName(?:\s+of\s+Employee)?\s*:\s*|\bI,\s+|(?:^|\n)(?=[A-Z][a-z]+[^\n:]{3,30}:\n)")


@dataclass
class _Party:
    name: Name
    places: dict[str, float] = field(default_factory=dict)


def parties(flow: Flow) -> Iterator[Sighting]:
    """Yield the parties, one sighting each at the place that tells most, with a score meant as a probability."""
    found: dict[str, _Party] = {}
    listed = preamble.listed(flow)
    for each in listed:
        if each.name is not None:
            _note(found, each.name, *_listed_place(each, each.name.text))
    for definition in preamble.defined(flow):
        _note(found, definition.name, "defined_company" if _COMPANY_ROLE.match(definition.role) else "defined", 1.0)
    for name in letter.addressees(flow):
        _note(found, name, "addressed", 1.0)
    for name in signature.signing_companies(flow):
        _note(found, name, "signs", 1.0)
    if _INDIVIDUAL.search(flow.text[: preamble.OPENING]):
        for name, place, worth in _persons(flow):
            _note(found, name, place, worth)
    found = _without_leads(found)
    complete = len(listed) >= FEWEST
    people = [party for party in found.values() if not is_company(party.name.text)]
    companies = [party for party in found.values() if party not in people]
    best_person = max(people, key=_belief, default=None)
    for party in found.values():
        inside = bool(LISTED & set(party.places))
        factors = {"places": _belief(party)}
        if complete and not inside:
            factors["outside_list"] = OUTSIDE_LIST
        if party in people and party is not best_person and not inside:
            factors["other_person"] = 0.4
        if not complete and party is best_person and sum(map(_is_sure, companies)) == 1:
            factors["only_other"] = max(1.0, min(ONLY_OTHER, SUREST_PERSON / factors["places"]))
        place = max(party.places, key=lambda name: party.places[name])
        passages = flow.passages(party.name.start, party.name.end)
        reason = _REASONS[place]()
        if len(party.places) > 1:
            reason = reasons.CONFIRMED_ELSEWHERE(said=reason)
        yield Sighting(party.name.text, passages, factors, reason)


def _listed_place(each: preamble.Listed, name: str) -> tuple[str, float]:
    if each.described or is_company(name):
        return "listed", 1.0
    return "listed_bare", 1.0 if len(name.split()) > 1 else 0.6


def _without_leads(found: dict[str, _Party]) -> dict[str, _Party]:
    """Give the places of a name that only has words too many before it to the name itself."""
    out = dict(found)
    for identity in sorted(found, key=len):
        longer = next(
            (
                other
                for other in out
                if other != identity
                and other.endswith(identity)
                and len(identity) >= SHORTEST_TAIL
                and out.get(identity) is not None
                and not set(out[other].places) & LISTED
                and set(out[identity].places) - set(out[other].places)
            ),
            None,
        )
        if longer is not None:
            for place, value in out.pop(longer).places.items():
                out[identity].places.setdefault(place, value)
    return out


def _persons(flow: Flow) -> Iterator[tuple[Name, str, float]]:
    for name, worth in signature.signing_persons(flow):
        yield name, "person_signs", worth
    addressed = letter.person_addressed(flow)
    if addressed is not None:
        yield addressed, "person_addressed", 1.0
    for match in _NAMED.finditer(flow.text[: min(HEAD, int(len(flow.text) * signature.LAST_PART))]):
        person = person_at(flow.text, match.end())
        if person is not None and is_name(person.text):
            yield person, "person_named", 1.0


def _note(found: dict[str, _Party], name: Name, place: str, worth: float) -> None:
    """Add a place to the party of that name; the name itself is kept as the most telling place prints it."""
    identity = key(name.text)
    party = found.setdefault(identity, _Party(name))
    value = WORTH[place] * worth
    if party.places and value > max(party.places.values()):
        party.name = name
    party.places[place] = max(party.places.get(place, 0.0), value)


def _is_sure(party: _Party) -> bool:
    return _belief(party) >= 0.5


def _belief(party: _Party) -> float:
    ranked = sorted(party.places.values(), reverse=True)
    belief = ranked[0]
    for other in ranked[1:3]:
        belief += (1.0 - belief) * CONFIRMED * other
    return min(belief, 0.97)
