"""One file on its own is decided as the store would decide today."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from delivery_office import corrects

from extractors.assess.scorer import BUILT_IN
from flows.process import process
from flows.settings import Settings
from flows.single import extract_one
from flows.wiring import open_line, open_memory
from review.desk.acts import Desk
from schemas.confidence import Certificate, Pool
from store.confidence import ConfidenceStore
from store.store import Store

NOTE = "INVOICE\nHalden Timber Works\nConsignment mark: {mark}\nGoods stay ours till paid\nOak board\nTotal due: 9.00\n"
TEXT = "INVOICE\nInvoice number: A-77\nInvoice date: 2026-03-14\nTotal due: EUR 120.00\n"


def test_certificates_of_the_store_say_what_would_pass(tmp_path: Path) -> None:
    """Without a store nothing passes, under a certificate of one the same value does; nothing is kept of the file."""
    settings = Settings(data_folder=tmp_path / "data")
    path = tmp_path / "invoice.txt"
    path.write_text(TEXT)
    alone = extract_one(settings, path, "invoice", None).fields["invoice_number"]
    assert (alone.value, alone.decision, alone.certificate) == ("A-77", "review", None)
    assert not settings.data_folder.exists()
    store = Store.open(settings.database_url, settings.files_folder)
    pool = Pool(name="identifier", kinds=("identifier",), origins=("digital",), maximum_error=0.01)
    ConfidenceStore(store.database, store.now).issue(
        Certificate(
            id="c1", pool=pool, schemas=("invoice",), scorer=BUILT_IN.version, threshold=0.5, delta=0.1, look=1,
            labels=300, wrong=0, at=datetime.now(UTC),
        )
    )  # fmt: skip
    certified = extract_one(settings, path, "invoice", None).fields["invoice_number"]
    assert (certified.value, certified.decision, certified.certificate) == ("A-77", "accepted", "c1")
    assert not any(store.counts().values())
    store.close()


def test_lessons_of_the_store_read_along(tmp_path: Path) -> None:
    """A file of a layout on which a person corrected a field has it from that place; the store stays as it was."""
    settings = Settings(data_folder=tmp_path / "data")
    first, second = tmp_path / "first.txt", tmp_path / "second.txt"
    first.write_text(NOTE.format(mark="QX-1001"))
    second.write_text(NOTE.format(mark="RB-2002"))
    with open_line(settings) as line:
        sha256, _ = line.store.add_document(first.read_bytes(), first.name, schema_name="invoice")
        (claim,) = line.store.claim(line.owner)
        process(line, claim)
        assert extract_one(settings, second, "invoice", None).fields["order_reference"].value is None
        corrects(Desk(line.store, line.schemas, "ada"), sha256, "order_reference", "QX-1001")
        memory = open_memory(settings, line.store, line.schemas)
        memory.catch_up()
        known = memory.memory.lessons()
        found = extract_one(settings, second, "invoice", None).fields["order_reference"]
        assert (found.value, found.source, found.decision) == ("RB-2002", "memory", "review")
        assert (memory.memory.lessons(), sum(line.store.counts().values())) == (known, 1)
