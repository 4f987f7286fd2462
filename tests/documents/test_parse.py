"""Tests of the one door: what is refused with which reason, and what messages say."""

import hashlib

import pytest

from documents.limits import Limits
from documents.parse import parse_bytes
from schemas.errors import Reason, Refusal


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"", "a.pdf", Reason.EMPTY),
        (b"%PDF-1.7\n", "a.pdf", Reason.BROKEN_STRUCTURE),
        (b"<html><body>Sign in</body></html>", "invoice.pdf", Reason.TYPE_MISMATCH),
        (b"\x00\x01\x02\x03", "invoice.pdf", Reason.TYPE_MISMATCH),
        (b"\x00\x01\x02\x03", "invoice", Reason.NOT_SUPPORTED),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.doc", Reason.NOT_SUPPORTED),
        (b"GIF89a" + b"\0" * 20, "a.gif", Reason.NOT_SUPPORTED),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "a.png", Reason.BROKEN_STRUCTURE),
        (b"   \n", "a.txt", Reason.EMPTY),
    ],
)
def test_what_cannot_be_read_has_a_reason(content, name, reason):
    """Each unreadable file ends in the reason that tells what to do about it."""
    with pytest.raises(Refusal) as caught:
        parse_bytes(content, name)
    assert caught.value.reason is reason
    assert name in caught.value.message and caught.value.remedy.endswith(".")


def test_the_name_is_not_believed():
    """A text file under any other name is read as text."""
    document = parse_bytes(b"Invoice 12\nTotal 15.00\n", "invoice.dat")
    assert (document.media_type, document.text) == ("text/plain", "Invoice 12\nTotal 15.00")


def test_a_document_is_known_by_its_bytes():
    """The identity of a document is the hash of its bytes, whatever its name."""
    content = b"Invoice 12\n"
    assert parse_bytes(content, "a.txt").sha256 == hashlib.sha256(content).hexdigest() == parse_bytes(content).sha256


def test_messages_show_names_harmlessly():
    """A hostile name shows its last part only, without line breaks and direction marks."""
    with pytest.raises(Refusal) as caught:
        parse_bytes(b"", "../../etc/evil\n\u202efdp.exe")
    assert "etc" not in str(caught.value)
    assert "\n" not in str(caught.value) and "\u202e" not in str(caught.value)


@pytest.mark.parametrize("field", ["megabytes", "pages", "seconds", "memory_megabytes", "pixels"])
def test_limits_are_positive(field):
    """A limit that is not positive is refused by its name."""
    with pytest.raises(ValueError, match=field):
        Limits(**{field: 0})
