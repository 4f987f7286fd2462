"""The simulator as a second process, for tests and benchmarks: started, controlled, and surely stopped."""

from __future__ import annotations

import http.client
import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.second_process import listening

READY = 300.0  # seconds to parse the documents and listen

Script = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class RunningSimulator:
    """A simulator that runs, and its controls."""

    url: str  # "http://127.0.0.1:PORT"
    process_id: int

    @property
    def base_url(self) -> str:
        """What an SDK takes as its base URL."""
        return f"{self.url}/v1"

    def faults(self, script: Script) -> None:
        """Put a script of faults in force; an empty one ends all faults. Calls are not numbered anew."""
        self._ask("POST", "faults", list(script))

    def calls(self) -> list[dict[str, Any]]:
        """Return the calls that it saw: number, arrived, ended, model, document, fault, status, billed tokens."""
        return list(self._ask("GET", "calls")["calls"])

    def reset(self) -> None:
        """Forget calls, faults and cached prefixes; the next call is number 1."""
        self._ask("POST", "reset")

    def refuse(self, seconds: float) -> None:
        """Close its port and all connections for a time."""
        self._ask("POST", "refuse", {"seconds": seconds})

    def _ask(self, method: str, control: str, body: Any = None) -> Any:
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=10)
        try:
            connection.request(method, f"/_control/{control}", None if body is None else json.dumps(body))
            answer = connection.getresponse()
            data = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 200:
            raise ValueError(data["error"]["message"])
        return data


@contextmanager
def running(
    truth: Path,
    documents: Path,
    *,
    profile: str | Path = "honest",
    seed: int = 0,
    faults: Script = (),
    schemas: Sequence[Path] = (),
    save: Path | None = None,
) -> Iterator[RunningSimulator]:
    """Run a simulator of the documents of a truth file; they are parsed first, which may take a while.

    Args:
        truth: the truth file.
        documents: folder below which its documents lie.
        profile: name or file of the profile by which it errs.
        seed: of all its chance.
        faults: script in force from the start.
        schemas: files or folders of schemas beside the built-in ones.
        save: file for the parsed library, with which `running_library` starts in about a second.
    """
    source = ["--truth", str(truth.resolve()), "--documents", str(documents.resolve())]
    source += ["--schemas", *(str(path.resolve()) for path in schemas)] if schemas else []
    source += ["--save", str(save.resolve())] if save else []
    with _started(source, profile, seed, faults) as simulator:
        yield simulator


@contextmanager
def running_library(
    library: Path, *, profile: str | Path = "honest", seed: int = 0, faults: Script = ()
) -> Iterator[RunningSimulator]:
    """Run a simulator of a library that was saved: nothing is parsed."""
    with _started(["--library", str(library.resolve())], profile, seed, faults) as simulator:
        yield simulator


@contextmanager
def _started(source: list[str], profile: str | Path, seed: int, faults: Script) -> Iterator[RunningSimulator]:
    with tempfile.TemporaryDirectory(prefix="simulator-") as folder:
        script = Path(folder, "faults.json")
        script.write_text(json.dumps(list(faults)), "utf-8")
        named = str(profile.resolve()) if isinstance(profile, Path) else profile
        arguments = ["-m", "benchmarks.simulator", *source, "--profile", named, "--seed", str(seed)]
        with listening([*arguments, "--faults", str(script)], READY) as (url, process_id):
            yield RunningSimulator(url, process_id)
