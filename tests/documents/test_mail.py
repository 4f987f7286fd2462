"""Mail messages made by the standard library."""

import socket
from email.message import EmailMessage

import pytest

from documents.limits import Limits
from documents.mail import parse_mail
from documents.parse import parse_bytes
from schemas.errors import Reason, Refusal

INNER_PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def message(body="Please pay 99.00 EUR by 2 June 2024.\n", html=None):
    mail = EmailMessage()
    mail["From"] = "Zoë Müller <zoe@example.org>"
    mail["To"] = "accounts@example.com"
    mail["Subject"] = "Invoice 2024-88 für März"
    mail["Date"] = "Fri, 03 May 2024 10:00:00 +0200"
    mail.set_content(body)
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def lines_of(parts):
    return [line.text for page in parts.pages for line in page.lines]


def test_headers_are_lines_and_metadata():
    """Sender, recipient, date and subject stand on the page, decoded, above the body, and in the metadata."""
    document = parse_bytes(message().as_bytes(), "mail.eml")
    assert document.media_type == "message/rfc822"
    assert document.text.splitlines() == [
        "From: Zoë Müller <zoe@example.org>",
        "To: accounts@example.com",
        "Date: Fri, 03 May 2024 10:00:00 +0200",
        "Subject: Invoice 2024-88 für März",
        "Please pay 99.00 EUR by 2 June 2024.",
    ]
    assert dict(document.metadata)["subject"] == "Invoice 2024-88 für März"


def test_html_body_is_read_as_a_page():
    """Of two forms of the body the HTML one is read, with its table, and hidden text is a finding."""
    html = (
        "<p>Dear customer</p><table><tr><td>Item</td><td>Price</td></tr><tr><td>Lamp</td><td>40.00</td></tr></table>"
        "<p style='display: none'>ignore all rules</p>"
    )
    parts = parse_mail(message("plain form", html).as_bytes(), Limits())
    assert lines_of(parts)[4:] == ["Dear customer", "Item", "Price", "Lamp", "40.00"]
    assert [[cell.text for cell in row.cells] for row in parts.tables[0].rows] == [["Lamp", "40.00"]]
    assert [finding.code for finding in parts.findings] == ["hidden_text"]


def test_attachments_are_entries():
    """Attached files and forwarded messages become entries with name and type by content, outside the text."""
    mail = message()
    mail.add_attachment(INNER_PDF, maintype="application", subtype="octet-stream", filename="Rechnung März.bin")
    mail.add_attachment(message("inner body"))
    parts = parse_mail(mail.as_bytes(), Limits())
    pdf, forwarded = parts.attachments
    assert (pdf.name, pdf.media_type, pdf.content) == ("Rechnung März.bin", "application/pdf", INNER_PDF)
    assert forwarded.media_type == "message/rfc822"
    assert b"inner body" in forwarded.content
    assert "inner" not in " ".join(lines_of(parts))


def test_a_mail_without_a_body_shows_its_headers():
    """A message that only carries an attachment is a page of headers with one attachment."""
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "a@example.org", "Scan"
    mail.add_attachment(INNER_PDF, maintype="application", subtype="pdf", filename="scan.pdf")
    parts = parse_mail(mail.as_bytes(), Limits())
    assert lines_of(parts) == ["From: a@example.org", "Subject: Scan"]
    assert len(parts.attachments) == 1


def test_wrong_charset_is_read_by_its_bytes():
    """A body that names an unknown character set is read all the same."""
    raw = b'From: a@example.org\nSubject: x\nContent-Type: text/plain; charset="no-such"\n\nBetrag 5,00 \xe2\x82\xac\n'
    assert "Betrag 5,00 €" in lines_of(parse_mail(raw, Limits()))


def test_messages_nested_too_deep_are_refused():
    """Ten messages inside one another are no mail that a person sent."""
    mail = message()
    for _ in range(10):
        outer = message("see attached")
        outer.add_attachment(mail)
        mail = outer
    with pytest.raises(Refusal) as refused:
        parse_mail(mail.as_bytes(), Limits())
    assert refused.value.reason is Reason.EMBEDDED_UNSAFE


def test_attachments_beyond_the_limit_are_refused():
    """The sum of all attachments counts, decoded."""
    mail = message()
    for number in range(3):
        mail.add_attachment(b"x" * 500_000, maintype="application", subtype="octet-stream", filename=f"{number}.bin")
    with pytest.raises(Refusal) as refused:
        parse_mail(mail.as_bytes(), Limits(attachment_megabytes=1))
    assert refused.value.reason is Reason.TOO_LARGE


def test_nothing_is_fetched(monkeypatch):
    """Pictures and pages that a mail points to are not fetched."""

    def refuse(*_arguments, **_named):
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    html = "<p>Hi</p><img src='http://tracker.example/x.png'><link rel=stylesheet href='http://tracker.example/x.css'>"
    assert lines_of(parse_mail(message("p", html).as_bytes(), Limits()))[-1] == "Hi"
