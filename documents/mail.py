"""Mail messages: headers and body are the document; attachments are documents of their own."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage, Message

from documents.flow_layout import Block, Paragraph, lay_out
from documents.limits import Limits
from documents.parts import Parts, attachment
from documents.plain import text_blocks
from documents.sniff import decoded, media_type
from documents.web import html_blocks
from schemas.document import Attachment, Finding
from schemas.errors import Reason, Refusal

SHOWN_HEADERS = ("From", "To", "Cc", "Date", "Subject")
KEPT_HEADERS = (*SHOWN_HEADERS, "Reply-To", "Message-ID")
DEEPEST = 5  # messages inside one another
MOST_PARTS = 1_000
LONGEST_HEADER = 2_000  # signs


def parse_mail(content: bytes, limits: Limits) -> Parts:
    """Return a message as pages: its headers as lines, then its body (the HTML form where there is one).

    Raises:
        Refusal: `too_large` for attachments beyond the limit, `embedded_unsafe` for messages nested too deep,
            `too_many_pages`.
    """
    message = email.message_from_bytes(content, policy=email.policy.default)
    _check_depth(message)
    headers = tuple((name, value) for name in KEPT_HEADERS if (value := _header(message, name)))
    shown = Paragraph("\n".join(f"{name}: {value}" for name, value in headers if name in SHOWN_HEADERS))
    body, hidden = _body(message)
    pages, tables = lay_out([shown, *body], limits.pages)
    findings = (Finding("hidden_text", "The message holds text that a reader does not see; it was left out."),)
    metadata = tuple((name.lower(), value) for name, value in headers)
    return Parts(
        pages,
        attachments=tuple(_attachments(message, limits)),
        findings=findings if hidden else (),
        metadata=metadata,
        tables=tables,
    )


def _header(message: EmailMessage, name: str) -> str:
    """A header decoded and on one line; what cannot be decoded is shown as it stands."""
    try:
        value = str(message.get(name, ""))
    except (ValueError, LookupError, IndexError, AttributeError, TypeError):  # damaged headers break the parser
        value = next((str(raw) for key, raw in message.raw_items() if key.lower() == name.lower()), "")
    return " ".join(value.split())[:LONGEST_HEADER]


def _check_depth(message: EmailMessage) -> None:
    """Refuse messages inside messages beyond reason."""
    waiting: list[tuple[Message, int]] = [(message, 0)]
    seen = 0
    while waiting:
        part, depth = waiting.pop()
        depth += part.get_content_type() == "message/rfc822"
        seen += 1
        if depth > DEEPEST or seen > MOST_PARTS:
            raise Refusal(
                Reason.EMBEDDED_UNSAFE,
                f"The message holds more than {DEEPEST} messages inside one another or {MOST_PARTS:,} parts.",
                "Save the attachments that matter and give them by themselves.",
            )
        payload = part.get_payload()
        if isinstance(payload, list):
            waiting.extend((inner, depth) for inner in payload if isinstance(inner, Message))


def _body(message: EmailMessage) -> tuple[list[Block], bool]:
    """Blocks of the body, and whether it hid text."""
    part = message.get_body(preferencelist=("html", "plain"))
    if part is None:
        return [], False
    if part.get_content_type() == "text/html":
        blocks, hidden = html_blocks(_text(part))
        if blocks:
            return blocks, hidden
        part = message.get_body(preferencelist=("plain",))
    return (list(text_blocks(_text(part))) if part is not None else []), False


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    try:
        return content.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        return decoded(content) or content.decode("latin-1")


def _attachments(message: EmailMessage, limits: Limits) -> Iterator[Attachment]:
    """Every attached file and message, and pictures shown in the body, within the limit for all together."""
    left = limits.attachment_megabytes * 1_000_000
    for number, part in enumerate(message.iter_attachments(), start=1):
        content = _bytes(part)
        left -= len(content)
        if left < 0:
            raise Refusal(
                Reason.TOO_LARGE,
                f"The attachments have more than {limits.attachment_megabytes} megabytes.",
                "Save the attachments that matter and give them by themselves.",
            )
        if content:
            kind = media_type(content)
            yield attachment(part.get_filename() or f"attachment-{number}", kind, content)


def _bytes(part: EmailMessage) -> bytes:
    payload = part.get_payload()
    if part.get_content_type() == "message/rfc822" and isinstance(payload, list) and payload:
        return bytes(payload[0])  # type: ignore[arg-type]  # a message knows its bytes
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""
