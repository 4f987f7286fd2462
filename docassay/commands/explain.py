"""Why a field has its value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from docassay.entrance import NO_FLAGS, Common, settings_of, stored
from docassay.exit_codes import ExitCode
from docassay.terminal import data, data_json

if TYPE_CHECKING:
    from schemas.results import Evidence, FieldResult


def explain(
    document: str,
    field: str | None = None,
    *,
    json: bool = False,
    common: Annotated[Common, Parameter(name="*")] = NO_FLAGS,
) -> int:
    """Say where a value stands on the page, how sure it is and why, and what else it could be.

    Args:
        document: file name, path, or the first digits of its sha256.
        field: "gross_total" or "line_items[3].quantity"; all fields if left out.
        json: one JSON object per field.
    """
    from review.queue import every_result, text_of
    from schemas.errors import InvalidValue, UnknownDocument

    store = stored(settings_of(common))
    found = store.find(document)
    extraction = store.extraction(found.sha256)
    if extraction is None:
        why = " ".join(part for part in (found.message, found.remedy) if part) or "It is not processed yet."
        raise UnknownDocument(f"{found.name} has no record to explain. {why}")
    results = dict(every_result(extraction))
    if field is not None and field not in results:
        known = ", ".join(name for name in results if "[" not in name)
        raise InvalidValue(f"{found.name} has no field {field}. It has: {known}.")
    for path, result in results.items():
        if field is not None and path != field:
            continue
        if json:
            data_json({"document": found.sha256, "field": path, **result.model_dump(mode="json")})
            continue
        data(f"{path} = {text_of(result) or _absent(result)}")
        for line in _lines(result):
            data(f"  {line}")
    if not json:
        for problem in extraction.problems:
            data(f"check failed: {problem.message}")
    return ExitCode.DONE


def _lines(result: FieldResult) -> list[str]:
    from docassay.terminal import clean
    from schemas.values.typed import as_text

    lines = [f"{_decision(result)}{_confidence(result)}{f', source {result.source}' if result.source else ''}"]
    lines += [f"stands on {_place(evidence)}: {clean(evidence.quote)!r}" for evidence in result.evidence]
    lines += [clean(reason) for reason in result.reasons]
    for other in result.alternatives:
        sure = f" (confidence {other.confidence:.2f})" if other.confidence is not None else ""
        where = f" on {_place(other.evidence[0])}" if other.evidence else ""
        lines.append(f"or {clean(as_text(other.value))} from {other.source}{where}{sure}")
    return lines


def _place(evidence: Evidence) -> str:
    boxes = "; ".join(", ".join(f"{edge:.0f}" for edge in box) for box in evidence.boxes)
    return f"page {evidence.page}, box {boxes} pt ({evidence.match})" if boxes else f"page {evidence.page}"


def _decision(result: Any) -> str:
    return "accepted" if result.decision == "accepted" else "waits for a person"


def _confidence(result: Any) -> str:
    if result.confidence is None:
        return ""
    return f", confidence {result.confidence:.2f} ({result.confidence_status})"


def _absent(result: Any) -> str:
    return {
        "stated_absent": "(the document does not state it)",
        "not_found": "(no source found it)",
        "not_looked": "(nobody looked)",
    }.get(result.answer, "(rows below)")
