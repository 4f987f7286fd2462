"""The one door: bytes to ParsedDocument, in this process; `documents.jail` runs it in a killable child."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable
from pathlib import PurePath

from documents.limits import Limits
from documents.locked_office import OLE, is_locked, unlocked
from documents.parts import Parts
from documents.sniff import DOCX, HTML, JPEG, MAIL, PDF, PNG, PPTX, RTF, TEXT, TIFF, UNKNOWN, XLSX, XML, media_type
from documents.tables import find_tables
from documents.unseen_characters import without_unseen
from schemas.document import ParsedDocument
from schemas.errors import Reason, Refusal

STANDARD = Limits()
PICTURES = frozenset({PNG, JPEG, TIFF})
READERS = {
    DOCX: ("office", "parse_docx"),
    XLSX: ("office", "parse_xlsx"),
    HTML: ("web", "parse_html"),
    MAIL: ("mail", "parse_mail"),
    RTF: ("plain", "parse_rtf"),
    TEXT: ("plain", "parse_text"),
    XML: ("xml_file", "parse_xml_file"),
}
LONGEST_NAME = 120  # characters of a file's name that a message shows
BY_EXTENSION = {
    ".pdf": PDF,
    ".png": PNG,
    ".jpg": JPEG,
    ".jpeg": JPEG,
    ".tif": TIFF,
    ".tiff": TIFF,
    ".docx": DOCX,
    ".xlsx": XLSX,
}
REMEDIES = {
    "application/x-ole-storage": "Old Office files (.doc, .xls, .msg) are not read; save it as DOCX, XLSX or PDF.",
    PPTX: "Presentations are not read; save it as PDF.",
    "application/vnd.oasis.opendocument": "OpenDocument files are not read; save it as DOCX, XLSX or PDF.",
    "application/zip": "Unpack the archive and give the files in it.",
    "application/gzip": "Unpack the archive and give the files in it.",
    "application/x-7z-compressed": "Unpack the archive and give the files in it.",
    "application/vnd.rar": "Unpack the archive and give the files in it.",
    "image/gif": "Save the picture as PNG.",
    "image/bmp": "Save the picture as PNG.",
    "image/webp": "Save the picture as PNG or JPEG.",
    "image/heif": "Save the picture as JPEG; telephones can be set to do so.",
}


def parse_bytes(
    content: bytes, name: str = "", *, limits: Limits = STANDARD, password: str | None = None
) -> ParsedDocument:
    """Return what `content` holds, whatever `name` claims it is.

    Raises:
        Refusal: with the reason why nothing can be read within `limits`; its text names the file.
    """
    shown = _shown(name)
    try:
        return _parsed(content, name, limits, password)
    except Refusal as refusal:
        raise Refusal(refusal.reason, f"{shown}: {refusal.message}", refusal.remedy) from refusal.__cause__
    except MemoryError:
        raise Refusal(
            Reason.TOO_MUCH_MEMORY,
            f"{shown}: reading it takes more than the {limits.memory_megabytes} megabytes of memory allowed.",
            "Print it to a new PDF or save it again, or raise memory_megabytes in the settings.",
        ) from None
    except Exception as error:  # parsers of hostile files raise anything, and no file may end without a reason
        raise Refusal(
            Reason.BROKEN_STRUCTURE,
            f"{shown}: its content is damaged ({type(error).__name__}).",
            "Ask the sender for the file again, or save it again in the program that made it.",
        ) from error


def _shown(name: str) -> str:
    """The last part of a name, without anything that moves a cursor."""
    clean = "".join(sign if sign.isprintable() else "�" for sign in PurePath(name.replace("\\", "/")).name)
    return clean[:LONGEST_NAME] or "The file"


def _parsed(content: bytes, name: str, limits: Limits, password: str | None) -> ParsedDocument:
    if not content.strip(b"\0 \t\r\n\f"):
        raise Refusal(Reason.EMPTY, f"the file is empty ({len(content):,} bytes, all blank).", "Copy or save it again.")
    if len(content) > limits.megabytes * 1_000_000:
        raise Refusal(
            Reason.TOO_LARGE,
            f"the file has {len(content) / 1e6:,.0f} megabytes, the limit is {limits.megabytes:,}.",
            "Save it in a lower resolution, or raise the limit of megabytes in the settings.",
        )
    kind = media_type(content)
    _check_claim(name, kind)
    parts = _parts(content, kind, limits, password)
    pages, unseen = without_unseen(parts.pages)
    if not any(word.visible for page in pages for word in page.words):
        raise _no_text(parts)
    sha256 = hashlib.sha256(content).hexdigest()
    return ParsedDocument(
        sha256,
        kind,
        pages,
        parts.tables or find_tables(pages, parts.rulings),
        parts.attachments,
        parts.form_fields,
        (*parts.findings, *unseen),
        parts.metadata,
    )


def _check_claim(name: str, kind: str) -> None:
    """Refuse text or unknown bytes under the name of a document or picture: a damaged or a wrong file."""
    extension = PurePath(name).suffix.lower()
    claimed = BY_EXTENSION.get(extension)
    if claimed is not None and claimed != kind and kind in (TEXT, HTML, XML, UNKNOWN):
        found = "unknown bytes" if kind == UNKNOWN else kind
        raise Refusal(
            Reason.TYPE_MISMATCH,
            f"the name says {extension}, but the content is {found}.",
            "Ask the sender for the file again, or name it as what it is.",
        )


def _parts(content: bytes, kind: str, limits: Limits, password: str | None) -> Parts:
    """Hand the bytes to the reader of their kind. Readers are imported here, since several are slow to load."""
    if kind == PDF:
        from documents.pdf import parse_pdf

        return parse_pdf(content, limits, password)
    if kind == OLE and is_locked(content):
        opened = unlocked(content, password)
        return _parts(opened, media_type(opened), limits, None)
    if kind in PICTURES:
        from documents.image import parse_image

        return parse_image(content, kind, limits)
    if kind in READERS:
        module, function = READERS[kind]
        read: Callable[[bytes, Limits], Parts] = getattr(importlib.import_module(f"documents.{module}"), function)
        return read(content, limits)
    raise Refusal(
        Reason.NOT_SUPPORTED,
        f"files of this kind ({kind}) are not read.",
        REMEDIES.get(kind, "Save it as PDF."),
    )


def _no_text(parts: Parts) -> Refusal:
    unread = sum(finding.code == "page_unreadable" for finding in parts.findings)
    if unread:
        why = next(finding.message for finding in parts.findings if finding.code == "page_unreadable")
        return Refusal(Reason.NO_TEXT, f"no text was found in the file. {why}", "Scan or export it again.")
    return Refusal(
        Reason.NO_TEXT, "no text was found in the file.", "If it shows text on the screen, scan or print it again."
    )
