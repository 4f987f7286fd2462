"""Which documents of a chunk are new to a database, which replace what it has, and which it has already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from exports.columns import TableLayout
from exports.tables import Chunk
from exports.writers.writer import Written


@dataclass(frozen=True, slots=True)
class Change:
    """Document ids by what happens to them."""

    new: tuple[str, ...]
    replaced: tuple[str, ...]  # the target has an earlier version
    unchanged: tuple[str, ...]  # it has this version or a later one: an export that came twice or late
    withdrawn: tuple[str, ...]  # it has a version that may not be there any more

    def count(self, written: Written) -> None:
        """Add the numbers to what a writer reports."""
        written.inserted += len(self.new)
        written.updated += len(self.replaced)
        written.unchanged += len(self.unchanged)
        written.withdrawn += len(self.withdrawn)


def changes(present: Mapping[str, int], chunk: Chunk) -> Change:
    """Return what a chunk changes in a target that has the versions `present`, by document id."""
    return Change(
        new=tuple(document for document in chunk.versions if document not in present),
        replaced=tuple(one for one, version in chunk.versions.items() if one in present and present[one] < version),
        unchanged=tuple(one for one, version in chunk.versions.items() if present.get(one, -1) >= version),
        withdrawn=tuple(one for one in chunk.withdrawn if one in present),
    )


def with_operation(layout: TableLayout, frame: pl.DataFrame, change: Change) -> pl.DataFrame:
    """Return the rows to write; a row of `documents` says in `op` whether it is an insert or an update."""
    if change.unchanged:
        frame = frame.filter(~pl.col("document_id").is_in(list(change.unchanged)))
    if not is_main(layout):
        return frame
    replaced = pl.col("document_id").is_in(list(change.replaced))
    return frame.with_columns(op=pl.when(replaced).then(pl.lit("update")).otherwise(pl.lit("insert")))


def is_main(layout: TableLayout) -> bool:
    """Return whether the table has a row per document."""
    return layout.table == "documents"
