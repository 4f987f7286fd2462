import dataclasses
import hashlib

import pytest

from extractors.classify import Classification
from flows.process import process
from schemas.document import Attachment, ParsedDocument
from schemas.errors import LeaseLost, Reason, Refusal, Unavailable
from store.states import State


def claimed(store, content=b"invoice", name="a.pdf", **more):
    sha256, _ = store.add_document(content, name, **more)
    (claim,) = store.claim("test", documents=[sha256])
    return claim


def test_document_goes_the_whole_way(line, store):
    """A document that nobody doubts is parsed, extracted and decided, and every step is in its history."""
    outcome = process(line, claimed(store))
    assert (outcome.state, outcome.schema_name) == (State.IN_REVIEW, "invoice")
    steps = [step.to_state for step in store.history(outcome.document)]
    assert steps == [State.RECEIVED, State.PARSED, State.EXTRACTED, State.IN_REVIEW]
    assert store.extraction(outcome.document) is not None


def test_refused_document_is_put_aside_with_its_reason(line_with, store, parser_reading):
    """A file that cannot be read ends in quarantine with the code and what to do next."""

    def refuse(content, name):
        raise Refusal(Reason.EMPTY, f"{name} is empty.", "Send it again.")

    outcome = process(line_with(parser=parser_reading(refuse)), claimed(store))
    document = store.document(outcome.document)
    assert (document.state, document.reason, document.remedy) == (State.QUARANTINED, Reason.EMPTY, "Send it again.")


def test_unclear_schema_goes_to_a_person(line_with, store):
    """A document that fits no schema waits for a person and is not guessed."""
    line = line_with(classify=lambda _document: Classification(None, 0.1, ("Nothing fits.",)))
    outcome = process(line, claimed(store))
    assert outcome.state is State.IN_REVIEW
    assert store.document(outcome.document).reason is Reason.UNSURE_SCHEMA
    assert "docassay retry" in outcome.message


def test_schema_of_the_sender_is_used(line_with, store):
    """What the sender says about the kind of document is not overruled by classification."""
    line = line_with(classify=lambda _document: pytest.fail("was asked"))
    assert process(line, claimed(store, schema_name="receipt")).schema_name == "receipt"


def test_attachments_of_a_mail_become_linked_documents(line_with, store, parser_reading):
    """What is attached to a mail is a document of its own that names the mail as its parent."""
    inner = b"%PDF inner"
    attached = Attachment("inner.pdf", "application/pdf", inner, hashlib.sha256(inner).hexdigest())

    def mail(content, name):
        return ParsedDocument(hashlib.sha256(content).hexdigest(), "message/rfc822", (), attachments=(attached,))

    outcome = process(line_with(parser=parser_reading(mail)), claimed(store, b"mail", "a.eml"))
    assert outcome.children == (attached.sha256,)
    assert outcome.state is State.ACCEPTED
    assert store.extraction(outcome.document) is None
    assert store.export_window("tables").count == 0, "an envelope has nothing to export"
    assert store.children(outcome.document) == [attached.sha256]
    assert store.document(attached.sha256).state is State.RECEIVED


def test_mail_with_a_logo_is_a_document_itself(line_with, store, parser_reading):
    """A picture in a mail does not make the mail an envelope: what its text says is read, and so is the picture."""
    logo = Attachment("logo.png", "image/png", b"png", hashlib.sha256(b"png").hexdigest())

    def mail(content, name):
        return ParsedDocument(hashlib.sha256(content).hexdigest(), "message/rfc822", (), attachments=(logo,))

    outcome = process(line_with(parser=parser_reading(mail)), claimed(store, b"mail", "a.eml"))
    assert (outcome.state, outcome.schema_name) == (State.IN_REVIEW, "invoice")
    assert outcome.children == (logo.sha256,)


def test_attachments_of_a_pdf_stay_data_about_it(line_with, store, parser_reading):
    """The XML inside an e-invoice is not a second document."""
    attached = Attachment("factur-x.xml", "application/xml", b"<a/>", hashlib.sha256(b"<a/>").hexdigest())

    def pdf(content, name):
        return ParsedDocument(hashlib.sha256(content).hexdigest(), "application/pdf", (), attachments=(attached,))

    assert process(line_with(parser=parser_reading(pdf)), claimed(store)).children == ()


def test_our_mistake_costs_only_its_document(line_with, store, settings):
    """A rule that trips over a document puts that one aside, with a report and without a trace for the user."""

    def trip(document, schema, occasion):
        raise KeyError("secret text of the document")

    outcome = process(line_with(extract=trip), claimed(store))
    assert (outcome.state, outcome.reason) == (State.QUARANTINED, Reason.STOPPED)
    assert "secret" not in outcome.message
    assert (settings.data_folder / "errors" / f"{outcome.document[:12]}.txt").is_file()


@pytest.mark.parametrize("error", [Unavailable(Reason.DISK_FULL, "full"), ImportError("broken installation")])
def test_broken_system_stops_and_blames_no_document(line_with, store, error):
    """A full disk or a broken installation is no fault of a document: it stays where it was."""

    def fail(document, schema, occasion):
        raise error

    claim = claimed(store)
    with pytest.raises(type(error)):
        process(line_with(extract=fail), claim)
    assert store.document(claim.document).state is State.PARSED


def test_step_that_is_stored_is_not_done_again(line_with, store, parser_reading):
    """A worker that takes over goes on where the dead one stopped."""
    parser = parser_reading()
    calls = []

    def die(document, schema, occasion):
        calls.append(document)
        raise Unavailable(Reason.DATABASE_UNAVAILABLE, "away")

    claim = claimed(store)
    with pytest.raises(Unavailable):
        process(line_with(parser=parser, extract=die), claim)
    held = dataclasses.replace(claim, version=store.document(claim.document).version)
    assert store.release(held)
    (second,) = store.claim("other", documents=[claim.document])
    outcome = process(line_with(parser=parser), second)
    assert outcome.state is State.IN_REVIEW
    assert parser.parsed == ["a.pdf"]


def test_worker_that_lost_its_lease_writes_nothing(line, store):
    """A result that comes after the take-over is dropped."""
    claim = claimed(store)
    assert store.release(claim)
    store.claim("other", documents=[claim.document])
    with pytest.raises(LeaseLost):
        process(line, claim)
    assert store.document(claim.document).state is State.RECEIVED


def test_document_that_ends_its_workers_is_given_up(line, store, settings):
    """After as many dead workers as the settings allow, a document is put aside instead of ending another one."""
    claim = dataclasses.replace(claimed(store), attempts=settings.retry.attempts)
    outcome = process(line, claim)
    assert (outcome.state, outcome.reason) == (State.QUARANTINED, Reason.STOPPED)
