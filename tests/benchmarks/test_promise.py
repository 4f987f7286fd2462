"""The benchmark counts as the program decides: a simulated reading goes the real way."""

from __future__ import annotations

from pathlib import Path

from benchmarks.promise import by_arrival, certificates, counted, scored
from benchmarks.readings import Sheet, answered
from benchmarks.simulator.library import build
from benchmarks.simulator.profiles import load
from documents.parse import parse_bytes
from evaluation.truth import read_truth
from extractors.assess.scorer import BUILT_IN
from schemas.loader import builtin_schemas

SAMPLES = Path(__file__).parents[2] / "samples"
NAME = "invoice-08-wide-en"


def sheet() -> Sheet:
    truth = next(each for each in read_truth(SAMPLES / "truth.jsonl") if each.id == NAME)
    path = SAMPLES / truth.file
    document = parse_bytes(path.read_bytes(), path.name)
    library = build([truth], {NAME: [page.text for page in document.pages]}, builtin_schemas())
    return Sheet("samples", NAME, document, truth, library.documents[NAME])


def test_readings_err_as_drawn_and_nothing_passes_without_labels() -> None:
    """A perfect model is right where the truth stands, one that errs is not, and few labels certify nothing."""
    invoice, one = builtin_schemas()["invoice"], sheet()
    perfect = list(answered(one, invoice, load("perfect"), 0, logprobs=True, sources=("rules",)))
    assert sum(each.label.right for each in perfect) >= 0.9 * len(perfect)
    assert not any(each.mistake for each in perfect)
    erring = [
        each
        for reading in range(6)
        for each in answered(one, invoice, load("tenth"), reading, logprobs=True, sources=("rules",))
    ]
    assert any(each.mistake for each in erring)
    some = scored(erring, BUILT_IN, logprobs=False)
    assert all("logprob_mean" not in each.label.signals for each in some)
    gate = certificates(by_arrival(some), BUILT_IN)
    assert gate.certificates == ()
    outcome = counted(by_arrival(some), gate, BUILT_IN)
    assert (outcome.accepted, outcome.wrong) == (0, 0)
    assert outcome.offered == len(some)
