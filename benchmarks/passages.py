"""How much of long contracts is sent when passages are retrieved, and whether what is asked for stands in it.

    python -m benchmarks.passages [--over 15]

Reads the non-disclosure agreements of DOCASSAY_DATA. Tokens are counted as characters: the figure is a ratio. A truth
is inside when its value, or another form of it, stands in the passages as it stands in the whole text; truths that do
not stand in the whole text either (scans read differently) are counted apart.
"""

from __future__ import annotations

import argparse
import calendar
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from documents.parse import parse_bytes
from extractors.llm.groups import groups
from extractors.llm.passages import Library
from schemas.document import ParsedDocument
from schemas.errors import Refusal
from schemas.loader import builtin_schemas
from schemas.schema import Schema

DATA = Path(os.environ.get("DOCASSAY_DATA", Path(__file__).parent.parent.parent / "shared" / "data"))
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


MONTHS = tuple(calendar.month_name[1:])


@dataclass
class Figures:
    """Sums over documents."""

    documents: int = 0
    sent: int = 0
    whole: int = 0
    truths: int = 0  # that stand in the whole text
    inside: int = 0  # and in what is sent
    elsewhere: int = 0  # that stand in neither

    def add(self, document: ParsedDocument, schema: Schema, truth: dict[str, Any]) -> list[str]:
        """Count one document; return the fields whose truth is left out."""
        library, lost = Library(document), []
        whole = library.whole().text
        self.documents += 1
        for names in groups(schema, [field.name for field in schema.fields]):
            text = library.passages(schema, names).text
            self.sent += len(text)
            self.whole += len(whole)
            for name in names:
                for value in _values(truth.get(name)):
                    if not stands(value, whole):
                        self.elsewhere += 1
                        continue
                    self.truths += 1
                    self.inside += stands(value, text)
                    if not stands(value, text):
                        lost.append(name)
        return lost

    def said(self) -> str:
        """One line."""
        if not self.documents:
            return "no documents"
        share = self.inside / self.truths if self.truths else 0.0
        return (
            f"{self.documents} documents, {self.sent / self.whole:.1%} of the tokens, truths inside "
            f"{self.inside} of {self.truths} ({share:.3f}), {self.elsewhere} in neither text"
        )


def stands(value: str, text: str) -> bool:
    """Return whether a value stands in a text in one of the forms that contracts use."""
    plain = " ".join(re.findall(r"\w+", text.casefold()))
    return any(form in plain for form in _forms(value))


def _forms(value: str) -> Iterator[str]:
    if (day := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value)) is not None:
        year, month, date = (int(part) for part in day.groups())
        name = MONTHS[month - 1].casefold()
        suffix = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(date, "th")
        for number in (f"{date}", f"{date:02}", f"{date}{suffix}", f"{date} {suffix}"):
            yield from (f"{name} {number} {year}", f"{number} {name} {year}", f"{number} day of {name} {year}")
            yield from (f"{number} of {name} {year}", f"{name[:3]} {number} {year}")
        yield from (f"{month} {date} {year}", f"{month:02} {date:02} {year}", f"{month} {date} {year % 100:02}")
        yield f"{year} {month:02} {date:02}"
        return
    if (span := re.fullmatch(r"(\d+) (day|week|month|year)s?", value)) is not None:
        number, unit = int(span[1]), span[2]
        words = NUMBERS[number] if number < len(NUMBERS) else str(number)
        for form in (f"{number}", words, f"{words} {number}", f"{number} {words}"):
            yield from (f"{form} {unit}", f"{form} {unit}s", f"{form} calendar {unit}", f"{form} full {unit}")
        return
    yield " ".join(re.findall(r"\w+", value.casefold()))


def _values(truth: Any) -> list[str]:
    return [] if truth is None else [str(each) for each in truth] if isinstance(truth, list) else [str(truth)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--over", type=int, nargs="*", default=[15, 10, 5, 0], help="pages: only longer documents")
    arguments = parser.parse_args()
    schema, read = builtin_schemas()["contract"], []
    for line in (DATA / "nda" / "truth.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        try:
            read.append((row, parse_bytes((DATA / "nda" / row["file"]).read_bytes(), row["file"])))
        except Refusal as refusal:
            print(f"left out: {refusal.reason.value}")
    for over in arguments.over:
        figures = Figures()
        lost: list[str] = []
        for row, document in read:
            if len(document.pages) > over:
                lost += figures.add(document, schema, row["fields"])
        print(f"over {over:2} pages: {figures.said()}; left out: {', '.join(sorted(set(lost))) or 'nothing'}")


if __name__ == "__main__":
    main()
