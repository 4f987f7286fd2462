"""Start the simulator; see the package's docstring. The first line that it prints says where it listens."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from pathlib import Path

from benchmarks.simulator import profiles
from benchmarks.simulator.faults import Faults, load_script
from benchmarks.simulator.library import Library, build_from_files
from benchmarks.simulator.reply import Model
from benchmarks.simulator.server import Simulator

LOOK = 0.5  # seconds between two looks whether the parent is still there


def main() -> None:
    """Serve until told to stop, or until the process that started this one has ended."""
    parent = os.getppid()
    arguments = _arguments()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    library = _library(arguments)
    rules = load_script(arguments.faults) if arguments.faults else ()
    model = Model(library, profiles.load(arguments.profile), arguments.seed)
    simulator = Simulator(model, Faults(rules), arguments.port)
    print(f"listening on {simulator.url}", flush=True)
    while not stop.wait(LOOK) and os.getppid() == parent:
        pass
    simulator.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulator", description=__doc__)
    parser.add_argument("--truth", type=Path, help="truth file, JSON Lines")
    parser.add_argument("--documents", type=Path, help="folder below which the documents of the truth file lie")
    parser.add_argument("--schemas", type=Path, nargs="*", default=[], help="folders or files of your own schemas")
    parser.add_argument("--save", type=Path, help="write the library to this file, for --library")
    parser.add_argument("--library", type=Path, help="a library that --save wrote, in place of truth and documents")
    parser.add_argument("--profile", default="honest", help=f"{', '.join(profiles.names())}, or a file")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--faults", type=Path, help="script of faults, JSON")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    arguments = parser.parse_args()
    if not arguments.library and not (arguments.truth and arguments.documents):
        parser.error("give --truth and --documents, or --library")
    return arguments


def _library(arguments: argparse.Namespace) -> Library:
    if arguments.library:
        return Library.load(arguments.library)
    from schemas.loader import builtin_schemas, load_schemas  # not needed for a library that is built

    own = load_schemas([str(path) for path in arguments.schemas]) if arguments.schemas else {}
    library = build_from_files(arguments.truth, arguments.documents, {**builtin_schemas(), **own})
    if arguments.save:
        library.save(arguments.save)
    return library


if __name__ == "__main__":
    main()
