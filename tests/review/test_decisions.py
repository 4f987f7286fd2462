from datetime import date
from decimal import Decimal

import pytest

from review.values import read_value
from schemas.errors import InvalidValue, StaleVersion
from schemas.fields import FieldDefinition
from store.states import State


def test_correction_keeps_who_and_the_first_reading(store, document, desk):
    """A person's value replaces the reading in the record and keeps it in the history."""
    desk.set_value(document, "gross_total", "1 300.00", "smudged")
    field = store.extraction(document.sha256).fields["gross_total"]
    assert (field.value, field.source, field.decision) == (Decimal("1300.00"), "person", "accepted")
    assert field.alternatives[0].value == Decimal("1250.00")
    (act,) = store.corrections(document.sha256)
    assert (act.who, act.old, act.new, act.why) == ("anna", "1250.00", "1300.00", "smudged")


def test_record_is_decided_again_after_each_act(store, document, desk):
    """When the last doubt is gone the record is accepted without a further step."""
    after = desk.set_value(document, "issue_date", "2026-03-14")
    assert after.state is State.IN_REVIEW
    after = desk.accept(after, "line_items")
    after = desk.accept(after, "gross_total")
    assert after.state is State.ACCEPTED
    assert store.extraction(document.sha256).record()["issue_date"] == date(2026, 3, 14)


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("gross_total", "a lot", "amount"),
        ("issue_date", "14.03.2026", "date like"),
        ("grand_total", "1", "no field grand_total"),
        ("line_items[1].weight", "1", "no column weight"),
        ("line_items[7].quantity", "1", "no row 7"),
        ("gross total", "1", "names no field"),
    ],
)
def test_value_that_does_not_fit_is_refused_with_the_reason(store, document, desk, path, text, said):
    """A value of the wrong kind or a field that is not there changes nothing and says what fits."""
    with pytest.raises(InvalidValue, match=said):
        desk.set_value(document, path, text)
    assert store.document(document.sha256).version == document.version


def test_stale_decision_is_refused(document, desk):
    """Who decides on what somebody else has changed meanwhile is told so, and overwrites nothing."""
    desk.set_value(document, "gross_total", "1.00")
    with pytest.raises(StaleVersion):
        desk.set_value(document, "gross_total", "2.00")


def test_failed_check_is_waived_only_with_a_reason(document, desk):
    """Accepting a document with an open problem needs a reason."""
    with pytest.raises(InvalidValue, match="Say why"):
        desk.accept(document)
    assert desk.accept(document, why="the date is on the envelope").state is State.ACCEPTED


def test_rejected_document_is_put_aside_with_the_reason(store, document, desk):
    """A rejected document is not exported and says who rejected it and why."""
    after = desk.reject(document, "not ours")
    assert after.state is State.QUARANTINED
    assert "anna" in str(after.message)
    assert "not ours" in str(after.message)


def test_absent_is_an_answer(store, document, desk):
    """A person may say that the document does not state a field."""
    desk.set_value(document, "issue_date", None)
    assert store.extraction(document.sha256).fields["issue_date"].answer == "stated_absent"


def test_many_values_and_choices_are_read_as_people_type_them():
    """A list is typed with semicolons or as JSON, a choice in any case."""
    many = FieldDefinition(name="parties", kind="party", description="x", many=True)
    choice = FieldDefinition(name="renewal", kind="choice", description="x", choices={"Automatic": ("automatic",)})
    assert read_value(many, "A Ltd; B Inc") == ["A Ltd", "B Inc"]
    assert read_value(many, '["A; Ltd"]') == ["A; Ltd"]
    assert read_value(choice, "automatic") == "Automatic"
    with pytest.raises(InvalidValue, match="JSON list"):
        read_value(many, "[A")
