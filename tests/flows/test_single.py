"""One file on its own is decided as the store would decide today."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from extractors.assess.scorer import BUILT_IN
from flows.settings import Settings
from flows.single import extract_one
from schemas.confidence import Certificate, Pool
from store.confidence import ConfidenceStore
from store.store import Store

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
