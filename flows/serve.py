"""One process tree for one machine: Prefect server, watcher, schedules and API."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flows.desk import desk_address, first_link
from flows.family import Family, stop_on_signals
from flows.heartbeat import when_parent_ends
from flows.quiet import quiet_prefect
from flows.server import LOOPBACK, NOTE, ServerPlace, answers, run_server
from flows.settings import Settings
from flows.wiring import known_schemas, open_store
from schemas.errors import DocassayError, SettingsError


def serve(settings: Settings, config: Path | None, said: Callable[[str], None], stop: threading.Event) -> None:
    """Run everything until `stop` is set; children that die are restarted.

    Raises:
        SettingsError: another service runs on this data folder, or a setting is wrong.
        SchemaError, Unavailable: before anything is started.
    """
    known_schemas(settings)
    _name_receivers(settings)
    place = ServerPlace(settings)
    if not place.take():
        raise SettingsError(
            f"Another `docassay serve` or a large run uses {settings.data_folder} at the moment. Stop it, or wait."
        )
    family = Family(said, stop)
    api_url = settings.prefect.api_url
    note = settings.prefect_home / NOTE
    if api_url is None:
        api_url = f"http://{LOOPBACK}:{settings.prefect.port}/api"
        family.add("prefect", run_server, settings, api_url)
        note.write_text(json.dumps({"api_url": api_url, "pid": os.getpid()}))
    family.add("line", be, be_line, settings)
    family.add("schedules", be, be_schedules, settings, config, api_url)
    family.add("api", be, be_api, settings)
    if settings.webhooks:
        family.add("webhooks", be, be_webhooks, settings)
    said(f"Review desk: {desk_address(settings)} (REST interface: /api/v1)")
    link = first_link(settings)
    if link is not None:
        said(f"First sign-in as admin, once, within {settings.access.link_hours:g} hours: {link}")
    said("Ctrl-C ends it.")
    said(f"Prefect: {api_url.removesuffix('/api')}")
    for inbox in settings.inboxes:
        said(f"Inbox: {inbox.path}")
    try:
        family.run()
    finally:
        note.unlink(missing_ok=True)
        place.leave()


def be(body: Callable[..., None], settings: Settings, *arguments: Any) -> None:
    """Be a child: run `body`; what goes wrong is one line in the journal, and a mistake of ours a file in errors/."""
    try:
        body(settings, *arguments)
    except DocassayError as error:
        _Printed().said(str(error))
        sys.exit(1)
    except Exception:  # noqa: BLE001 - the family starts this child again
        report = settings.data_folder / "errors" / f"{body.__name__}.txt"
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(traceback.format_exc(), encoding="utf-8")
        _Printed().said(f"A mistake in Docassay; please report it with {report}.")
        sys.exit(1)


def be_line(settings: Settings) -> None:
    """Be the process that takes documents from inboxes and uploads through the line."""
    from flows.progress import listening
    from flows.watch import watch_inboxes

    stop = _stoppable()
    with listening(_Printed()):
        watch_inboxes(settings, stop)


def be_schedules(settings: Settings, config: Path | None, api_url: str) -> None:
    """Be the process that starts scheduled flows, each run in a process of its own."""
    import asyncio

    stop = _stoppable()
    quiet_prefect(settings)
    os.environ["PREFECT_API_URL"] = api_url
    from httpx import TransportError
    from prefect.runner import Runner

    from flows.scheduled import deployments

    async def run() -> None:
        runner = Runner(name="docassay", pause_on_shutdown=False, query_seconds=5)
        for deployment in await deployments(settings, config):
            await runner.aadd_deployment(deployment)
        started = asyncio.create_task(runner.start())
        while not stop.is_set() and not started.done():
            await asyncio.sleep(0.3)
        if not started.done():
            await runner.astop()
            started.cancel()
        await asyncio.gather(started, return_exceptions=True)

    while not stop.is_set():
        if answers(api_url):
            failed = _beside_the_main_thread(lambda: asyncio.run(run()))
            if not isinstance(failed, TransportError):  # else the server went away: it comes again, or we end with it
                if failed is not None:
                    raise failed
                return
        stop.wait(0.5)


def _beside_the_main_thread(body: Callable[[], None]) -> Exception | None:
    """Run `body` in a thread and return what went wrong: in the main one a runner would take over our signals."""
    failed: list[Exception] = []

    def run() -> None:
        try:
            body()
        except Exception as error:  # noqa: BLE001 - handed to the caller, who knows it
            failed.append(error)

    thread = threading.Thread(target=run, name="runner")
    thread.start()
    thread.join()
    return failed[0] if failed else None


def be_api(settings: Settings) -> None:
    """Be the process that serves the review desk and the REST interface."""
    import uvicorn

    from flows.desk import open_desk
    from review.app import create_app

    when_parent_ends(lambda: None)
    with open_desk(settings) as context:
        uvicorn.run(
            create_app(context),
            host=settings.api.host,
            port=settings.api.port,
            log_level="warning",
            timeout_graceful_shutdown=5,
            proxy_headers=False,  # whom we believe is ours to say, see access.proxy
            server_header=False,
        )


def be_webhooks(settings: Settings) -> None:
    """Be the process that tells the receivers of the settings what happened."""
    from review.webhooks import Delivery, Receiver, secret_of
    from store.webhooks import Webhooks

    stop = _stoppable()
    store = open_store(settings)
    receivers = [
        Receiver(
            name,
            hook.url,
            secret_of(hook.secret.get_secret_value()),
            timedelta(seconds=hook.timeout_seconds),
            hook.attempts,
        )
        for name, hook in settings.webhooks.items()
    ]
    Delivery(Webhooks(store.database), receivers, _Printed().said).run(stop)
    store.close()


def _name_receivers(settings: Settings) -> None:
    """Let events be kept for the receivers of the settings, from all processes that work on this store."""
    from store.webhooks import Webhooks

    store = open_store(settings)
    try:
        Webhooks(store.database).register({name: hook.events for name, hook in settings.webhooks.items()})
    finally:
        store.close()


class _Printed:
    """Says what is worth a line on standard error, where a service's journal takes it from."""

    def taken(self, files: int) -> None:
        """Nothing to say."""

    def begun(self, documents: int) -> None:
        """Nothing to say."""

    def ended(self, outcomes: object) -> None:
        """Each is said as a line."""

    def said(self, message: str) -> None:
        """Say it in one line, without control characters."""
        shown = "".join(letter if letter.isprintable() else " " for letter in message)
        print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {shown}", file=sys.stderr, flush=True)  # noqa: T201


def _stoppable() -> threading.Event:
    """Return what is set when the family asks this child to end, or is gone."""
    stop = threading.Event()
    stop_on_signals(stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a key press reaches every process: the head of the family decides
    when_parent_ends(stop.set, seconds=20.0)
    return stop
