import json
import re
import sqlite3
import subprocess
import sys
import time

import pytest

from docassay.catalog import COMMANDS
from docassay.cli import answer
from docassay.exit_codes import ExitCode

HEAVY = (
    "cyclopts",
    "rich",
    "prefect",
    "polars",
    "sqlalchemy",
    "pypdfium2",
    "unstructured",
    "pydantic",
    "fastapi",
    "yaml",
)


def test_help_loads_nothing_heavy():
    """Help answers at once because no library that a command needs is loaded for it."""
    script = (
        "import sys, io, contextlib\n"
        "from docassay.cli import answer\n"
        "with contextlib.redirect_stdout(io.StringIO()) as out: code = answer(['--help'])\n"
        f"print(code, 'demo' in out.getvalue(), [name for name in {HEAVY!r} if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert out.split(maxsplit=2) == ["0", "True", "[]\n"]


def test_help_answers_in_little_time():
    """Help takes at most 150 ms, or ten times what an empty Python takes where that is slow."""

    def fastest(*command):
        times = []
        for _ in range(7):
            started = time.perf_counter()
            subprocess.run([sys.executable, *command], capture_output=True, check=True)
            times.append(time.perf_counter() - started)
        return min(times)

    assert fastest("-m", "docassay.cli", "--help") < max(0.15, 10 * fastest("-c", "pass"))


@pytest.mark.parametrize("name", [name for name, *_ in COMMANDS])
def test_every_command_has_help(name, capsys):
    """Each command that is listed can be called and says what it does."""
    assert answer([name, "--help"]) == ExitCode.DONE
    assert f"docassay {name}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rnu"], 'Did you mean "run"'),
        (["run", "--schmea", "x", "."], "--schmea"),
        (["run"], "Name files or folders"),
        (["run", "no-such-folder"], "no-such-folder"),
        (["extract"], "docassay extract --help"),
        (["retry"], "--failed"),
        (["schemas", "show", "invoyce"], "There are: "),
        (["schedule", "run", "nightly"], "no schedule nightly"),
    ],
)
def test_usage_errors_exit_2_and_say_what_to_do(arguments, said, capsys, tmp_path, monkeypatch):
    """A wrong command line ends with code 2, one plain sentence on standard error, and no stack trace."""
    monkeypatch.chdir(tmp_path)
    for name in ("DOCASSAY_DATA_FOLDER", "DOCASSAY_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    if arguments == ["retry"]:
        (tmp_path / "docassay-data").mkdir()
        sqlite3.connect(tmp_path / "docassay-data" / "docassay.db").close()
    assert answer(arguments) == ExitCode.USAGE
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""
    assert "Traceback" not in captured.err


def test_wrong_setting_exits_2_with_file_and_guess(docassay, tmp_path):
    """A misspelt setting stops every command before any work."""
    (tmp_path / "docassay.toml").write_text("workrs = 3\n")
    done = docassay("run", ".")
    assert done.returncode == ExitCode.USAGE
    assert "docassay.toml: there is no setting workrs. Did you mean workers?" in done.stderr


def test_unreachable_database_exits_4_without_its_password(docassay, invoices):
    """A database that does not answer is told as such, and its password is not."""
    done = docassay("run", str(invoices), DOCASSAY_DATABASE="postgresql://u:hidden@127.0.0.1:9/none")
    assert done.returncode == ExitCode.UNREACHABLE, done.stderr
    assert "hidden" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_our_mistake_exits_70_without_a_trace(monkeypatch, capsys, tmp_path):
    """A bug of ours ends with code 70 and a file to report; the user sees no stack trace."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr("docassay.commands.init.talk", lambda _text: 1 / 0)
    assert answer(["init", str(tmp_path / "x"), "--dry-run"]) == ExitCode.OUR_BUG
    said = capsys.readouterr().err
    assert "Traceback" not in said
    (report,) = tmp_path.glob("docassay-error-*.txt")
    assert "ZeroDivisionError" in report.read_text()


def test_run_then_ask_then_decide_then_export(docassay, invoices, tmp_path):
    """The whole way of a user: run, see what waits, explain, correct, accept, export; then nothing is left to do."""
    done = docassay("run", str(invoices), "--json")
    assert done.returncode == ExitCode.DONE, done.stderr
    report = json.loads(done.stdout)
    assert (report["files"], len(report["documents"]), report["unread"]) == (3, 3, [])
    assert {one["schema"] for one in report["documents"]} == {"invoice"}

    again = docassay("run", str(invoices), "--json")
    assert json.loads(again.stdout)["documents"] == []
    assert json.loads(again.stdout)["done_before"] == 3

    waiting = [json.loads(line) for line in docassay("review", "list", "--json").stdout.splitlines()]
    assert len(waiting) == 3
    name = "invoice-000001.pdf"
    explained = json.loads(docassay("explain", name, "gross_total", "--json").stdout)
    assert explained["field"] == "gross_total"

    wrong = docassay("review", "set", name, "gross_total", "much", "--who", "anna")
    assert wrong.returncode == ExitCode.USAGE
    assert docassay("review", "set", name, "gross_total", "121.20", "--who", "anna").returncode == ExitCode.DONE
    assert docassay("review", "accept", name, "--why", "seen", "--who", "anna").returncode == ExitCode.DONE
    assert docassay("review", "reject", "invoice-000002.pdf", "--why", "not ours").returncode == ExitCode.DONE

    dry = docassay("export", "out.xlsx", "--dry-run")
    assert not (tmp_path / "out.xlsx").exists()
    assert "Nothing was written" in dry.stderr
    exported = json.loads(docassay("export", "out", "--format", "csv", "--json").stdout)
    assert exported["records"] == 1
    up_to_date = docassay("export", "out", "--format", "csv")
    assert "up to date" in up_to_date.stderr

    states = json.loads(docassay("status", "--json").stdout)["states"]
    assert states == {"in_review": 1, "exported": 1, "quarantined": 1}
    failed = [json.loads(line) for line in docassay("status", "--failed", "--json").stdout.splitlines()]
    assert "not ours" in failed[0]["message"]
    retried = docassay("retry", "--failed", "--json")
    assert json.loads(retried.stdout)["states"] == {"in_review": 1}, retried.stderr


def test_failed_documents_exit_1_with_their_reason(docassay, invoices):
    """A batch with an unreadable file does the others, says why, and ends with code 1."""
    (invoices / "empty.pdf").write_bytes(b"")
    done = docassay("run", str(invoices), "--json")
    assert done.returncode == ExitCode.DOCUMENTS_FAILED
    reasons = {one["name"]: one["reason"] for one in json.loads(done.stdout)["documents"]}
    assert reasons["empty.pdf"] == "empty"
    assert "empty.pdf" in done.stderr


def test_waiting_is_a_success_unless_asked_otherwise(docassay, invoices):
    """Documents that wait for a person are no failure; a script that wants to know gets code 6."""
    assert docassay("run", str(invoices), "--fail-on-review").returncode == ExitCode.REVIEW_WAITING


def test_dry_run_writes_nothing(docassay, invoices, tmp_path):
    """A dry run says what would be done and leaves no trace."""
    before = sorted(path.name for path in tmp_path.rglob("*"))
    done = docassay("run", str(invoices), "--dry-run", "--json")
    assert len(json.loads(done.stdout)["new"]) == 3
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_extract_writes_json_and_keeps_nothing(docassay, invoices, tmp_path):
    """One file to JSON on standard output, and no data folder afterwards."""
    done = docassay("extract", str(invoices / "invoice-000001.pdf"))
    assert done.returncode == ExitCode.DONE, done.stderr
    assert json.loads(done.stdout)["schema_name"] == "invoice"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]


def test_extract_refuses_in_words(docassay, tmp_path):
    """A file that cannot be read ends with code 1 and a sentence; with --json as an object."""
    (tmp_path / "a.pdf").write_bytes(b"")
    done = docassay("extract", "a.pdf")
    assert done.returncode == ExitCode.DOCUMENTS_FAILED
    assert "a.pdf" in done.stderr
    assert done.stdout == ""


def test_names_cannot_steer_the_terminal(docassay, invoices):
    """A file name with control characters is shown without them."""
    (invoices / "invoice-000000.pdf").rename(invoices / "evil\x1b[2J.pdf")
    docassay("run", str(invoices))
    assert "\x1b" not in docassay("status", "--all").stdout


def test_config_shows_where_values_come_from(docassay):
    """Each setting can be traced to its origin."""
    shown = json.loads(docassay("config", "show", "--json", DOCASSAY_WORKERS="2").stdout)
    assert shown["workers"] == {"value": "2", "origin": "DOCASSAY_WORKERS"}


def test_init_writes_settings_that_load(docassay, tmp_path):
    """What init writes is right as it stands, and a second call changes nothing."""
    assert docassay("init").returncode == ExitCode.DONE
    text = (tmp_path / "docassay.toml").read_text()
    checked = docassay("schemas", "check")
    assert checked.returncode == ExitCode.DONE, checked.stderr
    assert "delivery_note" in checked.stderr
    docassay("init")
    assert (tmp_path / "docassay.toml").read_text() == text


def test_bad_schema_is_told_with_file_and_line(docassay, tmp_path):
    """A mistake in a schema file names the file, the line and the remedy."""
    (tmp_path / "bad.yaml").write_text("schema: a\nfields:\n  x:\n    kind: monney\n")
    done = docassay("schemas", "check", "bad.yaml")
    assert done.returncode == ExitCode.USAGE
    assert re.search(r"bad\.yaml, line 4.*Did you mean 'money'", done.stderr)


def test_schedules_are_listed_with_their_next_time(docassay, tmp_path):
    """Several schedules are listed in their own time zones, and one can be run at once."""
    (tmp_path / "docassay.toml").write_text(
        "[exports.office]\nto = 'o.xlsx'\n"
        "[[schedules]]\nname = 'a'\ncron = '0 2 * * *'\ntimezone = 'Europe/Berlin'\nrun = 'in'\n"
        "[[schedules]]\nname = 'b'\ncron = '30 6 * * 1'\nexport = 'office'\n"
    )
    rows = [json.loads(line) for line in docassay("schedule", "list", "--json").stdout.splitlines()]
    assert [row["name"] for row in rows] == ["a", "b"]
    assert re.search(r"T02:00:00\+0[12]:00$", rows[0]["next"])
    assert re.search(r"T06:30:00\+00:00$", rows[1]["next"])
    assert "office" in docassay("schedule", "run", "b", "--dry-run").stderr


def test_completion_knows_the_commands(docassay):
    """The completion script of a shell knows every command."""
    script = docassay("completion", "--show", "--shell", "bash").stdout
    assert all(name in script for name, *_ in COMMANDS)
