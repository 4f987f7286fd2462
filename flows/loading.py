"""Where settings come from, and who said what: built-in < settings file < DOCASSAY_* < flag."""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError

from flows.settings import Settings
from schemas.errors import SettingsError

PREFIX = "DOCASSAY_"
SEPARATOR = "__"
CONFIG_VARIABLE = "DOCASSAY_CONFIG"
# Names that begin like settings and are none: the file, a password for one PDF, the kill switch, where documents of the
# tests lie.
_NOT_SETTINGS = {CONFIG_VARIABLE, "DOCASSAY_PASSWORD", "DOCASSAY_DATA", "DOCASSAY_STOP"}
_PATHS = {"path", "archive", "failed", "run", "canaries", "evaluation"}  # keys in groups that name files or folders


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """The settings and, for each that was given, where: a file, a variable or a flag."""

    settings: Settings
    origins: Mapping[str, str]  # dotted name -> "docassay.toml", "DOCASSAY_WORKERS", "--workers"
    file: Path | None  # the settings file, if there is one

    def lines(self) -> Iterator[tuple[str, str, str]]:
        """Yield (dotted name, value as text, origin) of every setting, secrets masked."""
        for name, value in _flat(_shown(self.settings)):
            origin = next((said for said in (self.origins.get(part) for part in _prefixes(name)) if said), "built-in")
            yield name, value, origin


def load_settings(
    file: Path | None = None,
    flags: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> LoadedSettings:
    """Return the settings with the origin of each.

    Args:
        file: the settings file; None looks for DOCASSAY_CONFIG, then docassay.toml, then pyproject.toml in `folder`.
        flags: values by dotted name ("api.port"); None values count as not given.
        environment: the variables; None reads the environment of this process.
        folder: where to look for the file; None is the present folder.

    Raises:
        SettingsError: names the key and where it stands, with a guess for an unknown one.
    """
    variables = os.environ if environment is None else environment
    folder = folder or Path()
    if file is None and variables.get(CONFIG_VARIABLE):
        file = Path(variables[CONFIG_VARIABLE])
    found, from_file = _read_file(file, folder)
    layers: list[tuple[dict[str, Any], dict[str, str]]] = []
    if found is not None:
        _refuse_unknown(from_file, Settings, str(found))
        layers.append((_anchored(from_file, found.parent), dict.fromkeys(_dotted(from_file), str(found))))
    layers.append(_from_environment(variables))
    layers.append(_from_flags(flags or {}))
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for layer, said in layers:
        _merge(values, layer)
        origins |= said
    if found is not None and "data_folder" not in values:
        values["data_folder"] = found.parent / Settings.model_fields["data_folder"].default
    try:
        return LoadedSettings(Settings(**values), origins, found)
    except ValidationError as error:
        raise _explained(error, origins) from None


def _read_file(file: Path | None, folder: Path) -> tuple[Path | None, dict[str, Any]]:
    if file is not None:
        return file, _toml(file, required=True)
    own = folder / "docassay.toml"
    if own.is_file():
        return own, _toml(own)
    project = folder / "pyproject.toml"
    if project.is_file():
        table = _toml(project).get("tool", {}).get("docassay")
        if table is not None:
            return project, table
    return None, {}


def _toml(file: Path, *, required: bool = False) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        hint = " Check the path after --config." if required else ""
        raise SettingsError(f"The settings file {file} cannot be read ({error}).{hint}") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file} is no valid TOML: {error}. Correct that place.") from None


def _from_environment(variables: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for variable in sorted(variables):
        if not variable.startswith(PREFIX) or variable in _NOT_SETTINGS:
            continue
        parts = variable.removeprefix(PREFIX).lower().split(SEPARATOR)
        one: dict[str, Any] = {}
        _place(one, parts, _decoded(parts, variables[variable], variable))
        _refuse_unknown(one, Settings, variable)
        _merge(values, one)
        origins[".".join(parts)] = variable
    return values, origins


def _decoded(parts: list[str], text: str, variable: str) -> Any:
    """Lists and tables are written as JSON; a list of plain words may be written with commas."""
    if not _holds_many(parts):
        return text
    if text.lstrip().startswith(("[", "{")):
        try:
            return TypeAdapter(Any).validate_json(text)
        except ValidationError:
            raise SettingsError(f"{variable} is no valid JSON. Write it like ['a', 'b'] with double quotes.") from None
    return [part.strip() for part in text.split(",") if part.strip()]


def _holds_many(parts: list[str]) -> bool:
    model: Any = Settings
    for part in parts:
        field = getattr(model, "model_fields", {}).get(part)
        if field is None:
            return False
        model = field.annotation
    return getattr(model, "__origin__", None) in (tuple, dict)


def _from_flags(flags: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name, value in flags.items():
        if value is not None:
            _place(values, name.split("."), value)
            origins[name] = "--" + name.replace(".", "-").replace("_", "-").replace("data-folder", "data")
    return values, origins


def _anchored(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The file's relative paths counted from its own folder."""

    def at(text: Any) -> Any:
        if not isinstance(text, str):
            return text
        scheme = next((known for known in ("sqlite:///", "duckdb:") if text.startswith(known)), "")
        if "://" in text and not scheme:
            return text
        return scheme + str(folder / Path(text.removeprefix(scheme)).expanduser())

    out = dict(values)
    for key in ("data_folder", "files"):
        if key in out:
            out[key] = at(out[key])
    if isinstance(out.get("schemas"), list):
        out["schemas"] = [at(place) for place in out["schemas"]]
    if isinstance(out.get("database"), str) and "://" in out["database"]:
        out["database"] = at(out["database"])
    for key in ("inboxes", "schedules"):
        if isinstance(out.get(key), list):
            out[key] = [_with_paths(item, at) for item in out[key]]
    for key in ("confidence", "memory"):
        if key in out:
            out[key] = _with_paths(out[key], at)
    if isinstance(out.get("exports"), dict):
        out["exports"] = {
            name: {**target, "to": at(target["to"])} if isinstance(target, dict) and "to" in target else target
            for name, target in out["exports"].items()
        }
    return out


def _with_paths(item: Any, at: Any) -> Any:
    if not isinstance(item, dict):
        return item
    return {
        key: value if key not in _PATHS else [at(one) for one in value] if isinstance(value, list) else at(value)
        for key, value in item.items()
    }


def _refuse_unknown(values: Any, model: Any, where: str, path: tuple[str, ...] = ()) -> None:
    """Raise SettingsError for the first key that no setting has, with the nearest one that there is."""
    if not isinstance(values, dict):
        return
    known = _known(model)
    for key, value in values.items():
        if key not in known:
            name = ".".join((*path, key))
            raise SettingsError(f"{where}: there is no setting {name}. {_guess(key, known, path)}")
        for inner, value_inside in _inside(known[key], value):
            _refuse_unknown(value_inside, inner, where, (*path, key))


def _guess(key: str, known: Mapping[str, Any], path: tuple[str, ...]) -> str:
    elsewhere = [name for name in _every_name() if name.endswith("." + key)]
    near = [".".join((*path, guess)) for guess in get_close_matches(key, known, n=1)]
    guesses = elsewhere or near
    return f"Did you mean {' or '.join(guesses)}?" if guesses else f"Known here: {', '.join(known)}."


def _known(model: Any) -> dict[str, Any]:
    if dataclasses.is_dataclass(model):
        return {field.name: None for field in dataclasses.fields(model)}
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}


def _inside(annotation: Any, value: Any) -> Iterator[tuple[Any, Any]]:
    """The groups that stand below a key: itself, the items of a list, the values of a table."""
    if _is_group(annotation):
        yield annotation, value
        return
    groups = [part for part in get_args(annotation) if _is_group(part)]
    if groups:
        items = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
        for item in items:
            yield groups[0], item


def _is_group(annotation: Any) -> bool:
    if not isinstance(annotation, type):
        return False
    return dataclasses.is_dataclass(annotation) or issubclass(annotation, BaseModel)


def _every_name() -> list[str]:
    names = []
    for key, annotation in _known(Settings).items():
        names.append(key)
        if _is_group(annotation):
            names += [f"{key}.{inner}" for inner in _known(annotation)]
    return names


def _explained(error: ValidationError, origins: Mapping[str, str]) -> SettingsError:
    first = error.errors()[0]
    location = [str(part) for part in first["loc"]]
    name = ".".join(location)
    origin = next((origins[part] for part in _prefixes(name) if part in origins), "the settings")
    said = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
    subject = f"{name}: " if name else ""
    return SettingsError(f"{origin}: {subject}{said[:1].lower() + said[1:]}. Correct it there.")


def _place(values: dict[str, Any], parts: list[str], value: Any) -> None:
    for part in parts[:-1]:
        values = values.setdefault(part, {})
    values[parts[-1]] = value


def _merge(values: dict[str, Any], over: Mapping[str, Any]) -> None:
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(values.get(key), dict):
            _merge(values[key], value)
        else:
            values[key] = value


def _dotted(values: Mapping[str, Any]) -> Iterator[str]:
    for key, value in values.items():
        if isinstance(value, dict) and value:
            yield from (f"{key}.{inner}" for inner in _dotted(value))
        else:
            yield key


def _prefixes(name: str) -> Iterator[str]:
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        yield ".".join(parts[:length])


def _shown(settings: Settings) -> dict[str, Any]:
    shown = settings.model_dump(mode="json", by_alias=True)
    if settings.database is not None:
        shown["database"] = without_password(settings.database_url)
    for target in shown["exports"].values():
        target["to"] = without_password(target["to"])
    return shown


def without_password(url: str) -> str:
    """Return an address as it may be shown."""
    head, at, tail = url.rpartition("@")
    scheme, colon, rest = head.partition("://")
    user, has_password, _ = rest.partition(":")
    return f"{scheme}{colon}{user}{':***' if has_password else ''}{at}{tail}" if at else url


def _flat(values: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(values, dict) and values:
        for key, value in values.items():
            yield from _flat(value, f"{name}.{key}" if name else str(key))
    elif isinstance(values, list) and values and isinstance(values[0], dict):
        for number, value in enumerate(values):
            yield from _flat(value, f"{name}.{number}")
    else:
        yield name, "" if values is None else str(values)
