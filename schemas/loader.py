"""Schemas from YAML files and Python classes; every mistake is told with file, line and remedy."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from schemas.errors import SchemaError
from schemas.fields import Acceptance, FieldDefinition
from schemas.record import Record
from schemas.schema import Schema

BUILTIN = Path(__file__).parent / "builtin"
_ACCEPTANCE = tuple(Acceptance.model_fields)


@cache
def builtin_schemas() -> Mapping[str, Schema]:
    """Return the schemas that come with the program, by name. They take the same road as a user's."""
    return {schema.name: schema for schema in map(load_yaml, sorted(BUILTIN.glob("*.yaml")))}


def load_schemas(places: Iterable[str]) -> dict[str, Schema]:
    """Return the built-in schemas and those at `places`, by name; a user's replaces a built-in one of its name.

    Args:
        places: YAML files, folders of YAML files, or `FILE.py:Class`.

    Raises:
        SchemaError: a place is missing, or a definition is wrong.
    """
    found = dict(builtin_schemas())
    for place in places:
        for schema in _schemas_at(place):
            found[schema.name] = schema
    return found


def load_yaml(path: Path) -> Schema:
    """Return the schema that the YAML file at `path` defines; raises SchemaError with file, line and remedy."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SchemaError(
            f"The file cannot be read ({error}).", "Check the path and its encoding (UTF-8).", str(path)
        ) from None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise SchemaError(
            f"This is no valid YAML: {error.problem}.", "Check indentation, colons and quotes.", str(path), line
        ) from None
    if not isinstance(data, dict) or node is None:
        raise SchemaError(
            "The file defines no schema.", "Begin with 'schema: NAME' and a list of fields.", str(path), 1
        )
    try:
        return Schema.model_validate(_arranged(data))
    except ValidationError as error:
        raise _explained(error, node, path) from None


def load_class(place: str) -> Schema:
    """Return the schema of the Record class at `FILE.py:Class`; raises SchemaError."""
    file, _, name = place.rpartition(":")
    spec = importlib.util.spec_from_file_location(f"docassay_user_schema_{Path(file).stem}", file)
    if spec is None or spec.loader is None or not Path(file).is_file():
        raise SchemaError("There is no such Python file.", "Give it as FILE.py:Class.", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    record = getattr(module, name, None)
    if not (isinstance(record, type) and issubclass(record, Record)):
        raise SchemaError(
            f"{name} is no subclass of schemas.record.Record there.", "Check the name after the colon.", file
        )
    try:
        return record.schema()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise SchemaError(f"{name}: {where} {_said(first)}.", "Correct the definition.", file) from None


def _schemas_at(place: str) -> list[Schema]:
    if ".py:" in place:
        return [load_class(place)]
    path = Path(place)
    if path.is_dir():
        return [load_yaml(file) for file in sorted((*path.glob("*.yaml"), *path.glob("*.yml")))]
    if not path.is_file():
        raise SchemaError("There is no such schema file or folder.", "Correct 'schemas' in the settings.", place)
    return [load_yaml(path)]


def _arranged(data: dict[str, Any]) -> dict[str, Any]:
    """The file's short forms turned into the definition: fields by name, English labels as a bare list, flat policy."""
    out = {"name" if key == "schema" else key: value for key, value in data.items()}
    if "headings" in out:
        out["headings"] = _by_language(out["headings"])
    out.setdefault("title", str(out.get("name", "")).replace("_", " ").capitalize())
    fields = out.get("fields")
    if isinstance(fields, dict):
        out["fields"] = [_arranged_field(name, field) for name, field in fields.items()]
    return out


def _arranged_field(name: str, field: Any) -> Any:
    if not isinstance(field, dict):
        return field
    out = {key: value for key, value in field.items() if key not in _ACCEPTANCE}
    policy = {key: value for key, value in field.items() if key in _ACCEPTANCE}
    if policy:
        out["acceptance"] = policy
    if "labels" in out:
        out["labels"] = _by_language(out["labels"])
    if isinstance(out.get("columns"), dict):
        out["columns"] = [_arranged_field(key, value) for key, value in out["columns"].items()]
    if isinstance(out.get("choices"), list):
        out["choices"] = {str(choice): (str(choice),) for choice in out["choices"]}
    out.setdefault("description", name.replace("_", " ").capitalize() + ".")
    return {"name": name, **out}


def _by_language(words: Any) -> Any:
    return {"en": words} if isinstance(words, list) else words


def _explained(error: ValidationError, node: yaml.Node, path: Path) -> SchemaError:
    first = error.errors()[0]
    location = [part for part in first["loc"] if part not in ("acceptance", "sum", "rows_sum", "row_product", "order")]
    line, names = _line(node, location)
    where = ".".join(names)
    return SchemaError(f"{where + ': ' if where else ''}{_said(first)}.", _remedy(first, location), str(path), line)


def _line(node: yaml.Node, location: list[Any]) -> tuple[int, list[str]]:
    """The line of the deepest node on the way to `location`, and the names on that way."""
    line, names = node.start_mark.line + 1, []
    for part in location:
        if isinstance(node, yaml.MappingNode):
            pairs = {key.value: (key, value) for key, value in node.value}
            if isinstance(part, int):  # fields stand in the file by name
                key, node = node.value[part]
            elif part == "name" and "schema" in pairs:
                key, node = pairs["schema"]
            elif part in pairs:
                key, node = pairs[part]
            else:
                break
            line = key.start_mark.line + 1
            names.append(str(key.value))
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
            names.append(f"number {part + 1}")
        else:
            break
    return line, names


def _said(problem: Any) -> str:
    if problem["type"] == "extra_forbidden":
        return f"'{problem['loc'][-1]}' is not known here"
    if problem["type"] == "missing":
        return f"'{problem['loc'][-1]}' is missing"
    message = str(problem["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:].rstrip(".")


def _remedy(problem: Any, location: list[Any]) -> str:
    known: list[str] = []
    if problem["type"] == "extra_forbidden":
        model: type[BaseModel] = FieldDefinition if len(location) > 2 else Schema
        known = [*model.model_fields, *(_ACCEPTANCE if model is FieldDefinition else ("schema",))]
        guess = get_close_matches(str(problem["loc"][-1]), known, n=1)
        return f"Did you mean '{guess[0]}'?" if guess else f"Known are: {', '.join(known)}."
    if problem["type"] == "enum":
        options = str(problem["ctx"]["expected"])
        guess = get_close_matches(
            str(problem["input"]), options.replace("'", "").replace(" or ", ", ").split(", "), n=1
        )
        return f"Did you mean '{guess[0]}'?" if guess else f"Choose {options}."
    if problem["type"] == "missing":
        return f"Add '{problem['loc'][-1]}'."
    return "Correct it and check again with 'docassay schemas check'."
