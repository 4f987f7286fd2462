"""A scorer is replaced only by a better one, canaries warn, and the dashboard is told what is promised."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evaluation.calibration import compared, refitted
from evaluation.pools import is_for_fitting
from extractors.assess.scorer import BUILT_IN, logistic
from flows.confidence import FEWEST_TO_FIT, confidence_state, confidence_under, update_confidence
from flows.promises import promises_now
from flows.settings import Confidence, Settings
from flows.wiring import scorer_in_use
from schemas.confidence import Certificate, LabelledAnswer, Pool
from schemas.fields import Kind
from store.confidence import ConfidenceStore
from store.store import Store

AT = datetime(2026, 1, 1, tzinfo=UTC)
DOCUMENTS = 5 * FEWEST_TO_FIT // 2  # half of them are for certificates
Chance = Callable[[float], float]


def labels(count: int, chance: Chance, seed: int = 1, kind: Kind = Kind.MONEY) -> Iterator[LabelledAnswer]:
    """Judged answers of a world in which `chance` is the probability that a score is right."""
    draw = random.Random(seed)
    for number in range(count):
        score = draw.uniform(0.3, 1.0)
        signals = {"rules_score": score, "origin_digital": 1.0}
        yield LabelledAnswer(
            document=f"{seed}-{number}", record=1, path="gross_total", schema_name="invoice", kind=kind,
            answer="found", origin="digital", maximum_error=0.01, signals=signals,
            confidence=BUILT_IN.probability(signals, kind), scorer=BUILT_IN.version,
            right=draw.random() < chance(score), who="ann", at=AT, how="review", drawn=False, in_force=(),
            inclusion=1.0,
        )  # fmt: skip


def as_written(score: float) -> float:
    return BUILT_IN.probability({"rules_score": score, "origin_digital": 1.0}, Kind.MONEY)


def otherwise(score: float) -> float:
    """The lower the score, the likelier it is right: the opposite of what the scorecard believes."""
    return logistic(6.0 - 10.0 * score)


@pytest.fixture
def confidence(store: Store) -> ConfidenceStore:
    return ConfidenceStore(store.database, store.now)


def test_a_scorer_that_is_better_on_unseen_labels_is_adopted(
    settings: Settings, store: Store, confidence: ConfidenceStore
) -> None:
    """What people judge contradicts the scorecard: a fitted one takes its place, and is better on labels to come."""
    confidence.add_labels(labels(DOCUMENTS, otherwise))
    found = update_confidence(settings, store)
    scorer = scorer_in_use(confidence)
    assert found.adopted == scorer.version != BUILT_IN.version
    assert scorer.status == "calibrated" and scorer.labels < DOCUMENTS, "the others are for certificates"
    assert f"Scorer {scorer.version} is in use now." in found.summary()
    coming = list(labels(400, otherwise, seed=2))
    new, old = ([under.probability(x.signals, x.kind) for x in coming] for under in (scorer, BUILT_IN))
    assert compared(coming, new, old).outcome == "better"
    assert [confidence_under(scorer)(x) for x in coming] == new
    assert update_confidence(settings, store).adopted is None, "nothing new was judged"


def test_a_scorer_that_is_no_better_is_not_adopted(
    settings: Settings, store: Store, confidence: ConfidenceStore
) -> None:
    """Answers are right as often as the scorecard says: it stays, and is not tried again for a few labels more."""
    confidence.add_labels(labels(DOCUMENTS, as_written))
    assert update_confidence(settings, store).adopted is None
    assert scorer_in_use(confidence) == BUILT_IN
    tried = confidence.note("fitted")
    assert int(tried) >= FEWEST_TO_FIT
    confidence.add_labels(labels(50, as_written, seed=3))
    update_confidence(settings, store)
    assert confidence.note("fitted") == tried


@pytest.mark.slow
def test_a_scorer_that_costs_a_certificate_is_not_adopted(
    settings: Settings, store: Store, confidence: ConfidenceStore
) -> None:
    """People are not given more work by a better scorer whose labels are too few for the certificates in force."""
    confidence.add_labels(labels(300, lambda _score: 1.0, seed=4, kind=Kind.DATE))
    (certificate,) = update_confidence(settings, store).issued
    confidence.add_labels(labels(600, otherwise))  # enough for a pool of its own: the other one stays as it is
    assert refitted([x for x in confidence.labels() if is_for_fitting(x.document)], BUILT_IN).is_better
    assert update_confidence(settings, store).adopted is None
    assert [each.certificate.id for each in confidence_state(settings, store).certificates] == [certificate.id]


def test_canaries_that_are_read_worse_than_before_warn(
    settings: Settings, store: Store, confidence: ConfidenceStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are read once a day; a value that was right and is not now warns until it is right again."""
    canary = tmp_path / "canary.txt"
    canary.write_text("INVOICE\nInvoice number: A-77\nInvoice date: 2026-03-14\nTotal due: EUR 120.00\n")
    truth = tmp_path / "truth.jsonl"
    known = {"id": "c", "file": "canary.txt", "kind": "invoice"}
    fields = {"invoice_number": "A-77", "issue_date": "2026-03-14", "gross_total": "120.00"}
    truth.write_text(json.dumps({**known, "fields": fields}) + "\n")
    given = settings.model_copy(update={"confidence": Confidence(canaries=truth)})
    now = [datetime.now(UTC)]
    monkeypatch.setattr(store, "now", lambda: now[0])
    assert update_confidence(given, store).warnings == ()
    best = json.loads(confidence.note("canaries"))["best"]
    assert best >= 2, "the canary must be one that is read"

    truth.write_text(
        json.dumps({**known, "fields": {**fields, "gross_total": "999.00"}}) + "\n"
    )  # as if read otherwise
    assert update_confidence(given, store).warnings == (), "once a day is enough"
    now[0] += timedelta(days=1, minutes=1)
    (warning,) = update_confidence(given, store).warnings
    assert warning.startswith(f"Canaries: {best - 1} of 3 known values are read right, {best} were before.")
    assert tuple(promises_now(store).warnings) == (warning,)
    assert confidence_state(given, store).warnings == (warning,)
    truth.write_text(json.dumps({**known, "fields": fields}) + "\n")
    now[0] += timedelta(days=1, minutes=1)
    assert update_confidence(given, store).warnings == ()


def test_the_dashboard_is_told_what_is_promised(settings: Settings, store: Store, confidence: ConfidenceStore) -> None:
    """Pools with a certificate show its threshold, others what they lack, and voided ones say why."""
    confidence.add_labels(labels(300, lambda _score: 1.0))
    (certificate,) = update_confidence(settings, store).issued
    (pool,) = promises_now(store).pools
    assert (pool.threshold, pool.missing, pool.labels) == (certificate.threshold, 0, 300)
    assert pool.what == "money on digital pages" and pool.maximum_error == 0.01
    confidence.end(certificate.id, "voided", "3 of 20 audited values were wrong.")
    other = Pool(name="date", kinds=("date",), origins=("scan",), maximum_error=0.02)
    confidence.issue(Certificate(**{**dict(certificate), "id": "other", "pool": other}))
    promises = promises_now(store)
    assert [(each.what, each.why) for each in promises.voided] == [(pool.what, "3 of 20 audited values were wrong.")]
    assert [each.threshold for each in promises.pools] == [None]
    assert (promises.audited, promises.audited_wrong, promises.pending) == (0, 0, 0)
    assert promises.accuracy is None
    assert len(promises.labels) == 300 and all(right for _, right in promises.labels)
