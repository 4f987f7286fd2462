import pytest

from docassay.api import extract_file, run_batch
from flows.settings import Settings
from schemas.errors import Reason, Refusal, SchemaError
from store.states import State


def test_file_to_fields_with_proof(invoices, tmp_path):
    """A program gets the fields of a file, each found one with its place on the page."""
    found = extract_file(invoices / "invoice-000001.pdf", settings=Settings(data_folder=tmp_path / "data"))
    number = found.fields["invoice_number"]
    assert number.value == "NW-000001"
    assert number.evidence[0].quote == "NW-000001"
    assert not (tmp_path / "data").exists()


def test_refusal_is_an_exception_with_its_reason(tmp_path):
    """A program learns by a reason code why a file cannot be read."""
    (tmp_path / "a.pdf").write_bytes(b"")
    with pytest.raises(Refusal) as refused:
        extract_file(tmp_path / "a.pdf", settings=Settings(data_folder=tmp_path))
    assert refused.value.reason is Reason.EMPTY
    with pytest.raises(SchemaError):
        extract_file(tmp_path / "a.pdf", "invoyce", settings=Settings(data_folder=tmp_path))


def test_batch_keeps_its_records(invoices, tmp_path):
    """A program runs a batch, gets how it ended, and the second time there is nothing to do."""
    settings = Settings(data_folder=tmp_path / "data", workers=1)
    outcome = run_batch([invoices], settings=settings)
    assert [one.state for one in outcome.outcomes] == [State.IN_REVIEW] * 3
    again = run_batch([invoices], settings=settings)
    assert (again.outcomes, again.known, again.batch) == ((), 3, None)
