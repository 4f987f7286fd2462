"""HTML pages."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from documents.limits import Limits
from documents.parse import parse_bytes
from documents.web import parse_html
from schemas.errors import Reason, Refusal

INVOICE = """<!DOCTYPE html><html><head><title>Invoice &amp; more</title><meta charset="utf-8">
<style>p{color:red}</style><script>document.write("evil script text")</script></head><body>
<h1>Invoice 12</h1>
<table><tr><td>Acme Ltd<br>1 Road<br>Dublin</td><td><table>
<tr><td>Invoice number</td><td>INV-9</td></tr><tr><td>Date</td><td>3 May 2024</td></tr></table></td></tr></table>
<table><thead><tr><th>Description</th><th>Qty</th><th>Total</th></tr></thead>
<tr><td>Oak table<p>with drawers</p></td><td>2</td><td>€ 1,200.00</td></tr>
<tr><td colspan="2">Total</td><td>€ 1,200.00</td></tr></table>
<h2>Terms</h2><p>Payment is due<br>within 30 days.</p>
<div style="display:none">hidden words</div><p hidden>more hidden words</p>
<ul><li>first</li><li>second</li></ul></body></html>"""


def test_an_invoice_page():
    """Lines, cells and sections stand as a reader sees them; scripts, styles and hidden text do not."""
    parts = parse_html(INVOICE.encode(), Limits())
    lines = [line.text for line in parts.pages[0].lines]
    assert lines == [
        "Invoice 12", "Acme Ltd", "1 Road", "Dublin", "Invoice number", "INV-9", "Date", "3 May 2024",
        "Description", "Qty", "Total", "Oak table", "with drawers", "2", "€ 1,200.00", "Total", "€ 1,200.00",
        "Terms", "Payment is due", "within 30 days.", "first", "second",
    ]  # fmt: skip
    sections = {line.text: line.section for line in parts.pages[0].lines}
    assert (sections["INV-9"], sections["within 30 days."]) == ("Invoice 12", "Terms")
    assert [finding.code for finding in parts.findings] == ["hidden_text"]
    assert parts.metadata == (("title", "Invoice & more"),)


def test_tables_of_a_page():
    """Tables of data are tables with their header; the one that lays out the page is not."""
    head, items = parse_html(INVOICE.encode(), Limits()).tables
    assert [[cell.text for cell in row.cells] for row in head.rows] == [
        ["Invoice number", "INV-9"],
        ["Date", "3 May 2024"],
    ]
    assert [cell.text for cell in items.header.cells] == ["Description", "Qty", "Total"]
    assert [[cell.text for cell in row.cells] for row in items.rows] == [
        ["Oak table with drawers", "2", "€ 1,200.00"],
        ["Total", "", "€ 1,200.00"],
    ]


@pytest.mark.parametrize(
    ("encoding", "named"), [("cp1252", "windows-1252"), ("utf-8", "utf-8"), ("iso-8859-2", "iso-8859-2")]
)
def test_encoding_as_the_page_names_it(encoding, named):
    """Letters are read in the encoding that the page names."""
    page = f'<html><head><meta charset="{named}"></head><body><p>Größe: 5 m über alles</p></body></html>'
    assert parse_bytes(page.encode(encoding), "x.html").text == "Größe: 5 m über alles"


def test_only_hidden_text_is_no_text():
    """A page that shows nothing is refused as such, whatever it hides."""
    with pytest.raises(Refusal) as refused:
        parse_bytes(b"<html><body><div style='visibility:hidden'>secret</div></body></html>", "x.html")
    assert refused.value.reason is Reason.NO_TEXT


def test_deep_nesting_is_refused():
    """Thousands of elements inside one another end in a reason, not in an exhausted stack."""
    with pytest.raises(Refusal):
        parse_bytes(b"<html><body>" + b"<div>" * 20_000 + b"x", "x.html")


def test_entities_of_a_document_type_are_not_resolved(tmp_path):
    """A page that declares an external entity shows nothing of the file it points to."""
    canary = tmp_path / "canary.txt"
    canary.write_text("canary-4711")
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "file://{canary}">]><html><body><p>before &x; after</p></body></html>'
    assert "canary" not in parse_bytes(page.encode(), "x.html").text.replace(str(canary), "")


@pytest.mark.slow
def test_a_fresh_process_tries_no_connection():
    """From its first import on, reading HTML, Word and text makes no connection and starts no program."""
    code = """
import io, socket, subprocess, sys
tried = []
def refuse(*arguments, **named):
    tried.append(arguments[:2])
    raise OSError("refused by the test")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
subprocess.Popen.__init__ = refuse
from documents.parse import parse_bytes
parse_bytes(b"<html><body><h1>Title</h1><p>This is some text, long enough to be prose, is it not.</p></body></html>")
import docx
document, stream = docx.Document(), io.BytesIO()
document.add_paragraph("This agreement is made between two parties.")
document.save(stream)
parse_bytes(stream.getvalue())
print(tried)
"""
    silent = {key: value for key, value in os.environ.items() if key not in ("DO_NOT_TRACK", "SCARF_NO_ANALYTICS")}
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=root, env=silent, timeout=120
    )
    assert (ran.stdout.strip(), ran.stderr) == ("[]", "")


def test_a_tokenizer_hook_that_vanished_is_said(monkeypatch):
    """If a later release of unstructured has no place for our tokenizer, the error says what to install."""
    from documents import unstructured_setup

    unstructured_setup._prepared.cache_clear()
    monkeypatch.setattr(unstructured_setup, "HOOK", "_no_such_function")
    with pytest.raises(RuntimeError, match=r"0\.27\.30"):
        unstructured_setup._prepared()
    unstructured_setup._prepared.cache_clear()


def test_nothing_is_fetched(monkeypatch):
    """Pictures, frames and styles of a page are not fetched."""

    def refuse(*_arguments, **_named):
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    page = b"<html><body><p>Seen</p><img src='http://x.example/1.png'><iframe src='http://x.example'></iframe></body></html>"
    assert parse_bytes(page, "x.html").text == "Seen"
