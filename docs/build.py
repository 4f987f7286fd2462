"""Write the reference pages from the code, build the manual into site/, and check its links.

    python docs/build.py            (`make docs`)

Ends with 1 if a link or anchor leads nowhere, or a page cannot be reached.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from docs.links import problems  # noqa: E402
from docs.reference_pages import write_pages  # noqa: E402
from docs.screenshots import chromium, take  # noqa: E402

DOCUMENTS, SITE = ROOT / "docs", ROOT / "site"


def build(root: Path = ROOT) -> None:
    """Build the site of the settings file zensical.toml in `root`, from nothing.

    Raises:
        subprocess.CalledProcessError: it cannot be built, or a page links to one that is not there.
    """
    shutil.rmtree(root / "site", ignore_errors=True)
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    plain = {**os.environ, "NO_COLOR": "1"}
    subprocess.run(
        command, cwd=root, env=plain, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    for path in (*(root / "site").glob("*.py"), *(root / "site").glob("__pycache__")):  # everything below docs/ goes in
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def main() -> int:
    """Write, build, check; return the exit code."""
    for path in write_pages(DOCUMENTS):
        _say(f"written anew: {path.relative_to(ROOT)}")
    if chromium() is None:
        _say("no Chromium here: the manual goes without its pictures")
    else:
        take(DOCUMENTS / "pictures")
    try:
        build()
    except subprocess.CalledProcessError as error:
        _say(f"The manual could not be built:\n{error.stdout}")
        return 1
    wrong = problems(SITE, DOCUMENTS)
    pages = sum(1 for _ in SITE.rglob("*.html")) - 1  # one says that a page is not there
    _say("\n".join((*wrong, f"{pages} pages in {SITE.relative_to(ROOT)}/, {len(wrong)} problems")))
    return 1 if wrong else 0


def _say(message: str) -> None:
    sys.stdout.write(f"{message}\n")


if __name__ == "__main__":
    sys.exit(main())
