"""Parsing in pooled child processes that may be killed: what a document does to its parser costs that document only."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import documents
from documents import child
from documents.limits import Limits
from documents.picture_place import PicturePlace
from documents.wire import decode
from schemas.document import ParsedDocument
from schemas.errors import Reason, Refusal

LOOK = 0.025  # seconds between two looks at the child's memory: it can take some 50 megabytes in between
START_SECONDS = 20.0  # until a child is ready on a busy machine; usually a tenth of a second
DOCUMENTS_PER_CHILD = 200  # then a fresh one, so that leaks of native libraries end
SWOLLEN = 0.6  # of the memory limit: an idle child that keeps more is replaced
LARGEST_ANSWER = 400_000_000  # bytes; attachments come on top
CHUNK = 1 << 16  # bytes written at once: what a pipe holds
ROOT = Path(documents.__file__).parent.parent
START = "import sys; sys.path.insert(0, sys.argv.pop(1)); from documents.child import main; main()"
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH")
QUIET = {"DO_NOT_TRACK": "1", "SCARF_NO_ANALYTICS": "1", "HF_HUB_OFFLINE": "1", "PYTHONDONTWRITEBYTECODE": "1"}


class ParserPool:
    """At most `workers` parser children, started when first needed; safe to use from many threads.

    Args:
        limits: bounds for each document.
        workers: children that may work at the same time.
        parser: what the children run, as module:function or path.py:function.
    """

    def __init__(self, limits: Limits, workers: int = 1, *, parser: str = child.DEFAULT_PARSER) -> None:
        if workers < 1:
            raise ValueError(f"A parser pool needs at least one worker, not {workers!r}.")
        self._limits = limits
        self._parser = parser
        self._workers = workers
        self._free = threading.Semaphore(workers)
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._closed = False

    def parse(self, content: bytes, name: str = "", password: str | None = None, **wishes: Any) -> ParsedDocument:
        """Return what `content` holds.

        Args:
            content: the bytes of the file.
            name: what the file is called, for messages.
            password: to open it with.
            wishes: further arguments of the parser, such as which page to draw; what JSON can hold.

        Raises:
            Refusal: as `documents.parse.parse_bytes` does, and `too_slow`, `too_much_memory` or `broken_structure` when
                the child had to be killed or died.
        """
        return self._parse("", lambda: content, name, password, wishes)

    def parse_again(self, key: str, content: Callable[[], bytes], **wishes: Any) -> ParsedDocument:
        """Return what a file holds of which more is asked for soon; a child that has it still is not sent it anew.

        Args:
            key: names the bytes of the file, such as their sha256.
            content: gives them, where they are needed.
            wishes: as for `parse`, whose errors this has.
        """
        return self._parse(key, content, "", None, wishes)

    def start(self) -> None:
        """Start all children now, so that the first documents need not wait for that."""
        with self._lock:
            if not self._closed:
                self._idle += [_Child(self._parser) for _ in range(self._workers - len(self._idle))]

    def _parse(
        self, key: str, content: Callable[[], bytes], name: str, password: str | None, wishes: dict[str, Any]
    ) -> ParsedDocument:
        with self._free:
            worker = self._take(key)
            try:
                sent = None if worker.holds(key) else content()
                job = child.job(sent, name, self._limits, password, wishes, keep=bool(key))
                document = worker.parse(job, key, name, self._limits)
            except Refusal:
                self._give_back(worker)
                raise
            except BaseException:
                worker.end()
                raise
            self._give_back(worker)
            return document

    def close(self) -> None:
        """End the idle children; those at work end after their document."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.end()

    def __enter__(self) -> ParserPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _take(self, key: str) -> _Child:
        with self._lock:
            if self._closed:
                raise RuntimeError("The parser pool is closed.")
            self._idle.sort(key=lambda idle: idle.holds(key))  # a stable sort: else the last one that worked
            while self._idle:
                worker = self._idle.pop()
                if worker.alive:
                    return worker
                worker.end()
        return _Child(self._parser)

    def _give_back(self, worker: _Child) -> None:
        if worker.reusable(self._limits):
            with self._lock:
                if not self._closed:
                    self._idle.append(worker)
                    return
        worker.end()


class _Gone(Exception):
    """The child closed its output or died."""


class _Child:
    """One parser process and the two pipes to it."""

    def __init__(self, parser: str) -> None:
        kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", START, str(ROOT), parser],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**kept, **QUIET, "HOME": tempfile.gettempdir()},
            cwd=tempfile.gettempdir(),
            start_new_session=True,  # a key press in the terminal must not end it in the middle of a document
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("The parser child was started without pipes.")
        self._input, self._output = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._input, False)
        os.set_blocking(self._output, False)
        self._received = bytearray()
        self._held = ""  # key of the file that the child keeps
        self._documents = 0
        self._reads_pictures = False
        self._ready = False
        self._peak = 0.0  # megabytes, of the document at work

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def holds(self, key: str) -> bool:
        """Return whether the child still has the file that `key` names."""
        return bool(key) and self._held == key

    def reusable(self, limits: Limits) -> bool:
        """Whether the child may take another document."""
        memory = _resident_megabytes(self._process.pid)
        return self.alive and self._documents < DOCUMENTS_PER_CHILD and memory < SWOLLEN * self._memory_limit(limits)

    def end(self) -> None:
        """Kill the process and whatever it started, and close the pipes."""
        if self.alive:  # else its number may belong to another process by now
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        self._process.wait()

    def parse(self, job: bytes, key: str, name: str, limits: Limits) -> ParsedDocument:
        """Return the document of a job; raises Refusal, after which the child may be dead.

        Args:
            job: what is to be done.
            key: names the file, if the job says that it is kept; else "".
            name: of the file, for messages.
            limits: bounds for the work.
        """
        self._documents += not self.holds(key)
        self._held = key
        self._peak = 0.0
        shown = name or "The file"
        place = PicturePlace()
        try:
            self._wait_until_ready()
            return self._exchange(job, shown, limits, place)
        except (_Gone, ValueError, BrokenPipeError):
            self.end()
            if self._peak > SWOLLEN * self._memory_limit(limits):
                raise _too_much_memory(shown, limits) from None
            raise Refusal(
                Reason.BROKEN_STRUCTURE,
                f"{shown}: the parser broke down on its content.",
                "Ask the sender for the file again, or print it to a new PDF in a viewer that still shows it.",
            ) from None
        finally:
            place.leave()

    def _wait_until_ready(self) -> None:
        if self._ready:
            return
        deadline = time.monotonic() + START_SECONDS
        while self._next_frame() is None:
            if time.monotonic() > deadline or not self.alive:
                self.end()
                raise RuntimeError(f"The parser child does not start; try: {sys.executable} -m documents.child")
            self._turn_of_pipes(b"", 0)
        self._ready = True

    def _exchange(self, job: bytes, shown: str, limits: Limits, place: PicturePlace) -> ParsedDocument:
        """Send the job and follow the child until its answer, its end or its limits."""
        waiting = memoryview(child.HEAD.pack(child.JOB, len(job)) + job)
        sent = 0
        clock = _Clock(limits)
        pictures = 0
        while True:
            sent = self._turn_of_pipes(waiting, sent)
            frame = self._next_frame()
            if frame is not None and frame[0] in (child.ANSWER, child.REFUSAL):
                return _outcome(frame, shown, limits)
            if frame is not None and frame[0] == child.PICTURE_BEGINS:
                self._reads_pictures = True
                clock.stop()
                pictures += 1
                if pictures > limits.pages:
                    raise ValueError("more pictures than pages")
            elif frame is not None and frame[0] == child.PICTURE_ENDS:
                place.leave()
                clock.picture_ends()
            elif frame is not None:
                raise ValueError("unknown frame")
            if clock.stopped and place.enter():
                waiting, sent = memoryview(child.HEAD.pack(child.GO, 0)), 0
                clock.picture_begins()
            self._check(shown, limits, clock)

    def _check(self, shown: str, limits: Limits, clock: _Clock) -> None:
        """Kill the child and raise Refusal if it takes too long or too much."""
        memory = _resident_megabytes(self._process.pid)
        self._peak = max(self._peak, memory)
        if memory > self._memory_limit(limits):
            self.end()
            raise _too_much_memory(shown, limits)
        if clock.over:
            self.end()
            raise Refusal(
                Reason.TOO_SLOW,
                f"{shown}: reading it took longer than {clock.allowed:.0f} seconds.",
                "Split it or save it again in another program, or raise the limit of seconds in the settings.",
            )
        if not self.alive and not select.select([self._output], [], [], 0)[0]:
            raise _Gone

    def _memory_limit(self, limits: Limits) -> int:
        return (
            max(limits.picture_memory_megabytes, limits.memory_megabytes)
            if self._reads_pictures
            else (limits.memory_megabytes)
        )

    def _turn_of_pipes(self, waiting: bytes | memoryview, sent: int) -> int:
        """Wait a moment, take in what came, send what fits; returns how much of `waiting` has been sent."""
        open_ends = [self._input] if sent < len(waiting) else []
        readable, writable, _ = select.select([self._output], open_ends, [], LOOK)
        if writable:
            with suppress(BlockingIOError):
                sent += os.write(self._input, waiting[sent : sent + CHUNK])
        if readable:
            with suppress(BlockingIOError):
                piece = os.read(self._output, 1 << 20)
                if not piece:
                    raise _Gone
                self._received += piece
        return sent

    def _next_frame(self) -> tuple[bytes, bytes] | None:
        """The next whole frame among what was received; raises ValueError for one that is too large."""
        head = child.HEAD.size
        if len(self._received) < head:
            return None
        kind, length = child.HEAD.unpack_from(self._received)
        if length > LARGEST_ANSWER:
            raise ValueError("frame too large")
        if len(self._received) < head + length:
            return None
        content = bytes(self._received[head : head + length])
        del self._received[: head + length]
        return kind, content


class _Clock:
    """Seconds that a document may still take: those for its text, and those for each picture by itself."""

    def __init__(self, limits: Limits) -> None:
        self.allowed = limits.seconds
        self.stopped = False
        self._per_picture = limits.seconds_per_picture
        self._since = time.monotonic()
        self._left = limits.seconds
        self._for_text = limits.seconds

    @property
    def over(self) -> bool:
        """Whether the time is used up; never while the document waits for its turn."""
        return not self.stopped and time.monotonic() - self._since > self._left

    def stop(self) -> None:
        """The document waits for its turn."""
        self._for_text = self._left - (time.monotonic() - self._since)
        self.stopped = True

    def picture_begins(self) -> None:
        """A picture has its own time."""
        self.stopped = False
        self.allowed = self._left = self._per_picture
        self._since = time.monotonic()

    def picture_ends(self) -> None:
        """The time for the text goes on where it stopped."""
        self.stopped = False
        self.allowed, self._left = self._for_text, max(self._for_text, 0.0)
        self._since = time.monotonic()


def _outcome(frame: tuple[bytes, bytes], shown: str, limits: Limits) -> ParsedDocument:
    """The document in an answer; raises the Refusal in a refusal, ValueError for what is neither."""
    kind, content = frame
    if kind == child.ANSWER:
        return decode(content)
    values = json.loads(content)
    if not (isinstance(values, list) and len(values) == 3 and all(isinstance(value, str) for value in values)):
        raise ValueError("not a refusal")
    reason, message, remedy = values
    if reason == Reason.TOO_MUCH_MEMORY and not message:
        raise _too_much_memory(shown, limits)
    raise Refusal(Reason(reason), message, remedy)


def _too_much_memory(shown: str, limits: Limits) -> Refusal:
    return Refusal(
        Reason.TOO_MUCH_MEMORY,
        f"{shown}: reading it takes more than the {limits.memory_megabytes:,} megabytes of memory allowed.",
        "Print it to a new PDF or save it again, or raise memory_megabytes in the settings.",
    )


def _resident_megabytes(process: int) -> float:
    """Memory that a process holds, 0 where the system does not tell or the process is gone."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_bytes().split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * PAGE_MEGABYTES


PAGE_MEGABYTES = os.sysconf("SC_PAGE_SIZE") / 1e6 if hasattr(os, "sysconf") else 0.0
