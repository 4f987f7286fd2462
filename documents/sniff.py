"""What a file is, by its bytes. Names are never believed."""

from __future__ import annotations

import io
import re
import zipfile

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
HTML = "text/html"
MAIL = "message/rfc822"
RTF = "application/rtf"
XML = "application/xml"
TEXT = "text/plain"
UNKNOWN = "application/octet-stream"

PDF_HEADER_WITHIN = 1024  # bytes: readers accept junk before the header up to here
TEXT_SAMPLE = 8192  # bytes looked at to tell text from binary data
OFFICE_PARTS = {"word/": DOCX, "xl/": XLSX, "ppt/": PPTX}
MAGIC = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"II+\x00", TIFF),
    (b"MM\x00+", TIFF),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"{\\rtf", RTF),
    (b"\x7fELF", "application/x-executable"),
    (b"MZ", "application/x-executable"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!", "application/vnd.rar"),
)
OBJECT = re.compile(rb"\d\s+\d+\s+obj\b")
BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
MAIL_HEADER = re.compile(
    r"(?:return-path|received|from|to|subject|date|message-id|mime-version|delivered-to|x-[\w-]+|content-type):", re.I
)
HEADER_LINE = re.compile(r"[!-9;-~]+:.*|[ \t].*")
HTML_START = re.compile(
    r"(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|div|p|meta|title|h[1-6])\b", re.I | re.S
)
XML_START = re.compile(
    r"(?:<\?xml\b|(?:<!--.*?-->\s*)*<!DOCTYPE\b|<[A-Za-z_][\w.-]*(?::[\w.-]+)?(?:\s[^<>]*)?/?>)", re.S
)


def media_type(content: bytes) -> str:
    """Return the media type of `content` by its bytes; "application/octet-stream" when nothing known fits."""
    start = content[:PDF_HEADER_WITHIN]
    for magic, kind in MAGIC:
        if start.startswith(magic):
            return kind if magic != b"BM" or _is_bitmap(content) else _text_type(content)
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return "image/webp"
    if start[4:8] == b"ftyp":
        return "image/heif" if start[8:12] in (b"heic", b"heix", b"mif1", b"avif") else "video/mp4"
    if start.startswith(b"PK\x03\x04"):
        return _zip_type(content)
    if b"%PDF-" in start and _has_objects(content):
        return PDF
    return _text_type(content)


def decoded(content: bytes) -> str | None:
    """Return `content` as text (UTF-8, UTF-16 with or without mark, else Windows-1252); None if it is no text."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    sample = content[:TEXT_SAMPLE]
    if b"\x00" in sample:
        text = _utf16_without_mark(content)
        return text if text is not None and _is_written(text) else None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return text if _is_written(text) else None


def _is_written(text: str) -> bool:
    """Whether a text is made of signs that people write, but for a few."""
    sample = text[:TEXT_SAMPLE]
    odd = sum(1 for sign in sample if (sign < " " and sign not in "\t\n\r\f\x1b") or sign == "\ufffd")
    return odd <= 0.02 * max(1, len(sample))


def _utf16_without_mark(content: bytes) -> str | None:
    sample = content[:TEXT_SAMPLE]
    even, uneven = sample[0::2].count(0), sample[1::2].count(0)
    half = max(1, len(sample) // 2)
    if uneven > 0.4 * half and even < 0.05 * half:
        return content.decode("utf-16-le", "replace")
    if even > 0.4 * half and uneven < 0.05 * half:
        return content.decode("utf-16-be", "replace")
    return None


def _is_bitmap(content: bytes) -> bool:
    return len(content) > 26 and content[6:10] == b"\x00\x00\x00\x00"


def _zip_type(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, UnicodeDecodeError, OverflowError):
        names = []
    if "[Content_Types].xml" in names or not names:
        for part, kind in OFFICE_PARTS.items():
            if any(name.startswith(part) for name in names) or (not names and part.encode() in content[:4096]):
                return kind
    if "mimetype" in names:
        return "application/vnd.oasis.opendocument"
    return "application/zip"


def _has_objects(content: bytes) -> bool:
    """A text, mail or web page may speak of PDF headers, but it holds no PDF objects."""
    return b"%PDF-" in content[:16] or OBJECT.search(content) is not None


def _text_type(content: bytes) -> str:
    text = decoded(content)
    if text is None or not text.strip("\ufeff \t\r\n\f\0"):
        return UNKNOWN
    start = text.lstrip("\ufeff \t\r\n")[:TEXT_SAMPLE]
    if HTML_START.match(start):
        return HTML
    if XML_START.match(start):
        return HTML if re.search(r"<html\b", start, re.I) else XML
    return MAIL if _is_mail(start) else TEXT


def _is_mail(text: str) -> bool:
    """At least two known header lines in an unbroken head of header lines."""
    known = 0
    for line in text.splitlines()[:60]:
        if not line.strip():
            break
        if line.startswith("From ") and not known:
            continue
        if not HEADER_LINE.fullmatch(line):
            return False
        known += MAIL_HEADER.match(line) is not None
    return known >= 2 and "\n" in text
