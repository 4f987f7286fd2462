"""Claims and saves of many people at once: nobody works on what another has, and nobody overwrites another."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import insert
from store_worker import INVOICE, Clock, parsed, reading

from schemas.errors import Conflict
from schemas.results import Extraction
from store.acts import Acts, Done, Intent
from store.claims import DeskClaims
from store.corrections import bare, field_path, with_value
from store.drafts import Drafts
from store.entities import Claim
from store.instants import utc_now
from store.records import Deed
from store.states import State
from store.store import Store
from store.tables import DocumentRow

REVIEWERS = 50


def test_a_claim_is_renewed_released_and_taken_over_once_it_ran_out(store: Store, clock: Clock) -> None:
    """A claim keeps others out for ten minutes after the last activity; taking it over then is written down."""
    document, _ = store.add_document(b"x", "x.pdf")
    claims = DeskClaims(store.database, clock)
    claims.claim(document, "anna")
    clock.forward(599)
    assert claims.renew(document, "anna")
    clock.forward(599)
    with pytest.raises(Conflict, match="anna"):
        claims.take_over(document, "ben")
    clock.forward(2)
    assert claims.take_over(document, "ben").owner == "ben"
    assert not claims.renew(document, "anna") and not claims.release(document, "anna")
    assert claims.release(document, "ben")
    history = [(move.move, move.who, move.of) for move in claims.history(document)]
    assert history == [("claim", "anna", ""), ("take_over", "ben", "anna"), ("release", "ben", "ben")]


def test_drafts_are_each_persons_own(store: Store) -> None:
    """What is put replaces what was there, for this person and document only."""
    document, _ = store.add_document(b"x", "x.pdf")
    drafts = Drafts(store.database)
    drafts.put(document, "anna", {"a": "1", "b": "two\0"})
    drafts.put(document, "ben", {"a": "9"})
    drafts.put(document, "anna", {"a": "11"})
    assert (drafts.get(document, "anna"), drafts.get(document, "ben")) == ({"a": "11"}, {"a": "9"})


@pytest.mark.slow
def test_ten_thousand_claims_of_fifty_people_give_no_document_twice(open_store: Callable[[], Store]) -> None:
    """Fifty people who take what is free at the same time get five thousand documents on each database, each once."""
    store = open_store()
    shelf = _documents(store, 6000)

    def work(number: int) -> list[str]:
        claims, order, mine = DeskClaims(store.database), random.Random(number), []
        while len(mine) < 5000 // REVIEWERS:
            held = claims.claim_first(order.sample(shelf, 20), f"reviewer-{number}")
            if held is not None:
                mine.append(held.document)
        return mine

    with ThreadPoolExecutor(REVIEWERS) as threads:
        taken = Counter(document for mine in threads.map(work, range(REVIEWERS)) for document in mine)
    assert (len(taken), set(taken.values())) == (5000, {1})
    claims = DeskClaims(store.database)
    written = [move for number in range(REVIEWERS) for move in claims.held_by(f"reviewer-{number}")]
    assert {claim.document for claim in written} == set(taken) and len(written) == 5000


def _documents(store: Store, count: int) -> list[str]:
    same = {"name": "x.pdf", "size": 1, "state": State.IN_REVIEW, "version": 1, "attempts": 0, "record": 0, "change": 0}
    times = {"lease_token": 0, "created_at": utc_now(), "updated_at": utc_now()}
    shelf = [f"{number:064x}" for number in range(count)]
    with store.database.write() as connection:
        connection.execute(insert(DocumentRow), [{"sha256": sha256, **same, **times} for sha256 in shelf])
    return shelf


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))  # of five hundred on each database, so that processes can share them
def test_a_thousand_interleavings_overwrite_nothing(store: Store, part: int) -> None:
    """Two people and a new reading interleaved in many ways: no save is lost, the history explains each value."""
    refused = sum(_interleaved(store, number) for number in range(125 * part, 125 * part + 125))
    assert refused > 25  # the interleavings do collide


def _interleaved(store: Store, number: int) -> int:
    order = random.Random(number)
    document, _ = store.add_document(b"%d" % number, f"{number}.pdf")
    (claim,) = store.claim("worker", documents=[document])
    claim = store.save_parsed(claim, parsed(document), "1")
    claim = store.save_extraction(claim, reading(document, "12.50", decision="review"), "1", INVOICE)
    store.decide(claim)
    acts = Acts(store.database)
    seen = {who: dict.fromkeys(("gross_total", "net_total"), 1) for who in ("anna", "ben")}
    saved: dict[str, list[str]] = {"gross_total": [], "net_total": []}
    refused = 0
    steps = ["anna", "ben", "anna", "ben", "look anna", "look ben", "read", "read", "read"]
    order.shuffle(steps)
    reads = iter((_begin_again, _read_again, _decide_again))
    held: dict[str, Claim] = {}
    for place, step in enumerate(steps):
        if step == "read":
            next(reads)(store, document, held)
        elif step.startswith("look"):
            scene = acts.scene(document, step.split()[1])
            seen[step.split()[1]] = {path: scene.version(path) for path in saved}
        else:
            path, value = order.choice(list(saved)), f"{place + 1}.00"
            try:
                answer = _save(acts, document, step, path, value, seen[step][path])
            except Conflict:  # stale, or a reading is under way
                refused += 1
            else:
                saved[path].append(value)
                seen[step][path] = answer["version"]
    record = store.extraction(document)
    assert record is not None
    events = store.corrections(document)
    for path, values in saved.items():
        told = [event for event in events if event.path == path]
        assert [event.new for event in told] == values  # every save that was taken is in the history, in its order
        final = str(record.record()[path])
        assert final == (values[-1] if values else str(_again(document).record()[path]))
        for earlier, later in itertools.pairwise(told):
            assert later.old == earlier.new  # nobody saved over a value that they had not seen
    return refused


def _begin_again(store: Store, document: str, held: dict[str, Claim]) -> None:
    store.retry(document, who="test")
    (claim,) = store.claim("worker", documents=[document])
    held[document] = store.save_parsed(claim, parsed(document), "1")


def _read_again(store: Store, document: str, held: dict[str, Claim]) -> None:
    held[document] = store.save_extraction(held[document], _again(document), "2", INVOICE)


def _decide_again(store: Store, document: str, held: dict[str, Claim]) -> None:
    store.decide(held.pop(document))


def _again(document: str) -> Extraction:
    return reading(document, "99.00", net="90.00", decision="review")


def _save(acts: Acts, document: str, who: str, path: str, value: str, version: int) -> dict[str, Any]:
    def change(record: Any) -> Any:
        place = field_path(path)
        after = with_value(record, INVOICE, place, value, (), f"Set by {who}.")
        return after, [Deed("set", path, bare(record, place), bare(after, place))]

    def answering(done: Done) -> dict[str, Any]:
        return {"version": done.scene.version(path)}

    key = f"{document[:20]} {who} {value}"
    return acts.change(document, Intent(key, who, "set", path, seen={path: version}), change, answering)
