"""A stream of invoices with a person who corrects, in small: what corrections give, and what wrong ones cannot take."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from benchmarks.layout_memory import Seen, Sent, bare, from_the_second, run, share, stream_of
from schemas.loader import builtin_schemas

INVOICE = builtin_schemas()["invoice"]
BARE = bare(INVOICE)  # rules know nothing but the kinds of its fields, so that all depends on memory

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def stream() -> list[Sent]:
    return stream_of(documents=9, used=3)


@pytest.fixture(scope="module")
def without(stream: list[Sent]) -> list[Seen]:
    return run(stream, BARE, memory=False)


def corrections(seen: Sequence[Seen]) -> int:
    return sum(each.corrections for each in seen)


def test_corrections_teach_the_next_document_of_a_layout(stream: list[Sent], without: list[Seen]) -> None:
    """From the second document of a layout on nearly all fields are right, and there is little left to correct."""
    seen = run(stream, BARE, memory=True)
    assert share(from_the_second(without)) < 0.5, "rules alone know this, so that memory shows nothing"
    assert share(from_the_second(seen)) >= 0.9
    assert corrections(from_the_second(seen)) < corrections(from_the_second(without)) / 3


def test_wrong_corrections_do_not_bring_it_below_what_rules_do_alone(stream: list[Sent], without: list[Seen]) -> None:
    """With one correction in ten wrong, the stream is read better than without memory."""
    assert share(run(stream, BARE, memory=True, mistakes=0.1)) > share(without)


def test_memory_harms_nothing_that_rules_read(stream: list[Sent]) -> None:
    """With the labels of the schema, 98 of 100 fields are right from the second document on, mistakes or not."""
    assert share(from_the_second(run(stream, INVOICE, memory=True, mistakes=0.1))) >= 0.98
