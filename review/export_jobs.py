"""Exports that somebody asks for over the web: tables written one after the other, kept for some days, downloaded.

Each lies in a folder of its own with a note of who asked for what. A file is only ever found by comparing a name with
those in the note, so that no name can lead out of the folder.
"""

from __future__ import annotations

import json
import re
import shutil
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from schemas.errors import DocassayError, UnknownDocument
from schemas.results import Extraction

Format = Literal["csv", "xlsx", "parquet", "jsonl"]
KEPT = timedelta(days=7)
NOTE = "asked.json"
TABLES = "tables"
_ID = re.compile(r"[0-9a-f]{32}")

Snapshot = Callable[[Path, str, bool, Callable[[Extraction], Extraction | None]], Mapping[str, Any]]
"""Writes tables into a folder: its path, the format, whether records that wait are wanted too, and what shows a record
as it may be seen (None: not at all). Returns `records`, `rows` by table, and `files` as names in the folder."""


@dataclass(frozen=True, slots=True)
class ExportJob:
    """One export that was asked for."""

    id: str
    state: Literal["running", "done", "failed"]
    format: Format
    review: bool  # records that wait for a person are in it too
    queues: Sequence[str] | None  # None: all
    asked_by: str
    asked_at: str
    ended_at: str | None = None
    records: int = 0
    rows: Mapping[str, int] | None = None  # by table
    files: Sequence[str] = ()
    message: str = ""  # why it failed


class ExportJobs:
    """The exports of one service; safe to use from many threads. They are written one at a time."""

    def __init__(self, folder: Path, write: Snapshot, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._write = write
        self._now = now
        self._worker = ThreadPoolExecutor(1, "export")
        self._running: set[str] = set()

    def start(
        self,
        format: Format,
        review: bool,
        queues: Sequence[str] | None,
        who: str,
        shown: Callable[[Extraction], Extraction | None],
    ) -> ExportJob:
        """Begin to write and return at once; those that are older than a week go."""
        self._forget_old()
        at = self._now().isoformat()
        job = ExportJob(uuid.uuid4().hex, "running", format, review, queues, who, at)
        (self._folder / job.id / TABLES).mkdir(parents=True)
        self._running.add(job.id)
        self._note(job)
        self._worker.submit(self._run, job, shown)
        return job

    def all(self) -> list[ExportJob]:
        """Return the exports that are kept, newest first."""
        found = [self.find(path.parent.name) for path in self._folder.glob(f"*/{NOTE}")]
        return sorted(found, key=lambda job: job.asked_at, reverse=True)

    def find(self, id: str) -> ExportJob:
        """Return one export; raises UnknownDocument."""
        note = self._folder / id / NOTE
        if not _ID.fullmatch(id) or not note.is_file():
            raise UnknownDocument(f"There is no export {id[:32]!r}; they are kept for {KEPT.days} days.")
        job = ExportJob(**json.loads(note.read_text(encoding="utf-8")))
        if job.state == "running" and id not in self._running:
            return replace(job, state="failed", message="The service was stopped meanwhile. Ask for it again.")
        return job

    def file(self, job: ExportJob, name: str) -> Path:
        """Return where a file of an export lies; raises UnknownDocument."""
        known = next((each for each in job.files if each == name), None)
        if known is None:
            raise UnknownDocument(f"The export has no such file. It has: {', '.join(job.files) or 'none yet'}.")
        return self._folder / job.id / TABLES / known

    def _run(self, job: ExportJob, shown: Callable[[Extraction], Extraction | None]) -> None:
        try:
            done = self._write(self._folder / job.id / TABLES, job.format, job.review, shown)
            ended = replace(job, state="done", records=done["records"], rows=done["rows"], files=done["files"])
        except DocassayError as error:
            ended = replace(job, state="failed", message=str(error))
        except Exception as error:  # noqa: BLE001 - a thread's end that nobody else would see
            ended = replace(job, state="failed", message=f"A mistake in Docassay ({type(error).__name__}).")
        self._note(replace(ended, ended_at=self._now().isoformat()))
        self._running.discard(job.id)

    def _note(self, job: ExportJob) -> None:
        note = self._folder / job.id / NOTE
        new = note.with_suffix(".new")
        new.write_text(json.dumps(asdict(job)), encoding="utf-8")
        new.replace(note)

    def _forget_old(self) -> None:
        for job in self.all() if self._folder.is_dir() else []:
            if datetime.fromisoformat(job.asked_at) < self._now() - KEPT and job.id not in self._running:
                shutil.rmtree(self._folder / job.id, ignore_errors=True)
