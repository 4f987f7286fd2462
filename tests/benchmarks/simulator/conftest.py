"""A library of sample documents and a simulator that serves it; requests as the program sends them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from benchmarks.simulator.library import Library, build
from benchmarks.simulator.process import RunningSimulator, running_library
from benchmarks.simulator.profiles import Profile, load
from benchmarks.simulator.reply import Model
from benchmarks.simulator.request import read_request
from documents.parse import parse_bytes
from evaluation.truth import Truth, read_truth
from schemas.loader import builtin_schemas

SAMPLES = Path(__file__).parents[3] / "samples"
IDS = (
    "invoice-02-window-de",
    "invoice-03-strip-fr",
    "invoice-05-sidebar-it",
    "invoice-08-wide-en",
    "invoice-15-120-rows-en",
    "nda-01",
    "nda-02",
    "nda-05",
    "master-agreement-60-pages",
)
OPTIONAL_TEXT = {"anyOf": [{"type": "string", "maxLength": 300}, {"type": "null"}]}
MARKER = "0123456789abcdef"


class Form:
    """Requests as the program sends them."""

    proved: ClassVar[dict[str, Any]] = {
        "type": "object",
        "properties": {
            "basis": {"type": "string", "enum": ["stated", "inferred", "absent"]},
            "quote": {"anyOf": [{"type": "string", "maxLength": 500}, {"type": "null"}]},
            "value": OPTIONAL_TEXT,
        },
        "required": ["basis", "quote", "value"],
        "additionalProperties": False,
    }

    @staticmethod
    def table(*columns: str) -> dict[str, Any]:
        """The schema of a table field."""
        row = {"page": {"type": "integer"}, "quote": {"type": "string"}, **dict.fromkeys(columns, OPTIONAL_TEXT)}
        rows = {"type": "array", "items": {"type": "object", "properties": row, "required": list(row)}}
        return {"type": "object", "properties": {"count": {"type": "integer"}, "rows": rows}}

    @property
    def line_items(self) -> dict[str, Any]:
        """The schema of the rows of an invoice."""
        return {"line_items": self.table("description", "quantity", "unit_price", "line_total")}

    def fields(self, *names: str) -> dict[str, Any]:
        """The schema of single fields."""
        return dict.fromkeys(names, self.proved)

    @staticmethod
    def whole(pages: Sequence[str]) -> str:
        """All pages, as they are sent."""
        return "\n".join(f"[page {number}]\n{page}" for number, page in enumerate(pages, 1))

    @staticmethod
    def asking(text: str, properties: Mapping[str, Any], question: str = "Give them.", **more: Any) -> dict[str, Any]:
        """The arguments of a request in structured output mode."""
        schema = {"type": "object", "properties": dict(properties), "required": list(properties)}
        return {
            "model": "simulated-small",
            "messages": [
                {"role": "system", "content": "Quote verbatim. Dates as YYYY-MM-DD."},
                {"role": "user", "content": f"<<<{MARKER}\n{text}\n{MARKER}>>>"},
                {"role": "user", "content": question},
            ],
            "response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": schema, "strict": True}},
            "max_completion_tokens": 20_000,
            **more,
        }


@pytest.fixture(scope="session")
def form() -> Form:
    """Requests as the program sends them."""
    return Form()


@pytest.fixture(scope="session")
def truths() -> dict[str, Truth]:
    """Truth of the sample documents, by id."""
    return {row.id: row for row in read_truth(SAMPLES / "truth.jsonl") if row.id in IDS}


@pytest.fixture(scope="session")
def pages(truths: dict[str, Truth]) -> dict[str, list[str]]:
    """Text of each page of the sample documents, by id."""
    paths = {name: SAMPLES / truth.file for name, truth in truths.items()}
    return {name: [p.text for p in parse_bytes(path.read_bytes(), path.name).pages] for name, path in paths.items()}


@pytest.fixture(scope="session")
def library(truths: dict[str, Truth], pages: dict[str, list[str]]) -> Library:
    """The documents that the simulator knows."""
    return build(truths.values(), pages, builtin_schemas())


@pytest.fixture(scope="session")
def library_file(library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library as a file."""
    path = tmp_path_factory.mktemp("simulator") / "samples.library"
    library.save(path)
    return path


@pytest.fixture(scope="session")
def _served(library_file: Path) -> Iterator[RunningSimulator]:
    with running_library(library_file, profile="perfect") as simulator:
        yield simulator


@pytest.fixture
def simulator(_served: RunningSimulator) -> RunningSimulator:
    """A simulator that never errs, with nothing in its log."""
    _served.reset()
    return _served


@pytest.fixture(scope="session")
def answer(library: Library) -> Callable[..., dict[str, Any]]:
    """What a model of a profile answers, without a server."""

    def ask(arguments: dict[str, Any], profile: str | Profile = "perfect", seed: int = 0) -> dict[str, Any]:
        model = Model(library, load(profile) if isinstance(profile, str) else profile, seed)
        request = read_request(json.dumps(arguments).encode())
        reply = model.reply(request, model.recognise(request), None)
        return json.loads(reply.body["choices"][0]["message"]["content"])

    return ask
