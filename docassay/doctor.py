"""What is missing on this machine, and how to get it: one line for each thing that was looked at."""

from __future__ import annotations

import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from docassay.rooms import rooms_apart
from schemas.errors import DocassayError

if TYPE_CHECKING:
    from flows.settings import Settings
    from store.store import Store

Verdict = Literal["ok", "warning", "missing"]
PACKAGES = (
    "pypdfium2",
    "pypdf",
    "unstructured",
    "rapidocr",
    "onnxruntime",
    "prefect",
    "fastapi",
    "polars",
    "sqlalchemy",
)
FREE_GIGABYTES = 1.0  # less is told: a full disk stops everything
NEAR_ALARM = 0.5  # of the way to voiding a certificate
FEW_WATCHES = 8192  # folders that the system may watch for one user


@dataclass(frozen=True, slots=True)
class Checked:
    """One thing that was looked at."""

    what: str
    verdict: Verdict
    found: str
    remedy: str = ""


def examine(settings: Settings, *, deep: bool = False) -> Iterator[Checked]:
    """Yield what was looked at, one by one; a check that fails unexpectedly is itself a finding.

    Args:
        deep: also read every stored file again and compare it with its sha256.
    """
    checks: list[tuple[str, Callable[[], Iterator[Checked]]]] = [
        ("Python", _python),
        ("rooms", _rooms),
        ("packages", _packages),
        ("text recognition", _recognition),
        ("office files", _office),
        ("folders", lambda: _folders(settings)),
        ("watcher", lambda: _watcher(settings)),
        ("network use", lambda: _network(settings)),
        ("schemas", lambda: _schemas(settings)),
        ("model", lambda: _model(settings)),
        ("database", lambda: _database(settings, deep)),
        ("confidence", lambda: _confidence(settings)),
    ]
    for what, check in checks:
        try:
            yield from check()
        except DocassayError as error:
            yield Checked(what, "missing", "cannot be used", str(error))
        except Exception as error:  # noqa: BLE001 - the doctor reports, it does not fall ill
            yield Checked(
                what, "missing", f"{type(error).__name__}: {error}", "Reinstall Docassay in a fresh environment."
            )


def _python() -> Iterator[Checked]:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    good = (3, 11) <= sys.version_info[:2] < (3, 14)
    yield Checked("Python", "ok" if good else "missing", found, "" if good else "Use Python 3.11, 3.12 or 3.13.")


def _rooms() -> Iterator[Checked]:
    apart = rooms_apart()
    root = Path(__file__).resolve().parent.parent
    if apart:
        wrong = ", ".join(f"{room} from {place}" for room, place in apart.items())
        remedy = "Another package or folder has the same name. Run from elsewhere, or use an environment of its own."
        yield Checked("rooms", "missing", wrong, remedy)
    else:
        yield Checked("rooms", "ok", f"all from {root}")


def _packages() -> Iterator[Checked]:
    lines = []
    for package in PACKAGES:
        try:
            lines.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            yield Checked(package, "missing", "not installed", "Install Docassay again: pip install docassay")
    yield Checked("packages", "ok", ", ".join(lines))


def _recognition() -> Iterator[Checked]:
    spec = find_spec("rapidocr")
    models = sorted(Path(spec.origin).parent.rglob("*.onnx")) if spec and spec.origin else []
    if not models:
        yield Checked(
            "text recognition",
            "missing",
            "no models beside rapidocr",
            "Install it again: pip install --force-reinstall rapidocr",
        )
        return
    size = sum(path.stat().st_size for path in models) / 1e6
    yield Checked("text recognition", "ok", f"{len(models)} models, {size:.0f} MB, no download needed")


def _office() -> Iterator[Checked]:
    for package, module in (("python-docx", "docx"), ("python-dateutil", "dateutil"), ("openpyxl", "openpyxl")):
        if find_spec(module) is None:
            yield Checked("office files", "missing", f"{package} is not installed", f"pip install {package}")
            return
    yield Checked("office files", "ok", f"unstructured {version('unstructured')}, read in a child process, offline")


def _folders(settings: Settings) -> Iterator[Checked]:
    places = {"data folder": settings.data_folder}
    for inbox in settings.inboxes:
        places |= {f"inbox {inbox.path}": inbox.path}
    for what, place in places.items():
        existing = next(folder for folder in (place.absolute(), *place.absolute().parents) if folder.exists())
        if not os.access(existing, os.W_OK):
            yield Checked(
                what, "missing", f"{place} cannot be written", f"Give this user the right to write to {existing}."
            )
            continue
        free = shutil.disk_usage(existing).free / 1e9
        enough = free >= FREE_GIGABYTES
        yield Checked(
            what,
            "ok" if enough else "warning",
            f"{place}, {free:.1f} GB free",
            "" if enough else "Make room on that disk.",
        )


def _watcher(settings: Settings) -> Iterator[Checked]:
    limit = Path("/proc/sys/fs/inotify/max_user_watches")
    if limit.exists() and int(limit.read_text()) < FEW_WATCHES:
        yield Checked(
            "watcher",
            "warning",
            f"{limit.read_text().strip()} watches allowed",
            f"sysctl fs.inotify.max_user_watches={FEW_WATCHES}",
        )
    else:
        yield Checked("watcher", "ok", f"full scan every {settings.watch.scan_seconds:.0f} s, events make it earlier")
    for inbox in settings.inboxes:
        kind = _file_system(inbox.path)
        if kind in ("nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p") and not inbox.polling:
            yield Checked(
                f"inbox {inbox.path}",
                "warning",
                f"a network share ({kind}) sends no events",
                "Set polling = true for it.",
            )


def _file_system(path: Path) -> str:
    try:
        lines = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    place = str(path.absolute())
    mounts = [(parts[1], parts[2]) for parts in map(str.split, lines) if place.startswith(parts[1].rstrip("/") + "/")]
    return max(mounts, key=lambda mount: len(mount[0]), default=("", ""))[1]


def _network(settings: Settings) -> Iterator[Checked]:
    from flows.quiet import QUIET, prefect_environment

    quiet = all(prefect_environment(settings)[name] == value for name, value in QUIET.items())
    yield Checked("network use", "ok" if quiet else "missing", "nothing phones home: usage reports are off")
    if settings.api.host not in ("127.0.0.1", "::1", "localhost"):
        yield Checked(
            "API address",
            "warning",
            f"{settings.api.host} can be reached by others",
            "It has no login yet: put a proxy with one in front.",
        )


def _schemas(settings: Settings) -> Iterator[Checked]:
    from flows.wiring import known_schemas

    yield Checked("schemas", "ok", ", ".join(known_schemas(settings)))


def _model(settings: Settings) -> Iterator[Checked]:
    """Name, package, key, price and budget; nobody is called."""
    if not settings.asks_a_model:
        yield Checked("model", "ok", "none named: rules and embedded data read everything, nothing is sent")
        return
    from extractors.llm.client import KEY_VARIABLES
    from extractors.llm.guards.budget import dollars
    from flows.model import Prices, limits_of, names_of, settings_of
    from schemas.errors import CallRefused
    from store.instants import utc_now

    prices = Prices(settings, utc_now)
    for name in names_of(settings):
        model = settings_of(settings, name)
        if (
            model.wire != "openai"
            and find_spec({"anthropic": "anthropic", "google": "google.genai"}[model.wire]) is None
        ):
            remedy = f"pip install 'docassay[{model.provider}]'"
            yield Checked(name, "missing", f"the package that speaks to {model.provider} is not installed", remedy)
        if model.needs_key and not model.api_key:
            remedy = f"Set {KEY_VARIABLES[model.provider]} or model.api_key."
            yield Checked(name, "missing", "there is no key", remedy)
        try:
            price = prices.named(name)
        except CallRefused as refusal:
            yield Checked(name, "missing", "its price is not known", refusal.remedy)
            continue
        rates = "free" if price.is_free else f"{dollars(price.input)} in, {dollars(price.output)} out, a million tokens"
        yield Checked(name, "ok", f"{rates}{', at ' + model.base_url if model.base_url else ''}")
    limits = limits_of(settings)
    yield Checked("budget", "ok", f"{dollars(limits.day or 0)} a day, calendar of {limits.zone}")


def _database(settings: Settings, deep: bool) -> Iterator[Checked]:
    from flows.loading import without_password
    from flows.wiring import open_store

    shown = without_password(settings.database_url)
    if settings.database is None and not (settings.data_folder / "docassay.db").exists():
        yield Checked("database", "ok", f"{shown} is made at the first run")
        return
    started = time.perf_counter()
    store = open_store(settings)
    try:
        total = sum(store.counts().values())
        yield Checked(
            "database", "ok", f"{shown}, {total} documents, answered in {(time.perf_counter() - started) * 1000:.0f} ms"
        )
        if deep:
            yield from _stored_files(store)
    finally:
        store.close()


def _confidence(settings: Settings) -> Iterator[Checked]:
    """What may pass without a person, and whether audits or drift speak against it."""
    from flows.confidence import confidence_state, said
    from flows.wiring import open_store

    if settings.database is None and not (settings.data_folder / "docassay.db").exists():
        return
    store = open_store(settings)
    try:
        state = confidence_state(settings, store)
    finally:
        store.close()
    names = "; ".join(said(each.certificate) for each in state.certificates) or "nothing passes without a person yet"
    yield Checked("confidence", "ok", f"{state.labels} judged answers; {names}")
    for each in state.certificates:
        if each.alarm >= NEAR_ALARM:
            found = (
                f"{each.audits.wrong} of {each.audits.answers} audited values of {said(each.certificate)} were wrong"
            )
            yield Checked("audits", "warning", found, "See: docassay confidence show")
    for warning in state.warnings:
        yield Checked("drift", "warning", warning, "See: docassay confidence show")


def _stored_files(store: Store) -> Iterator[Checked]:
    wrong = [document for document in store.documents() if not store.files.verify(document.sha256)]
    if not wrong:
        yield Checked("stored files", "ok", "every original still has its sha256")
    for document in wrong[:10]:
        yield Checked(
            "stored files",
            "missing",
            f"{document.name} ({document.sha256[:12]}) is gone or changed",
            "Restore it from a backup, or hand the document in again.",
        )
