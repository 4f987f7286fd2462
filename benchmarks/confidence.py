"""How much the confidences are worth on real documents: naive, as written, and fitted on documents not seen.

    python -m benchmarks.confidence --cache FOLDER

Documents are read with embedded data and rules. Every figure of a fitted scorer is for answers that it was not fitted
on: once by cross-validation over documents (a page and its original with XML are one document), once with the whole set
left out. `--cache` keeps what parsing gave between runs, as pickles: give it a folder that only you can write.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from documents.jail import ParserPool
from documents.limits import Limits
from evaluation.calibration import Comparison, compared, fitted, fold_of, log_loss
from evaluation.compare import survey
from evaluation.labels import TruthLabel, labels_of
from evaluation.measures import Case, area_under_roc, calibration_error
from evaluation.truth import Truth, read_truth
from extractors.assess.scorer import BUILT_IN, Scorer
from extractors.pipeline import extract
from schemas.document import ParsedDocument
from schemas.errors import Refusal
from schemas.loader import load_schemas

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("DOCASSAY_DATA", ROOT.parent / "shared" / "data"))
ERRORS = (0.01, 0.02, 0.05)
UNLABELLED = 0.4  # what the naive confidence gives a value that no label points to
FEWEST = 20  # answers of a set below which no figures are given
SAMPLES = "samples"  # made by a program: judged, never fitted on

Shares = Mapping[int, float]  # id of a label to the probability that it is right


@dataclass(frozen=True)
class Set:
    """One collection of documents with truth."""

    name: str
    truth: Path
    schema: str | None = None  # of all of them; None: as the truth says
    file_key: str = "file"
    visible: bool = False  # count what the page prints


def sets(data: Path) -> tuple[Set, ...]:
    every = (
        Set("einvoice", data / "einvoice" / "truth.jsonl", "invoice", visible=True),
        Set("einvoice-originals", data / "einvoice" / "truth.jsonl", "invoice", "original"),
        Set("nda", data / "nda" / "truth.jsonl", "contract"),
        Set("receipts", data / "receipts" / "truth.jsonl", "receipt"),
        Set("adbuy", data / "adbuy" / "truth.jsonl", "ad_buy"),
        Set(SAMPLES, ROOT / "samples" / "truth.jsonl"),
    )
    if missing := [one.name for one in every if not one.truth.is_file()]:
        print(f"Left out, not in {data}: {', '.join(missing)}. Name their folder: --data.", file=sys.stderr)
    return tuple(one for one in every if one.truth.is_file())


def labels(one: Set, cache: Path | None) -> list[TruthLabel]:
    """Read the documents of a set and return their answers beside what is right."""
    schemas = load_schemas([str(ROOT / "samples" / "schemas")])
    known, _ = survey(one.truth, schemas, one.schema)
    out: list[TruthLabel] = []
    with ParserPool(Limits(), 1) as pool:
        for truth in read_truth(one.truth, file_key=one.file_key):
            document = parsed(pool, one, truth, cache)
            if document is not None:
                schema = schemas[one.schema or truth.kind or ""]
                found = labels_of(truth, extract(document, schema), schema, known, visible=one.visible)
                out.extend(replace(label, document=f"{one.name}/{label.document}") for label in found)
    return out


def parsed(pool: ParserPool, one: Set, truth: Truth, cache: Path | None) -> ParsedDocument | None:
    kept = cache / one.name / f"{truth.id}.pkl" if cache else None
    if kept is not None and kept.exists():
        found = pickle.loads(kept.read_bytes())
        return found if isinstance(found, ParsedDocument) else None
    path = one.truth.parent / truth.file
    try:
        document = pool.parse(path.read_bytes(), path.name)
    except Refusal:
        return None
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps(document))
    return document


def part(label: TruthLabel) -> str:
    """Values, cells and answers that there is no value are judged apart."""
    return "cells" if "." in label.path else "values" if label.answer == "found" else "absent"


def document_of(label: TruthLabel) -> str:
    """The document without its set: a page and its original with XML are one document in two dresses."""
    return label.document.partition("/")[2]


def family(set_name: str) -> str:
    return set_name.partition("-")[0]


def naive(label: TruthLabel) -> float:
    """Distance and place of the label, and nothing else."""
    return min(1.0, label.signals.get("nearness", UNLABELLED))


def by(scorer: Scorer) -> Callable[[TruthLabel], float]:
    return lambda label: scorer.probability(label.signals, label.kind, label.answer)


def crossed(every: Sequence[TruthLabel], folds: int, prior: Scorer) -> Shares:
    """Each answer judged by a scorer fitted on the other folds of documents."""
    out: dict[int, float] = {}
    for fold in range(folds):
        scorer = fitted([label for label in every if fold_of(document_of(label), folds) != fold], prior)
        out |= {id(each): by(scorer)(each) for each in every if fold_of(document_of(each), folds) == fold}
    return out


def left_out(labelled: Mapping[str, Sequence[TruthLabel]], prior: Scorer) -> Shares:
    """Each answer judged by a scorer that has seen no document of its set, in neither dress."""
    out: dict[int, float] = {}
    for name, kept in labelled.items():
        others = [group for other, group in labelled.items() if family(other) != family(name) and other != SAMPLES]
        scorer = fitted([label for group in others for label in group], prior)
        out |= {id(label): by(scorer)(label) for label in kept}
    return out


def coverage(cases: Sequence[Case], error: float) -> float:
    """Share of the cases above the loosest threshold with at most `error` wrong: found afterwards, so a best case."""
    wrong, best = 0, 0
    ordered = sorted(cases, key=lambda case: -case.confidence)
    for place, case in enumerate(ordered, 1):
        wrong += not case.right
        ends = place == len(ordered) or ordered[place].confidence < case.confidence
        if ends and wrong <= error * place:
            best = place
    return best / len(cases)


def figures(cases: Sequence[Case]) -> dict[str, float | int | None]:
    area = area_under_roc(cases)
    out: dict[str, float | int | None] = {
        "answers": len(cases),
        "right": round(sum(case.right for case in cases) / len(cases), 4),
        "auroc": None if area is None else round(area, 4),
        "ece": round(calibration_error(cases), 4),
        "ece_equal_size": round(calibration_error(cases, equal_size=True), 4),
        "log_loss": round(log_loss((case.confidence, case.right) for case in cases), 4),
    }
    return out | {f"coverage_{error:.0%}": round(coverage(cases, error), 4) for error in ERRORS}


def judged(chosen: Sequence[TruthLabel], ways: Mapping[str, Callable[[TruthLabel], float]]) -> dict[str, Any]:
    """Figures of one set by each way of judging, and whether what was fitted elsewhere beats what is written."""
    out: dict[str, Any] = {
        name: figures([Case(way(label), label.right) for label in chosen]) for name, way in ways.items()
    }
    given = {name: [way(label) for label in chosen] for name, way in ways.items()}
    for name in ("fitted", "left out"):
        if name in given:
            out[f"{name} against written"] = compared(chosen, given[name], given["written"])
    return out


def report(labelled: Mapping[str, Sequence[TruthLabel]], folds: int, prior: Scorer = BUILT_IN) -> dict[str, Any]:
    """Figures by part and set."""
    real = {name: group for name, group in labelled.items() if name != SAMPLES}
    in_folds = crossed([label for group in real.values() for label in group], folds, prior)
    away = left_out(labelled, prior)
    chosen = {**labelled, "all but samples": [label for group in real.values() for label in group]}
    out: dict[str, Any] = {}
    for kind in ("values", "cells", "absent"):
        for name, group in chosen.items():
            kept = [label for label in group if part(label) == kind]
            if len(kept) < FEWEST:
                continue
            ways: dict[str, Callable[[TruthLabel], float]] = {"naive": naive} if kind == "values" else {}
            ways["written"] = by(prior)
            if name != SAMPLES:
                ways["fitted"] = lambda label: in_folds[id(label)]
            ways["left out"] = lambda label: away[id(label)]
            out.setdefault(kind, {})[name] = judged(kept, ways)
    return out


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    for kind, by_set in found.items():
        errors = ", ".join(map(_percent, ERRORS))
        yield f"{kind}: AUROC, ECE of equal width / equal size, log loss, coverage at {errors} wrong"
        for name, by_way in by_set.items():
            for way, said in by_way.items():
                if isinstance(said, Comparison):
                    span = f"{said.difference:+.4f} ({said.low:+.4f} to {said.high:+.4f})"
                    yield f"  {name:18} {way}: {said.outcome}, log loss {span}, {said.documents} documents"
                    continue
                area = "  -   " if said["auroc"] is None else f"{said['auroc']:.4f}"
                covered = "  ".join(f"{said[f'coverage_{error:.0%}']:6.1%}" for error in ERRORS)
                yield (
                    f"  {name:18} {way:9} {said['answers']:5} answers, {said['right']:.1%} right  {area}  "
                    f"{said['ece']:.3f} / {said['ece_equal_size']:.3f}  {said['log_loss']:.3f}  {covered}"
                )


def _percent(share: float) -> str:
    return f"{share:.0%}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, help="folder in which parsed documents are kept")
    parser.add_argument("--data", type=Path, default=DATA, help="folder of the real documents")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="figures for a program")
    arguments = parser.parse_args()
    labelled = {one.name: labels(one, arguments.cache) for one in sets(arguments.data)}
    found = report(labelled, arguments.folds)
    print(json.dumps(found, indent=1) if arguments.json else "\n".join(lines(found)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
