"""What passes wrongly when documents change: certificates learned on clean files, then photographs arrive.

    python -m benchmarks.shift [--seeds 100] [--cache FOLDER]

Certificates are learned on born-digital documents (invoices, orders, contracts), read as in `benchmarks.promise`. Then
photographs of receipts arrive, one by one, among them the share of audits that the settings draw at the least (5 %).
Audits are counted by evaluation.alarm, and a voided certificate lets nothing pass. Three cases:

- *origins apart*, as built in: photographs are a pool of their own, and it has no certificate.
- *origins pooled* (`confidence.pool_origins`), photographs of a kind of document that nobody has judged: its schema is
  in no certificate.
- *origins pooled, disguised*: the same, and the certificate speaks of the schema, as if receipts had come as clean
  files before: confidence and audits are all that is left.

"Accepted wrongly" is counted over the photographs alone, and over everything that was accepted since the certificate,
as many clean documents before the change included.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.promise import Door, by_arrival, certificates, scored, simulate
from benchmarks.readings import Answered
from evaluation.alarm import Audited, evidence
from extractors.assess.scorer import BUILT_IN, Scorer
from schemas.confidence import Certificate, Gate

AUDITS = 0.05
ARRIVALS = 1500  # clean documents that are judged first
AFTER = 2000  # photographs that arrive, after as many clean documents under the certificate
ALPHA = 0.01


@dataclass(frozen=True, slots=True)
class Shifted:
    """What one seed let pass after the change."""

    accepted: int
    wrong: int
    clean_accepted: int
    clean_wrong: int
    voided_after: int | None  # photographs

    @property
    def share(self) -> float:
        """Wrong among everything that was accepted."""
        accepted = self.accepted + self.clean_accepted
        return (self.wrong + self.clean_wrong) / accepted if accepted else 0.0


def pooled(gate: Gate, schemas: tuple[str, ...]) -> Gate:
    """Return the certificates as they would be with all origins pooled, for further schemas too."""

    def wide(certificate: Certificate) -> Certificate:
        pool = certificate.pool.model_copy(update={"origins": ("digital", "scan", "photo")})
        return certificate.model_copy(update={"pool": pool, "schemas": (*certificate.schemas, *schemas)})

    return Gate(tuple(wide(certificate) for certificate in gate.certificates if "digital" in certificate.pool.origins))


def stream(
    arrivals: Sequence[Sequence[Answered]], gate: Gate, scorer: Scorer, draw: random.Random, count: int
) -> tuple[int, int, int | None]:
    """Let documents arrive; return accepted, wrong among them, and after how many the last certificate was voided."""
    accepted = wrong = 0
    audits: dict[str, list[Audited]] = {certificate.id: [] for certificate in gate.certificates}
    last: int | None = None
    door = Door(gate, scorer)
    for number in range(count):
        arrival = draw.choice(arrivals)
        is_audited = draw.random() < AUDITS
        found: dict[str, list[Answered]] = {}
        for one in arrival:
            certificate = door.certificate(one)
            if certificate is not None:
                found.setdefault(certificate.id, []).append(one)
        for name, answers in found.items():
            bad = sum(not one.label.right for one in answers)
            if not is_audited:
                accepted, wrong = accepted + len(answers), wrong + bad
                continue
            audits[name].append(Audited(len(answers), bad))  # a person corrects what is wrong in it
            if evidence(audits[name], ALPHA).is_void:
                gate = replace(gate, certificates=tuple(c for c in gate.certificates if c.id != name))
                door, last = Door(gate, scorer), number + 1
    return accepted, wrong, last


def one_seed(
    clean: Sequence[Sequence[Answered]], photos: Sequence[Sequence[Answered]], scorer: Scorer, seed: int, case: str
) -> Shifted:
    """Learn, then let photographs come."""
    draw = random.Random(seed)
    gate = certificates(draw.choices(clean, k=ARRIVALS), scorer)
    if case != "origins apart":
        gate = pooled(gate, ("receipt",) if case.endswith("disguised") else ())
    clean_accepted, clean_wrong, _ = stream(clean, gate, scorer, draw, AFTER)
    accepted, wrong, voided = stream(photos, gate, scorer, draw, AFTER)
    return Shifted(accepted, wrong, clean_accepted, clean_wrong, voided)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--readings", type=int, default=10)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    every = by_arrival(scored(simulate(given.readings, given.cache), BUILT_IN, logprobs=False))
    clean = [arrival for arrival in every if all(one.label.origin == "digital" for one in arrival)]
    photos = [arrival for arrival in every if all(one.label.origin == "photo" for one in arrival)]
    for case in ("origins apart", "origins pooled", "origins pooled, disguised"):
        found = [one_seed(clean, photos, BUILT_IN, seed, case) for seed in range(given.seeds)]
        kept = sum(one.share <= 2 * ALPHA for one in found)
        shares = sorted(one.wrong / one.accepted if one.accepted else 0.0 for one in found)
        voided = sorted(one.voided_after for one in found if one.voided_after is not None)
        middle = f", the last after {voided[len(voided) // 2]} photographs (median)" if voided else ""
        print(
            f"{case}: {sum(one.accepted for one in found) / len(found):.0f} values of photographs accepted a seed, "
            f"{sum(one.wrong for one in found) / len(found):.1f} wrong (median {shares[len(shares) // 2]:.2%}, worst "
            f"{shares[-1]:.2%} of them); at most {2 * ALPHA:.0%} wrong in all that was accepted: {kept} of "
            f"{len(found)} seeds; certificates voided in {len(voided)}{middle}",
            flush=True,
        )


if __name__ == "__main__":
    main()
