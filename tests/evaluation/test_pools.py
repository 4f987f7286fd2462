"""Which labels count: equal chances, one a document, none that chance did not give; budgets over looks."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.certify import labels_needed, spent
from evaluation.pools import GROWTH, Terms, Voided, is_for_fitting, pool_states, sample
from schemas.confidence import PROVED, Certificate, LabelledAnswer, Pool, PoolState
from schemas.fields import Kind

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MONEY = Pool(name="money", kinds=("money",), origins=("digital",), maximum_error=0.05)
TERMS = Terms(delta=0.1, scorer="s1", is_fitted=False)


def label(document: object = 1, path: str = "total", **changes: Any) -> LabelledAnswer:
    values: dict[str, Any] = {
        "document": str(document), "record": 1, "path": path, "schema_name": "invoice", "kind": Kind.MONEY,
        "answer": "found", "origin": "digital", "maximum_error": 0.05, "signals": {}, "confidence": 0.97,
        "scorer": "s1", "right": True, "who": "ann", "at": NOW, "how": "review", "drawn": False, "in_force": (),
        "inclusion": 1.0,
    }  # fmt: skip
    return LabelledAnswer(**{**values, **changes})


def confidence(one: LabelledAnswer) -> float | None:
    return one.confidence


def states(
    labels: list[LabelledAnswer], before: tuple[PoolState, ...] = (), terms: Terms = TERMS, **more: Any
) -> dict[str, PoolState]:
    found = pool_states(labels, more.pop("scopes", {}), before, terms, NOW, confidence=confidence, **more)
    return {state.pool.name: state for state in found}


def test_every_answer_is_drawn_with_the_same_chance_and_one_a_document() -> None:
    """Answers of long and of short documents are drawn alike: their shares differ by no more than chance allows."""
    sizes = {document: 1 + document % 4 for document in range(8000)}
    labels = [label(d, f"field{n}") for d, size in sizes.items() for n in range(size)]
    drawn = sample(labels, MONEY, {})
    assert max(Counter(one.document for one in drawn).values()) == 1
    by_size = Counter(sizes[int(one.document)] for one in drawn)
    for size in range(1, 5):  # 2,000 documents of each size; chance 1/4 for each answer
        expected, answers = size * 2000 / 4, size * 2000
        assert abs(by_size[size] - expected) < 4.5 * (answers * 0.25 * 0.75) ** 0.5, (size, by_size)
    places = Counter(one.path for one in drawn if sizes[int(one.document)] == 4)
    assert all(abs(count - 500) < 4.5 * (2000 * 0.25 * 0.75) ** 0.5 for count in places.values()), places


@given(st.integers(0, 2**32), st.floats(0.05, 0.4))
@settings(max_examples=15, deadline=None)
def test_thinning_gives_sure_and_doubtful_answers_the_same_chance(seed: int, share: float) -> None:
    """Under a certificate the sample holds what was accepted and what was reviewed as often as they come."""
    draw = random.Random(seed)
    labels, came = [], Counter[bool]()
    for document in range(4000):
        sure, drawn = draw.random() < 0.7, draw.random() < share
        came[sure] += 1
        if sure and not drawn:  # accepted, and nobody looked
            continue
        how = "audit" if sure else "review"
        labels.append(
            label(document, confidence=0.97 if sure else 0.3, how=how, drawn=drawn, in_force=("c1",), inclusion=share)
        )
    counted = Counter((one.confidence or 0) > 0.9 for one in sample(labels, MONEY, {"c1": MONEY}))
    for sure, number in came.items():
        assert abs(counted[sure] - number * share) < 5 * (number * share * (1 - share)) ** 0.5


def test_words_that_chance_did_not_ask_for_count_for_nothing() -> None:
    """Corrections that came by themselves, undrawn reviews beside accepted answers, and documents for fitting."""
    own = [label(d) for d in range(100)]
    volunteered = [label(f"x{d}", right=False, how="correction", inclusion=None) for d in range(100)]
    beside = [label(f"y{d}", in_force=("c1",), inclusion=0.05, confidence=0.2) for d in range(100)]
    proved = [label(f"z{d}", in_force=(PROVED,), inclusion=0.05) for d in range(100)]
    found = states([*own, *volunteered, *beside, *proved], scopes={"c1": MONEY})["other"]
    assert (found.labels, found.wrong) == (100, 0)
    fitted = states([*own], terms=replace(TERMS, is_fitted=True))["other"]
    assert fitted.labels == sum(not is_for_fitting(str(d)) for d in range(100))


def test_a_pool_is_certified_and_says_on_what() -> None:
    """Enough labels without an error give a certificate; it names scorer, schemas, threshold and labels."""
    certificate = states([label(d) for d in range(300)])["money"].certificate
    assert certificate is not None
    assert (certificate.scorer, certificate.schemas, certificate.look) == ("s1", ("invoice",), 1)
    assert certificate.labels >= labels_needed(0.05, spent(0.1, 1))
    assert certificate.wrong == 0


def test_a_kind_with_few_labels_is_pooled_and_one_with_enough_is_not() -> None:
    """Kinds answer for themselves once their labels suffice; a handful of labels belongs to no pool at all."""
    money = [label(d) for d in range(300)]
    dates = [label(f"d{d}", kind=Kind.DATE) for d in range(40)]
    parties = [label(f"p{d}", kind=Kind.PARTY) for d in range(5)]
    found = states([*money, *dates, *parties])
    assert found["money"].pool.kinds == ("money",)
    assert found["other"].pool.kinds == ("date",)


def test_origins_are_pooled_only_on_request() -> None:
    """Clean files vouch for no photo, unless the operator says so."""
    labels = [label(d, origin="digital" if d % 2 else "photo") for d in range(300)]
    found = pool_states(labels, {}, (), TERMS, NOW, confidence=confidence)
    assert {state.pool.origins for state in found} == {("digital",), ("photo",)}
    pooled = pool_states(labels, {}, (), replace(TERMS, pools_origins=True), NOW, confidence=confidence)
    assert {state.pool.origins for state in pooled} == {("digital", "scan", "photo")}


def test_a_schema_that_nobody_has_judged_is_covered_by_no_certificate() -> None:
    """The labels of invoices do not let a new kind of document pass."""
    labels = [label(d) for d in range(300)] + [label(f"r{d}", schema_name="receipt") for d in range(29)]
    certificate = states(labels)["money"].certificate
    assert certificate is not None
    assert certificate.schemas == ("invoice",)


def test_what_was_voided_counts_no_more() -> None:
    """After a void only labels that are given later count, and a new sequence of looks begins."""
    old = [label(d) for d in range(300)]
    first = states(old)["money"]
    void = Voided(MONEY, NOW + timedelta(days=1))
    after = states(old, (first,), voided=[void])["money"]
    assert (after.labels, after.looks, after.certificate) == (0, 0, None)
    new = [label(f"n{d}", at=NOW + timedelta(days=2)) for d in range(300)]
    again = states([*old, *new], (after,), voided=[void])["money"]
    assert again.labels == 300
    assert again.certificate is not None


def test_the_budget_holds_over_all_looks_and_looks_are_few() -> None:
    """However often the update runs, tests are made only after growth by half, and together spend at most delta."""
    before: tuple[PoolState, ...] = ()
    looked, tested = 0, []
    for count in range(40, 2000, 60):
        labels = [label(d, right=d % 9 != 0) for d in range(count)]  # too many errors for any certificate
        state = states(labels, before).get("money") or states(labels, before)["other"]
        if state.looks > looked:
            tested.append(count)
            looked = state.looks
        before = (state,)
    assert looked == len(tested) <= 10
    assert all(later >= GROWTH * earlier for earlier, later in pairwise(tested))
    assert sum(spent(0.1, look) for look in range(1, looked + 1)) <= 0.1


def test_promises_are_kept_over_repeated_looks() -> None:
    """With a share of errors just above the promise, hardly any of many histories ever certifies."""
    broken = 0
    for seed in range(40):
        draw = random.Random(seed)
        labels = [label(f"{seed}/{d}", right=draw.random() >= 0.055) for d in range(700)]
        before: tuple[PoolState, ...] = ()
        given: Certificate | None = None
        for count in (120, 300, 700):
            found = states(labels[:count], before)
            state = found.get("money") or found["other"]
            given, before = given or state.certificate, (state,)
        broken += given is not None
    assert broken <= 40 * 0.1 + 4  # delta, and two standard errors
