"""One file without workers and servers: parse in a child, classify, extract; a store is read if there is one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from documents import drawn_words
from documents.jail import ParserPool
from flows.intake import read_file
from flows.settings import Settings
from schemas.errors import Reason, Refusal, SchemaError
from schemas.loader import load_schemas
from schemas.results import Extraction


def extract_one(settings: Settings, path: Path, schema_name: str | None, password: str | None) -> Extraction:
    """Return the fields of the file at `path`, read and decided as the store would today; nothing of them is kept.

    Raises:
        Unavailable: there is a store, and it cannot be opened.
        Refusal: it cannot be read, or its schema is not clear.
        SchemaError: a schema is wrong, or none is called `schema_name`.
    """
    schemas = load_schemas(settings.schemas)
    if schema_name is not None and schema_name not in schemas:
        raise SchemaError(f"There is no schema {schema_name}.", f"There are: {', '.join(schemas)}.")
    content, _ = read_file(path, settings.limits, follow_links=True)
    with ParserPool(settings.limits) as parser, ThreadPoolExecutor(1) as thread:
        parsed = thread.submit(parser.parse, content, path.name, password)
        from extractors.classify import classify  # these load while the child reads
        from extractors.pipeline import Occasion
        from flows.wiring import extract_door, look_door, open_confidence, open_memory, open_store, the_model

        document = parsed.result()
    if schema_name is None:
        found = classify(document, schemas.values())
        if found.schema_name is None:
            raise Refusal(
                Reason.UNSURE_SCHEMA,
                f"It is not clear what kind of document {path.name} is. {' '.join(found.reasons)}".strip(),
                f"Name its schema: --schema {'|'.join(schemas)}.",
            )
        schema_name = found.schema_name
    occasion = Occasion(path.name, content=lambda: content, password=password)
    with ExitStack() as closing:
        # Pictures start only if a font is doubtful. Of the store, nothing of the document is kept.
        look = look_door(closing.enter_context(ParserPool(settings.limits, parser=drawn_words.PARSER)))
        if not (settings.asks_a_model or _has_store(settings)):
            return extract_door(settings, look=look)(document, schemas[schema_name], occasion)
        store = open_store(settings)
        closing.callback(store.close)
        model = closing.enter_context(the_model(settings, store))
        memory = open_memory(settings, store, schemas).known_lessons
        extract = extract_door(settings, model, open_confidence(store), look, memory)
        return extract(document, schemas[schema_name], occasion)


def _has_store(settings: Settings) -> bool:
    """Whether there is a store, whose certificates, scorer and lessons tell how it would be read today."""
    return settings.database is not None or (settings.data_folder / "docassay.db").is_file()
