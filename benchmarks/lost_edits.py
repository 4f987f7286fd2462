"""How many edits at the desk are lost when something breaks in the middle of them: none is the promise.

    python -m benchmarks.lost_edits [--runs 200] [--seed 7]

In a real browser at a real service over a copy of some samples: the server is killed and started again, the network is
cut, the session expires, or the tab is closed, a quarter of the runs each, while a value is typed or just after Enter.
An edit is lost when it is neither in the database (after Enter) nor in its field (before). Prints one JSON object; the
exit code is 1 if an edit was lost.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "review" / "browser"))

from conftest import Tab
from desk_service import Service, fill
from playwright.sync_api import sync_playwright
from test_faults import FAULTS, NAME, faults_lose

from docs.screenshots import chromium


def measured(runs: int, seed: int) -> dict[str, Any]:
    """Let each fault strike in its share of the runs; return how many edits were made and which were lost."""
    with tempfile.TemporaryDirectory(prefix="docassay-faults-") as place, sync_playwright() as playwright:
        folder = Path(place) / "data"
        service = Service(folder, fill(folder, (NAME,)))
        service.start()
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        )
        found: dict[str, Any] = {"edits": 0, "lost": [], "mistakes": [], "seconds": {}}
        try:
            for fault in FAULTS:
                context = browser.new_context(viewport={"width": 1400, "height": 900})
                context.set_default_timeout(60_000)
                tab, share, began = Tab(context, service), runs // len(FAULTS), time.perf_counter()
                tab.sign_in("anna")
                found["lost"] += faults_lose(tab, service, fault, share, random.Random(seed))
                found["mistakes"] += tab.mistakes
                found["edits"] += share
                found["seconds"][fault] = round(time.perf_counter() - began)
                sys.stderr.write(f"{fault}: {share} edits, lost so far: {len(found['lost'])}\n")
                context.close()
        finally:
            browser.close()
            service.kill()
    return found


def main() -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    wanted = parser.parse_args()
    found = measured(wanted.runs, wanted.seed)
    sys.stdout.write(json.dumps(found, indent=1) + "\n")
    return 1 if found["lost"] else 0


if __name__ == "__main__":
    sys.exit(main())
