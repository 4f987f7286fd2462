"""What the exit codes of every command mean; scripts may rely on them."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended. Documents that wait for a person are a success."""

    DONE = 0
    DOCUMENTS_FAILED = 1  # it finished, and some documents could not be read; each has its reason
    USAGE = 2  # the command line, a setting, a schema or an input file is wrong
    UNREACHABLE = 4  # database, disk or storage: nothing is lost, try again
    REVIEW_WAITING = 6  # only with --fail-on-review
    OUR_BUG = 70
    INTERRUPTED = 130
