"""Measure the line against known truth."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from docassay.entrance import NO_FLAGS, Common, settings_of
from docassay.exit_codes import ExitCode
from docassay.terminal import data, data_json, talk


def evaluate(
    truth: Path,
    *,
    sources: str | None = None,
    predictions: Path | None = None,
    schema: str | None = None,
    root: Path | None = None,
    file_key: str = "file",
    visible: bool = False,
    workers: int | None = None,
    json: bool = False,
    misses: str | None = None,
    common: Annotated[Common, Parameter(name="*")] = NO_FLAGS,
) -> int:
    """Run the line over the documents of a truth file and say how right its answers are.

    Args:
        truth: JSON lines {id, file, kind, fields}; paths count from the file's folder.
        sources: who reads, such as "embedded,rules"; else as the settings say.
        predictions: write the answers as JSON lines {id, fields, confidence, accepted}.
        schema: read every document with this schema, whatever the truth says.
        root: folder that the paths of the truth count from; that of the truth file if left out.
        file_key: which key of a row names the file.
        visible: count a truth only where the page prints it.
        workers: parser processes; else one for each core.
        json: the measures as one JSON object.
        misses: name of a field whose wrong answers are listed.
    """
    from evaluation.report import as_dict, as_text
    from evaluation.run import run_evaluation
    from flows.wiring import known_schemas

    wanted = tuple(part.strip() for part in sources.split(",") if part.strip()) if sources else None
    settings = settings_of(common, sources=wanted, workers=workers)
    scores = run_evaluation(
        truth,
        known_schemas(settings),
        settings.sources,
        predictions,
        workers=settings.worker_count,
        limits=settings.limits,
        schema_name=schema,
        root=root,
        file_key=file_key,
        visible=visible,
        accept_proved=settings.accept_proved,
        progress=_told,
    )
    if json:
        data_json(as_dict(scores), indent=2)
    else:
        data(as_text(scores, misses_of=misses))
    if predictions is not None:
        talk(f"Answers written to {predictions}")
    return ExitCode.DONE


def _told(done: int, total: int) -> None:
    if done == total or done % 50 == 0:
        talk(f"{done} of {total} documents")
