"""The bundled samples, through the real line."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from docassay.exit_codes import ExitCode
from docassay.terminal import data, data_json, progress_of_run, table, talk

if TYPE_CHECKING:
    from flows.exporting import ExportOutcome
    from flows.outcomes import BatchOutcome
    from flows.settings import Settings
    from schemas.results import Extraction
    from store.store import Store

SAMPLES = Path(__file__).parent.parent.parent / "samples"
SHOWN_FIELDS = 4  # of a document, in the table
DEMO_FOLDER = Path("docassay-demo")


def demo(
    *,
    data_folder: Annotated[Path, Parameter(name=["--data"])] = DEMO_FOLDER,
    all: bool = False,
    once: bool = False,
    json: bool = False,
) -> int:
    """Process the bundled samples and show what comes out; no key, no network, nothing but this folder is written.

    At a terminal it ends with the review desk over these documents, until Ctrl-C.

    Args:
        data_folder: where the demo keeps its documents and tables.
        all: show every field of every document.
        once: end after the tables, also at a terminal.
        json: how the run ended as one JSON object.
    """
    from docassay.commands.run import as_data
    from flows.exporting import ExportJob, export_records
    from flows.loading import load_settings
    from flows.run import run_batch
    from flows.wiring import open_store
    from schemas.errors import InputError

    documents = SAMPLES / "documents"
    if not documents.is_dir():
        raise InputError(
            f"The samples are not at {documents}: they come with the source of Docassay. Try docassay run PATH instead."
        )
    settings = load_settings(SAMPLES / "docassay.toml", {"data_folder": data_folder}).settings
    talk(f"Processing {sum(1 for _ in documents.iterdir())} sample documents with embedded data and rules …")
    with progress_of_run():
        outcome = run_batch(settings, [documents])
    tables = export_records(settings, ExportJob(str(data_folder / "tables"), review=True))
    workbook = export_records(settings, ExportJob(str(data_folder / "tables.xlsx"), review=True))
    if json:
        data_json(as_data(outcome))
        return ExitCode.DONE
    store = open_store(settings)
    try:
        _show_records(store, settings, every=all)
        _show_waiting(store)
        _show_failed(store)
    finally:
        store.close()
    serves = not once and sys.stdout.isatty()
    _show_next(outcome, settings, tables, workbook, serves=serves)
    if serves:
        _serve(settings)
    return ExitCode.DONE


def _show_records(store: Store, settings: Settings, *, every: bool) -> None:
    from flows.wiring import known_schemas
    from store.states import State

    required = {
        schema.name: {field.name for field in schema.fields if field.acceptance.required}
        for schema in known_schemas(settings).values()
    }
    rows: list[tuple[object, ...]] = []
    for document in store.documents([State.IN_REVIEW, State.ACCEPTED, State.EXPORTED]):
        extraction = store.extraction(document.sha256) if document.record else None
        if extraction is None:
            continue
        name = document.name
        first = required.get(extraction.schema_name, set())
        for row in _rows(extraction, every, first):
            rows.append((name, *row))
            name = ""
    table("Records", ("document", "field", "value", "confidence", "source", "decision"), rows, right=("confidence",))
    if not every:
        talk(f"At most {SHOWN_FIELDS} fields of each document are shown; all of them: docassay demo --all")


def _rows(extraction: Extraction, every: bool, first: set[str]) -> list[tuple[str, ...]]:
    from review.queue import text_of

    found = [
        (name, result) for name, result in extraction.fields.items() if text_of(result) or extraction.rows.get(name)
    ]
    shown = found if every else sorted(found, key=lambda pair: pair[0] not in first)[:SHOWN_FIELDS]
    rows: list[tuple[str, ...]] = []
    for name, result in shown:
        value = text_of(result) or f"{len(extraction.rows[name])} rows"
        sure = "" if result.confidence is None else f"{result.confidence:.2f}"
        rows.append((name, value if len(value) <= 60 else value[:59] + "…", sure, result.source or "", result.decision))
    return rows


def _show_waiting(store: Store) -> None:
    from review.queue import waiting

    rows = [(one.document.name, one.document.schema_name or "?", one.why) for one in waiting(store)]
    if rows:
        table(f"{len(rows)} documents wait for a person", ("document", "schema", "what"), rows)


def _show_failed(store: Store) -> None:
    from store.states import State

    rows = []
    for document in store.documents([State.QUARANTINED]):
        said = (document.message or "").removeprefix(f"{document.name}: ")
        rows.append((document.name, document.reason.value if document.reason else "", f"{said} {document.remedy}"))
    if rows:
        table(f"{len(rows)} documents were put aside, each with its reason", ("document", "reason", "what to do"), rows)


def _show_next(
    outcome: BatchOutcome, settings: Settings, tables: ExportOutcome, workbook: ExportOutcome, *, serves: bool
) -> None:
    folder = settings.data_folder
    flag = f" --data {folder} --config {_shown(SAMPLES / 'docassay.toml')}"
    data("")
    data(outcome.summary())
    data(f"Tables: {_shown(folder / 'tables')} ({', '.join(tables.rows)}) and {_shown(folder / 'tables.xlsx')}")
    for note in (*tables.notes, *workbook.notes)[:3]:
        talk(note)
    docassay = (
        "docassay" if Path(sys.prefix) == Path(sys.base_prefix) else _shown(Path(sys.prefix) / "bin" / "docassay")
    )
    data("Try next:")
    data(f"  {docassay} explain invoice-01-classic-en.pdf gross_total{flag}")
    data(f"  {docassay} review list{flag}")
    data(f"  {docassay} extract YOUR_FILE.pdf")
    data(f"  {docassay} run YOUR_FOLDER && {docassay} export out.xlsx")
    data("The review desk over these documents" + (", again later:" if serves else ":"))
    data(f"  {docassay} serve{flag}")
    if not serves:
        from flows.desk import desk_address

        data(f"  then open {desk_address(settings)} (the first start prints a link that signs you in)")


def _serve(settings: Settings) -> None:
    """Serve the desk over the demo's data until Ctrl-C; on ports of the system's choice where the usual are taken."""
    import threading

    from flows.family import stop_on_signals
    from flows.serve import serve

    api = settings.api.model_copy(update={"port": _free(settings.api.port)})
    prefect = settings.prefect.model_copy(update={"port": _free(settings.prefect.port)})
    stop = threading.Event()
    stop_on_signals(stop)
    talk("")
    serve(settings.model_copy(update={"api": api, "prefect": prefect}), SAMPLES / "docassay.toml", talk, stop)
    talk("Stopped.")


def _free(port: int) -> int:
    """Return the port if nobody listens there, else a free one."""
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _shown(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
