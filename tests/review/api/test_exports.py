import time

import pytest


@pytest.fixture
def accepted(desk, document):
    return desk.accept(document, why="seen the paper")


def finished(client, job):
    end = time.monotonic() + 30
    while job["state"] == "running" and time.monotonic() < end:
        time.sleep(0.05)
        job = client.get(job["url"]).json()
    return job


@pytest.mark.parametrize("format", ["csv", "xlsx", "parquet", "jsonl"])
def test_export_is_written_and_downloaded(accepted, with_token, format):
    """Tables are written on request, in each format, and downloaded as files that a browser does not show."""
    client = with_token("operate")
    job = finished(client, client.post("/api/v1/exports", json={"format": format}).json())
    assert (job["state"], job["records"], job["asked_by"]) == ("done", 1, "token:robot")
    answer = client.get(job["files"][0]["url"])
    assert answer.headers["content-disposition"].startswith("attachment")
    assert len(answer.content) > 100
    assert [each["id"] for each in client.get("/api/v1/exports").json()] == [job["id"]]


def test_export_holds_only_the_queues_of_whoever_asks(accepted, with_token):
    """Records of other queues are not in the tables, whatever is asked for."""
    client = with_token("operate", queue="contract")
    job = finished(client, client.post("/api/v1/exports", json={"schemas": ["invoice", "contract"]}).json())
    assert (job["state"], job["records"], job["queues"]) == ("done", 0, ["contract"])


def test_export_is_had_by_whoever_asked_for_it(accepted, with_token):
    """Somebody else's export is not listed and not found: it may hold what one may not see."""
    mine, other = with_token("operate", "see_bank_data"), with_token("operate", name="other")
    job = finished(mine, mine.post("/api/v1/exports", json={}).json())
    assert other.get("/api/v1/exports").json() == []
    assert other.get(job["url"]).status_code == 404
    assert other.get(job["files"][0]["url"]).status_code == 404


def test_nothing_but_its_own_files_is_given_out(accepted, with_token):
    """The note of an export, and anything else on the disk, is no file of it."""
    client = with_token("operate")
    job = finished(client, client.post("/api/v1/exports", json={}).json())
    for name in ("asked.json", "..%2fasked.json", "%2e%2e/asked.json", "tables"):
        assert client.get(f"{job['url']}/files/{name}").status_code == 404
