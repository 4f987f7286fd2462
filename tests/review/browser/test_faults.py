"""Nothing that a person typed or saved is lost: server killed, network cut, session expired, tab closed."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from desk_service import Service

NAME = "invoice-08-wide-en.pdf"
FIELDS = ("invoice_number", "order_reference", "seller_name", "buyer_name")
FAULTS = ("server", "network", "session", "tab")
RUNS = 5  # of each fault


@pytest.fixture
def service(filled, tmp_path):
    """A desk in a process of its own, which can be killed."""
    own = Service(Path(shutil.copytree(filled.folder, tmp_path / "data")), filled.documents)
    own.start()
    yield own
    own.kill()


@pytest.mark.parametrize("fault", FAULTS)
def test_no_edit_is_lost(tab, service, fault):
    """After a fault in mid-edit, what was saved is in the database, and what was typed is in its field."""
    lost = faults_lose(tab, service, fault, RUNS, random.Random(7))
    assert lost == []
    assert tab.mistakes == []


def faults_lose(tab: Any, service: Any, fault: str, runs: int, chance: random.Random) -> list[str]:
    """Let a fault strike in so many edits; returns what was lost."""
    lost = []
    tab.open(NAME)
    for run in range(runs):
        path, text = FIELDS[run % len(FIELDS)], f"{fault}-{run}-{chance.randrange(10**6)}"
        finished = chance.random() < 0.6  # Enter pressed; else the fault comes while it is typed
        tab.go(path)
        if fault == "network":
            tab.context.set_offline(True)
        tab.page.keyboard.type(text)
        if fault == "session":
            tab.context.clear_cookies()
        if fault == "server":
            service.kill()
        if finished:
            tab.page.keyboard.press("Enter")
        if fault == "server":
            service.start()
        if fault == "network":
            tab.context.set_offline(False)
        if fault == "tab":
            tab.close_and_open_another()
            tab.open(NAME)
        if fault == "session" and finished:
            tab.sign_in_again("anna")
        if finished:
            tab.saved()
            kept = service.value(NAME, path)
        else:
            kept = tab.page.evaluate(
                "(path) => { const cell = document.querySelector(`[data-path='${path}']`);"
                " return cell.querySelector('.editor')?.value ?? cell.querySelector('.text').textContent; }",
                path,
            )
            tab.page.keyboard.press("Escape")
        if kept != text:
            lost.append(f"{fault}, {path}: {text!r} became {kept!r}")
        if fault == "session" and not finished:
            tab.sign_in("anna")
            tab.open(NAME)
    return lost
