"""What parsing gives: pages of words with boxes, tables, attachments and findings. Frozen, free of libraries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

DOUBTFUL_FONT = "doubtful_font"  # code of the finding that a font may draw other letters than the file says

Origin = Literal["text", "ocr"]


class Box(NamedTuple):
    """A rectangle in PDF points, origin at the top left of the page as a person sees it (rotation applied)."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Points from left to right."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Points from top to bottom."""
        return self.y1 - self.y0

    @property
    def middle(self) -> tuple[float, float]:
        """Centre of the rectangle."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    def holds(self, other: Box) -> bool:
        """Return whether the centre of another rectangle lies in this one."""
        x, y = other.middle
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


def around(boxes: list[Box] | tuple[Box, ...]) -> Box:
    """Return the smallest box that holds all `boxes`; raises ValueError if there is none."""
    return Box(
        min(box.x0 for box in boxes),
        min(box.y0 for box in boxes),
        max(box.x1 for box in boxes),
        max(box.y1 for box in boxes),
    )


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it stands on a page."""

    text: str
    box: Box
    page: int  # 1 is the first page
    visible: bool = True  # false: in the file, but no person would see it
    origin: Origin = "text"
    ocr_confidence: float | None = None  # 0..1 as the engine gave it; a weak signal; None for born-digital words
    size: float = 0.0  # font size in points (height of the box for OCR); 0 if unknown
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Words that a reader takes in one go, left to right; blocks of lines stand in reading order on the page."""

    words: tuple[Word, ...]
    block: int  # lines of one paragraph or column cell share a number; numbers rise in reading order
    section: str = ""  # the heading that the line stands under, when the source names one (office files)

    @property
    def text(self) -> str:
        """The words joined by single blanks."""
        return " ".join(word.text for word in self.words)

    @property
    def box(self) -> Box:
        """The rectangle around all words."""
        return around(tuple(word.box for word in self.words))

    @property
    def page(self) -> int:
        """Number of the page, from 1."""
        return self.words[0].page


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table; an empty one has no words."""

    words: tuple[Word, ...]
    column: int  # 0 is the leftmost

    @property
    def text(self) -> str:
        """The words joined by single blanks."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. Its words all stand on one page."""

    cells: tuple[Cell, ...]
    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class Table:
    """A table, joined over page breaks; `header` is what stands above the first row, repeated headers are dropped."""

    header: Row | None
    rows: tuple[Row, ...]
    columns: tuple[tuple[float, float], ...]  # left and right edge of each column in points, on the first page

    @property
    def pages(self) -> tuple[int, ...]:
        """Numbers of the pages that hold rows, rising."""
        return tuple(sorted({row.page for row in self.rows}))


@dataclass(frozen=True, slots=True)
class Page:
    """One page as a person sees it."""

    number: int  # from 1
    width: float  # points
    height: float  # points
    lines: tuple[Line, ...]  # in reading order; visible and hidden words alike
    origin: Origin = "text"  # "ocr": the words were read from a picture of the page
    rotation: int = 0  # degrees clockwise by which the stored page was turned to stand upright
    lean: float = 0.0  # degrees clockwise by which its text still leant after that, taken out of all boxes

    @property
    def words(self) -> tuple[Word, ...]:
        """All words in reading order."""
        return tuple(word for line in self.lines for word in line.words)

    @property
    def text(self) -> str:
        """Visible words, one line of the page a line."""
        lines = (" ".join(word.text for word in line.words if word.visible) for line in self.lines)
        return "\n".join(line for line in lines if line)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the file: e-invoice XML in a PDF, a document in a mail. Never opened by its name."""

    name: str  # as the file calls it: untrusted text, for display only
    media_type: str  # by content
    content: bytes = field(repr=False)
    sha256: str


@dataclass(frozen=True, slots=True)
class FormField:
    """A filled PDF form field (AcroForm); `box` is None where the file does not place it."""

    name: str
    value: str
    page: int | None
    box: Box | None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the file that a person should know: repaired, readers disagree, active content, page not read."""

    code: str  # "repaired", "page_unreadable", "readers_disagree", "active_content", "pages_cut", "hidden_text", …
    message: str  # one sentence for a person
    page: int | None = None
    needs_review: bool = False  # true: no field of this document may be accepted without a person


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """Everything the later stages know of a file."""

    sha256: str  # of the bytes that were parsed, hex
    media_type: str  # by content
    pages: tuple[Page, ...]
    tables: tuple[Table, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    form_fields: tuple[FormField, ...] = ()
    findings: tuple[Finding, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()  # title, author, mail subject …: untrusted, never evidence

    @property
    def is_data(self) -> bool:
        """Whether the file itself is data, such as an e-invoice without a PDF: its pages only list what it says."""
        return self.media_type == "application/xml"

    @property
    def text(self) -> str:
        """Visible text, pages parted by a form feed."""
        return "\f".join(page.text for page in self.pages)

    @property
    def words(self) -> tuple[Word, ...]:
        """All words of all pages in reading order."""
        return tuple(word for page in self.pages for word in page.words)
