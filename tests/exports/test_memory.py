"""The memory of an export does not grow with the number of records."""

import importlib.util
from pathlib import Path

import pytest

from exports.run import CHUNK

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "xlsx", "duckdb", "sql"])
def test_memory_does_not_grow_with_the_records(kind: str) -> None:
    """Four times the records, each size more than one chunk, need at most 1.5 times the memory of the process."""
    spec = importlib.util.spec_from_file_location("benchmark_of_exports", ROOT / "benchmarks" / "exports.py")
    assert spec is not None
    assert spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    small, large = (benchmark.measure(kind, CHUNK * chunks)["megabytes"] for chunks in (2, 8))
    assert large / small < 1.5
