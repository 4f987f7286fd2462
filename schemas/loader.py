"""Schemas from YAML files and Python classes; every mistake is told with file, line and remedy."""

from __future__ import annotations

import importlib.util
import traceback
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from schemas.checks import CHECK_KINDS
from schemas.errors import SchemaError
from schemas.fields import FieldDefinition
from schemas.record import Record
from schemas.schema import Misplaced, Schema
from schemas.short_forms import POLICY, full_schema

BUILTIN = Path(__file__).parent / "builtin"


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
    except yaml.YAMLError as error:
        mark, said = getattr(error, "problem_mark", None), getattr(error, "problem", None) or str(error).splitlines()[0]
        line = mark.line + 1 if mark else None
        raise SchemaError(
            f"This is no valid YAML: {said}.", "Check indentation, colons and quotes.", str(path), line
        ) from None
    if not isinstance(data, dict) or node is None:
        raise SchemaError(
            "The file defines no schema.", "Begin with 'schema: NAME' and a list of fields.", str(path), 1
        )
    _refuse_repeated_keys(node, path)
    try:
        return Schema.model_validate(full_schema(data))
    except ValidationError as error:
        raise _explained(error, node, path) from None


def load_class(place: str) -> Schema:
    """Return the schema of the Record class at `FILE.py:Class`; raises SchemaError."""
    file, _, name = place.rpartition(":")
    spec = importlib.util.spec_from_file_location(f"docassay_user_schema_{Path(file).stem}", file)
    if spec is None or spec.loader is None or not Path(file).is_file():
        raise SchemaError("There is no such Python file.", "Give it as FILE.py:Class.", file)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        said = f"Running the file failed with {type(error).__name__}: {error}."
        raise SchemaError(
            said, "Correct it; running it with python shows more.", file, _line_in(error, file)
        ) from error
    record = getattr(module, name, None)
    if not (isinstance(record, type) and issubclass(record, Record)):
        raise SchemaError(
            f"{name} is no subclass of schemas.record.Record there.", "Check the name after the colon.", file
        )
    try:
        return record.schema()
    except ValidationError as error:
        first = _first(error)
        location = _location(first)
        where = ".".join([name, *_names(record, location)])
        raise SchemaError(f"{where}: {_said(first)}.", _remedy(first, location), file) from None


def _names(record: type[Record], location: list[Any]) -> list[str]:
    """The attributes on the way to `location` in a Record class."""
    if location[:1] == ["fields"] and len(location) > 1:
        return [list(record.defined())[location[1]], *map(str, location[2:])]
    return list(map(str, location))


def _line_in(error: BaseException, file: str) -> int | None:
    """The last line of `file` that ran before `error`, or that cannot be compiled."""
    if isinstance(error, SyntaxError):
        return error.lineno
    frames = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == Path(file)]
    return frames[-1] if frames else None


def _schemas_at(place: str) -> list[Schema]:
    if ".py:" in place:
        return [load_class(place)]
    path = Path(place)
    if path.is_dir():
        return [load_yaml(file) for file in sorted((*path.glob("*.yaml"), *path.glob("*.yml")))]
    if not path.is_file():
        raise SchemaError("There is no such schema file or folder.", "Correct 'schemas' in the settings.", place)
    return [load_yaml(path)]


def _refuse_repeated_keys(node: yaml.Node, path: Path) -> None:
    """YAML takes the last of two equal keys without a word: a field would be lost."""
    waiting, done = [node], set()
    while waiting:
        node = waiting.pop()
        if id(node) in done:  # an alias
            continue
        done.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            names: set[str] = set()
            for key, value in node.value:
                if key.value in names and key.tag != "tag:yaml.org,2002:merge":
                    line = key.start_mark.line + 1
                    raise SchemaError(
                        f"'{key.value}' stands here a second time.", "Rename or remove one of the two.", str(path), line
                    )
                names.add(str(key.value))
                waiting.append(value)


def _explained(error: ValidationError, node: yaml.Node, path: Path) -> SchemaError:
    first = _first(error)
    location = _location(first)
    line, names = _line(node, location)
    where = ".".join(names)
    return SchemaError(f"{where + ': ' if where else ''}{_said(first)}.", _remedy(first, location), str(path), line)


def _first(error: ValidationError) -> Any:
    """The problem to tell: an unknown key before others, since a misspelt one is often missing elsewhere."""
    problems = error.errors()
    return next((problem for problem in problems if problem["type"] == "extra_forbidden"), problems[0])


def _location(problem: Any) -> list[Any]:
    """Where in the file the problem is: what pydantic says, without the parts that only the full definition has."""
    misplaced = problem.get("ctx", {}).get("error")
    location = list(misplaced.location if isinstance(misplaced, Misplaced) else problem["loc"])
    if location[:1] == ["checks"] and len(location) > 2 and location[2] in CHECK_KINDS:
        del location[2]  # the kind, by which pydantic tells the checks apart
    return [part for place, part in enumerate(location) if not (part == "acceptance" and place in (2, 4))]


def _line(node: yaml.Node, location: list[Any]) -> tuple[int, list[str]]:
    """The line of the deepest node on the way to `location`, and the names on that way."""
    line, names = node.start_mark.line + 1, []
    for part in location:
        if isinstance(node, yaml.MappingNode):
            pairs = {key.value: (key, value) for key, value in node.value}
            if isinstance(part, int) and part < len(node.value):  # fields stand in the file by name
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


_EXPECTED = {
    "model_type": "'kind: …' and other keys are expected here, a line each",
    "dict_type": "lists of words by language are expected here, such as {en: [number]}",
    "tuple_type": "a list is expected here, such as [one, two]",
    "string_type": "text is expected here; put yes, no, numbers and dates in quotes",
    "bool_parsing": "true or false is expected here",
    "bool_type": "true or false is expected here",
    "too_short": "at least one is needed",
    "string_pattern_mismatch": "a name is lower case letters, digits and underscores, and starts with a letter",
    "union_tag_not_found": "'kind' is missing",
}


def _said(problem: Any) -> str:
    kind = problem["type"]
    if kind == "extra_forbidden":
        return f"'{problem['loc'][-1]}' is not known here"
    if kind == "missing":
        return f"'{_key(problem)}' is missing"
    if kind == "union_tag_invalid":
        return f"there is no check of kind '{problem['ctx']['tag']}'"
    message = str(_EXPECTED.get(kind) or problem["msg"]).removeprefix("Value error, ")
    return message[:1].lower() + message[1:].rstrip(".")


def _remedy(problem: Any, location: list[Any]) -> str:
    kind = problem["type"]
    if kind == "extra_forbidden":
        return _guess(problem["loc"][-1], _known_at(problem, location))
    if kind in ("enum", "literal_error"):
        options = str(problem["ctx"]["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        return _guess(problem["input"], options)
    if kind == "union_tag_invalid":
        return _guess(problem["ctx"]["tag"], CHECK_KINDS)
    if kind == "union_tag_not_found":
        return f"Add 'kind': {', '.join(CHECK_KINDS)}."
    if kind == "missing":
        return f"Add '{_key(problem)}'."
    return "Correct it and check again with 'docassay schemas check'."


def _key(problem: Any) -> str:
    return "schema" if problem["loc"] == ("name",) else str(problem["loc"][-1])


def _known_at(problem: Any, location: list[Any]) -> list[str]:
    """The keys that may stand where an unknown one was found."""
    if location[0] == "checks":
        return list(CHECK_KINDS[problem["loc"][2]].model_fields)
    if location[0] == "fields" and len(location) > 2:
        return [name for name in (*FieldDefinition.model_fields, *POLICY) if name not in ("name", "acceptance")]
    return ["schema", *(name for name in Schema.model_fields if name != "name")]


def _guess(wrong: Any, known: Iterable[str]) -> str:
    close = get_close_matches(str(wrong), list(known), n=1)
    return f"Did you mean '{close[0]}'?" if close else f"Known are: {', '.join(known)}."
