"""The evaluation set, on which lessons of the layout memory are tried: its documents of a layout, and what is right.

A lesson changes only documents of its own layout, so the others are not looked at. To know the layouts, each document
is read once, where nobody waits for it: see `flows.wiring.read_evaluation_set`.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from evaluation.scores import compared
from evaluation.truth import Truth, read_truth
from extractors.memory.phrases import Reader
from extractors.memory.place import recall
from extractors.pipeline import extract
from schemas.document import ParsedDocument
from schemas.errors import InputError
from schemas.fields import FieldDefinition
from schemas.layouts import Lesson
from schemas.results import Extraction, Value
from schemas.schema import Schema
from store.memory import MemoryStore
from store.store import Store

TRIED_ON = 30  # documents of a layout, the last of the truth files, that a lesson is tried on
FILES_KNOWN = 100_000  # whose sha256 is remembered


class EvaluationSet:
    """The documents of some truth files: frozen ones, and the confirmed candidates of grown ones."""

    def __init__(self, paths: Sequence[Path], store: Store, parser_version: str, sources: Sequence[str]) -> None:
        """Join truth files with the store that remembers how their documents are laid out.

        Args:
            paths: of the truth files.
            store: keeps what was parsed, and the layouts.
            parser_version: what another one has read is read anew.
            sources: who reads when a lesson is tried.
        """
        self._paths = paths
        self._store = store
        self._memory = MemoryStore(store.database, store.now)
        self._parser_version = parser_version
        self._sources = sources

    def unread(self) -> Mapping[str, Path]:
        """Return the files of documents whose layout is not known yet, by sha256; raises InputError."""
        read = self._memory.evaluated(self._parser_version)
        return {sha256: file for sha256, (_, file) in self._documents().items() if sha256 not in read}

    def keep(self, sha256: str, parsed: ParsedDocument | None, layout: int | None) -> None:
        """Keep what was read of a document, and its layout; None where it cannot be read, or has none."""
        if parsed is not None and layout is not None:
            self._store.files.put_parsed(parsed, self._parser_version)
        self._memory.keep_evaluated(sha256, self._parser_version, layout)

    def made_worse(
        self, layout: int, schema: Schema, tried: Sequence[Lesson], in_use: Sequence[Lesson]
    ) -> Mapping[int, Sequence[str]]:
        """Return for each lesson that is tried the documents that are read right now and would not be with it.

        Args:
            layout: of the lessons.
            schema: of the lessons.
            tried: each on its own.
            in_use: other lessons of the layout, which give values already.

        Raises:
            InputError: a truth file is unreadable, or names a file that is not there.
        """
        fields = {field.name: field for field in schema.fields}
        worse: dict[int, list[str]] = defaultdict(list)
        for truth, parsed in self._of_layout(layout, schema.name):
            reader, now = Reader(parsed), None
            for lesson in (each for each in tried if each.field in fields):
                field = fields[lesson.field]
                found = recall(reader, lesson.place, field)
                if found is None or _is_right(truth, field, found.value) is not False:
                    continue
                now = now or extract(parsed, schema, self._sources, memory=lambda _: in_use)
                if _is_right(truth, field, _value(now, field)):
                    worse[lesson.number].append(truth.file)
        return worse

    def _of_layout(self, layout: int, schema_name: str) -> Iterator[tuple[Truth, ParsedDocument]]:
        read = self._memory.evaluated(self._parser_version)
        known = [(sha256, truth) for sha256, (truth, _) in self._documents().items() if truth.kind == schema_name]
        for sha256, truth in [each for each in known if read.get(each[0]) == layout][-TRIED_ON:]:
            parsed = self._store.files.get_parsed(sha256, self._parser_version)
            if parsed is not None:
                yield truth, parsed

    def _documents(self) -> Mapping[str, tuple[Truth, Path]]:
        found = {}
        for path in self._paths:
            for truth in read_truth(path):
                file = path.parent / truth.file
                found[_digest_of(file, truth)] = truth, file
        return found


def _digest_of(file: Path, truth: Truth) -> str:
    try:
        known = file.stat()
        return _digest(file, known.st_size, known.st_mtime_ns)
    except OSError as error:
        said = f"The file {file} of document {truth.id} of the evaluation set cannot be read ({error.strerror})."
        raise InputError(f"{said} Correct its path, or the setting memory.evaluation.") from None


@lru_cache(maxsize=FILES_KNOWN)
def _digest(file: Path, _size: int, _changed: int) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _is_right(truth: Truth, field: FieldDefinition, value: Value | None) -> bool | None:
    """Whether a value is right; None where the truth does not speak of the field."""
    outcome = compared(field, truth, value, visible=False) if field.name in truth.fields else None
    return None if outcome is None else outcome.right


def _value(record: Extraction, field: FieldDefinition) -> Value | None:
    result = record.fields.get(field.name)
    return None if result is None else result.value
