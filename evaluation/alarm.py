"""When audits say that a promise no longer holds: a cumulative sum over audited documents (Page, Biometrika 41, 1954).

An audited document with n accepted answers is bad if any of them was wrong. While at most a share alpha of what is
accepted is wrong, that happens with a chance of at most n * alpha, however the answers of one document hang together
(the union bound). Each document adds log(p1 / p0) of its outcome, where p0 is that chance and p1 the one at TARGET
times alpha; the sum never falls below zero, and the certificate is void when it reaches log(RUN).

False alarms: the mean number of audited documents before one is at least RUN while the promise holds (Lorden, Annals of
Mathematical Statistics 42, 1971); at an audit share of 5 % that is one in 20 * RUN documents at the worst.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

TARGET = 5.0  # times the promised error: what is to be found fast
RUN = 250  # audited documents, on average at least, from one false alarm to the next
LIMIT = math.log(RUN)


class Audited(NamedTuple):
    """What audits found in one document."""

    answers: int  # accepted under the certificate, and judged
    wrong: int  # of these


class Evidence(NamedTuple):
    """How much speaks against a promise."""

    sum: float  # now
    documents: int  # audited
    answers: int
    wrong: int
    alarm: int | None  # number of the document, from 1, at which the sum reached LIMIT; None: it did not

    @property
    def is_void(self) -> bool:
        """Whether the promise is to be taken back."""
        return self.alarm is not None


def evidence(audits: Iterable[Audited], alpha: float) -> Evidence:
    """Return what audits, in the order in which they were judged, say against a promise of at most `alpha` wrong."""
    total, count, answers, wrong = 0.0, 0, 0, 0
    alarm: int | None = None
    for audit in audits:
        if audit.answers == 0:
            continue
        count += 1
        answers += audit.answers
        wrong += audit.wrong
        total = max(0.0, total + step(audit, alpha))
        if total >= LIMIT and alarm is None:
            alarm = count
    return Evidence(total, count, answers, wrong, alarm)


def step(audit: Audited, alpha: float) -> float:
    """Return the logarithm of how much likelier an outcome is at TARGET * alpha than under the promise."""
    out_of_control = 1.0 - (1.0 - min(0.5, TARGET * alpha)) ** audit.answers
    in_control = min(audit.answers * alpha, 0.9 * out_of_control)  # the second only where nearly every document is bad
    if audit.wrong:
        return math.log(out_of_control / in_control)
    return math.log((1.0 - out_of_control) / (1.0 - in_control))
