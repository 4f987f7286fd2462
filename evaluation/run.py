"""The evaluation: the line over the files of a truth file, its answers written down and counted."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import NamedTuple, TypeVar

from documents.jail import ParserPool
from documents.limits import Limits
from evaluation.compare import survey
from evaluation.files import replacing
from evaluation.predictions import Prediction, predicted
from evaluation.scores import Refused, Scores, Tally, Verdict
from evaluation.truth import Truth, read_truth
from extractors.classify import classify
from extractors.pipeline import VERSIONS, ModelSource, Occasion, extract, source_versions
from schemas.errors import DocassayError, InputError, Refusal
from schemas.results import Extraction
from schemas.schema import Schema

OCCASION = "evaluation"  # what budgets and traces call a run over known truth
DEFECT = "defect"  # stands where a reason code stands when a document made our own code fail
Progress = Callable[[int, int], None]  # documents done, documents in all
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class _Answer(NamedTuple):
    truth: Truth
    given: Prediction | Refused
    classified: Verdict | None  # None: it was refused before
    seconds: float


def run_evaluation(
    truth_path: Path,
    schemas: Mapping[str, Schema],
    sources: Sequence[str],
    predictions_path: Path | None = None,
    *,
    workers: int = 1,
    limits: Limits | None = None,
    schema_name: str | None = None,
    root: Path | None = None,
    file_key: str = "file",
    visible: bool = False,
    accept_proved: bool = False,
    model: ModelSource | None = None,
    progress: Progress | None = None,
) -> Scores:
    """Run the line over the files of a truth file and return how right its answers are.

    Documents go through one after the other, at most a few at a time: thousands need no more memory than ten. Fields
    are read with the schema that the truth names; what the classifier would have said is counted beside it.

    Args:
        truth_path: see evaluation.truth.
        schemas: by name; a row's `kind` picks one.
        sources: who reads, such as ("embedded", "rules").
        predictions_path: where the answers are written (see evaluation.predictions); a refused document has no line.
        workers: parser processes.
        limits: what one document may cost.
        schema_name: read every document with this schema, whatever the truth says.
        root: folder that the paths of the truth begin at; that of the truth file if left out.
        file_key: which key of a row names the file.
        visible: count a truth only where the page prints it.
        accept_proved: let proved fields pass without a person.
        model: a further witness, asked by its own routing rule.
        progress: called after each document.

    Raises:
        InputError: the truth is unreadable, names a file that is not there or a schema that is not known, or there is
            no such source.
    """
    try:
        source_versions(sources)
    except KeyError as error:
        raise InputError(f"There is no source {error}. Choose among {', '.join(VERSIONS)}.") from None
    known, total = survey(truth_path, schemas, schema_name)
    tally = Tally(schemas, known, visible=visible, schema_name=schema_name)
    refused: list[Refused] = []
    seconds: list[float] = []
    classified: Counter[Verdict] = Counter()
    folder = root or truth_path.parent
    with (
        ParserPool(limits or Limits(), workers) as pool,
        ThreadPoolExecutor(workers, thread_name_prefix="evaluation") as threads,
        replacing(predictions_path) if predictions_path else nullcontext() as out,
    ):
        door = partial(extract, sources=tuple(sources), accept_proved=accept_proved, model=model)
        answer = partial(_answer, pool, folder, schemas, schema_name, door)
        for done in _in_order(threads, answer, read_truth(truth_path, file_key=file_key), ahead=2 * workers):
            seconds.append(done.seconds)
            if done.classified:
                classified[done.classified] += 1
            if isinstance(done.given, Refused):
                refused.append(done.given)
                tally.add(done.truth, None)
            else:
                tally.add(done.truth, done.given)
                if out:
                    out.write(done.given.as_line())
            if progress:
                progress(len(seconds), total)
    return tally.scores(refused, classified, seconds)


def _answer(
    pool: ParserPool,
    folder: Path,
    schemas: Mapping[str, Schema],
    schema_name: str | None,
    door: Callable[..., Extraction],
    truth: Truth,
) -> _Answer:
    content = content_of(folder, truth)
    name = schema_name or truth.kind or ""
    verdict: Verdict | None = None
    start = perf_counter()
    given: Prediction | Refused
    try:
        document = pool.parse(content, truth.file)
        choice = classify(document, schemas.values()).schema_name
        verdict = "unsure" if choice is None else "right" if choice == name else "wrong"
        extraction = door(document, schemas[name], occasion=Occasion(Path(truth.file).name, OCCASION, lambda: content))
        given = predicted(truth.id, extraction, perf_counter() - start)
    except Refusal as refusal:
        given = Refused(truth.id, truth.file, refusal.reason.value, refusal.message)
    except (DocassayError, ImportError):
        raise  # not this document: something around us is broken
    except Exception as error:  # noqa: BLE001 - a defect of ours costs one document and is told beside the figures
        given = Refused(truth.id, truth.file, DEFECT, f"{type(error).__name__}: {error}")
    return _Answer(truth, given, verdict, perf_counter() - start)


def content_of(folder: Path, truth: Truth) -> bytes:
    """Return the file of a truth, whose path begins at `folder`; raises InputError."""
    if not truth.file:
        raise InputError(f"The truth names no file for document {truth.id}. Add it, or choose another file key.")
    try:
        return (folder / truth.file).read_bytes()
    except OSError as error:
        said = f"The file {truth.file} of document {truth.id} cannot be read ({error.strerror})."
        raise InputError(f"{said} Paths begin at {folder}; correct the path or give another root.") from None


def _in_order(
    threads: ThreadPoolExecutor, work: Callable[[_Item], _Result], items: Iterable[_Item], ahead: int
) -> Iterator[_Result]:
    """Yield the results in the order of `items` with at most `ahead` of them under way or waiting."""
    waiting: deque[Future[_Result]] = deque()
    try:
        for item in items:
            waiting.append(threads.submit(work, item))
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
