"""Whether promises hold: a simulated model errs in one value of ten, and certificates let pass what they allow.

    python -m benchmarks.promise [--readings 10] [--seeds 100] [--cache FOLDER] [--arrivals 3000]

Every document is read several times (benchmarks.readings), each reading with mistakes of its own, and stands for one
arrival. Each seed draws arrivals, learns certificates from them with the functions of the program (evaluation.pools:
everything was reviewed, one test, delta 0.05, alpha 1 % as in the schemas), and counts what they let pass.

There are two ways to draw. *Arrivals*: labels and tests are drawn from the same documents, with replacement; that is
what the promise speaks of, coming documents that resemble the labelled ones. *New documents*: half of the documents
give labels and the other half are tested; with 340 documents that asks for more than is promised, since the
readings of one document share what rules, layout and truth have of their own, and labels are fewer than they look.

Wrong is what differs from the truth, whoever erred; injected errors are those of the simulated model.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from benchmarks.readings import AT, DATA, Answered, Sheet, answered, kept, sheets
from benchmarks.simulator.profiles import Profile, load
from evaluation.pools import Terms, pool_states
from extractors.assess.scorer import BUILT_IN, Scorer
from schemas.confidence import Certificate, Gate, LabelledAnswer
from schemas.loader import load_schemas
from schemas.schema import Schema

SETS = {"einvoice": "invoice", "receipts": "receipt", "adbuy": "ad_buy", "nda": "contract"}
AD_BUY = Path(__file__).parent.parent / "samples" / "schemas" / "ad_buy.yaml"
DELTA = 0.05
LOGPROBS = ("logprob_mean", "logprob_least")


@dataclass
class Outcome:
    """What one seed let pass."""

    certificates: int = 0
    offered: int = 0
    accepted: int = 0
    wrong: int = 0
    injected: int = 0  # wrong answers in which the simulated model had a hand
    injected_accepted: int = 0
    by_class: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    rows: Counter[str] = field(
        default_factory=Counter
    )  # tables whose model lost rows; made good: another source has them
    wrong_fields: Counter[str] = field(default_factory=Counter)

    @property
    def wrong_share(self) -> float:
        """Of what was accepted."""
        return self.wrong / self.accepted if self.accepted else 0.0

    @property
    def injected_share(self) -> float:
        """Injected errors among what was accepted."""
        return self.injected_accepted / self.accepted if self.accepted else 0.0


def simulate(
    readings: int, cache: Path | None, sets: Iterable[str] = tuple(SETS), limit: int | None = None
) -> list[Answered]:
    """Return the answers of all readings of all documents; what `cache` holds of them is not read again."""
    schemas, profile = load_schemas((str(AD_BUY),)), load("tenth")
    out: list[Answered] = []
    for name in sets:
        schema = schemas[SETS[name]]
        for sheet in sheets(name, schema, cache, limit):
            out += kept(
                cache / f"readings-{readings}" / name / f"{sheet.id}.pkl" if cache else None,
                partial(_readings, sheet, schema, profile, readings),
            )
    return out


def _readings(sheet: Sheet, schema: Schema, profile: Profile, readings: int) -> list[Answered]:
    return [
        each
        for reading in range(readings)
        for each in answered(sheet, schema, profile, reading, logprobs=True, sources=("embedded", "rules"))
    ]


def scored(answers: Iterable[Answered], scorer: Scorer, *, logprobs: bool) -> list[Answered]:
    """Return the answers with the confidence of `scorer`, with or without log-probabilities among the signals."""
    out = []
    for one in answers:
        signals = dict(one.label.signals)
        if not logprobs and any(name in signals for name in LOGPROBS):
            signals = {name: value for name, value in signals.items() if name not in LOGPROBS} | {
                "logprob_missing": 1.0
            }
        confidence = scorer.probability(signals, one.label.kind, one.label.answer)
        label = replace(one.label, signals=signals, confidence=confidence, scorer=scorer.version)
        out.append(replace(one, label=label))
    return out


def by_arrival(answers: Iterable[Answered]) -> list[list[Answered]]:
    """Return the answers of each reading together."""
    found: dict[tuple[str, int], list[Answered]] = defaultdict(list)
    for one in answers:
        found[one.sheet, one.reading].append(one)
    return list(found.values())


def certificates(arrivals: Sequence[Sequence[Answered]], scorer: Scorer) -> Gate:
    """Return what the labels of reviewed arrivals allow; each arrival is a document of its own."""
    labels: list[LabelledAnswer] = []
    for number, arrival in enumerate(arrivals):
        labels += [replace(one.label, document=f"{number}/{one.sheet}/{one.reading}") for one in arrival]
    terms = Terms(delta=DELTA, scorer=scorer.version, is_fitted=False)
    states = pool_states(labels, {}, (), terms, AT, confidence=lambda label: label.confidence)
    return Gate(tuple(state.certificate for state in states if state.certificate is not None))


class Door:
    """What a gate lets pass, by the rule of extractors.assess.decide; remembers which certificate is for what."""

    def __init__(self, gate: Gate, scorer: Scorer) -> None:
        self._gate, self._scorer = gate, scorer
        self._known: dict[tuple[object, ...], Certificate | None] = {}

    def certificate(self, one: Answered) -> Certificate | None:
        """Return the certificate that an answer passes under; None if it does not."""
        label = one.label
        key = (label.schema_name, label.counted_as, label.origin, label.maximum_error)
        if key not in self._known:
            self._known[key] = self._gate.certificate(*key, self._scorer.version)
        found = self._known[key]
        is_sure = found is not None and (label.confidence or 0.0) >= found.threshold
        return found if one.passable and is_sure else None


def counted(arrivals: Iterable[Sequence[Answered]], gate: Gate, scorer: Scorer) -> Outcome:
    """Count what a gate lets pass."""
    out, door = Outcome(certificates=len(gate.certificates)), Door(gate, scorer)
    for arrival in arrivals:
        for one in arrival:
            label, ok = one.label, door.certificate(one) is not None
            hurt = not label.right and one.mistake is not None
            out.offered += 1
            out.accepted += ok
            out.wrong += ok and not label.right
            out.injected += hurt
            out.injected_accepted += ok and hurt
            if ok and not label.right:
                out.wrong_fields[f"{label.schema_name}.{label.path}"] += 1
            if hurt:
                out.by_class[str(one.mistake)]["accepted" if ok else "caught"] += 1
            if one.rows_lost > 0:
                out.by_class["rows lost"]["accepted" if ok else "caught"] += 1
                out.rows["noticed" if one.rows_noticed else "made good" if label.right else "unnoticed"] += 1
    return out


def run(
    answers: Sequence[Answered], seeds: int, arrivals: int, scorer: Scorer, *, new_documents: bool
) -> list[Outcome]:
    """Return the outcome of each seed."""
    every = by_arrival(answers)
    outcomes = []
    for seed in range(seeds):
        draw = random.Random(seed)
        learned, tested = every, every
        if new_documents:
            sheets_ = sorted({arrival[0].sheet for arrival in every})
            draw.shuffle(sheets_)
            half = set(sheets_[: len(sheets_) // 2])
            learned = [arrival for arrival in every if arrival[0].sheet in half]
            tested = [arrival for arrival in every if arrival[0].sheet not in half]
        gate = certificates(draw.choices(learned, k=arrivals), scorer)
        outcomes.append(counted(tested, gate, scorer))
    return outcomes


def said(title: str, outcomes: Sequence[Outcome]) -> str:
    """Some lines about all seeds."""
    kept = sum(o.wrong_share <= 0.01 for o in outcomes)
    injected_kept = sum(o.injected_share <= 0.01 for o in outcomes)
    shares = sorted(o.wrong_share for o in outcomes)
    coverage = sorted(o.accepted / o.offered for o in outcomes)
    classes: dict[str, Counter[str]] = defaultdict(Counter)
    fields: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    for outcome in outcomes:
        fields.update(outcome.wrong_fields)
        rows.update(outcome.rows)
        for name, counter in outcome.by_class.items():
            classes[name].update(counter)
    middle = len(outcomes) // 2
    lines = [
        title,
        f"  at most 1 % wrong among accepted: {kept} of {len(outcomes)} seeds; "
        f"injected errors alone: {injected_kept} of {len(outcomes)}",
        f"  wrong among accepted: median {shares[middle]:.3%}, worst {shares[-1]:.3%}; "
        f"injected: mean {sum(o.injected_share for o in outcomes) / len(outcomes):.3%}",
        f"  coverage: median {coverage[middle]:.1%}, {coverage[0]:.1%} to {coverage[-1]:.1%}; "
        f"certificates: {sum(o.certificates for o in outcomes) / len(outcomes):.1f} a seed",
    ]
    for name, counter in sorted(classes.items()):
        total = counter["accepted"] + counter["caught"]
        lines.append(f"  {name}: caught {counter['caught'] / total:.2%} of {total / len(outcomes):.0f} a seed")
    lines.append(f"  tables whose model lost rows: {', '.join(f'{count} {said}' for said, count in rows.items())}")
    lines.append(f"  wrong and accepted, by field: {dict(fields.most_common(6))}")
    return "\n".join(lines)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--readings", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--arrivals", type=int, default=3000)
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    assert DATA.is_dir(), f"There is no {DATA}: set DOCASSAY_DATA"
    answers = simulate(given.readings, given.cache)
    named = len({one.sheet for one in answers})
    injected = sum(one.mistake is not None for one in answers) / len(answers)
    wrong = sum(not one.label.right for one in answers) / len(answers)
    print(f"{named} documents, {given.readings} readings each, {len(answers)} answers")
    print(f"{injected:.1%} touched by a mistake of the simulated model, {wrong:.1%} wrong in the end")
    for logprobs in (True, False):
        some = scored(answers, BUILT_IN, logprobs=logprobs)
        for new_documents in (False, True):
            drawn = "new documents" if new_documents else "arrivals"
            outcomes = run(some, given.seeds, given.arrivals, BUILT_IN, new_documents=new_documents)
            print(said(f"log-probabilities {'on' if logprobs else 'off'}, {drawn}", outcomes), flush=True)


if __name__ == "__main__":
    main()
