"""The loop of a service: scan the inboxes, take whatever is unfinished through the line, settle the files, wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from flows.engine import Engine, open_engine
from flows.inbox import InboxFolder
from flows.intake import Taken
from flows.outcomes import Outcome
from flows.progress import listener
from flows.retry import wake_due
from flows.run import run_taken
from flows.server import ServerAtHand
from flows.settings import Settings
from schemas.errors import Unavailable
from store.states import UNFINISHED

HOUSE_SECONDS = 3600.0  # between two rounds of settling what dead processes held and deleting what is old
LOOK_SECONDS = 1.0  # while files are not yet still, or documents come by other doors (uploads, retries)
AT_ONCE = 2000  # documents in one batch; the next round takes the others


class Watcher:
    """Takes what is dropped into the inboxes, and what else is unfinished in the store, through the line."""

    def __init__(self, engine: Engine, stop: threading.Event) -> None:
        """Watch the inboxes of the engine's settings until `stop` is set."""
        from flows.wiring import known_schemas

        self._engine = engine
        self._settings = engine.settings
        self._stop = stop
        schemas = known_schemas(engine.settings)
        self._folders = [
            InboxFolder(inbox, engine.settings, engine.store, schemas) for inbox in engine.settings.inboxes
        ]
        self._server = ServerAtHand(engine.settings)  # that of the service; the watcher itself starts none
        self._poke = threading.Event()
        self._away: set[Path] = set()

    def run(self) -> None:
        """Watch until stopped. A database, disk or share that is away is told once and tried again."""
        with self._events():
            next_scan = next_round = 0.0
            was_down = ""
            while not self._stop.is_set():
                now = time.monotonic()
                waiting = any(folder.is_waiting for folder in self._folders)
                try:
                    if now >= next_scan or self._poke.is_set() or waiting:
                        self._poke.clear()
                        next_scan = now + self._settings.watch.scan_seconds
                        self._scan(now)
                    self._work()
                    if now >= next_round:
                        next_round = now + HOUSE_SECONDS
                        self._keep_house()
                    was_down = ""
                except Unavailable as error:
                    if str(error) != was_down:
                        listener().said(str(error))
                    was_down = str(error)
                    self._stop.wait(min(self._settings.watch.scan_seconds, 10.0))
                if not self._stop.is_set():
                    self._poke.wait(LOOK_SECONDS)

    def once(self) -> Sequence[Outcome]:
        """Scan and work once; for tests and for a last look."""
        self._scan(time.monotonic())
        return self._work()

    def _keep_house(self) -> None:
        if self._settings.asks_a_model:
            from flows.model import housekeeping

            housekeeping(self._settings, self._engine.store)

    def _scan(self, now: float) -> None:
        for folder in self._folders:
            path = folder.inbox.path
            try:
                folder.scan(now)
                if path in self._away:
                    self._away.discard(path)
                    listener().said(f"The inbox {path} is there again.")
            except OSError as error:
                if path not in self._away:
                    self._away.add(path)
                    listener().said(f"The inbox {path} cannot be read ({error.strerror}). It is tried again by itself.")

    def _work(self) -> Sequence[Outcome]:
        store = self._engine.store
        wake_due(store, self._settings.retry.attempts)
        now = store.now()
        free = (
            document.sha256
            for document in store.documents(UNFINISHED)
            if document.lease_until is None or document.lease_until <= now
        )
        to_do = tuple(islice(free, AT_ONCE))
        outcomes: Sequence[Outcome] = ()
        if to_do:
            batch = store.start_batch("what came in")
            for sha256 in to_do:
                store.add_to_batch(batch, sha256)
            outcomes = run_taken(self._engine, Taken(len(to_do), to_do, 0, (), batch), self._server)
            for outcome in outcomes:
                listener().said(_line(outcome))
        for folder in self._folders:
            folder.settle()
        return outcomes

    @contextmanager
    def _events(self) -> Iterator[None]:
        """Let the system's events make a scan earlier; they are hints, and shares send none."""
        paths = [folder.inbox.path for folder in self._folders if not folder.inbox.polling]
        if not paths:
            yield
            return
        end = threading.Event()

        def listen() -> None:
            from watchfiles import watch

            try:
                for _changes in watch(*paths, stop_event=end, rust_timeout=1000, raise_interrupt=False):
                    self._poke.set()
            except OSError as error:  # too many watches, or the folder went away
                listener().said(f"No events from the inboxes ({error}); they are scanned all the same.")

        thread = threading.Thread(target=listen, name="inbox-events", daemon=True)
        thread.start()
        try:
            yield
        finally:
            end.set()
            thread.join(5)


def watch_inboxes(settings: Settings, stop: threading.Event) -> None:
    """Watch until `stop` is set.

    Raises:
        SettingsError, SchemaError, Unavailable: at the start; later ones are waited out.
    """
    with open_engine(settings) as engine:
        engine.get_ready()

        def pass_on() -> None:
            stop.wait()
            engine.stop()  # finish the documents at hand, not the whole batch

        threading.Thread(target=pass_on, name="stop", daemon=True).start()
        Watcher(engine, stop).run()


def _line(outcome: Outcome) -> str:
    why = f": {outcome.message}" if outcome.message else ""
    return f"{outcome.name}: {outcome.state.value.replace('_', ' ')}{why}"
