"""Output: data on standard output, talk on standard error; nothing a document says can move the cursor."""

from __future__ import annotations

import json
import sys
import time
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from flows.outcomes import Outcome

LINE_EVERY_SECONDS = 10.0  # between two plain lines of progress where there is no terminal


def talk(message: str = "") -> None:
    """Say something to the person; never data."""
    print(clean(message), file=sys.stderr)  # noqa: T201


def data(text: str) -> None:
    """Write a line of data."""
    print(text)  # noqa: T201


def data_json(value: Any, *, indent: int | None = None) -> None:
    """Write a value as JSON; decimals and dates as text."""
    print(json.dumps(value, ensure_ascii=False, indent=indent, default=str))  # noqa: T201


def clean(text: str) -> str:
    """Return text without control characters: names and quotes come from strangers."""
    return "".join(
        letter
        if letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cf", "Cs")
        else "\N{REPLACEMENT CHARACTER}"
        for letter in text
    )


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[str] = ()) -> None:
    """Write a table of data: drawn on a terminal, tab-separated elsewhere. `right`: columns that hold numbers."""
    if not sys.stdout.isatty():
        data("\t".join(columns))
        for row in rows:
            data("\t".join(clean(str(cell)).replace("\t", " ").replace("\n", " ") for cell in row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold", pad_edge=False)
    for place, column in enumerate(columns):
        justify: Literal["left", "right"] = "right" if column in right else "left"
        drawn.add_column(column, justify=justify, overflow="fold", no_wrap=place == 0)
    for row in rows:
        drawn.add_row(*(Text(clean(str(cell)), style=_STYLES.get(str(cell), "")) for cell in row))
    Console().print(drawn)


_STYLES = {"accepted": "green", "review": "yellow", "in review": "yellow", "failed": "red", "quarantined": "red"}


def pairs(values: Mapping[str, object]) -> None:
    """Write names and values below each other."""
    width = max((len(name) for name in values), default=0)
    for name, value in values.items():
        data(f"{name:<{width}}  {clean(str(value))}")


@contextmanager
def progress_of_run() -> Iterator[None]:
    """Show how a run gets on: a bar on a terminal, a plain line now and then elsewhere."""
    from flows.progress import listening

    if sys.stderr.isatty():
        from rich.console import Console

        with _Bar(Console(stderr=True)) as bar, listening(bar):
            yield
    else:
        lines = _Lines()
        with listening(lines):
            yield


class _Lines:
    """One line when work begins and one every few seconds."""

    def __init__(self) -> None:
        self._total = self._done = self._failed = self._waiting = 0
        self._next = time.monotonic() + LINE_EVERY_SECONDS

    def taken(self, files: int) -> None:
        """Say it now and then."""
        if self._due():
            talk(f"{files} files looked at")

    def begun(self, documents: int) -> None:
        """Say how much there is to do; a service begins again and again, and counts each time from zero."""
        if self._done >= self._total:
            self._done = self._failed = self._waiting = 0
            talk(f"{documents} documents to process")
        self._total = documents

    def ended(self, outcomes: Sequence[Outcome]) -> None:
        """Say it now and then."""
        self._done, self._waiting, self._failed = _counted(self._done, self._waiting, self._failed, outcomes)
        if self._due():
            talk(f"{self._done} of {self._total} documents, {self._waiting} for review, {self._failed} failed")

    def said(self, message: str) -> None:
        """Say it."""
        talk(message)

    def _due(self) -> bool:
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + LINE_EVERY_SECONDS
        return True


class _Bar:
    """A bar with counts and the time left."""

    def __init__(self, console: Console) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress: Progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[counts]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
        )
        self._task: TaskID = self._progress.add_task("Taking files in", total=None, counts="")
        self._total = self._done = self._failed = self._waiting = 0

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *_details: object) -> None:
        self._progress.stop()

    def taken(self, files: int) -> None:
        """Count files."""
        self._progress.update(self._task, completed=files)

    def begun(self, documents: int) -> None:
        """Show the whole; a service begins again and again."""
        if self._done >= self._total:
            self._done = self._failed = self._waiting = 0
        self._total = documents
        self._progress.update(self._task, description="Processing", total=documents, completed=self._done)

    def ended(self, outcomes: Sequence[Outcome]) -> None:
        """Count documents."""
        self._done, self._waiting, self._failed = _counted(self._done, self._waiting, self._failed, outcomes)
        counts = f"{self._waiting} for review, {self._failed} failed"
        self._progress.update(self._task, completed=self._done, counts=counts)

    def said(self, message: str) -> None:
        """Print it above the bar."""
        self._progress.console.print(clean(message), markup=False)


def _counted(done: int, waiting: int, failed: int, outcomes: Sequence[Outcome]) -> tuple[int, int, int]:
    return (
        done + len(outcomes),
        waiting + sum(outcome.state.value == "in_review" for outcome in outcomes),
        failed + sum(outcome.state.value == "quarantined" for outcome in outcomes),
    )
