"""Kinds of documents."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from docassay.entrance import NO_FLAGS, Common, schema_called, settings_of
from docassay.exit_codes import ExitCode
from docassay.terminal import data, data_json, table, talk

app = App(name="schemas", help="Kinds of documents: list, show, check.", help_format="plaintext")
CommonFlags = Annotated[Common, Parameter(name="*")]


@app.command(name="list")
def list_(*, json: bool = False, common: CommonFlags = NO_FLAGS) -> int:
    """List the schemas that are known, built in and yours.

    Args:
        json: JSON lines.
    """
    from flows.wiring import known_schemas
    from schemas.loader import builtin_schemas

    rows = []
    for schema in known_schemas(settings_of(common)).values():
        where = "built in" if builtin_schemas().get(schema.name) is schema else "yours"
        if json:
            data_json(
                {"name": schema.name, "title": schema.title, "version": schema.version, "from": where,
                 "fields": [field.name for field in schema.fields]}
            )  # fmt: skip
        rows.append((schema.name, schema.title, where, len(schema.fields), schema.description))
    if not json:
        table(f"{len(rows)} schemas", ("name", "title", "from", "fields", "for"), rows, right=("fields",))
    return ExitCode.DONE


@app.command
def show(name: str, *, json: bool = False, common: CommonFlags = NO_FLAGS) -> int:
    """Show the fields of a schema.

    Args:
        name: of the schema.
        json: the whole definition as one JSON object.
    """
    schema = schema_called(settings_of(common), name)
    if json:
        data_json(schema.model_dump(mode="json"), indent=2)
        return ExitCode.DONE
    data(f"{schema.title} ({schema.name}, version {schema.version}). {schema.description}".rstrip())
    rows = []
    for field in schema.fields:
        rows.append((field.name, field.kind.value + (", many" if field.many else ""), field.description))
        rows += [(f"  {column.name}", column.kind.value, column.description) for column in field.columns]
    table("Fields", ("field", "kind", "what"), rows)
    return ExitCode.DONE


@app.command
def check(*places: str, common: CommonFlags = NO_FLAGS) -> int:
    """Check schema files; a mistake is told with file, line and remedy.

    Args:
        places: YAML files, folders of them, or FILE.py:Class; those of the settings if left out.
    """
    from schemas.loader import builtin_schemas, load_schemas

    chosen = places or settings_of(common).schemas
    known = load_schemas(chosen)
    mine = [schema for schema in known.values() if builtin_schemas().get(schema.name) is not schema]
    for schema in mine:
        talk(f"{schema.name}: {len(schema.fields)} fields, {len(schema.checks)} checks, version {schema.version}")
    unset = [place for place in chosen if Path(place).is_dir() and not any(Path(place).glob("*.y*ml"))]
    for place in unset:
        talk(f"{place} holds no schema files.")
    talk(f"{len(mine)} schemas of yours are right, {len(known) - len(mine)} built in.")
    return ExitCode.DONE
