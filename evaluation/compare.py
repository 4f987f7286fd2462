"""Written answers against the truth."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from evaluation.predictions import read_predictions
from evaluation.scores import Scores, Tally
from evaluation.truth import read_truth
from schemas.errors import InputError
from schemas.schema import Schema


def score_predictions(
    truth_path: Path,
    predictions_path: Path,
    schemas: Mapping[str, Schema],
    *,
    schema_name: str | None = None,
    visible: bool = False,
) -> Scores:
    """Return how right the answers of a prediction file are, without running anything.

    Raises:
        InputError: one of the files is unreadable, or the truth names a schema that is not known.
    """
    known, _ = survey(truth_path, schemas, schema_name)
    answers = {prediction.id: prediction for prediction in read_predictions(predictions_path)}
    tally = Tally(schemas, known, visible=visible, schema_name=schema_name)
    for truth in read_truth(truth_path):
        tally.add(truth, answers.get(truth.id))
    return tally.scores()


def survey(path: Path, schemas: Mapping[str, Schema], schema_name: str | None = None) -> tuple[frozenset[str], int]:
    """Return the fields that a truth file speaks of and the number of its documents, without holding them.

    Raises:
        InputError: the file is unreadable, or a document's kind is no schema: told before any work begins.
    """
    known: set[str] = set()
    total = 0
    for truth in read_truth(path):
        name = schema_name or truth.kind
        if name not in schemas:
            said = f"{path}: document {truth.id} is of kind {name!r}, but there is no schema of that name."
            raise InputError(f"{said} There are {', '.join(schemas)}; name your schema file in the settings.")
        known |= truth.fields.keys()
        total += 1
    return frozenset(known), total
