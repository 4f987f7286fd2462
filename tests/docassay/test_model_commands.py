"""The commands around a model, as a person uses them: forecast, stop, resume, run, budget, trace, prompts."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.outage import write_documents
from benchmarks.simulator.process import RunningSimulator, running

pytestmark = pytest.mark.slow

SETTINGS = """
data_folder = "data"
[model]
name = "simulator/small"
base_url = "{url}"
route = "llm-first"
[prices."simulator/small"]
input = 1.0
output = 4.0
"""
NAME = "invoice-000000.pdf"


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[RunningSimulator]:
    """A model that knows three invoices, and settings that name it."""
    truth = write_documents(tmp_path / "in", 3)
    with running(truth, tmp_path / "in", profile="perfect") as simulator:
        (tmp_path / "docassay.toml").write_text(SETTINGS.format(url=simulator.base_url))
        yield simulator


def test_a_day_with_a_model(docassay, simulator, tmp_path):
    """Forecast without a call; stopped, documents wait with what rules found; resumed, the same run finishes them."""
    told = docassay("run", "in", "--estimate", "--json")
    forecast = json.loads(told.stdout)
    assert forecast["new"] == 3 and 0 < forecast["usual"] < forecast["worst"] and "fits" in told.stderr
    assert docassay("stop", "--why", "a test").returncode == 0
    put_off = docassay("run", "in").stderr
    assert "3 will be tried again" in put_off and "a test" in put_off and "docassay resume" in put_off
    assert "a test" in docassay("status", "--failed").stdout
    assert simulator.calls() == []
    resumed = docassay("resume", "--json")
    assert json.loads(resumed.stdout) == {"resumed": ["all"], "documents": 3}
    assert docassay("run", "in").returncode == 0
    states = json.loads(docassay("status", "--json").stdout)["states"]
    assert states == {"in_review": 3}

    budget = json.loads(docassay("budget", "--json").stdout)
    day = next(period for period in budget["periods"] if period["scope"].startswith("day:"))
    assert day["spent"] > 0 and day["held"] == 0 and day["left"] == day["cap"] - day["spent"]
    assert sum(one["spent"] for one in budget["documents"]) == day["spent"]
    assert "cap" in docassay("budget").stdout

    shown = docassay("trace", NAME)
    for part in ("simulator/small", "llm-first", "tokens in", "system:", "answer:", "NW-000000", "stopped by"):
        assert part in shown.stdout
    spans = [json.loads(line) for line in docassay("trace", NAME, "--json").stdout.splitlines()]
    assert any("NW-000000" in span.get("answer", "") for span in spans)
    assert "none" not in {span["attributes"]["docassay.prompt"] for span in spans}


def test_prompts_are_versions_that_can_be_taken_back(docassay, simulator, tmp_path):
    """A changed file becomes a version, is in force for new documents, differs by its lines, and can be rolled back."""
    builtin = docassay("prompts", "show").stdout
    (tmp_path / "mine.yaml").write_text(builtin.replace("You read business documents", "You read papers"))
    assert docassay("prompts", "activate", "mine.yaml", "--why", "shorter").returncode == 0
    listed = [json.loads(line) for line in docassay("prompts", "list", "--json").stdout.splitlines()]
    mine = next(prompt["version"] for prompt in listed if prompt["in_force_for"] == "all schemas")
    assert "+  You read papers" in docassay("prompts", "diff", "built-in", mine[:12]).stdout
    docassay("run", "in")
    assert "You read papers" in docassay("trace", NAME).stdout
    assert docassay("prompts", "rollback").returncode == 0
    assert docassay("prompts", "show").stdout == builtin
    broken = tmp_path / "broken.yaml"
    broken.write_text(builtin.replace("$document", "$documant"))
    refused = docassay("prompts", "activate", "broken.yaml")
    assert refused.returncode == 2 and "$documant" in refused.stderr


def test_a_drill_measures_the_switch_and_stops_nothing(docassay, simulator):
    """Twenty slow calls to this machine end within a second, and calls of one's own still go."""
    drill = docassay("stop", "--drill", "--json")
    figures = json.loads(drill.stdout)
    assert drill.returncode == 0 and figures["calls"] == 20 and figures["started_after"] == 0
    assert figures["seconds"] < 2
    assert docassay("run", "in").returncode == 0 and simulator.calls()


def test_the_doctor_looks_at_model_price_and_budget(docassay, simulator, tmp_path):
    """All is well; without the price it says what to write."""
    assert "$1.00 in, $4.00 out" in docassay("doctor").stdout
    path = tmp_path / "docassay.toml"
    path.write_text(path.read_text().partition("[prices")[0])
    told = docassay("doctor").stdout
    assert "price is not known" in told and '[prices."simulator/small"]' in told


def test_an_evaluation_can_ask_the_model(docassay, simulator):
    """With llm among the sources the model's readings count; without a model that is a mistake in the settings."""
    scores = json.loads(docassay("eval", "truth.jsonl", "--root", "in", "--sources", "rules,llm", "--json").stdout)
    assert scores["micro"]["f1"] == 1.0 and simulator.calls()
    refused = docassay(
        "eval", "truth.jsonl", "--root", "in", "--sources", "rules,llm", DOCASSAY_MODEL__ROUTE="rules-only"
    )
    assert refused.returncode == 2 and "name no model" in refused.stderr


def test_one_file_on_its_own_is_read_with_the_model_too(docassay, simulator):
    """`extract` asks it within the same budget, and keeps no document."""
    given = json.loads(docassay("extract", f"in/{NAME}").stdout)
    assert given["fields"]["invoice_number"]["source"] == "llm"
    assert json.loads(docassay("status", "--json").stdout)["states"] == {}
