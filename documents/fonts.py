"""Fonts that may show other letters than the file says: a cheap signal from the font's own tables, no proof.

What a PDF draws is a shape, what is read is the letter that the file states for it. Nothing makes the two agree. Here
fonts are told whose statements contradict each other or are missing; what they really show is read from the picture of
the page (documents.drawn_words).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import pypdf
from pypdf._codecs.adobe_glyphs import adobe_glyphs
from pypdf.generic import ArrayObject, DictionaryObject, StreamObject

from documents.page_objects import DEEPEST

MOST_FONTS = 300  # of a file; more are not looked at, and doubted
MOST_CODES = 70_000  # of one font
MOST_NODES = 3_000  # resources that are walked through
LARGEST_TABLE = 2_000_000  # bytes of a table of letters
ROWS_OF_LETTERS = ("0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
LEAST_IN_ROW = 4  # letters of a row that must be there before their order tells anything
IN_ORDER = 0.6  # share of them that stand in the order of the row: then the others should as well
UNNAMED = 0.3  # share of shapes with names that say no letter, from which a font without a table is doubted
ANY_NAME = re.compile(r"/?(?:uni|u)([0-9A-Fa-f]{4,6})$")
SECTION = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
TOKEN = re.compile(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])")

Letters = Mapping[int, str]


def has_doubtful_font(reader: pypdf.PdfReader) -> bool:
    """Return whether a font of the file may show other letters than it states; raises what pypdf raises."""
    fonts = list(islice(_fonts(reader), MOST_FONTS + 1))
    return len(fonts) > MOST_FONTS or any(is_doubtful(font) for font in fonts)


def is_doubtful(font: DictionaryObject) -> bool:
    """Return whether the tables of a font contradict each other, are missing, or leave the order of the alphabet."""
    kind = font.get("/Subtype")
    if kind == "/Type3":  # its shapes are drawings of the file's own
        return True
    table = _table(font.get("/ToUnicode"))
    if kind == "/Type0":
        return _is_bare(font) if table is None else _breaks_order(table)
    names = _names(font)
    named = {code: letter for code, name in names.items() if (letter := _letter_of(name))}
    if table is None:
        unnamed = sum(_letter_of(name) is None for name in names.values())
        return unnamed > UNNAMED * len(names) or _breaks_order(named)
    contradicted = any(code in table and not _same(table[code], letter) for code, letter in named.items())
    return contradicted or _breaks_order(table)


def _breaks_order(letters: Letters) -> bool:
    """Whether most letters of a row, such as 0 to 9, have codes in the row's order, and some do not."""
    return any(_leaves(row, letters) for row in ROWS_OF_LETTERS)


def _leaves(row: str, letters: Letters) -> bool:
    steps: dict[str, set[int]] = {}  # how far the codes of each letter are from its place in the alphabet
    for code, letter in letters.items():
        if len(letter) == 1 and letter in row:
            steps.setdefault(letter, set()).add(code - ord(letter))
    if len(steps) < LEAST_IN_ROW:
        return False
    usual, count = Counter(step for own in steps.values() for step in own).most_common(1)[0]
    return count >= IN_ORDER * len(steps) and any(own != {usual} for own in steps.values())


def _same(stated: str, named: str) -> bool:
    """Whether two statements mean one letter; marks and blanks are written in many ways."""
    return stated.casefold() == named.casefold() or not (stated.isalnum() and named.isalnum())


def _is_bare(font: DictionaryObject) -> bool:
    """Whether nothing says what letters the numbers of a composite font mean."""
    encoding = font.get("/Encoding")
    descendants = _object(font.get("/DescendantFonts"))
    first = _object(descendants[0]) if isinstance(descendants, ArrayObject) and descendants else None
    system = _object(first.get("/CIDSystemInfo")) if isinstance(first, DictionaryObject) else None
    ordering = str(system.get("/Ordering", "Identity")) if isinstance(system, DictionaryObject) else "Identity"
    return not isinstance(encoding, str) or (encoding.startswith("/Identity") and ordering == "Identity")


def _names(font: DictionaryObject) -> dict[int, str]:
    """What a simple font calls the shapes of its codes, where it says so itself."""
    encoding = _object(font.get("/Encoding"))
    differences = _object(encoding.get("/Differences")) if isinstance(encoding, DictionaryObject) else None
    names: dict[int, str] = {}
    code = 0
    for each in differences[:MOST_CODES] if isinstance(differences, ArrayObject) else ():
        value = _object(each)
        if isinstance(value, int | float):
            code = int(value)
        elif isinstance(value, str):
            names[code] = value
            code += 1
    return {code: name for code, name in names.items() if name not in ("/.notdef", "/space")}


def _letter_of(name: str) -> str | None:
    base = name.split(".")[0]
    if base in adobe_glyphs:
        return adobe_glyphs[base]
    match = ANY_NAME.match(base)
    return chr(int(match[1], 16)) if match and int(match[1], 16) < 0x110000 else None


def _table(stream: Any) -> dict[int, str] | None:
    """Which letters a font states for its codes; None where it states nothing that can be read."""
    stream = _object(stream)
    if not isinstance(stream, StreamObject):
        return None
    letters: dict[int, str] = {}
    for kind, body in SECTION.findall(stream.get_data()[:LARGEST_TABLE]):
        entries = _entries(body, 2 if kind == b"bfchar" else 3)
        for entry in entries:
            if len(letters) > MOST_CODES:
                break
            if kind == b"bfchar":
                letters[_number(entry[0])] = _text(entry[1])
            else:
                letters.update(_range(*entry))
    return letters or None


def _entries(body: bytes, size: int) -> Iterator[list[Any]]:
    """The statements of a section: hexadecimal strings, or lists of them, `size` to a statement."""
    entry: list[Any] = []
    items: list[bytes] | None = None
    for match in TOKEN.finditer(body):
        if match[2]:
            items = []
        elif match[3]:
            entry.append(items or [])
            items = None
        elif items is not None:
            items.append(match[1])
        else:
            entry.append(match[1])
        if items is None and len(entry) == size:
            yield entry
            entry = []


def _range(first: Any, last: Any, target: Any) -> Iterator[tuple[int, str]]:
    start, end = _number(first), min(_number(last), _number(first) + MOST_CODES)
    for at, code in enumerate(range(start, end + 1)):
        if isinstance(target, list):
            if at < len(target):
                yield code, _text(target[at])
        elif text := _text(target):
            yield code, text[:-1] + chr(min(ord(text[-1]) + at, 0x10FFFF))


def _number(digits: Any) -> int:
    return int(b"".join(digits.split()) or b"0", 16) if isinstance(digits, bytes) else 0


def _text(digits: Any) -> str:
    clean = b"".join(digits.split()) if isinstance(digits, bytes) else b""
    return bytes.fromhex(clean[: len(clean) // 2 * 2].decode()).decode("utf-16-be", "replace")


def _fonts(reader: pypdf.PdfReader) -> Iterator[DictionaryObject]:
    """Every font of the pages, also of drawings within drawings, once."""
    seen: set[int] = set()
    stack = [(_object(page.get("/Resources")), 0) for page in reader.pages]
    for _ in range(MOST_NODES):
        if not stack:
            return
        resources, depth = stack.pop()
        if not isinstance(resources, DictionaryObject) or id(resources) in seen:
            continue
        seen.add(id(resources))
        for font in _values(resources, "/Font"):
            if id(font) not in seen:
                seen.add(id(font))
                yield font
        if depth < DEEPEST:
            stack += [(_object(form.get("/Resources")), depth + 1) for form in _values(resources, "/XObject")]


def _values(resources: DictionaryObject, key: str) -> list[DictionaryObject]:
    group = _object(resources.get(key))
    values = [_object(each) for each in group.values()] if isinstance(group, DictionaryObject) else []
    return [each for each in values if isinstance(each, DictionaryObject)]


def _object(value: Any) -> Any:
    return value.get_object() if value is not None and hasattr(value, "get_object") else value
