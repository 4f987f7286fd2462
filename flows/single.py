"""One file without store, workers and servers: parse in a child, classify, extract."""

from __future__ import annotations

from pathlib import Path

from documents.jail import ParserPool
from extractors.classify import classify
from flows.intake import read_file
from flows.settings import Settings
from flows.wiring import extract_door, known_schemas
from schemas.errors import Reason, Refusal, SchemaError
from schemas.results import Extraction


def extract_one(settings: Settings, path: Path, schema_name: str | None, password: str | None) -> Extraction:
    """Return the fields of the file at `path`.

    Raises:
        Refusal: it cannot be read, or its schema is not clear.
        SchemaError: a schema is wrong, or none is called `schema_name`.
    """
    schemas = known_schemas(settings)
    if schema_name is not None and schema_name not in schemas:
        raise SchemaError(f"There is no schema {schema_name}.", f"There are: {', '.join(schemas)}.")
    content, _ = read_file(path, settings.limits, follow_links=True)
    with ParserPool(settings.limits) as parser:
        document = parser.parse(content, path.name, password)
    if schema_name is None:
        found = classify(document, schemas.values())
        if found.schema_name is None:
            raise Refusal(
                Reason.UNSURE_SCHEMA,
                f"It is not clear what kind of document {path.name} is. {' '.join(found.reasons)}".strip(),
                f"Name its schema: --schema {'|'.join(schemas)}.",
            )
        schema_name = found.schema_name
    return extract_door(settings)(document, schemas[schema_name])
