"""Which labels count for which promise, and what they allow.

**Equal chances.** The binomial test needs a sample in which every answer of a pool stood the same chance, whatever its
confidence and whether it was right, and in which outcomes are independent. Three draws give that; each is a hash of the
document, made before anybody knows the outcome:

1. *Audits are drawn by document.* Of documents that are decided while something can pass without a person, a share e
   is drawn (review.audit), and in a drawn document everything that would have passed goes to a person too. So in a
   drawn document every answer is judged; in another one only the doubtful ones are, and these do not count ("matched
   thinning": an answer counts with chance e both where it was accepted and where it was not). Of a document that was
   decided before anything could pass, every answer is judged, and it counts with chance 1. The chance differs between
   these two times, never between the answers of one time; as long as documents of both times are alike (the condition
   of the promise itself) their union is a sample of the same population.
2. *One answer of a document at most.* Answers of one document err together. If the document has n answers in the pool
   and N is the most that any has, it gives a label with chance n/N, and then one of its n, each alike: every answer is
   drawn with chance 1/N. Drawing one answer of every document would count those of short documents more often.
3. *Not what the scorer learned from.* Once a scorer is fitted, half of all documents are for fitting and never for
   certificates (`is_for_fitting`).

Corrections that came by themselves (somebody stumbled over an accepted value) count for no promise: only wrong values
are ever reported that way.

**Pools.** A kind answers for itself once it has labels enough (twice what an errorless sample needs), and from then on
for good; the others are pooled under one name, each with at least a few labels. That depends on counts alone, never on
outcomes: choosing pools by their errors would break the promise. "There is no value" is a kind of its own. Origins are
never pooled unless the operator says so. A schema counts, and is accepted, from some labelled documents on.

**Repeated looks.** Each test of a pool spends its part of delta (evaluation.certify.spent), and is made only when its
labels have grown by half, so that daily updates do not use the budget up.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from evaluation.certify import GRID, Label, Promise, certified, labels_needed, spent
from schemas.confidence import ABSENT, ORIGINS, PROVED, Certificate, LabelledAnswer, Origin, Pool, PoolState
from schemas.draws import share

FITTING_SHARE = 0.5  # of the documents, once a scorer is fitted on labels
OWN_POOL = 2  # times the labels that an errorless sample needs: from then on a kind answers for itself
LEAST_OF_A_KIND = 10  # labels that a kind in a pool of several must have
LEAST_OF_A_SCHEMA = 30  # labelled documents
GROWTH = 1.5  # of the labels, from one test to the next
OTHER = "other"

Confidence = Callable[[LabelledAnswer], float | None]


@dataclass(frozen=True, slots=True)
class Terms:
    """What is promised, and with whose confidence."""

    delta: float  # chance that a pool's promise is wrong
    scorer: str  # version
    is_fitted: bool  # on labels: then half of the documents are kept for certificates
    pools_origins: bool = False  # born-digital, scans and photos may stand for each other


@dataclass(frozen=True, slots=True)
class Voided:
    """Answers of `pool` judged up to `at` say nothing about today."""

    pool: Pool
    at: datetime


def is_for_fitting(document: str) -> bool:
    """Return whether the labels of a document are for fitting scorers; the others are for certificates."""
    return share(document, "fitting") < FITTING_SHARE


def pool_states(
    labels: Iterable[LabelledAnswer],
    scopes: Mapping[str, Pool],
    before: Iterable[PoolState],
    terms: Terms,
    now: datetime,
    *,
    confidence: Confidence,
    voided: Sequence[Voided] = (),
) -> tuple[PoolState, ...]:
    """Return where every pool stands, with a test made wherever one is due.

    Args:
        labels: everything that is known.
        scopes: the pool of every certificate that there ever was, by id.
        before: the states of the last time: they hold the looks made so far.
        terms: what is promised.
        now: becomes the date of new certificates.
        confidence: of an answer under the scorer of `terms`.
        voided: what audits have ended.
    """
    known = {state.pool.key: state for state in before}
    usable = [label for label in labels if _counts(label, terms, voided)]
    groups: dict[tuple[tuple[Origin, ...], float], list[LabelledAnswer]] = defaultdict(list)
    for label in usable:
        if label.origin is not None:
            origins = ORIGINS if terms.pools_origins else (label.origin,)
            groups[origins, label.maximum_error].append(label)
    for state in known.values():  # a pool that lost its labels is still shown
        groups.setdefault((state.pool.origins, state.pool.maximum_error), [])
    states: list[PoolState] = []
    for (origins, maximum_error), members in sorted(groups.items()):
        for pool in _pools(members, scopes, known, terms, origins, maximum_error):
            drawn = sample(members, pool, scopes)
            since = max((void.at for void in voided if void.pool.meets(pool)), default=None)
            states.append(_state(pool, drawn, known.get(pool.key), terms, now, since, confidence))
    return tuple(states)


def sample(labels: Iterable[LabelledAnswer], pool: Pool, scopes: Mapping[str, Pool]) -> list[LabelledAnswer]:
    """Return the labels that count for `pool`: one a document at most, every answer with the same chance."""
    documents = _documents(labels, pool, scopes)
    schemas = Counter(answers[0].schema_name for answers in documents.values())
    enough = {document: a for document, a in documents.items() if schemas[a[0].schema_name] >= LEAST_OF_A_SCHEMA}
    most = max((len(answers) for answers in enough.values()), default=0)
    out = []
    for document, answers in enough.items():
        place = int(share(document, pool.key, "one answer") * most)
        if place < len(answers):
            ranked = sorted(answers, key=lambda label: share(document, label.path, "rank"))
            out.append(ranked[place])
    return out


def _documents(
    labels: Iterable[LabelledAnswer], pool: Pool, scopes: Mapping[str, Pool]
) -> dict[str, list[LabelledAnswer]]:
    """The judged answers of the pool by document, of the documents that count with all of them."""
    readings: dict[str, dict[int, list[LabelledAnswer]]] = defaultdict(lambda: defaultdict(list))
    for label in labels:
        if pool.holds(label.counted_as, label.origin, label.maximum_error):
            readings[label.document][label.record].append(label)
    out: dict[str, list[LabelledAnswer]] = {}
    for document, records in readings.items():
        answers = records[min(records)]  # a document that is read again is no second document
        could_pass = any(
            each == PROVED or (each in scopes and scopes[each].meets(pool)) for each in answers[0].in_force
        )
        if answers[0].drawn or not could_pass:
            out[document] = answers
    return out


def _counts(label: LabelledAnswer, terms: Terms, voided: Sequence[Voided]) -> bool:
    if label.inclusion is None or (terms.is_fitted and is_for_fitting(label.document)):
        return False
    return not any(
        label.at <= void.at and void.pool.holds(label.counted_as, label.origin, label.maximum_error) for void in voided
    )


def _pools(
    labels: Sequence[LabelledAnswer],
    scopes: Mapping[str, Pool],
    known: Mapping[str, PoolState],
    terms: Terms,
    origins: tuple[Origin, ...],
    maximum_error: float,
) -> list[Pool]:
    def pool(name: str, kinds: Iterable[str]) -> Pool:
        return Pool(name=name, kinds=tuple(sorted(kinds)), origins=origins, maximum_error=maximum_error)

    enough = OWN_POOL * labels_needed(maximum_error, spent(terms.delta, 1))
    own, others = [], []
    kinds = {label.counted_as for label in labels}
    kinds |= {
        state.pool.name for state in known.values()
        if state.pool.name != OTHER and (state.pool.origins, state.pool.maximum_error) == (origins, maximum_error)
    }  # fmt: skip
    for kind in sorted(kinds):
        alone = pool(kind, [kind])
        count = len(sample(labels, alone, scopes))
        if kind == ABSENT or count >= enough or alone.key in known:
            own.append(alone)
        elif count >= LEAST_OF_A_KIND:
            others.append(kind)
    pooled = pool(OTHER, others)
    last = known.get(pooled.key)
    is_certified = last is not None and last.certificate is not None and set(last.pool.kinds) <= set(others)
    if last is not None and is_certified and len(sample(labels, pooled, scopes)) < GROWTH * last.tested:
        pooled = last.pool  # kinds join at the next test that is due anyhow: newcomers do not end a certificate
    return own + ([pooled] if others else [])


def _state(
    pool: Pool,
    drawn: Sequence[LabelledAnswer],
    before: PoolState | None,
    terms: Terms,
    now: datetime,
    since: datetime | None,
    confidence: Confidence,
) -> PoolState:
    if before is not None and since is not None and (before.since is None or before.since < since):
        before = None  # what was voided was another world: its looks are spent on it
    looks, tested = (before.looks, before.tested) if before else (0, 0)
    is_same = before is not None and before.pool == pool and before.scorer == terms.scorer
    labels = [Label(sure, label.right) for label in drawn if (sure := confidence(label)) is not None]
    state = PoolState(
        pool=pool,
        scorer=terms.scorer,
        labels=len(labels),
        wrong=sum(not label.right for label in labels),
        looks=looks,
        tested=tested,
        since=since,
        certificate=before.certificate if before and is_same else None,
    )
    needed = labels_needed(pool.maximum_error, spent(terms.delta, looks + 1))
    sure_enough = sum(label.confidence >= GRID[-1] for label in labels)
    grown = math.ceil(GROWTH * tested) if is_same else 0
    if sure_enough < needed or len(labels) < grown:
        missing = max(needed - sure_enough, grown - len(labels))
        return state.model_copy(update={"missing": 0 if state.certificate else missing})
    verdict = certified(labels, Promise(pool.maximum_error, terms.delta), look=looks + 1)
    state = state.model_copy(update={"looks": looks + 1, "tested": len(labels)})
    if verdict.threshold is None:
        missing = max(verdict.missing, math.ceil(GROWTH * len(labels)) - len(labels))
        return state.model_copy(update={"missing": 0 if state.certificate else missing})
    certificate = Certificate(
        id=hashlib.sha256(f"{pool.key} {pool.kinds} {terms.scorer} {now.isoformat()}".encode()).hexdigest()[:12],
        pool=pool,
        schemas=tuple(sorted({label.schema_name for label in drawn})),
        scorer=terms.scorer,
        threshold=verdict.threshold,
        delta=terms.delta,
        look=looks + 1,
        labels=verdict.labels,
        wrong=verdict.wrong,
        at=now,
    )
    return state.model_copy(update={"certificate": certificate})
