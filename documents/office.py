"""Word and Excel files."""

from __future__ import annotations

import copy
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from documents.cell_text import cell_text
from documents.elements import blocks_of
from documents.flow_layout import Block, Grid, PageBreak, Paragraph, lay_out
from documents.limits import Limits
from documents.package import check_package
from documents.parts import Parts
from documents.unstructured_setup import partition
from schemas.document import Finding
from schemas.errors import Reason, Refusal

MOST_CELLS = 1_000_000  # of all sheets together
WIDE_ROW = 3  # filled cells that make a row part of a list, below rows of label and value
COMPUTED = re.compile(rb"</f>\s*<v[^>]*>[^<]")
FORMULA = re.compile(rb"<f[ >/]")
UNWRAPPED = ("w:ins", "w:moveTo", "w:smartTag", "w:customXml")
DROPPED = ("w:del", "w:moveFrom")


def parse_docx(content: bytes, limits: Limits) -> Parts:
    """Return a Word file as laid-out pages; pages break where Word last broke them, or where the author did.

    Raises:
        Refusal: `broken_structure`, `too_large`, `embedded_unsafe`, `too_many_pages`.
    """
    check_package(content)
    import docx

    try:
        document = docx.Document(io.BytesIO(content))
        tracked = _flatten(document)
        grids = [_grid(table) for table in document.tables]
        flat = io.BytesIO()
        document.save(flat)
        elements = partition("docx", file=io.BytesIO(flat.getvalue()))
    except (ValueError, KeyError, AttributeError, IndexError, TypeError, zipfile.BadZipFile) as error:
        raise _damaged("Word", error) from error
    tables = sum(element.category == "Table" for element in elements)
    pages, laid = lay_out(blocks_of(elements, grids if tables == len(grids) else None), limits.pages)
    return Parts(pages, tables=laid, findings=_tracked(tracked), metadata=_properties(document.core_properties))


def _damaged(kind: str, error: Exception) -> Refusal:
    return Refusal(
        Reason.BROKEN_STRUCTURE,
        f"The {kind} file is damaged ({type(error).__name__}).",
        "Open it in the program that made it and save it again, or print it to PDF.",
    )


def _properties(properties: Any) -> tuple[tuple[str, str], ...]:
    author = getattr(properties, "author", None) or getattr(properties, "creator", None)  # python-docx, openpyxl
    return tuple((name, str(value)) for name, value in (("title", properties.title), ("author", author)) if value)


def _flatten(document: Any) -> bool:
    """Lay open what unstructured passes over: content controls, tracked insertions, text boxes, page breaks.

    Returns whether changes were tracked; deleted text is left out as in the clean view.
    """
    from docx.oxml.ns import qn

    body = document.element.body
    tracked = False
    for tag in DROPPED:
        for element in list(body.iter(qn(tag))):
            tracked = True
            element.getparent().remove(element)
    for control in list(body.iter(qn("w:sdt"))):
        _replace(control, control.findall(qn("w:sdtContent") + "/*"))
    for tag in UNWRAPPED:
        for element in list(body.iter(qn(tag))):
            if element.getparent() is not None and element.getparent().tag != qn("w:rPr"):
                tracked = tracked or tag in ("w:ins", "w:moveTo")
                _replace(element, list(element))
    _free_text_boxes(body)
    if next(body.iter(qn("w:lastRenderedPageBreak")), None) is None:
        for element in list(body.iter(qn("w:br"))):
            if element.get(qn("w:type")) == "page":
                element.addnext(element.makeelement(qn("w:lastRenderedPageBreak"), {}))
    return tracked


def _replace(element: Any, inner: Iterable[Any]) -> None:
    for child in inner:
        element.addprevious(child)
    element.getparent().remove(element)


def _free_text_boxes(body: Any) -> None:
    """Put the paragraphs of text boxes behind the paragraph that they are anchored to, once each."""
    from docx.oxml.ns import qn

    for fallback in list(body.iter("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")):
        fallback.getparent().remove(fallback)
    for box in list(body.iter(qn("w:txbxContent"))):
        anchor = next((above for above in box.iterancestors(qn("w:p"))), None)
        if anchor is None:
            continue
        for child in reversed(box.findall("./*")):
            anchor.addnext(copy.deepcopy(child))
        box.getparent().remove(box)


def _grid(table: Any) -> Grid:
    """The cells of a Word table with their line breaks; a merged cell stands once, in its first column."""
    rows, seen = [], dict[int, Any]()  # the elements themselves are kept, else another one may get the same id
    for row in table.rows:
        cells = []
        for cell in row.cells:
            cells.append("" if id(cell._tc) in seen else _cell_lines(cell))
            seen[id(cell._tc)] = cell._tc
        rows.append(tuple([""] * row.grid_cols_before + cells))
    return Grid(tuple(rows))


def _cell_lines(cell: Any) -> str:
    lines: list[str] = []
    for item in cell.iter_inner_content():
        if hasattr(item, "rows"):
            lines.extend(" ".join(text for text in row if text) for row in _grid(item).rows)
        else:
            lines.append(item.text)
    return "\n".join(line for line in lines if line.strip())


def _tracked(tracked: bool) -> tuple[Finding, ...]:
    if not tracked:
        return ()
    message = "The file holds tracked changes that nobody accepted yet; it was read as if all were accepted."
    return (Finding("tracked_changes", message, needs_review=True),)


# Excel


def parse_xlsx(content: bytes, limits: Limits) -> Parts:
    """Return the visible sheets of an Excel file as laid-out pages, cells as Excel shows them (dates, currencies).

    Read by openpyxl, which unstructured uses too, since the latter drops the number formats: it gives "1500" for
    "1.500,00 €" and "2024-05-03 00:00:00" for a date.

    Raises:
        Refusal: `broken_structure`, `too_large`, `embedded_unsafe`, `too_many_pages`.
    """
    package = check_package(content)
    import openpyxl

    findings = list(_uncomputed(package))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, keep_links=False)
        sheets = [(sheet.title, _shown_cells(sheet)) for sheet in book.worksheets if sheet.sheet_state == "visible"]
        hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
    except (ValueError, KeyError, AttributeError, IndexError, TypeError, zipfile.BadZipFile) as error:
        raise _damaged("Excel", error) from error
    if sum(len(cells) for _, cells in sheets) > MOST_CELLS:
        raise Refusal(
            Reason.TOO_LARGE,
            f"The workbook has more than {MOST_CELLS:,} filled cells.",
            "Give only the sheets that matter.",
        )
    if hidden:
        findings.append(Finding("hidden_text", f"{len(hidden)} hidden sheets of the workbook were left out."))
    blocks = (block for title, cells in sheets for block in _sheet_blocks(title, cells, many=len(sheets) > 1))
    pages, tables = lay_out(blocks, limits.pages)
    return Parts(pages, tables=tables, findings=tuple(findings), metadata=_properties(book.properties))


def _uncomputed(package: zipfile.ZipFile) -> Iterator[Finding]:
    """A finding where formulas stand without a stored result, as programs write them that cannot compute."""
    for name in package.namelist():
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            markup = package.read(name)
            if len(FORMULA.findall(markup)) > len(COMPUTED.findall(markup)) + len(
                re.findall(rb"<f[^>]*/>\s*<v", markup)
            ):
                message = (
                    "The workbook holds formulas without their results; open and save it in Excel to compute them."
                )
                yield Finding("formulas_not_computed", message, needs_review=True)
                return


def _shown_cells(sheet: Any) -> dict[tuple[int, int], str]:
    """Texts of the filled cells in rows and columns that are shown."""
    columns = {
        number
        for letter, size in sheet.column_dimensions.items()
        if size.hidden
        for number in range(size.min or 0, (size.max or 0) + 1)
    }
    rows = {number for number, size in sheet.row_dimensions.items() if size.hidden}
    # the sparse store itself: iter_rows would walk every cell up to the last one, which may be the millionth row
    return {
        (row, column): text
        for (row, column), cell in sorted(sheet._cells.items())
        if row not in rows and column not in columns and (text := cell_text(cell.value, cell.number_format).strip())
    }


def _sheet_blocks(title: str, cells: dict[tuple[int, int], str], *, many: bool) -> Iterator[Block]:
    """The filled cells in pieces: an empty row, or the first row of a list, starts a new one."""
    if not cells:
        return
    if many:
        yield PageBreak()
        yield Paragraph(title, "heading", 1)
    rows: dict[int, dict[int, str]] = {}
    for (number, column), text in cells.items():
        rows.setdefault(number, {})[column] = text
    piece: list[dict[int, str]] = []
    before = 0
    for number, row in rows.items():
        starts_list = piece and len(row) >= WIDE_ROW and max(len(above) for above in piece) < WIDE_ROW
        if piece and (number > before + 1 or starts_list):
            yield _piece(piece)
            piece = []
        piece.append(row)
        before = number
    yield _piece(piece)


def _piece(rows: list[dict[int, str]]) -> Block:
    columns = sorted({column for row in rows for column in row})
    if len(columns) == 1:
        return Paragraph("\n".join(text for row in rows for text in row.values()))
    return Grid(tuple(tuple(row.get(column, "") for column in columns) for row in rows))
