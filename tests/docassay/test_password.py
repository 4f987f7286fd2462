import io
import json

from pypdf import PdfReader, PdfWriter

SECRET = "open-sesame-4711"


def test_locked_document_is_opened_and_its_password_kept_nowhere(docassay, invoices, tmp_path):
    """A locked document fails with what to do, goes through with its password, and nothing that is kept names it."""
    path = invoices / "invoice-000001.pdf"
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(path.read_bytes())))
    writer.encrypt(SECRET, algorithm="AES-256")
    writer.write(path)
    first = json.loads(docassay("run", str(path), "--json").stdout)
    assert first["documents"][0]["reason"] == "password_needed"
    done = docassay("retry", path.name, "--json", DOCASSAY_PASSWORD=SECRET)
    assert json.loads(done.stdout)["states"] == {"in_review": 1}, done.stderr
    kept = [file for file in (tmp_path / "docassay-data").rglob("*") if file.is_file()]
    assert kept
    assert not [file for file in kept if SECRET.encode() in file.read_bytes()]
