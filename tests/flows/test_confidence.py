"""From a person's word to a promise and back: labels, certificates, audits, exports, voiding."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from exports.records import of_stored
from extractors.assess.decide import decided
from flows.confidence import confidence_state, update_confidence
from flows.process import process
from flows.settings import Confidence, Settings
from flows.wiring import Line, audit_door
from review.decisions import Decisions
from schemas.document import Box
from schemas.loader import builtin_schemas
from schemas.results import Evidence, Extraction, FieldResult
from store.confidence import ConfidenceStore
from store.entities import Document
from store.states import State
from store.store import Store

SCHEMAS = builtin_schemas()
INVOICE = SCHEMAS["invoice"]
NUMBER = INVOICE.field("invoice_number")
PLACE = (Evidence(1, (Box(0, 0, 1, 1),), "A-1"),)
STATES = (State.IN_REVIEW, State.ACCEPTED, State.EXPORTED)


class Office:
    """A line that reads one invoice number from each document, and a person who judges."""

    def __init__(self, settings: Settings, store: Store, line_with: Callable[..., Line]) -> None:
        self.settings, self.store = settings, store
        self.confidence = ConfidenceStore(store.database, store.now)
        self.line = line_with(extract=self._extract, audit=audit_door(settings, self.confidence))

    def _extract(self, document: Any, schema: Any, _occasion: Any) -> Extraction:
        result = FieldResult(
            name="invoice_number", kind=NUMBER.kind, answer="found", value="A-1", confidence=0.97,
            confidence_status="calibrated", evidence=PLACE, source="rules", signals={"origin_digital": 1.0},
        )  # fmt: skip
        extraction = Extraction(
            document=document.sha256, schema_name="invoice", schema_version=schema.version,
            fields={result.name: result}, scorer="s1",
        )  # fmt: skip
        return decided(extraction, schema, self.confidence.gate(), accept_proved=False)

    def comes(self, name: str) -> Document:
        """Take a document through the line."""
        sha256, _ = self.store.add_document(name.encode(), f"{name}.pdf")
        (claim,) = self.store.claim("w", documents=[sha256])
        process(self.line, claim)
        return self.store.document(sha256)

    def judge(self, document: Document, right: bool = True) -> None:
        """Say what is right about it."""
        ann, document = Decisions(self.store, SCHEMAS, "ann"), self.store.document(document.sha256)
        if right:
            ann.accept(document)
        else:
            ann.set_value(document, "invoice_number", "B-2")

    def update(self) -> Any:
        return update_confidence(self.settings, self.store)

    def certify(self) -> None:
        """Let people judge enough documents for a certificate."""
        for number in range(60):
            self.judge(self.comes(f"first {number}"))
        self.update()


@pytest.fixture
def office(settings: Settings, store: Store, line_with: Callable[..., Line], monkeypatch: pytest.MonkeyPatch) -> Office:
    given = settings.model_copy(update={"confidence": Confidence(delta=0.1, audit_share=0.2)})
    for place in ("flows.confidence", "flows.wiring"):
        monkeypatch.setattr(f"{place}.scorer_in_use", lambda _confidence: _Scorer())
    confidence = ConfidenceStore(store.database, store.now)
    confidence.note("secret", "the same in every run")
    loose = INVOICE.model_copy(update={"fields": tuple(_loose(field) for field in INVOICE.fields), "checks": ()})
    monkeypatch.setattr("flows.confidence.known_schemas", lambda _settings: {"invoice": loose})
    return Office(given, store, lambda **doors: line_with(schemas={"invoice": loose}, **doors))


class _Scorer:
    version, status, labels = "s1", "calibrated", 0


def _loose(field: Any) -> Any:
    policy = field.acceptance.model_copy(update={"required": False, "maximum_error": 0.2})
    return field.model_copy(update={"acceptance": policy})


def test_labels_come_from_what_people_leave_and_change(office: Office) -> None:
    """Accepted as it is means right, corrected means wrong; a document that is read again keeps its labels."""
    first, second = office.comes("a"), office.comes("b")
    assert first.state is State.IN_REVIEW
    office.judge(first)
    office.judge(second, right=False)
    assert office.update().labels == 2
    labels = {label.document: label for label in office.confidence.labels()}
    assert (labels[first.sha256].right, labels[second.sha256].right) == (True, False)
    assert labels[first.sha256].how == "review"
    assert labels[first.sha256].inclusion == 1.0
    office.store.retry(first.sha256, who="ann")
    (claim,) = office.store.claim("w", documents=[first.sha256])
    process(office.line, claim)
    assert office.update().labels == 0
    assert {label.document: label for label in office.confidence.labels()} == labels


def test_a_review_that_is_not_done_gives_no_label(office: Office) -> None:
    """Half of a review tells of wrong values first: it waits for the other half."""
    document = office.comes("a")
    assert office.update().labels == 0
    office.judge(document)
    assert office.update().labels == 1


@pytest.mark.slow
def test_a_promise_is_given_kept_under_audit_and_taken_back(office: Office) -> None:
    """People judge, values pass, a share of them is audited blindly and exported meanwhile, and errors void it."""
    office.certify()
    state = confidence_state(office.settings, office.store)
    assert [each.certificate.pool.name for each in state.certificates] == ["identifier"]
    came = [office.comes(f"second {number}") for number in range(60)]
    accepted = [document for document in came if document.state is State.ACCEPTED]
    audited = [document for document in came if document.state is State.IN_REVIEW]
    assert 4 <= len(audited) <= 20
    assert confidence_state(office.settings, office.store).pending_audits == len(audited)

    passed = office.store.extraction(accepted[0].sha256)
    assert passed is not None
    assert passed.fields["invoice_number"].confidence_status == "certified"
    assert passed.fields["invoice_number"].certificate == state.certificates[0].certificate.id
    seen = office.store.extraction(audited[0].sha256)
    assert seen is not None
    asked = seen.fields["invoice_number"]
    assert (asked.decision, asked.confidence_status, asked.certificate) == ("review", "calibrated", None)

    written = {
        record.document.sha256: of_stored(record)
        for record in office.store.changed_since(office.store.export_window("t", STATES), STATES)
    }
    assert written[audited[0].sha256].status == "accepted"
    assert written[audited[0].sha256].extraction.fields["invoice_number"].certificate is not None

    for document in audited[:3]:
        office.judge(document)
    office.update()
    assert {label.how for label in office.confidence.labels()} == {"review", "audit"}
    assert confidence_state(office.settings, office.store).certificates[0].audits.documents == 3
    number = 0
    while confidence_state(office.settings, office.store).certificates and number < 250:
        document = office.comes(f"third {number}")
        number += 1
        if document.state is State.IN_REVIEW:
            office.judge(document, right=False)
            office.update()
    ended = confidence_state(office.settings, office.store).ended
    assert [how for _, how, _, _ in ended] == ["voided"]
    assert office.comes("after").state is State.IN_REVIEW
    assert office.update().issued == ()


def test_a_correction_during_an_audit_holds_the_export(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a person has changed a value, the machine's record is no longer given out."""
    from store.audits import released

    pool = {"name": "identifier", "kinds": ("identifier",), "origins": ("digital",), "maximum_error": 0.2}
    from schemas.confidence import Certificate

    office.confidence.issue(
        Certificate.model_validate(
            {
                "id": "c1",
                "pool": pool,
                "schemas": ("invoice",),
                "scorer": "s1",
                "threshold": 0.9,
                "delta": 0.1,
                "look": 1,
                "labels": 90,
                "wrong": 0,
                "at": office.store.now(),
            }
        )
    )
    monkeypatch.setattr("review.audit.is_drawn", lambda *_: True)
    office.line = office.line.__class__(
        **{**office.line.__dict__, "audit": audit_door(office.settings, office.confidence)}
    )
    document = office.comes("x")
    assert document.state is State.IN_REVIEW
    with office.store.database.read() as connection:
        assert list(released(connection, [document.sha256])) == [document.sha256]
    office.judge(document, right=False)
    with office.store.database.read() as connection:
        assert released(connection, [document.sha256]) == {}
    assert office.update().labels == 1
    assert [(a.answers, a.wrong) for a in office.confidence.audits("c1")] == [(1, 1)]


def test_draws_differ_between_installations_and_never_for_one_document() -> None:
    """Nobody can foresee an audit from the file alone, and reading a document again does not draw again."""
    from review.audit import is_drawn

    documents = [hashlib.sha256(bytes([n, m])).hexdigest() for n in range(100) for m in range(20)]
    ours = [is_drawn("ours", each, 0.05) for each in documents]
    assert ours == [is_drawn("ours", each, 0.05) for each in documents]
    assert ours != [is_drawn("theirs", each, 0.05) for each in documents]
    assert 60 <= sum(ours) <= 140  # 100 expected, standard deviation below ten
