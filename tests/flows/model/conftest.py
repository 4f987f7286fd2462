"""The simulator over some samples, and lines whose model it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks.simulator.library import build
from benchmarks.simulator.process import RunningSimulator, running_library
from documents.parse import parse_bytes
from evaluation.truth import Truth, read_truth
from extractors.pipeline import Occasion
from flows.settings import Settings
from flows.wiring import Line, open_line
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas
from schemas.results import Extraction

SAMPLES = Path(__file__).parents[3] / "samples"
NAMES = ("invoice-02-window-de", "invoice-15-120-rows-en", "nda-01", "nda-07", "master-agreement-60-pages")
MODEL = "simulator/small"


@pytest.fixture(scope="session")
def truths() -> dict[str, Truth]:
    return {truth.id: truth for truth in read_truth(SAMPLES / "truth.jsonl") if truth.id in NAMES}


@pytest.fixture(scope="session")
def parsed(truths: dict[str, Truth]) -> dict[str, ParsedDocument]:
    paths = {name: SAMPLES / truth.file for name, truth in truths.items()}
    return {name: parse_bytes(path.read_bytes(), path.name) for name, path in paths.items()}


@pytest.fixture(scope="session")
def library(truths, parsed, tmp_path_factory) -> Path:
    """The simulator's knowledge of these samples, in a file."""
    texts = {name: [page.text for page in document.pages] for name, document in parsed.items()}
    path = tmp_path_factory.mktemp("library") / "samples.library"
    build(truths.values(), texts, builtin_schemas()).save(path)
    return path


@pytest.fixture
def simulator(library: Path, request: pytest.FixtureRequest) -> Iterator[RunningSimulator]:
    """A simulator in a process of its own; its profile by indirect parameter, `perfect` without."""
    with running_library(library, profile=getattr(request, "param", "perfect")) as simulator:
        yield simulator


@pytest.fixture
def settings_for(tmp_path: Path) -> Callable[..., Settings]:
    """Settings that ask a simulator; keywords change [model], `budget` the budget."""

    def make(simulator: RunningSimulator, budget: dict[str, Any] | None = None, **model: Any) -> Settings:
        asked = {"name": MODEL, "base_url": simulator.base_url, "route": "llm-only", **model}
        given = {"model": asked, "prices": {MODEL: {"input": 1.0, "output": 4.0}}, "budget": budget or {}}
        return Settings.model_validate({"data_folder": tmp_path / "data", **given})

    return make


class Reader:
    """Reads samples through one line."""

    def __init__(self, line: Line, parsed: dict[str, ParsedDocument], truths: dict[str, Truth]) -> None:
        self.line = line
        self._parsed = parsed
        self._truths = truths

    def read(self, name: str) -> Extraction:
        schema = self.line.schemas[self._truths[name].kind or ""]
        return self.line.extract(self._parsed[name], schema, Occasion(f"{name}.pdf", "test"))


@pytest.fixture
def open_reader(parsed, truths) -> Callable[[Settings], Any]:
    @contextmanager
    def opened(settings: Settings) -> Iterator[Reader]:
        with open_line(settings) as line:
            yield Reader(line, parsed, truths)

    return opened
