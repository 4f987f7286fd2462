"""The line asks for a second person where the settings demand one, also for what the machine would accept."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.pipeline import Occasion
from flows.settings import Settings
from flows.wiring import second_person_door
from schemas.document import ParsedDocument
from schemas.fields import Kind
from schemas.loader import builtin_schemas
from schemas.results import Extraction, FieldResult
from store.store import Store

SCHEMAS = builtin_schemas()
DOCUMENT = ParsedDocument("0" * 64, "text/plain", ())


def read(document: ParsedDocument, *_: object) -> Extraction:
    total = FieldResult(
        name="gross_total", kind=Kind.MONEY, answer="found", value="1250.00", source="rules", decision="accepted"
    )
    version = SCHEMAS["invoice"].version
    fields = {"gross_total": total}
    return Extraction(document=document.sha256, schema_name="invoice", schema_version=version, fields=fields)


@pytest.mark.parametrize(
    ("rules", "decision"),
    [
        ({}, "accepted"),
        ({"amount_above": "1000"}, "review"),
        ({"amount_above": "2000"}, "accepted"),
        ({"share": 1}, "review"),
    ],
)
def test_a_machine_does_not_pass_what_needs_a_second_person(
    tmp_path: Path, rules: dict[str, object], decision: str
) -> None:
    """A record that the rules are about waits, though every value in it would be accepted."""
    store = Store.open(f"sqlite:///{tmp_path / 'd.db'}", tmp_path / "files")
    settings = Settings.model_validate({"four_eyes": rules})
    door = second_person_door(read, settings, store, SCHEMAS)
    occasion = Occasion("x.pdf", "test", lambda: b"")
    assert door(DOCUMENT, SCHEMAS["invoice"], occasion).decision == decision
