"""Versions of prompts that never change, and aliases that can be moved and rolled back."""

from __future__ import annotations

import pytest

from schemas.errors import InvalidValue
from store.prompts import StoredPrompts
from store.store import Store

ONE, TWO = "1" * 64, "2" * 64


@pytest.fixture
def prompts(store: Store, clock) -> StoredPrompts:
    return StoredPrompts(store.database, clock)


def test_a_version_never_changes(prompts: StoredPrompts) -> None:
    """What is kept under a version stays as it is, whatever is added under it later."""
    assert prompts.add(ONE, "first", "ann", "")
    assert not prompts.add(ONE, "other", "bob", "")
    assert [(one.text, one.who) for one in prompts.versions()] == [("first", "ann")]


def test_the_schema_s_own_prompt_comes_first(prompts: StoredPrompts) -> None:
    """A schema uses its own prompt, else the one for all, else the built-in one."""
    prompts.add(ONE, "one", "ann", "")
    prompts.add(TWO, "two", "ann", "")
    assert prompts.active_text("production", "invoice") is None
    prompts.activate("production", "", ONE, "ann", "")
    assert prompts.active_text("production", "invoice") == "one"
    prompts.activate("production", "invoice", TWO, "ann", "")
    assert prompts.active_text("production", "invoice") == "two"
    assert prompts.active_text("production", "receipt") == "one"


def test_rolling_back_goes_back_step_by_step(prompts: StoredPrompts, clock) -> None:
    """Each rollback undoes the last activation that still counts, down to the built-in prompt, and all is on record."""
    for version in (ONE, TWO):
        prompts.add(version, version[0], "ann", "")
        clock.forward(60)
        prompts.activate("production", "", version, "ann", f"try {version[0]}")
    assert prompts.rollback("production", "", "bob", "worse").new == ONE
    assert prompts.rollback("production", "", "bob", "worse too").new is None
    assert prompts.active("production", "invoice") is None
    with pytest.raises(InvalidValue, match="nothing to roll"):
        prompts.rollback("production", "", "bob", "")
    assert [(m.act, m.who, m.why) for m in prompts.moves()] == [
        ("activate", "ann", "try 1"),
        ("activate", "ann", "try 2"),
        ("rollback", "bob", "worse"),
        ("rollback", "bob", "worse too"),
    ]


def test_rolling_back_after_a_new_activation_returns_to_what_stood_before_it(prompts: StoredPrompts) -> None:
    """A rollback that was followed by another activation does not count twice."""
    for version in (ONE, TWO):
        prompts.add(version, version[0], "ann", "")
    prompts.activate("production", "", ONE, "ann", "")
    prompts.activate("production", "", TWO, "ann", "")
    prompts.rollback("production", "", "ann", "")
    prompts.activate("production", "", TWO, "ann", "")
    assert prompts.rollback("production", "", "ann", "").new == ONE


def test_a_sent_prompt_leads_to_its_template(prompts: StoredPrompts) -> None:
    """The version that a trace names is found again, with the schema that it was made with."""
    sent = "abcdef" + "0" * 58
    prompts.note_use(sent, ONE, "one", "invoice", "v1")
    prompts.note_use(sent, ONE, "one", "invoice", "v1")
    assert prompts.find("abcdef").version == ONE
    assert [(use.version, use.schema_name) for use in prompts.uses(ONE)] == [(sent, "invoice")]


@pytest.mark.parametrize("text", ["12", "no hex!", "f" * 64])
def test_an_unknown_version_is_said_so(prompts: StoredPrompts, text: str) -> None:
    """A version that is too short, malformed or not there is refused in words."""
    prompts.add(ONE, "one", "ann", "")
    with pytest.raises(InvalidValue):
        prompts.find(text)


def test_activating_what_is_in_force_is_refused(prompts: StoredPrompts) -> None:
    """A move that moves nothing is not put on record."""
    prompts.add(ONE, "one", "ann", "")
    prompts.activate("production", "", ONE, "ann", "")
    with pytest.raises(InvalidValue, match="already"):
        prompts.activate("production", "", ONE, "ann", "")
    assert len(prompts.moves("production")) == 1
