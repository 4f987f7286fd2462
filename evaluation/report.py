"""Scores as a person reads them, and as JSON for a program."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from evaluation.measures import Count
from evaluation.scores import Confidence, Promised, Scores, StraightThrough

_MOST_REFUSED = 20  # refused documents that are listed one by one


def as_text(scores: Scores, *, misses_of: str | None = None) -> str:
    """Return the figures as lines of text; `misses_of` adds each document in which that field is not exactly right."""
    return "\n".join(_lines(scores, misses_of))


def as_dict(scores: Scores) -> dict[str, Any]:
    """Return the figures for JSON, shares rounded to four places."""
    micro = scores.micro
    out: dict[str, Any] = {
        "documents": scores.documents,
        "answered": scores.answered,
        "perfect_documents": _share(scores.perfect / max(1, scores.documents)),
        "fields": {name: _count(count) for name, count in scores.fields.items()},
        "micro": _count(micro),
        "macro_f1": _share(scores.macro_f1),
    }
    if scores.confidence:
        out["confidence"] = _confidence(scores.confidence)
    if scores.promised:
        out["promised"] = [_promised(each) for each in scores.promised]
    if scores.straight_through:
        out["straight_through"] = _straight_through(scores.straight_through)
    if scores.classified:
        out["classified"] = dict(scores.classified)
    if scores.refused:
        out["refused"] = [refused._asdict() for refused in scores.refused]
    if scores.notes:
        out["notes"] = list(scores.notes)
    if scores.seconds:
        out["seconds"] = {name: round(value, 3) for name, value in _times(scores.seconds).items()}
    return out


def _lines(scores: Scores, misses_of: str | None) -> Iterator[str]:
    perfect = scores.perfect / max(1, scores.documents)
    yield f"{scores.answered} of {scores.documents} documents answered, {perfect:.1%} without a single error"
    width = max((len(name) for name in scores.fields), default=5)
    for name, count in scores.fields.items():
        yield f"  {name:{width}}  {_prf(count)}  ({count.right} right, {count.answered} answered, {count.wanted} true)"
    yield f"  {'MICRO':{width}}  {_prf(scores.micro)}   macro F1 {scores.macro_f1:.3f}"
    if scores.confidence:
        yield from _confidence_lines(scores.confidence)
    yield from map(_promised_line, scores.promised)
    if scores.straight_through:
        yield _straight_through_line(scores.straight_through)
    if scores.classified:
        said = Counter(scores.classified)
        yield f"classified right {said['right']}, unsure {said['unsure']}, wrong {said['wrong']}"
    if scores.seconds:
        times = _times(scores.seconds)
        most = f"95 % below {times['p95']:.2f}, most {times['most']:.2f}"
        yield f"seconds per document: median {times['median']:.2f}, {most}"
    yield from scores.notes
    for reason, number in Counter(refused.reason for refused in scores.refused).most_common():
        yield f"refused {reason}: {number}"
    for refused in scores.refused[:_MOST_REFUSED]:
        yield f"  {refused.file or refused.id}: {refused.message}"
    if misses_of:
        for miss in scores.misses:
            if miss.field == misses_of:
                yield f"{miss.id} | want {miss.wanted} | got {miss.got}"


def _prf(count: Count) -> str:
    return f"P {count.precision:.3f}  R {count.recall:.3f}  F1 {count.f1:.3f}"


def _confidence_lines(confidence: Confidence) -> Iterator[str]:
    auroc = "not defined" if confidence.auroc is None else f"{confidence.auroc:.4f}"
    yield (
        f"confidence over {confidence.cases} answered fields: right {confidence.right:.1%}, mean confidence "
        f"{confidence.mean:.3f}, AUROC {auroc}, AURC {confidence.aurc:.4f}, ECE {confidence.calibration_error:.4f} "
        f"(equal size {confidence.calibration_error_equal_size:.4f})"
    )
    for point in confidence.curve:
        line = f"  >= {point.threshold:<5} accepts {point.coverage:6.1%}"
        if point.wrong is not None and point.wrong_upper is not None:
            line += f"  wrong {point.wrong:.2%} ({point.wrong_count}), at most {point.wrong_upper:.2%}"
        yield line


def _promised_line(promised: Promised) -> str:
    promise, found = promised.promise, promised.certificate
    said = f"at most {promise.alpha:.0%} wrong among accepted, {1 - promise.delta:.0%} sure: "
    if found.threshold is None:
        return f"{said}no threshold keeps it; {found.missing} more documents without an error would be needed"
    on = f"{found.labels} documents, {found.wrong} wrong"
    return f"{said}confidence >= {found.threshold:g} accepts {promised.coverage:.1%} (shown on {on})"


def _straight_through_line(passed: StraightThrough) -> str:
    line = f"accepted without review {passed.accepted_share:.1%} ({passed.accepted})"
    if passed.wrong_share is not None and passed.wrong_upper is not None:
        line += f", of these wrong {passed.wrong_share:.2%} ({passed.wrong}), at most {passed.wrong_upper:.2%}"
    return line


def _count(count: Count) -> dict[str, float | int]:
    return {
        "precision": _share(count.precision),
        "recall": _share(count.recall),
        "f1": _share(count.f1),
        "right": count.right,
        "answered": count.answered,
        "truth": count.wanted,
    }


def _confidence(confidence: Confidence) -> dict[str, Any]:
    return {
        "cases": confidence.cases,
        "auroc": None if confidence.auroc is None else _share(confidence.auroc),
        "aurc": _share(confidence.aurc),
        "ece": _share(confidence.calibration_error),
        "ece_equal_size": _share(confidence.calibration_error_equal_size),
        "mean_confidence": _share(confidence.mean),
        "right": _share(confidence.right),
        "curve": [
            {
                "threshold": point.threshold,
                "accepted": _share(point.coverage),
                "wrong": None if point.wrong is None else _share(point.wrong),
                "wrong_count": point.wrong_count,
                "wrong_upper95": None if point.wrong_upper is None else _share(point.wrong_upper),
            }
            for point in confidence.curve
        ],
    }


def _promised(promised: Promised) -> dict[str, Any]:
    found = promised.certificate
    return {
        "wrong_at_most": promised.promise.alpha,
        "sure": 1 - promised.promise.delta,
        "threshold": found.threshold,
        "accepted": _share(promised.coverage),
        "labels": found.labels,
        "wrong": found.wrong,
        "labels_missing": found.missing,
    }


def _straight_through(passed: StraightThrough) -> dict[str, Any]:
    return {
        "accepted": _share(passed.accepted_share),
        "accepted_count": passed.accepted,
        "wrong_count": passed.wrong,
        "wrong": None if passed.wrong_share is None else _share(passed.wrong_share),
        "wrong_upper95": None if passed.wrong_upper is None else _share(passed.wrong_upper),
    }


def _times(seconds: tuple[float, ...]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "median": ordered[len(ordered) // 2],
        "p95": ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))],
        "most": ordered[-1],
        "sum": sum(ordered),
    }


def _share(value: float) -> float:
    return round(value, 4)
