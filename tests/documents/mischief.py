"""A parser for tests that does what the document tells it: the ways in which real parsers fail."""

import ctypes
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable

from documents.limits import Limits
from documents.lines import lines_of
from documents.picture_turn import picture_turn
from schemas.document import Attachment, Box, Finding, FormField, Page, ParsedDocument, Word
from schemas.errors import Reason, Refusal


def parse(content: bytes, name: str, *, limits: Limits, password: str | None) -> ParsedDocument:
    verb, _, argument = content.decode().partition(" ")
    result = VERBS[verb](argument)
    return document(result if isinstance(result, str) else verb)


def document(text: str) -> ParsedDocument:
    words = [Word(part, Box(10.0 * n, 10.0, 10.0 * n + 9, 20.0), 1, size=10.0) for n, part in enumerate(text.split())]
    page = Page(1, 595.0, 842.0, lines_of(words))
    return ParsedDocument(
        hashlib.sha256(text.encode()).hexdigest(),
        "text/plain",
        (page,),
        attachments=(Attachment("a.bin", "application/octet-stream", b"\0\1", hashlib.sha256(b"\0\1").hexdigest()),),
        form_fields=(FormField("name", "value", 1, Box(0.0, 0.0, 1.0, 1.0)), FormField("other", "", None, None)),
        findings=(Finding("repaired", "It was damaged.", None, True),),
        metadata=(("title", "é☃"),),
    )


def say(argument: str) -> str:
    return argument


def hang(argument: str) -> None:
    time.sleep(float(argument or 600))


def hang_deaf(argument: str) -> None:
    import signal

    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 32))
    while True:
        pass


def crash(argument: str) -> None:
    ctypes.string_at(0)


def abort(argument: str) -> None:
    os.abort()


def leave(argument: str) -> None:
    os._exit(0)


def grow(argument: str) -> None:
    held = []
    while True:
        held.append(bytearray(8_000_000))


def run_out(argument: str) -> None:
    raise MemoryError


def dig(argument: str) -> None:
    sys.setrecursionlimit(10_000_000)

    def deeper() -> None:
        deeper()

    deeper()


def garbage(argument: str) -> None:
    _to_parent(b"\xff" * 5000)
    time.sleep(600)


def huge_frame(argument: str) -> None:
    _to_parent(b"D" + (1 << 60).to_bytes(8, "little"))
    time.sleep(600)


def wrong_answer(argument: str) -> None:
    text = b'{"sha256":1}'
    body = len(text).to_bytes(8, "little") + text
    _to_parent(b"D" + len(body).to_bytes(8, "little") + body)
    time.sleep(600)


def chatter(argument: str) -> str:
    print("this is no answer")  # noqa: T201 - the point of the test
    os.write(1, b"neither is this")
    return "chatter"


def refuse(argument: str) -> None:
    raise Refusal(Reason.NO_TEXT, "Nothing is written here.", "Write something.")


def fail(argument: str) -> None:
    raise LookupError("a parser's own mistake")


def secret(argument: str) -> str:
    return os.environ.get(argument, "unset")


def who(argument: str) -> str:
    return str(os.getpid())


def picture(argument: str) -> str:
    with picture_turn():
        time.sleep(float(argument))
    return "picture"


def offspring(argument: str) -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    with open(argument, "w") as file:
        file.write(str(child.pid))
    time.sleep(600)


def _to_parent(data: bytes) -> None:
    """Write past the frames, as a parser that was taken over could: the real output is a copy above the usual ones."""
    for number in range(3, 20):
        try:
            if os.readlink(f"/proc/self/fd/{number}").startswith("pipe:"):
                os.write(number, data)
        except OSError:
            continue


VERBS: dict[str, Callable[[str], object]] = {
    function.__name__: function
    for function in (
        say, hang, hang_deaf, crash, abort, leave, grow, run_out, dig, garbage, huge_frame, wrong_answer, chatter,
        refuse, fail, secret, who, picture, offspring,
    )
}  # fmt: skip
