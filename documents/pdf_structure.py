"""What pypdf knows of a PDF beside its text: attachments, form fields, active content, metadata, repair, a second text.

Everything here may fail or run away on a hostile file; callers put it into a time slice and go on without it.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from documents.parts import attachment
from documents.placement import Placement
from documents.safe_xml import parse_xml
from documents.sniff import PDF_HEADER_WITHIN, XML, media_type
from schemas.document import Attachment, Finding, FormField
from schemas.errors import Reason, Refusal

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it logs what stands in the file

ACTIONS = {"/JavaScript": "JavaScript", "/Launch": "a command to start a program", "/SubmitForm": "a form submission"}
ACTIONS |= {"/ImportData": "a data import", "/Rendition": "a media script"}
PROGRAMS = re.compile(r"\.(?:exe|dll|scr|com|bat|cmd|ps1|vbs|js|jse|wsf|hta|msi|jar|lnk|sh|app|apk)$", re.IGNORECASE)
MOST_ANNOTATIONS = 20_000  # over all pages
MOST_NODES = 5_000  # of a name tree
DEEPEST_FIELD = 20  # parents of a form field
PASSWORD_FIELD, PUSH_BUTTON = 1 << 13, 1 << 16  # field flags of the PDF standard
UNSEEN = (1 << 1) | (1 << 5)  # annotation flags: hidden, no view
INFORMATION = ("/Title", "/Author", "/Subject", "/Keywords", "/Creator", "/Producer")
LONGEST_METADATA = 500  # characters


@dataclass(frozen=True, slots=True)
class Structure:
    """All that is not text."""

    attachments: tuple[Attachment, ...] = ()
    form_fields: tuple[FormField, ...] = ()
    typed: tuple[FormField, ...] = ()  # those whose value is shown as text, unlike boxes that are ticked
    findings: tuple[Finding, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()


def opened(content: bytes, password: str | None) -> pypdf.PdfReader:
    """Return a reader of `content`, unlocked if it was locked; raises whatever pypdf raises on a damaged file."""
    junk = max(0, content[:PDF_HEADER_WITHIN].find(b"%PDF-"))  # places in the file count from its header
    reader = pypdf.PdfReader(io.BytesIO(content[junk:]), strict=False)
    if reader.is_encrypted:
        reader.decrypt(password or "")
    return reader


def read_structure(reader: pypdf.PdfReader, placements: Mapping[int, Placement], most_bytes: int) -> Structure:
    """Return attachments (at most `most_bytes` in all), form fields (placed on the pages) and findings."""
    root = reader.root_object
    annotations = list(_annotations(reader))
    attachments, findings = _attachments(_file_specifications(root, annotations), most_bytes)
    active = sorted(_active(root, [annotation for _, annotation in annotations]))
    if active:
        message = f"The file contains {', '.join(active)}; nothing of it was run."
        findings.append(Finding("active_content", message, needs_review=ACTIONS["/Launch"] in active))
    if "/XFA" in _dictionary(root.get("/AcroForm")):
        message = "This is a dynamic form (XFA); a form program may show other content than the pages that were read."
        findings.append(Finding("dynamic_form", message, needs_review=True))
    fields = tuple(_form_fields(annotations, placements))
    typed = tuple(each for each, kind in fields if kind != "/Btn")
    return Structure(tuple(attachments), tuple(each for each, _ in fields), typed, tuple(findings), _metadata(reader))


def repaired(content: bytes, password: str | None) -> bytes:
    """Return the document written anew by pypdf; raises whatever pypdf raises when it cannot read it either."""
    writer = pypdf.PdfWriter()
    for page in opened(content, password).pages:
        writer.add_page(page)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def text_of(reader: pypdf.PdfReader, number: int) -> str:
    """Return the text of page `number` (from 1) as pypdf reads it."""
    return reader.pages[number - 1].extract_text()


# Walking


def _dictionary(value: Any) -> DictionaryObject:
    """The dictionary that `value` is or refers to; an empty one for all else."""
    found = value.get_object() if hasattr(value, "get_object") else value
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _list(value: Any) -> ArrayObject:
    found = value.get_object() if hasattr(value, "get_object") else value
    return found if isinstance(found, ArrayObject) else ArrayObject()


def _annotations(reader: pypdf.PdfReader) -> Iterator[tuple[int, DictionaryObject]]:
    """Number of the page and annotation; pages that are no pages are passed over."""
    left = MOST_ANNOTATIONS
    for number, page in enumerate(reader.pages, start=1):
        for annotation in _list(page.get("/Annots")):
            left -= 1
            if left < 0:
                return
            yield number, _dictionary(annotation)


def _tree_values(node: Any) -> Iterator[DictionaryObject]:
    """Values of a name tree, each node once."""
    stack, seen = [node], 0
    while stack and seen < MOST_NODES:
        seen += 1
        current = _dictionary(stack.pop())
        yield from (_dictionary(value) for value in list(_list(current.get("/Names")))[1:MOST_NODES:2])
        stack.extend(_list(current.get("/Kids")))


# Attachments


def _file_specifications(
    root: DictionaryObject, annotations: list[tuple[int, DictionaryObject]]
) -> Iterator[DictionaryObject]:
    yield from _tree_values(_dictionary(root.get("/Names")).get("/EmbeddedFiles"))
    yield from (_dictionary(each) for each in _list(root.get("/AF")))
    for _, annotation in annotations:
        if annotation.get("/Subtype") == "/FileAttachment":
            yield _dictionary(annotation.get("/FS"))


def _attachments(specifications: Iterator[DictionaryObject], most_bytes: int) -> tuple[list[Attachment], list[Finding]]:
    found: dict[str, Attachment] = {}
    findings: list[Finding] = []
    left = most_bytes
    for specification in specifications:
        name = str(specification.get("/UF") or specification.get("/F") or "")[:LONGEST_METADATA]
        files = _dictionary(specification.get("/EF"))
        stream = files.get("/UF") or files.get("/F")
        stream = stream.get_object() if stream is not None else None
        if not isinstance(stream, StreamObject):
            continue
        each = attachment(name, "", stream.get_data())
        if each.sha256 in found:
            continue
        left -= len(each.content)
        if left < 0:
            findings.append(
                Finding("attachment_dropped", f"The attachment {name!r} is too large to be kept.", needs_review=True)
            )
            break
        kept, finding = _judged(each)
        if finding is not None:
            findings.append(finding)
        if kept is not None:
            found[each.sha256] = kept
    return list(found.values()), findings


def _judged(each: Attachment) -> tuple[Attachment | None, Finding | None]:
    """The attachment with its type, or None with the reason why it is not kept."""
    kind = media_type(each.content)
    if kind == "application/x-executable" or PROGRAMS.search(each.name):
        message = f"The file carries a program ({each.name!r}); it was left out."
        return None, Finding("active_content", message, needs_review=True)
    if kind == XML:
        try:
            parse_xml(each.content)
        except Refusal as refusal:
            code = "embedded_unsafe" if refusal.reason is Reason.EMBEDDED_UNSAFE else "embedded_damaged"
            message = f"The attached data {each.name!r} were not used: {refusal.message}"
            return None, Finding(code, message, needs_review=True)
    return Attachment(each.name, kind, each.content, each.sha256), None


# Active content


def _active(root: DictionaryObject, annotations: list[DictionaryObject]) -> set[str]:
    """Names of the kinds of actions that the file could start."""
    names = _dictionary(root.get("/Names"))
    found = {ACTIONS["/JavaScript"]} if _dictionary(names.get("/JavaScript")) else set()
    for holder in [root, *annotations]:
        actions = [holder.get("/OpenAction"), holder.get("/A"), *_dictionary(holder.get("/AA")).values()]
        for action in actions:
            found |= _action_kinds(action)
    return found


def _action_kinds(action: Any) -> set[str]:
    found: set[str] = set()
    stack, seen = [action], 0
    while stack and seen < 50:
        seen += 1
        current = _dictionary(stack.pop())
        kind = current.get("/S")
        if isinstance(kind, str) and kind in ACTIONS:
            found.add(ACTIONS[kind])
        following = current.get("/Next")
        stack.extend(_list(following) or ([following] if following is not None else []))
    return found


# Form fields


def _form_fields(
    annotations: list[tuple[int, DictionaryObject]], placements: Mapping[int, Placement]
) -> Iterator[tuple[FormField, str]]:
    """Filled fields that a person sees, each with its type in the file."""
    for number, widget in annotations:
        flags = widget.get("/F", 0)
        if widget.get("/Subtype") != "/Widget" or (isinstance(flags, int) and flags & UNSEEN):
            continue
        chain = _chain(widget)
        value = _value(chain, widget)
        if not value:
            continue
        name = ".".join(str(node["/T"]) for node in reversed(chain) if "/T" in node)
        placement = placements.get(number)
        sides = [float(side) for side in _list(widget.get("/Rect"))]
        box = placement.box(*sides) if placement is not None and len(sides) == 4 else None
        yield FormField(name, value, number, box), str(_inherited(chain, "/FT"))


def _chain(widget: DictionaryObject) -> list[DictionaryObject]:
    """The widget, the field that it belongs to, and the fields around that one."""
    chain = [widget]
    while "/Parent" in chain[-1] and len(chain) < DEEPEST_FIELD:
        chain.append(_dictionary(chain[-1]["/Parent"]))
    return chain


def _inherited(chain: list[DictionaryObject], key: str) -> Any:
    return next((node[key].get_object() for node in chain if key in node), None)


def _value(chain: list[DictionaryObject], widget: DictionaryObject) -> str:
    """What a person sees in the field; empty for passwords, buttons, signatures and boxes that are not ticked."""
    kind, flags = _inherited(chain, "/FT"), _inherited(chain, "/Ff")
    flags = int(flags) if isinstance(flags, int) else 0
    if kind == "/Btn":
        state = widget.get("/AS", _inherited(chain, "/V"))
        return "" if flags & PUSH_BUTTON or state in (None, "/Off") else str(state).lstrip("/")
    if kind not in ("/Tx", "/Ch") or flags & PASSWORD_FIELD:
        return ""
    value = _inherited(chain, "/V")
    if isinstance(value, ArrayObject):
        return ", ".join(str(each) for each in value)
    return str(value).strip() if isinstance(value, str) else ""


def _metadata(reader: pypdf.PdfReader) -> tuple[tuple[str, str], ...]:
    information: Mapping[str, Any] = reader.metadata or {}
    pairs = ((key.lstrip("/").lower(), information.get(key)) for key in INFORMATION)
    return tuple(
        (key, value.strip()[:LONGEST_METADATA]) for key, value in pairs if isinstance(value, str) and value.strip()
    )
