"""The reference pages that are made from the code, so that they cannot say anything else than it."""

from __future__ import annotations

import dataclasses
import inspect
import re
import types
from collections.abc import Iterator, Mapping
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from cyclopts import App
from cyclopts.argument import Argument
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from docassay.application import app
from docassay.catalog import COMMANDS, EPILOGUE, GROUPS
from docassay.exit_codes import ExitCode
from docs.reason_texts import REASONS
from flows.loading import PREFIX, SEPARATOR
from flows.settings import Settings
from schemas.checks import CHECK_KINDS, Check
from schemas.errors import Reason
from schemas.fields import Acceptance, Comparator, FieldDefinition, Kind, Language, Place
from schemas.reasons import SUMMARY, TEMPLATES, Speaker
from schemas.schema import Schema
from schemas.validators import VALIDATORS, validated_kinds

_NOTE = "<!-- Made by docs/build.py from the code. Change the code or docs/reference_pages.py, not this page. -->\n\n"
_COMMON = ("config", "data")  # flags of nearly every command


def generated_pages() -> dict[str, str]:
    """Return the text of each generated page by its path below docs/."""
    pages = {
        "reference/command-line.md": _command_line(),
        "reference/settings.md": _settings(),
        "reference/schema-file.md": _schema_file(),
        "reference/reason-codes.md": _reason_codes(),
        "reference/reasons.md": _reasons(),
        "reference/rest.md": _rest(),
        "reference/exit-codes.md": _exit_codes(),
    }
    return {path: _NOTE + text.rstrip() + "\n" for path, text in pages.items()}


def write_pages(folder: Path) -> list[Path]:
    """Write the generated pages below `folder`; return those that were not there or said something else."""
    changed = []
    for name, text in generated_pages().items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


# Command line


def commands() -> Iterator[tuple[str, App, str]]:
    """Yield the words of each command that does something, its app, and the group it is listed in."""
    for name, _, group, _ in COMMANDS:
        found = app[name]
        parts = [part for part in found if not part.startswith("-")]
        if not parts:
            yield name, found, group
        for part in parts:
            yield f"{name} {part}", found[part], group


def options(command: App) -> list[Argument]:
    """Return the arguments and flags of a command, in the order in which they are defined."""
    return [each for each in command.assemble_argument_collection(parse_docstring=True) if each.names != ("*",)]


def _command_line() -> str:
    text = [
        "# Command line\n",
        "Every command is `docassay COMMAND`. Data go to standard output, everything else to standard error. Tables "
        "are drawn on a terminal and tab-separated elsewhere; with `--json` a program reads JSON or JSON lines.\n",
        f"{EPILOGUE} See [exit codes](exit-codes.md).\n",
        "A document is named by its file name, its path, or the first digits of its sha256.\n",
        "## Flags of nearly every command\n",
        "`--config PATH`: settings file; else `docassay.toml` in this folder. "
        "`--data PATH`: data folder; else as the settings say. `--help` shows what a command takes, `--version` the "
        "version.\n",
    ]
    for group in GROUPS:
        text.append(f"## {group}\n")
        for name, command, of in commands():
            if of == group:
                text.append(_command(name, command))
    return "\n".join(text)


def _command(name: str, command: App) -> str:
    given = options(command)
    usage = " ".join(["docassay", name, *(_usage(each) for each in given if _is_positional(each))])
    own = [each for each in given if each.keys[:1] not in [(key,) for key in _COMMON]]
    lines = [f"### {name}\n", _summary(command) + "\n", "```text", f"{usage} [OPTIONS]", "```\n"]
    if own:
        lines += ["| what | default | meaning |", "| --- | --- | --- |"]
        lines += [f"| {_names(each)} | {_default(each)} | {_cell(_help(each))} |" for each in own]
        lines.append("")
    if any(each.keys[:1] == ("config",) for each in given):
        lines.append("Also `--config` and `--data`.\n")
    return "\n".join(lines)


def _summary(command: App) -> str:
    function = command.default_command
    said = inspect.getdoc(function) if function is not None else command.help
    return str(said).split("\n\n")[0].replace("\n", " ")


def _is_positional(each: Argument) -> bool:
    return each.field_info.kind in (each.field_info.POSITIONAL_OR_KEYWORD, each.field_info.VAR_POSITIONAL)


def _usage(each: Argument) -> str:
    shown = each.names[0].lstrip("-").upper() if each.names else str(each.field_info.name).upper()
    if each.field_info.kind is each.field_info.VAR_POSITIONAL:
        return f"[{shown}…]"
    return shown if each.required else f"[{shown}]"


def _names(each: Argument) -> str:
    if _is_positional(each):
        return f"`{_usage(each).strip('[]')}`"
    names = ", ".join(f"`{name}`" for name in each.names if not name.startswith("--no-"))
    return names if each.hint is bool else f"{names} {_type_name(each.hint)}"


def _default(each: Argument) -> str:
    if each.required:
        return "needed"
    value = each.field_info.default
    if value in (None, False, "", inspect.Parameter.empty, ()):
        return ""
    return f"`{value}`"


def _help(each: Argument) -> str:
    said = str(each.parameter.help or "").strip()
    variables = ", ".join(f"`{name}`" for name in each.parameter.env_var or ())
    return f"{said} Variable: {variables}." if variables else said


# Settings


@dataclasses.dataclass(frozen=True)
class Setting:
    """One setting as a user writes it."""

    name: str  # dotted, lists as inboxes[]
    type: str
    default: str
    description: str


def settings_of(model: Any, prefix: str = "") -> Iterator[Setting]:
    """Yield every setting of a group, those of groups inside it in their place."""
    if isinstance(model, type) and dataclasses.is_dataclass(model):
        said = trailing_comments(model)
        for one in dataclasses.fields(model):
            yield Setting(prefix + one.name, _type_name(one.type), f"`{one.default}`", _sentence(said[one.name]))
        return
    for name, field in model.model_fields.items():
        shown = prefix + (field.alias or name)
        inner, many = _group(field.annotation)
        if inner is None:
            yield Setting(shown, _type_name(field.annotation), _value(field), field.description or "")
        else:
            yield from settings_of(inner, f"{shown}{many}.")


def trailing_comments(of: type) -> dict[str, str]:
    """Return what is said behind `name: type = value  # …` or `NAME = value  # …` in the source of a class."""
    found = re.findall(r"^    (\w+)\s*(?::[^=\n]+)?=[^#\n]*?(?:#\s*(.*))?$", inspect.getsource(of), re.MULTILINE)
    return {name: re.sub(r"^noqa\S*.*$", "", said).strip() for name, said in found}


def _settings() -> str:
    text = [
        "# Settings\n",
        "Settings come from four places; a later one wins:\n",
        "1. what is built in,",
        "2. the settings file: `--config FILE`, else the variable `DOCASSAY_CONFIG`, else `docassay.toml` in the "
        "present folder, else the table `[tool.docassay]` of a `pyproject.toml` there,",
        f"3. variables that begin with `{PREFIX}`,",
        "4. flags of the command.\n",
        "`docassay config show --origin` shows every setting and where it comes from. A name that is not known is an "
        "error, with a guess at what was meant. Relative paths in a settings file count from the folder of that file. "
        "`docassay init` writes a settings file to start from.\n",
        f"A variable is `{PREFIX}` and the name in capitals; a group is joined with two underscores: "
        f"`watch.scan_seconds` is `{PREFIX}WATCH{SEPARATOR}SCAN_SECONDS`. A list is written with "
        "commas or as JSON. Two variables are no settings: `DOCASSAY_CONFIG` names the settings file, "
        "`DOCASSAY_PASSWORD` is the password of locked files.\n",
        "```toml",
        'data_folder = "docassay-data"',
        'schemas = ["schemas"]',
        "workers = 2",
        "",
        "[limits]",
        "pages = 1000",
        "",
        "[[inboxes]]",
        'path = "inbox"',
        "",
        "[exports.office]",
        'to = "tables.xlsx"',
        "```\n",
        "## Everything",
    ]
    top = [each for each in settings_of(Settings) if "." not in each.name]
    text += ["", *_setting_rows(top)]
    for name, field in Settings.model_fields.items():
        inner, many = _group(field.annotation)
        if inner is None:
            continue
        head = {"[]": f"[[{name}]]", ".NAME": f"[{name}.NAME]"}.get(many, f"[{name}]")
        said = field.description or (inspect.getdoc(inner) or "").split("\n\n")[0]
        text += [f"\n## {name}\n", f"Written as `{head}`. {said}\n", *_setting_rows(list(settings_of(inner)))]
    return "\n".join(text)


def _setting_rows(rows: list[Setting]) -> list[str]:
    head = ["| setting | type | built in | meaning |", "| --- | --- | --- | --- |"]
    return head + [f"| `{row.name}` | {row.type} | {row.default} | {_cell(row.description)} |" for row in rows]


def _group(annotation: Any) -> tuple[Any, str]:
    """The settings inside a field and how they repeat; (None, "") for a plain one."""
    if dataclasses.is_dataclass(annotation) or (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return annotation, ""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is tuple and _group(parts[0])[0] is not None:
        return parts[0], "[]"
    if origin is dict and _group(parts[1])[0] is not None:
        return parts[1], ".NAME"
    return None, ""


def _value(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value = field.default if field.default is not PydanticUndefined else field.get_default(call_default_factory=True)
    if value in (None, "", (), {}):
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{part}"' for part in value) + "]`"
    return f"`{value}`"


# Schema files


def _schema_file() -> str:
    text = [
        "# Schema file\n",
        "A schema says what a record is: its fields, and the checks over them. It is a YAML file, or a Python class "
        "with the same keys (see [add a schema](../how-to/add-a-schema.md)). `docassay schemas check FILE` tells every "
        "mistake with file, line and remedy; a key that is not known is a mistake.\n",
        "Three short forms save writing: `fields`, `columns` may be a table from name to definition instead of a list "
        "with `name`; `labels` and `headings` may be a bare list, which is then English; the keys of the acceptance "
        "policy stand beside the other keys of the field. `choices` may be a bare list of values.\n",
        "## The file\n",
        *_key_rows(Schema, {"name": "schema"}),
        "\n## A field\n",
        *_key_rows(FieldDefinition, {}, leave_out=("name", "acceptance")),
        "\n### Acceptance policy\n",
        "These keys stand beside those of the field.\n",
        *_key_rows(Acceptance, {}),
        "\n!!! note\n    What `maximum_error` promises, and which judged documents it takes: "
        "[certified acceptance](../explanation/certified-acceptance.md).\n",
        "## Kinds\n",
        "| kind | holds |",
        "| --- | --- |",
    ]
    kinds = trailing_comments(Kind)
    text += [f"| `{kind.value}` | {_cell(kinds[kind.name])} |" for kind in Kind]
    text += ["\n## Languages, places, comparators\n"]
    text += [f"Languages of labels and headings: {_listed(get_args(Language))}.\n"]
    text += [f"Places: {_listed(get_args(Place))}.\n", f"Comparators: {_listed(get_args(Comparator))}.\n"]
    text += ["## Validators\n", "| validator | for fields of kind |", "| --- | --- |"]
    text += [f"| `{name}` | {_listed(sorted(kind.value for kind in validated_kinds(name)))} |" for name in VALIDATORS]
    text += ["\n## Checks\n", "A check over several fields. One that fails keeps the record in review."]
    for kind, model in CHECK_KINDS.items():
        said = (inspect.getdoc(model) or "").split("\n\n")[0].replace("\n", " ")
        text += [f"\n### {kind}\n", f"{said}\n", *_key_rows(model, {}, leave_out=("kind",))]
    return "\n".join(text)


def _key_rows(model: type[BaseModel], names: dict[str, str], leave_out: tuple[str, ...] = ()) -> list[str]:
    rows = ["| key | type | built in | meaning |", "| --- | --- | --- | --- |"]
    for name, field in model.model_fields.items():
        if name in leave_out:
            continue
        shown = names.get(name, name)
        said = field.description or _KEYS.get((model.__name__, name), "")
        built_in = _DERIVED.get(name) if field.is_required() else None
        rows.append(f"| `{shown}` | {_type_name(field.annotation)} | {built_in or _value(field)} | {_cell(said)} |")
    return rows


# Keys that a file may leave out though the definition needs them: see schemas.short_forms.
_DERIVED = {"title": "from the name", "description": "from the name"}

# Keys whose meaning stands nowhere else.
_KEYS = {
    ("Schema", "fields"): "The fields, in the order in which people see them.",
    ("Schema", "checks"): "See [checks](#checks).",
    ("FieldDefinition", "kind"): "What sort of value it is, see [kinds](#kinds).",
    ("SumCheck", "total"): "Name of the field that holds the sum.",
    ("SumCheck", "parts"): "Names of the fields that are added up.",
    ("SumCheck", "tolerance"): "How far apart they may be.",
    ("RowsSumCheck", "total"): "Name of the field that holds the sum.",
    ("RowsSumCheck", "rows"): "Name of the table.",
    ("RowsSumCheck", "column"): "Name of the column that is added up.",
    ("RowsSumCheck", "tolerance"): "How far apart they may be; half a cent more for each row.",
    ("RowProductCheck", "rows"): "Name of the table.",
    ("RowProductCheck", "factors"): "Names of the columns that are multiplied.",
    ("RowProductCheck", "product"): "Name of the column that holds the product.",
    ("RowProductCheck", "tolerance"): "How far apart they may be, and a thousandth of the product more.",
    ("OrderCheck", "earlier"): "Name of a date or number.",
    ("OrderCheck", "later"): "Name of a date or number that is not before it, or not below it.",
}


# Reason and exit codes


def _reason_codes() -> str:
    text = [
        "# Reason codes\n",
        "A document or a run that cannot go on says why with one of these codes, a sentence, and what to do next. "
        "`docassay status --failed` lists the documents with theirs. See "
        "[retry failed documents](../how-to/retry-failed-documents.md). The list is closed: programs may rely on "
        "it.\n",
        "| code | in short |",
        "| --- | --- |",
    ]
    text += [f"| [`{reason.value}`](#{reason.value}) | {_first_sentence(REASONS[reason].what)} |" for reason in Reason]
    for reason in Reason:
        said = REASONS[reason]
        text += [f"\n## {reason.value}\n", said.what, f"\n**Why.** {said.why}", f"\n**What to do.** {said.remedy}"]
    return "\n".join(text)


_SPEAKERS: Mapping[Speaker, tuple[str, str]] = {
    "assessment": (
        "Assessment",
        "Every value is looked up on the pages and held beside what other sources say. The parts without a full stop "
        "make up the first sentence of a value.",
    ),
    "rules": ("Rules", "How a rule came to the value."),
    "embedded": ("Embedded data", "What stands in the file itself, beside its pages."),
    "memory": ("Layout memory", "What corrections on earlier documents of the layout say."),
    "model": ("The model", "What a model says, and what its words are worth on the page."),
    "check": ("Checks", "What the checks of the schema and the validators of a field say."),
    "person": ("People", "Who decided."),
}


def _reasons() -> str:
    text = [
        "# Reasons of a value\n",
        "Each value comes with the reasons for it and against it: at the review desk, in `docassay explain`, in the "
        "tables and over REST. They are sentences of this closed list; what differs from document to document stands "
        "in braces. Why a whole document stands still is said by [reason codes](reason-codes.md).",
    ]
    for speaker, (title, said) in _SPEAKERS.items():
        text += [f"\n## {title}\n", f"{said}\n"]
        text += [f"- {each.text.strip('; ,')}" for each in TEMPLATES if each.speaker == speaker and each != SUMMARY]
    return "\n".join(text)


def _exit_codes() -> str:
    said = trailing_comments(ExitCode)
    meanings = {
        ExitCode.DONE: "Done. Documents that wait for a person are a success.",
        ExitCode.OUR_BUG: "A mistake in Docassay. Its report lies in the file that the message names.",
        ExitCode.INTERRUPTED: "Stopped with Ctrl-C. What is done is kept; the same command goes on.",
    }
    rows = [f"| {int(code)} | {meanings.get(code) or _sentence(said[code.name])} |" for code in ExitCode]
    return "\n".join(
        [
            "# Exit codes\n",
            "Every command ends with one of these; scripts may rely on them.\n",
            "| code | meaning |",
            "| --- | --- |",
            *rows,
            '\nWith `--json`, errors are one JSON object on standard error: `{"code": …, "message": …}`. The code of a '
            "refused document is its [reason code](reason-codes.md).",
        ]
    )


# Words

_TYPE_NAMES = {
    "str": "text",
    "int": "number",
    "float": "number",
    "Decimal": "number",
    "bool": "true or false",
    "Path": "path",
    "FieldDefinition": "field",
}


def _type_name(annotation: Any) -> str:
    if isinstance(annotation, str):
        return _TYPE_NAMES.get(annotation, annotation)
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return ", ".join(f"`{part}`" for part in parts)
    if origin in (Union, types.UnionType):
        return _type_name(next(part for part in parts if part is not type(None)))
    if origin is tuple:
        return f"list of {_type_name(parts[0])}"
    if origin is dict:
        return "table"
    if origin is Annotated:
        return "check" if annotation == Check else _type_name(parts[0])
    if isinstance(annotation, type):
        if issubclass(annotation, SecretStr):
            return "text"
        if issubclass(annotation, StrEnum | IntEnum):
            return annotation.__name__.lower()
        return _TYPE_NAMES.get(annotation.__name__, annotation.__name__.lower())
    return str(annotation)


def _listed(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if not text or text.endswith(".") else text + "."


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[.:]) ", text)[0].rstrip(":").rstrip(".") + "."


# REST interface


def _rest() -> str:
    """Return the page of the REST interface, from its description as OpenAPI."""
    from review import api
    from review.api.description import described

    told = described(list(api.routers()))
    parts: dict[str, list[str]] = {}
    for path, methods in told["paths"].items():
        for method, route in methods.items():
            scope = ", ".join(f"`{name}`" for each in route.get("security", ()) for name in each["token"]) or "open"
            asked = [f"`{each['name']}`" for each in route.get("parameters", ()) if each["in"] == "query"]
            body = _body_fields(told, route)
            row = f"| `{method.upper()} {path}` | {scope} | {_cell(route['description'])} | {', '.join(asked + body)} |"
            parts.setdefault(route["tags"][0], []).append(row)
    tables = []
    for tag, rows in parts.items():
        tables += [
            f"\n## {tag.capitalize()}\n",
            "| request | scope | answer | takes |",
            "| --- | --- | --- | --- |",
            *rows,
        ]
    return "\n".join(("# REST interface\n", _REST.strip(), *tables, ""))


def _body_fields(told: Any, route: Any) -> list[str]:
    """The fields of a JSON body."""
    schema = route.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    name = schema.get("$ref", "").rpartition("/")[2]
    return [f"`{field}`" for field in told["components"]["schemas"].get(name, {}).get("properties", ())]


_REST = """
`docassay serve` answers at `http://127.0.0.1:8017/api/v1` (settings `api.host`, `api.port` and `access.address`).

Programs send a token with every request: `Authorization: Bearer TOKEN`. Make one with
[`docassay token add`](command-line.md). Its scopes and queues say what it may do; see
[people and roles](../explanation/people-and-roles.md). The whole description as OpenAPI: `GET /api/v1/openapi.json`.

```shell
curl -H "Authorization: Bearer $TOKEN" --data-binary @invoice.pdf \\
  'http://127.0.0.1:8017/api/v1/documents?name=invoice.pdf'
```

The same content sent twice is one document; the second answer has `"new": false`. `{sha}` is the sha256 of a document,
or at least its first eight digits.

What is refused is JSON: `code`, `message`, and `hint` with what to do next. 401: no token, or one that is unknown,
ended or revoked. 403: it lacks the scope. 404: there is no such thing, or none in a queue that the token may see. 409:
somebody else changed it meanwhile. 413: too large. 422: something does not fit. 503: the database cannot be reached.

Corrections carry a `key` that you make up; the same request with the same key has one effect and the same answer, so
repeat it after a timeout. With `version` (1, or what the record's `field_versions` says) a value that somebody else has
changed since is not overwritten.
"""
