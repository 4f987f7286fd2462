"""HTML: what a reader would see of it. Nothing is fetched, scripts and styles are dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from lxml import etree, html

from documents.elements import LINE_BREAK, blocks_of, grid_of
from documents.flow_layout import Block, lay_out
from documents.limits import Limits
from documents.parts import Parts
from documents.sniff import decoded
from documents.unstructured_setup import partition
from schemas.document import Finding
from schemas.errors import Reason, Refusal

UNSEEN_TAGS = frozenset(("script", "style", "noscript", "template", "head", "meta", "link", "base", "img", "svg"))
UNSEEN_TAGS |= {"iframe", "object", "embed", "audio", "video", "canvas", "applet", "map"}
UNSEEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d])|opacity\s*:\s*0(?![.\d])"
)
PAGE_TAGS = frozenset(("table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "colgroup", "col"))
LINE_TAGS = ("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "address", "section", "dd", "dt", "blockquote")
BLANK = LINE_BREAK + " \t\r\n\xa0"
DEEPEST = 200  # elements inside one another: more is no document and exhausts the stack


def parse_html(content: bytes, limits: Limits) -> Parts:
    """Return a web page as laid-out pages.

    Raises:
        Refusal: `broken_structure` where there is no markup to read, `too_many_pages`.
    """
    text = _decoded(content)
    blocks, hidden = html_blocks(text)
    pages, tables = lay_out(blocks, limits.pages)
    findings = (Finding("hidden_text", "The page holds text that a reader does not see; it was left out."),)
    return Parts(pages, tables=tables, findings=findings if hidden else (), metadata=_title(text))


def _decoded(content: bytes) -> str:
    """As the page says it is encoded, else by its bytes."""
    named = re.search(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,20})""", content[:4096], re.IGNORECASE)
    if named and not content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        try:
            return content.decode(named[1].decode("ascii"), "replace")
        except LookupError:
            pass
    return decoded(content) or content.decode("latin-1")


def html_blocks(text: str) -> tuple[list[Block], bool]:
    """Return the visible blocks of markup, and whether it held hidden text.

    Raises:
        Refusal: `broken_structure` where there is no markup to read.
    """
    root = _parsed(text)
    hidden = _drop_unseen(root)
    _open_layout_tables(root)
    _keep_line_breaks(root)
    markup = html.tostring(root, encoding="unicode")
    if not root.text_content().strip(BLANK):
        return [], hidden
    elements = partition("html", text=markup)
    # unstructured drops the spans of cells, which would shift totals into the wrong column
    grids = [grid_of(table) for table in root.iter("table") if table.text_content().strip(BLANK)]
    tables = sum(element.category == "Table" for element in elements)
    return list(blocks_of(elements, grids if len(grids) == tables else None)), hidden


def _parsed(text: str) -> Any:
    parser = html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    bare = re.sub(r"^\s*<\?xml[^>]*>", "", text.replace("\x00", ""))
    try:
        root = html.document_fromstring(bare, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Refusal(
            Reason.BROKEN_STRUCTURE, "The HTML holds nothing to read.", "Save the page again, or print it to PDF."
        ) from error
    if _deeper(root, DEEPEST):
        raise Refusal(
            Reason.BROKEN_STRUCTURE,
            f"The HTML nests more than {DEEPEST} elements inside one another.",
            "Print the page to PDF and give that.",
        )
    return root


def _deeper(root: Any, most: int) -> bool:
    level = [root]
    for _ in range(most):
        level = [child for element in level for child in element]
    return bool(level)


def _drop_unseen(root: Any) -> bool:
    """Remove what no reader sees; returns whether text was hidden among it."""
    hidden = False
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or element.tag in UNSEEN_TAGS:
            element.drop_tree()
        elif element.get("hidden") is not None or UNSEEN_STYLE.search(element.get("style", "").lower()):
            hidden = hidden or bool(element.text_content().strip())
            if element.getparent() is not None:
                element.drop_tree()
    return hidden


def _open_layout_tables(root: Any) -> None:
    """Turn tables that hold tables into plain divisions: they lay out the page and are not data."""
    for table in [table for table in root.iter("table") if any(True for _ in _inner(table, "table"))]:
        for element in [table, *_own_parts(table)]:
            element.tag = "div"


def _inner(element: Any, tag: str) -> Iterator[Any]:
    return (inner for inner in element.iter(tag) if inner is not element)


def _own_parts(table: Any) -> list[Any]:
    """Rows and cells of a table, not those of the tables inside it."""
    own, waiting = [], list(table)
    while waiting:
        element = waiting.pop()
        if element.tag in PAGE_TAGS and element.tag != "table":
            own.append(element)
            waiting.extend(element)
    return own


def _keep_line_breaks(root: Any) -> None:
    """Put a private sign where a new line starts, since white space is folded later."""
    for element in root.iter("br"):
        element.tail = LINE_BREAK + (element.tail or "")
    for cell in root.iter("td", "th"):
        for element in cell.iter(*LINE_TAGS):
            element.text = LINE_BREAK + (element.text or "")
            element.tail = LINE_BREAK + (element.tail or "")
    for text in root.iter("pre"):
        for element in text.iter():
            element.text = (element.text or "").replace("\n", LINE_BREAK)
            if element is not text:
                element.tail = (element.tail or "").replace("\n", LINE_BREAK)


def _title(text: str) -> tuple[tuple[str, str], ...]:
    found = re.search(r"<title[^>]*>([^<]{1,300})</title>", text[:100_000], re.IGNORECASE)
    title = " ".join(unescape(found[1]).split()) if found else ""
    return (("title", title),) if title else ()
