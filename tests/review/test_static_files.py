import hashlib
import tomllib
from pathlib import Path

import review.static_files

VENDORED = Path(review.static_files.__file__).parent / "static" / "vendored"


def test_vendored_files_are_as_they_were_published():
    """Every file of others is named with its version, its licence and its hash, and nobody has changed it."""
    named = tomllib.loads((VENDORED / "VENDORED.toml").read_text())
    for name, about in named.items():
        assert hashlib.sha256((VENDORED / name).read_bytes()).hexdigest() == about["sha256"]
        assert (VENDORED / f"{name.split('.')[0]}.LICENSE.txt").exists()
    assert {path.name for path in VENDORED.glob("*.js")} == set(named)
