"""Measure the line against known truth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from docassay.entrance import NO_FLAGS, Common, settings_of
from docassay.exit_codes import ExitCode
from docassay.terminal import data, data_json, talk

if TYPE_CHECKING:
    from extractors.pipeline import ModelSource
    from flows.settings import Settings

MODEL = "llm"  # how --sources names the model


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
        sources: who reads, such as "embedded,rules"; else as the settings say. With "llm" among them the model of the
            settings is asked too, within its budget.
        predictions: write the answers as JSON lines {id, fields, confidence, accepted}.
        schema: read every document with this schema, whatever the truth says.
        root: folder that the paths of the truth count from; that of the truth file if left out.
        file_key: which key of a row names the file.
        visible: count a truth only where the page prints it.
        workers: parser processes; else one for each core.
        json: the measures as one JSON object.
        misses: name of a field whose wrong answers are listed.
    """
    from evaluation.candidates import candidates_left_out
    from evaluation.report import as_dict, as_text
    from evaluation.run import run_evaluation
    from flows.wiring import known_schemas

    wanted = tuple(part.strip() for part in sources.split(",") if part.strip()) if sources else None
    with_model = wanted is not None and MODEL in wanted
    readers = tuple(name for name in wanted or () if name != MODEL) or None
    settings = settings_of(common, sources=readers, workers=workers)
    with ExitStack() as closing:
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
            model=closing.enter_context(_model(settings)) if with_model else None,
            progress=_told,
        )
    if left_out := candidates_left_out(truth):
        talk(f"{left_out} candidates of {truth} are not counted: no second person has confirmed them.")
    if json:
        data_json(as_dict(scores), indent=2)
    else:
        data(as_text(scores, misses_of=misses))
    if predictions is not None:
        talk(f"Answers written to {predictions}")
    return ExitCode.DONE


@contextmanager
def _model(settings: Settings) -> Iterator[ModelSource]:
    """The model of the settings with all its guards; raises SettingsError if none is named."""
    from flows.wiring import open_store, the_model
    from schemas.errors import SettingsError

    store = open_store(settings)
    try:
        with the_model(settings, store) as model:
            if model is None:
                raise SettingsError("The settings name no model. Set model.name, or leave llm out of --sources.")
            yield model
    finally:
        store.close()


def _told(done: int, total: int) -> None:
    if done == total or done % 50 == 0:
        talk(f"{done} of {total} documents")
