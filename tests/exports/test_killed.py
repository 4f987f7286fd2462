"""A process that is killed while it exports leaves nothing half, and the next export makes all well."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from exports.writers.staging import Staging

ROOT = Path(__file__).parent.parent.parent
SCRIPT = """
import sys
sys.path[:0] = [{root!r}, {root!r} + "/benchmarks"]
import importlib.util
spec = importlib.util.spec_from_file_location("made", {root!r} + "/benchmarks/exports.py")
made = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made)
target = made.parse_target({target!r})
first = made.export(made.records(100), target, made.builtin_schemas())
print("ready", flush=True)
while True:
    made.export(made.records({number}), target, made.builtin_schemas())
"""
NUMBER = 1500


def _killed(target: Path, seconds: float) -> None:
    script = SCRIPT.format(root=str(ROOT), target=str(target), number=NUMBER)
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    child.wait(30)
    child.stdout.close()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_files_are_whole_whenever_the_export_is_killed(seed: int, tmp_path: Path) -> None:
    """At any moment each file is the old one or the new one, complete to its last line."""
    _killed(tmp_path / "out", random.Random(seed).uniform(0.02, 1.5))
    with (tmp_path / "out" / "invoice" / "documents.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) in (100, NUMBER)
    assert rows[-1]["document_id"] == f"{len(rows) - 1:064x}"
    assert all(None not in row.values() for row in rows)
    listed = json.loads((tmp_path / "out" / "export.json").read_text())["files"]
    assert listed["invoice/documents.csv"] in (100, NUMBER)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_a_database_has_all_of_an_export_or_nothing(seed: int, tmp_path: Path) -> None:
    """After a kill the DuckDB file opens, and every document has its rows and proofs."""
    _killed(tmp_path / "out.duckdb", random.Random(seed).uniform(0.02, 1.5))
    with duckdb.connect(str(tmp_path / "out.duckdb")) as connection:
        documents = connection.execute("SELECT count(*) FROM invoice__documents").fetchall()[0][0]
        items = connection.execute("SELECT count(*) FROM invoice__documents__line_items").fetchall()[0][0]
    assert documents in (100, NUMBER)
    assert items == 3 * documents


def test_what_a_killed_process_left_is_swept_later(tmp_path: Path) -> None:
    """Temporary files older than a day go with the next export; younger ones and other files stay."""
    old, young, other = (tmp_path / name for name in (".a.csv.1.part", ".a.csv.2.part", ".b.csv.1.part"))
    for path in (old, young, other):
        path.write_text("half")
        os.utime(path, (time.time(), time.time() - (0 if path is young else 90_000)))
    staging = Staging(tmp_path)
    staging.path("a.csv").write_text("whole")
    staging.commit({"a.csv": 1})
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".a.csv.2.part",
        ".b.csv.1.part",
        "a.csv",
        "export.json",
    ]


def test_the_list_of_files_cannot_name_files_outside(tmp_path: Path) -> None:
    """A list of files that somebody has changed makes no export remove what is not below its folder."""
    folder, outside = tmp_path / "out", tmp_path / "mine.txt"
    folder.mkdir()
    outside.write_text("mine")
    (folder / "export.json").write_text(json.dumps({"files": {"../mine.txt": 1, str(outside): 1, "gone.csv": 1}}))
    staging = Staging(folder)
    staging.path("a.csv").write_text("whole")
    staging.commit()
    assert outside.read_text() == "mine"
