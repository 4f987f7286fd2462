"""The flows in Prefect: slow, since a Prefect server takes seconds to start; one for all tests here."""

import asyncio
import json
import os
import urllib.request
from pathlib import Path

import pytest

from benchmarks.small_pdfs import write_small_pdfs
from flows.engine import open_engine
from flows.quiet import quiet_prefect
from flows.server import PrefectServer
from flows.settings import Prefect, Settings
from store.states import State

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("prefect")]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A Prefect server as a large run starts it, and this process told to use it."""
    before = dict(os.environ)
    settings = Settings(data_folder=tmp_path_factory.mktemp("prefect"))
    quiet_prefect(settings)
    with PrefectServer(settings) as server:
        assert server.wait()
        from prefect.settings import PREFECT_API_URL, temporary_settings

        with temporary_settings({PREFECT_API_URL: server.api_url}):
            yield server.api_url
    os.environ.clear()
    os.environ.update(before)


def ask(server, path, body=None):
    request = urllib.request.Request(
        f"{server}{path}", json.dumps(body or {}).encode(), {"content-type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def settings_for(tmp_path, server, **more):
    return Settings(data_folder=tmp_path / "data", workers=2, prefect=Prefect(api_url=server), **more)


def run_flow(settings, folder):
    from flows.batch import process_batch

    with open_engine(settings) as engine:
        return asyncio.run(process_batch([str(folder)])), engine.store.counts()


def test_batch_is_a_flow_run_with_its_outcome_and_without_text(tmp_path, server):
    """A batch is shown in Prefect with a task for each document and its outcome, and with no text of any document."""
    write_small_pdfs(tmp_path / "in", 5)
    (tmp_path / "in" / "empty.pdf").write_bytes(b"")
    outcome, counts = run_flow(settings_for(tmp_path, server), tmp_path / "in")
    assert counts == {State.IN_REVIEW: 5, State.QUARANTINED: 1}
    assert (outcome.given, len(outcome.outcomes)) == (6, 6)
    artifacts = {one["key"]: one for one in ask(server, "/artifacts/filter")}
    assert "6 files" in artifacts["batch-outcome"]["data"]
    assert "empty" in str(artifacts["batch-documents"]["data"])
    assert "Northwind" not in json.dumps(artifacts)
    (run,) = [
        one for one in ask(server, "/flow_runs/filter") if one["parameters"].get("paths") == [str(tmp_path / "in")]
    ]
    assert run["state_name"] == "Completed"


def test_dask_cluster_gives_the_same_records(tmp_path, server):
    """A real local Dask cluster takes the same documents to the same end."""
    pytest.importorskip("prefect_dask")
    write_small_pdfs(tmp_path / "in", 8)
    ours, _ = run_flow(settings_for(tmp_path / "a", server), tmp_path / "in")
    theirs, counts = run_flow(settings_for(tmp_path / "b", server, task_runner="dask"), tmp_path / "in")
    assert counts == {State.IN_REVIEW: 8}

    def ended(outcome):
        return sorted((one.document, one.state, one.schema_name) for one in outcome.outcomes)

    assert ended(ours) == ended(theirs)


def test_schedules_deploy_by_module_path_to_any_work_pool(tmp_path, server):
    """Every schedule is a deployment that a worker elsewhere can start: a module path, plain parameters, its cron."""
    from flows.scheduled import deployments

    settings = settings_for(
        tmp_path,
        server,
        exports={"office": {"to": str(tmp_path / "o.xlsx")}},
        schedules=[
            {"name": "nightly", "cron": "0 2 * * *", "timezone": "Europe/Berlin", "run": tmp_path / "in"},
            {"name": "tables", "cron": "30 6 * * 1", "export": "office"},
            {"name": "again", "cron": "*/10 * * * *", "retry": True},
        ],
    )

    async def apply():
        for deployment in await deployments(settings, Path("docassay.toml")):
            deployment.work_pool_name = "pool"
            await deployment.aapply()

    ask(server, "/work_pools/", {"name": "pool", "type": "process"})
    asyncio.run(apply())
    found = {one["name"]: one for one in ask(server, "/deployments/filter")}
    assert found["nightly"]["entrypoint"] == "flows.batch.process_batch"
    assert found["tables"]["entrypoint"] == "flows.scheduled.export_to"
    assert found["again"]["entrypoint"] == "flows.scheduled.retry_deferred"
    assert found["nightly"]["schedules"][0]["schedule"]["cron"] == "0 2 * * *"
    assert found["nightly"]["schedules"][0]["schedule"]["timezone"] == "Europe/Berlin"
    assert found["tables"]["parameters"]["target"] == "office"


def test_server_makes_the_runs_of_a_schedule(tmp_path, server):
    """The server plans the coming runs of a schedule by itself: nothing in the installation keeps it from it."""
    import time

    from flows.scheduled import deployments

    schedules = [{"name": "often", "cron": "* * * * *", "retry": True}]
    settings = settings_for(tmp_path, server, schedules=schedules)

    async def apply():
        (deployment,) = (one for one in await deployments(settings, None) if one.name == "often")
        return await deployment.aapply()

    made = str(asyncio.run(apply()))
    end = time.monotonic() + 30
    runs = []
    while not runs and time.monotonic() < end:
        time.sleep(0.5)
        runs = [one for one in ask(server, "/flow_runs/filter") if one["deployment_id"] == made]
    assert runs, "see server.log in the Prefect folder"
