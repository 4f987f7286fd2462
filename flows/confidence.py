"""Learning from what people said, and keeping promises true: labels, alarms, scorers, certificates, warnings."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from evaluation.alarm import LIMIT, RUN, Audited, Evidence, evidence
from evaluation.drift import BEFORE, RECENT, Drift, Look, drift
from evaluation.judgements import from_review
from evaluation.pools import Terms, Voided, is_for_fitting, pool_states
from extractors.assess.scorer import Scorer, to_text
from extractors.pipeline import Occasion
from flows.settings import Settings
from flows.wiring import known_schemas, open_confidence, scorer_in_use
from schemas.confidence import PROVED, Certificate, LabelledAnswer, PoolState
from schemas.schema import Schema
from store.confidence import ConfidenceStore
from store.store import Store

CANARIES_EVERY = timedelta(days=1)
FEWEST_TO_FIT = 200  # new labels before a scorer is fitted again
WARNINGS, _CANARIES, _FITTED = "warnings", "canaries", "fitted"


@dataclass(frozen=True, slots=True)
class CertificateState:
    """A certificate in force and what audits say about it."""

    certificate: Certificate
    audits: Evidence

    @property
    def alarm(self) -> float:
        """How near the alarm is: 0 is quiet, from 1 on the certificate is void."""
        return self.audits.sum / LIMIT


@dataclass(frozen=True, slots=True)
class ConfidenceState:
    """Everything that `docassay confidence` shows."""

    scorer: Scorer
    labels: int
    pools: tuple[PoolState, ...]
    certificates: tuple[CertificateState, ...]
    proved: Evidence | None  # audits of values that were accepted as proved, without a certificate
    ended: tuple[tuple[Certificate, str, datetime, str], ...]  # certificate, how it ended, when, why
    pending_audits: int
    drifts: tuple[Drift, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Updated:
    """What an update did."""

    labels: int  # new
    voided: tuple[str, ...]  # sentences
    issued: tuple[Certificate, ...]
    adopted: str | None  # version of a new scorer
    warnings: tuple[str, ...]

    def summary(self) -> str:
        """Some lines for people."""
        lines = [f"{self.labels} new labels."]
        lines += self.voided
        lines += [
            f"Certified: {said(certificate)} from confidence {certificate.threshold:g} on."
            for certificate in self.issued
        ]
        lines += [f"Scorer {self.adopted} is in use now."] if self.adopted else []
        lines += [f"Warning: {warning}" for warning in self.warnings]
        return "\n".join(lines)


def said(certificate: Certificate) -> str:
    """Return in words what a certificate is for."""
    pool = certificate.pool
    kinds = ", ".join(pool.kinds) if pool.name == "other" else pool.name
    return f"{kinds} on {', '.join(pool.origins)} pages"


def update_confidence(settings: Settings, store: Store) -> Updated:
    """Take up what people said since the last time, and draw the consequences.

    In this order: labels from reviews that are done; certificates that their audits speak against are voided; a scorer
    that is better on labels it has not seen is adopted; pools whose labels have grown enough are tested; warnings.

    Raises:
        Unavailable: the database is down.
    """
    confidence = open_confidence(store)
    schemas = known_schemas(settings)
    new = learn(confidence, schemas, settings.confidence.audit_share)
    voided = tuple(_void(confidence))
    labels = list(confidence.labels())
    adopted, issued = _test(settings, confidence, labels, store.now())
    warnings = tuple(warning for each in drifts(confidence, schemas) for warning in each.warnings)
    warnings += _canaries(settings, store, confidence)
    confidence.note(WARNINGS, json.dumps(warnings))
    return Updated(new, voided, issued, adopted, warnings)


def confidence_state(settings: Settings, store: Store) -> ConfidenceState:
    """Return how things stood at the last update, and what audits have said since."""
    confidence = open_confidence(store)
    in_force = tuple(
        CertificateState(certificate, _evidence(confidence, certificate.id, certificate.pool.maximum_error))
        for certificate in confidence.gate().certificates
    )
    proved = _evidence(confidence, PROVED, 0.01)
    return ConfidenceState(
        scorer=scorer_in_use(confidence),
        labels=sum(1 for _ in confidence.labels()),
        pools=tuple(confidence.pools()),
        certificates=in_force,
        proved=proved if proved.documents else None,
        ended=tuple((each.certificate, each.end, each.ended_at, each.why) for each in confidence.ended()),
        pending_audits=confidence.pending_audits(),
        drifts=tuple(drifts(confidence, known_schemas(settings))),
        warnings=tuple(json.loads(confidence.note(WARNINGS) or "[]")),
    )


def learn(confidence: ConfidenceStore, schemas: Mapping[str, Schema], audit_share: float) -> int:
    """Keep a label for everything that people have judged since the last time; return how many are new."""
    total = 0
    while True:
        judged, up_to = confidence.judged()
        if up_to is None:
            return total
        for each in judged:
            schema = schemas.get(each.machine.schema_name)
            if schema is not None:
                total += confidence.add_labels(from_review(each, schema, audit_share))
        confidence.mark_read(up_to)


def drifts(confidence: ConfidenceStore, schemas: Mapping[str, Schema]) -> list[Drift]:
    """Return how the last records of every schema differ from those before."""
    found = []
    for name in schemas:
        looks = [_look(name, fields) for fields in confidence.latest_readings(name, RECENT + BEFORE)]
        if looks and (one := drift(looks)) is not None:
            found.append(one)
    return found


def _look(schema: str, fields: Mapping[str, Mapping[str, object]]) -> Look:
    found = [field for field in fields.values() if field["answer"] == "found"]
    confidences = (field["confidence"] for field in found)
    return Look(
        schema_name=schema,
        answers=len(fields),
        empty=len(fields) - len(found),
        unseen=sum(not field["evidence"] and field["kind"] != "table" for field in found),
        confidences=tuple(each for each in confidences if isinstance(each, float)),
    )


def _evidence(confidence: ConfidenceStore, certificate: str, alpha: float) -> Evidence:
    audits = confidence.audits(certificate)
    return evidence([Audited(each.answers, each.wrong) for each in audits], alpha)


def _void(confidence: ConfidenceStore) -> list[str]:
    """Take back every certificate that audits speak against."""
    messages = []
    for certificate in confidence.gate().certificates:
        found = _evidence(confidence, certificate.id, certificate.pool.maximum_error)
        if found.is_void:
            why = (
                f"{found.wrong} of {found.answers} audited values in {found.documents} documents were wrong, where "
                f"{certificate.pool.maximum_error:g} of them may be (one false alarm in {RUN} audited documents at "
                "the most)."
            )
            confidence.end(certificate.id, "voided", why)
            messages.append(f"Voided: {said(certificate)}. {why} Nothing is accepted under it any more.")
    return messages


def _candidate(confidence: ConfidenceStore, labels: Sequence[LabelledAnswer]) -> tuple[Scorer, str] | None:
    """Return a scorer that is better on labels it has not seen, and by how much; None if there is none."""
    for_fitting = [label for label in labels if label.answer != "not_looked" and is_for_fitting(label.document)]
    if len(for_fitting) < int(confidence.note(_FITTED) or 0) + FEWEST_TO_FIT:
        return None
    from evaluation.calibration import refitted

    refit = refitted(for_fitting, scorer_in_use(confidence))
    confidence.note(_FITTED, str(len(for_fitting)))
    against = refit.against
    why = f"log loss {against.difference:+.4f} on {against.labels} labels of {against.documents} documents"
    return (refit.scorer, why) if refit.is_better else None


def _test(
    settings: Settings, confidence: ConfidenceStore, labels: Sequence[LabelledAnswer], now: datetime
) -> tuple[str | None, tuple[Certificate, ...]]:
    """Bring scorer and pools up to date; return the version of a new scorer and the new certificates.

    A better scorer is not used while it would leave fewer pools certified than there are: half of the labels go to its
    fitting, and people should not get more work because of it. The looks that finding this out has cost stay counted.
    """
    in_force = {certificate.id for certificate in confidence.gate().certificates}
    before = [_in_force_only(state, in_force) for state in confidence.pools()]
    candidate = _candidate(confidence, labels)
    if candidate is not None:
        scorer, why = candidate
        states = _states(settings, confidence, labels, before, scorer, now)
        if sum(state.certificate is not None for state in states) >= len(in_force):
            confidence.adopt(scorer.version, to_text(scorer), why)
            return scorer.version, _settle(confidence, states, in_force)
        looks = {state.pool.key: state.looks for state in states}
        before = [state.model_copy(update={"looks": looks.get(state.pool.key, state.looks)}) for state in before]
    states = _states(settings, confidence, labels, before, scorer_in_use(confidence), now)
    return None, _settle(confidence, states, in_force)


def _states(
    settings: Settings,
    confidence: ConfidenceStore,
    labels: Sequence[LabelledAnswer],
    before: Sequence[PoolState],
    scorer: Scorer,
    now: datetime,
) -> tuple[PoolState, ...]:
    terms = settings.confidence
    return pool_states(
        labels,
        {certificate.id: certificate.pool for certificate in confidence.certificates()},
        before,
        Terms(terms.delta, scorer.version, is_fitted=scorer.labels > 0, pools_origins=terms.pool_origins),
        now,
        confidence=confidence_under(scorer),
        voided=[Voided(each.certificate.pool, each.ended_at) for each in confidence.ended() if each.end == "voided"],
    )


def _settle(confidence: ConfidenceStore, states: Sequence[PoolState], in_force: set[str]) -> tuple[Certificate, ...]:
    """Issue what the pools allow, end what they no longer carry, and keep where they stand."""
    carried = {state.certificate.id: state.certificate for state in states if state.certificate is not None}
    for name in in_force - carried.keys():
        confidence.end(name, "replaced", "Another certificate took its place, or its pool or scorer has changed.")
    issued = tuple(certificate for name, certificate in carried.items() if name not in in_force)
    for certificate in issued:
        confidence.issue(certificate)
    confidence.keep_pools(states)
    return issued


def confidence_under(scorer: Scorer) -> Callable[[LabelledAnswer], float | None]:
    """Return what gives the confidence of a stored answer under a scorer."""

    def confidence(label: LabelledAnswer) -> float | None:
        if label.confidence is None or label.answer == "not_looked":
            return None
        if label.scorer == scorer.version:
            return label.confidence
        return scorer.probability(label.signals, label.kind, label.answer)

    return confidence


def _in_force_only(state: PoolState, in_force: set[str]) -> PoolState:
    gone = state.certificate is not None and state.certificate.id not in in_force
    return state.model_copy(update={"certificate": None}) if gone else state


def _canaries(settings: Settings, store: Store, confidence: ConfidenceStore) -> tuple[str, ...]:
    """Read the canary documents again once a day; a value that was right at first and is not now is a warning."""
    path = settings.confidence.canaries
    if path is None:
        return ()
    last = json.loads(confidence.note(_CANARIES) or "{}")
    now = store.now()
    if last.get("path") == str(path) and now < datetime.fromisoformat(last["at"]) + CANARIES_EVERY:
        return tuple(last["warnings"])
    right, total = _read_canaries(settings, store, path)
    best = max(right, last["best"]) if last.get("path") == str(path) and last.get("total") == total else right
    warnings = (
        [f"Canaries: {right} of {total} known values are read right, {best} were before. See: docassay eval {path}"]
        if right < best
        else []
    )
    kept = {"path": str(path), "at": now.isoformat(), "best": best, "total": total, "warnings": warnings}
    confidence.note(_CANARIES, json.dumps(kept))
    return tuple(warnings)


def _read_canaries(settings: Settings, store: Store, path: Path) -> tuple[int, int]:
    from evaluation.run import run_evaluation
    from flows.wiring import the_model

    with the_model(settings, store) as model:
        scores = run_evaluation(path, known_schemas(settings), settings.sources, limits=settings.limits, model=model)
    return scores.micro.right, scores.micro.wanted


def learn_truth(settings: Settings, store: Store, path: Path, *, random: bool, schema_name: str | None = None) -> int:
    """Read the documents of a truth file with the scorer in use and keep a label of every answer; return how many.

    Args:
        random: the documents are a random sample of what comes in: their labels count for certificates.

    Raises:
        InputError: the truth is unreadable, or names a file or a schema that is not there.
    """
    from hashlib import sha256

    from documents.jail import ParserPool
    from evaluation.compare import survey
    from evaluation.judgements import from_truth
    from evaluation.run import content_of
    from evaluation.truth import read_truth
    from flows.wiring import extract_door, the_model
    from schemas.errors import Refusal

    confidence, schemas = open_confidence(store), known_schemas(settings)
    survey(path, schemas, schema_name)
    total = 0
    with the_model(settings, store) as model, ParserPool(settings.limits, settings.worker_count) as pool:
        extract = extract_door(settings, model, confidence)
        for truth in read_truth(path):
            content = content_of(path.parent, truth)
            try:
                document = pool.parse(content, truth.file)
            except Refusal:
                continue  # it teaches nothing; `docassay eval` says why
            schema = schemas[schema_name or truth.kind or ""]
            extraction = extract(document, schema, Occasion(Path(truth.file).name, "learning", partial(_same, content)))
            labels = from_truth(
                truth, extraction, schema, store.now(), document=sha256(content).hexdigest(), random=random
            )
            total += confidence.add_labels(labels)
    return total


def _same(content: bytes) -> bytes:
    return content
