import json
import subprocess
import sys

from docassay.doctor import examine
from docassay.rooms import rooms_apart
from flows.settings import Api, Settings
from store.store import Store


def findings(settings, **more):
    return {checked.what: checked for checked in examine(settings, **more)}


def test_rooms_come_from_one_root(tmp_path):
    """A folder that has the name of one of our packages is noticed before it is used in its place."""
    assert rooms_apart() == {}
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "__init__.py").write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "docassay.cli", "config", "show"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "exports from" in done.stderr


def test_healthy_machine_lacks_nothing(tmp_path):
    """Where everything is there, the doctor says so for each thing that was looked at."""
    found = findings(Settings(data_folder=tmp_path))
    assert [checked for checked in found.values() if checked.verdict == "missing"] == []
    assert {"Python", "rooms", "packages", "text recognition", "office files", "database"} <= set(found)


def test_changed_original_is_found(tmp_path):
    """A stored file that no longer matches its name is named, with what to do."""
    settings = Settings(data_folder=tmp_path)
    store = Store.open(settings.database_url, settings.files_folder)
    sha256, _ = store.add_document(b"original", "a.pdf")
    store.close()
    assert findings(settings, deep=True)["stored files"].verdict == "ok"
    (tmp_path / "files" / "originals" / sha256[:2] / sha256).write_bytes(b"tampered")
    found = findings(settings, deep=True)["stored files"]
    assert found.verdict == "missing"
    assert "a.pdf" in found.found


def test_open_address_is_warned_about(tmp_path):
    """An interface without login that others can reach is told."""
    assert findings(Settings(data_folder=tmp_path, api=Api(host="0.0.0.0")))["API address"].verdict == "warning"


def test_unreachable_database_is_a_finding(tmp_path):
    """The doctor reports a database that does not answer and goes on."""
    found = findings(Settings(data_folder=tmp_path, database="postgresql://u:hidden@127.0.0.1:9/x"))
    assert found["database"].verdict == "missing"
    assert "hidden" not in str(found)


def test_report_is_for_programs_too(docassay):
    """The report can be read by a program, and a healthy machine ends with 0."""
    done = docassay("doctor", "--json")
    assert done.returncode == 0, done.stdout
    assert all(json.loads(line)["verdict"] in ("ok", "warning") for line in done.stdout.splitlines())
