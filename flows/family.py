"""A process tree: children that are restarted when they die and all end together."""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from typing import Any

FIRST_WAIT = 1.0  # seconds before a dead child is started again; doubles up to LONGEST_WAIT
LONGEST_WAIT = 60.0
WELL_AFTER = 60.0  # a child that lived so long was well: the next wait is short again
END_SECONDS = 20.0  # for a child to finish its document, then it is killed
LOOK_SECONDS = 0.2


@dataclass
class Member:
    """One child: what it runs, and how it is doing."""

    name: str
    target: Callable[..., None]
    arguments: Sequence[Any]
    process: BaseProcess | None = None
    started: float = 0.0
    wait: float = FIRST_WAIT
    due: float = 0.0
    deaths: int = 0


@dataclass
class Family:
    """Starts its members, restarts the dead ones, and ends them all when `stop` is set."""

    said: Callable[[str], None]
    stop: threading.Event = field(default_factory=threading.Event)
    members: list[Member] = field(default_factory=list)

    def add(self, name: str, target: Callable[..., None], *arguments: Any) -> None:
        """Add a child that runs `target(*arguments)` in a process of its own."""
        self.members.append(Member(name, target, arguments))

    def run(self) -> None:
        """Run until `stop` is set, then end every child."""
        try:
            while not self.stop.is_set():
                for member in self.members:
                    self._look_after(member, time.monotonic())
                self.stop.wait(LOOK_SECONDS)
        finally:
            self.end()

    def end(self) -> None:
        """Ask all children to end, the last one first; kill those that do not."""
        for member in reversed(self.members):
            if member.process is not None and member.process.is_alive():
                member.process.terminate()
        deadline = time.monotonic() + END_SECONDS
        for member in reversed(self.members):
            if member.process is None:
                continue
            member.process.join(max(0.1, deadline - time.monotonic()))
            if member.process.is_alive():
                member.process.kill()
                member.process.join()

    def _look_after(self, member: Member, now: float) -> None:
        if member.process is not None and member.process.is_alive():
            return
        if member.process is not None:
            member.deaths += 1
            if now - member.started > WELL_AFTER:
                member.wait = FIRST_WAIT
            self.said(f"{member.name} ended ({member.process.exitcode}); it starts again in {member.wait:.0f} s.")
            member.due = now + member.wait
            member.wait = min(2 * member.wait, LONGEST_WAIT)
            member.process = None
        if now >= member.due:
            context = multiprocessing.get_context("spawn")
            member.process = context.Process(target=member.target, args=tuple(member.arguments), name=member.name)
            member.process.start()
            member.started = now


def stop_on_signals(stop: threading.Event) -> None:
    """Set `stop` on SIGTERM and SIGINT."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
