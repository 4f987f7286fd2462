"""Wrong values planted into what a model says are not accepted, and rows that it drops are told."""

import pytest

from benchmarks.planted import WAYS, known, measure


@pytest.mark.slow
def test_nothing_planted_is_accepted(monkeypatch):
    """On the sample invoices: no planted value passes, each dropped row is told, right values pass as before."""
    monkeypatch.setenv("DOCASSAY_DATA", "/nonexistent")
    every = [each for each in known() if each.name.startswith("documents/invoice-0")]
    figures = measure(every, seed=4, plants=3 * len(WAYS))
    assert figures.planted.total() == 3 * len(WAYS) and not figures.accepted, figures.examples
    assert figures.dropped > 0 and figures.noticed == figures.dropped, figures.examples
    assert figures.right >= 0.95 * figures.right_unchecked > 0
