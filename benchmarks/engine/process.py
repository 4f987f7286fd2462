"""The engine as a second process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.second_process import listening

READY = 60.0  # seconds to write the model, load it and listen


@contextmanager
def running(seed: int = 0) -> Iterator[str]:
    """Run an engine with a random model; gives what an SDK takes as its base URL."""
    with listening(["-m", "benchmarks.engine", "--seed", str(seed)], READY) as (url, _):
        yield f"{url}/v1"
