import asyncio
from datetime import timedelta

import pytest

from flows.drive import LARGEST_CHUNK, SMALL_BATCH, chunked, drive
from flows.outcomes import Outcome
from flows.process import process
from schemas.errors import Reason, Unavailable
from store.instants import utc_now
from store.states import State
from store.store import Store


def add(store, count):
    return [store.add_document(b"content %d" % number, f"{number}.pdf")[0] for number in range(count)]


def runner(line):
    async def run_chunk(documents):
        claims = line.store.claim(line.owner, limit=len(documents), documents=list(documents))
        return tuple(process(line, claim) for claim in claims)

    return run_chunk


def test_small_batches_have_a_task_per_document_large_ones_per_chunk():
    """Prefect shows each document of a small batch, and is not drowned by a large one."""
    small = chunked([str(number) for number in range(SMALL_BATCH)], slots=2)
    large = chunked([str(number) for number in range(1000)], slots=2)
    assert all(len(chunk) == 1 for chunk in small)
    assert len(large) == 1000 // LARGEST_CHUNK
    assert [one for chunk in large for one in chunk] == [str(number) for number in range(1000)]


def test_every_document_ends_once(line, store):
    """Each document of a batch has one outcome."""
    documents = add(store, 7)
    outcomes = asyncio.run(drive(store, documents, runner(line), slots=2))
    assert sorted(outcome.document for outcome in outcomes) == sorted(documents)
    assert store.counts() == {State.IN_REVIEW: 7}


def test_attached_documents_are_processed_in_the_same_run(line, store):
    """What was attached to a document is not left for the next run."""
    mail, inner = add(store, 2)

    async def run_chunk(documents):
        return tuple(
            Outcome(one.document, one.name, one.state, children=(inner,) if one.document == mail else ())
            for one in await runner(line)(documents)
        )

    outcomes = asyncio.run(drive(store, [mail], run_chunk, slots=1))
    assert {outcome.document for outcome in outcomes} == {mail, inner}


def test_document_of_a_dead_worker_is_taken_over_when_its_lease_ends(line, store):
    """A document that a killed worker held is waited for and done."""
    (document,) = add(store, 1)
    store.claim("dead", seconds=1.0)
    outcomes = asyncio.run(drive(store, [document], runner(line), slots=1))
    assert [outcome.state for outcome in outcomes] == [State.IN_REVIEW]


def test_document_that_somebody_else_finishes_is_not_done_twice(line, store, settings):
    """Two runs over the same documents share them."""
    (document,) = add(store, 1)
    (held,) = store.claim("other", seconds=30.0)
    calls = []

    async def run_chunk(documents):
        calls.append(documents)
        if len(calls) == 2:
            process(line, held)
        return await runner(line)(documents)

    outcomes = asyncio.run(drive(store, [document], run_chunk, slots=1))
    assert outcomes == ()
    assert store.document(document).state is State.IN_REVIEW
    assert len(store.extractions(document)) == 1


def test_broken_database_stops_the_batch(store):
    """When the database is away the batch stops at once with its message."""
    documents = add(store, 30)
    calls = []

    async def run_chunk(chunk):
        calls.append(chunk)
        await asyncio.sleep(0.01)
        raise Unavailable(Reason.DATABASE_UNAVAILABLE, "away")

    with pytest.raises(Unavailable, match="away"):
        asyncio.run(drive(store, documents, run_chunk, slots=1))
    assert len(calls) < len(documents)


def test_stopped_run_leaves_the_rest_for_the_next(line, store):
    """Ctrl-C ends a run after the documents at hand; the others keep their state."""
    documents = add(store, 10)
    done = []

    async def run_chunk(chunk):
        done.extend(chunk)
        return await runner(line)(chunk)

    asyncio.run(drive(store, documents, run_chunk, slots=1, stopped=lambda: len(done) >= 3))
    counts = store.counts()
    assert counts[State.IN_REVIEW] >= 3
    assert counts[State.RECEIVED] + counts[State.IN_REVIEW] == 10
    assert counts[State.RECEIVED] > 0


def test_deferred_documents_wake_and_are_given_up_in_the_end(settings):
    """A deferred document is tried again when its time has come, and put aside after as many tries as are allowed."""
    from flows.retry import wake_due
    from schemas.errors import Refusal

    late = Store.open(settings.database_url, settings.files_folder, now=lambda: utc_now() + timedelta(hours=1))
    (document,) = add(late, 1)
    for attempt in range(1, 4):
        (claim,) = late.claim("w")
        late.defer(claim, Refusal(Reason.MODEL_UNAVAILABLE, "No answer.", "Wait."), utc_now())
        awake = wake_due(late, attempts=3)
        assert awake == ((document,) if attempt < 3 else ())
    assert late.document(document).state is State.QUARANTINED
    assert "tried 3 times" in str(late.document(document).message)
    late.close()
