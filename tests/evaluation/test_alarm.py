"""Audits take a promise back when it no longer holds, and hardly ever while it does."""

from __future__ import annotations

import random

import pytest

from evaluation.alarm import RUN, Audited, evidence, step


def run_length(seed: int, wrong: float, answers: int, longest: int, *, clumped: bool = False) -> int:
    """Audited documents until the alarm, at most `longest`; clumped: a bad document is wrong in all its answers."""
    draw = random.Random(seed)
    audits = []
    for _ in range(longest):
        if clumped:
            bad = draw.random() < wrong
            audits.append(Audited(answers, answers if bad else 0))
        else:
            audits.append(Audited(answers, sum(draw.random() < wrong for _ in range(answers))))
    return evidence(audits, 0.01).alarm or longest


@pytest.mark.parametrize("answers", [1, 8, 20])
@pytest.mark.parametrize("clumped", [False, True])
def test_false_alarms_are_as_rare_as_promised(answers: int, clumped: bool) -> None:
    """At the promised error itself the mean run between false alarms is at least RUN audited documents."""
    runs = [run_length(seed, 0.01, answers, 2000, clumped=clumped) for seed in range(60)]
    assert sum(runs) / len(runs) >= RUN


def test_five_times_the_promised_error_is_found_fast() -> None:
    """With eight answers a document, five times the promised error is found within some thirty audited documents."""
    runs = [run_length(seed, 0.05, 8, 2000) for seed in range(60)]
    assert sum(runs) / len(runs) <= 40


def test_right_answers_never_raise_an_alarm() -> None:
    """The sum falls with every document without an error, and stays at zero."""
    found = evidence([Audited(10, 0)] * 5000, 0.01)
    assert (found.sum, found.is_void, found.answers) == (0.0, False, 50_000)


def test_one_bad_document_is_one_piece_of_evidence() -> None:
    """Ten wrong values in one document weigh as much as one: they have one cause."""
    assert step(Audited(10, 10), 0.01) == step(Audited(10, 1), 0.01)
    assert not evidence([Audited(10, 10)], 0.01).is_void
