"""The parser child: reads a document from its input, parses it, writes the outcome, and again, until the input ends.

Frames in both directions: one byte that says what it is, eight bytes of length, the content. What a parser prints goes
nowhere, so that it cannot be taken for an answer.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import json
import os
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple

from documents.limits import Limits
from schemas.document import ParsedDocument
from schemas.errors import Reason, Refusal

HEAD = struct.Struct("<cQ")
JOB, ANSWER, REFUSAL, PICTURE_BEGINS, GO, PICTURE_ENDS, READY = b"J", b"D", b"R", b"P", b"G", b"E", b"Y"
DEFAULT_PARSER = "documents.parse:parse_bytes"
RARE_COLLECTIONS = (100_000, 20, 20)  # words are many and make no cycles; looking for some took a fifth of the time
LARGEST_OWN_FILE = 200_000_000  # bytes that a parser may write into one temporary file
PARENT_CHECK = 1.0  # seconds between two looks whether the parent still lives

Parse = Callable[..., ParsedDocument]


def write_frame(target: BinaryIO, kind: bytes, content: bytes = b"") -> None:
    """Write one frame and send it off."""
    target.write(HEAD.pack(kind, len(content)))
    target.write(content)
    target.flush()


def read_frame(source: BinaryIO) -> tuple[bytes, bytes]:
    """Return kind and content of the next frame; raises EOFError at the end of the input."""
    head = source.read(HEAD.size)
    if len(head) < HEAD.size:
        raise EOFError
    kind, length = HEAD.unpack(head)
    content = source.read(length)
    if len(content) < length:
        raise EOFError
    return kind, content


def main() -> None:
    """Serve until the parent closes the input; the parser is named by the first argument as module:function."""
    source, target = _own_channels()
    _bound_process()
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    from documents import picture_turn

    picture_turn.install(lambda: _turn(source, target))
    parse = _parser(sys.argv[1] if len(sys.argv) > 1 else DEFAULT_PARSER)
    kept = b""
    gc.freeze()
    gc.set_threshold(*RARE_COLLECTIONS)
    write_frame(target, READY)
    while True:
        try:
            _, content = read_frame(source)
        except EOFError:
            return
        asked = _read(content, kept)
        kept = asked.content if asked.keep else b""
        write_frame(target, *_outcome(parse, asked))


def job(
    content: bytes | None,
    name: str,
    limits: Limits,
    password: str | None,
    wishes: Mapping[str, Any] | None = None,
    *,
    keep: bool = False,
) -> bytes:
    """Return the content of a JOB frame.

    Args:
        content: of the file; None: the one that the job before said to keep.
        name: of the file.
        limits: bounds for the work.
        password: opens the file.
        wishes: further arguments of the parser.
        keep: the next job may be about the same file.
    """
    values = {each: getattr(limits, each) for each in Limits.__slots__}
    said = {"name": name, "limits": values, "password": password, "wishes": dict(wishes or {})}
    head = json.dumps({**said, "sent": content is not None, "keep": keep}).encode()
    return struct.pack("<Q", len(head)) + head + (content or b"")


class _Job(NamedTuple):
    content: bytes
    keep: bool
    limits: Limits
    arguments: dict[str, Any]  # of the parser, beside content and limits


def _read(frame: bytes, kept: bytes) -> _Job:
    (length,) = struct.unpack_from("<Q", frame)
    head = json.loads(frame[8 : 8 + length])
    content = frame[8 + length :] if head["sent"] else kept
    arguments = {"name": head["name"], "password": head["password"], **head["wishes"]}
    return _Job(content, head["keep"], Limits(**head["limits"]), arguments)


def _outcome(parse: Parse, job: _Job) -> tuple[bytes, bytes]:
    from documents.wire import encode

    _bound_processor_time(job.limits)
    try:
        document = parse(job.content, limits=job.limits, **job.arguments)
        return ANSWER, encode(document)
    except Refusal as refusal:
        return REFUSAL, json.dumps([refusal.reason, refusal.message, refusal.remedy]).encode()
    except MemoryError:
        return REFUSAL, json.dumps([Reason.TOO_MUCH_MEMORY, "", ""]).encode()


def _parser(name: str) -> Parse:
    """The function that `name` (module:function or path.py:function) stands for.

    Its module may have a function `prepare`, which loads what every job needs before the first one comes.
    """
    module, _, function = name.rpartition(":")
    if not module.endswith(".py"):
        found: Any = importlib.import_module(module)
    else:
        specification = importlib.util.spec_from_file_location("parser_by_path", module)
        if specification is None or specification.loader is None:
            raise ImportError(f"no parser at {module}")
        found = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(found)
    parse: Parse = getattr(found, function)
    getattr(found, "prepare", lambda: None)()
    return parse


def _own_channels() -> tuple[BinaryIO, BinaryIO]:
    """Input and output for frames; the usual ones are put on nothing."""
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    sys.stdin, sys.stdout = open(os.devnull), open(os.devnull, "w")  # noqa: SIM115, PTH123 - open as long as we live
    return source, target


@contextmanager
def _turn(source: BinaryIO, target: BinaryIO) -> Iterator[None]:
    """Ask the parent for the machine's one place for reading pictures, and give it back."""
    write_frame(target, PICTURE_BEGINS)
    read_frame(source)
    try:
        yield
    finally:
        write_frame(target, PICTURE_ENDS)


def _bound_process() -> None:
    """No core dumps of other people's documents, no large files: bounds that hold whatever the parser does."""
    try:
        import resource
    except ImportError:  # not a POSIX system: the parent's clock is what bounds the child there
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_OWN_FILE, LARGEST_OWN_FILE))


def _bound_processor_time(limits: Limits) -> None:
    """A second belt beside the parent's clock, for a parent that is itself stopped."""
    try:
        import resource
    except ImportError:
        return
    used = time.process_time()
    pictures = 2 * limits.pages * limits.seconds_per_picture
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used + 2 * limits.seconds + pictures) + 1, hard))


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK)
    os._exit(0)


if __name__ == "__main__":
    main()
