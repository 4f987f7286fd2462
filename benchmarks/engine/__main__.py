"""Serve the random model until told to stop, or until the process that started this one has ended."""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import threading
from pathlib import Path

import xllamacpp

from benchmarks.engine.model import CONTEXT, write_model

LOOK = 0.5  # seconds between two looks whether the parent is still there


def main() -> None:
    """Write the model, serve it, and say where on the first line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.engine", description=__doc__)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    parent, stop = os.getppid(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with tempfile.TemporaryDirectory(prefix="engine-") as folder:
        path = Path(folder) / "random.gguf"
        write_model(path, arguments.seed)
        server = xllamacpp.Server(_parameters(path))  # it has mapped the file: the folder may go
    print(f"listening on {server.listening_address}", flush=True)
    while not stop.wait(LOOK) and os.getppid() == parent:
        pass
    os._exit(0)  # the engine's own threads do not end by themselves


def _parameters(path: Path) -> xllamacpp.CommonParams:
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx = CONTEXT
    parameters.n_parallel = 1
    parameters.n_gpu_layers = 0
    parameters.use_jinja = True
    parameters.warmup = False
    for threads in (parameters.cpuparams, parameters.cpuparams_batch):
        threads.n_threads = 1  # its threads wait for each other in loops: on a busy machine two are slower than one
    parameters.n_threads_http = 2
    return parameters


if __name__ == "__main__":
    main()
