import threading

from review import queue
from review.queue import Ranking, waiting, waiting_of
from schemas.loader import builtin_schemas
from store.desk_queue import DeskQueue, Wanted


def test_least_sure_fields_come_first(store, document):
    """What was not found stands before what is doubtful, and accepted fields do not wait."""
    one = waiting_of(store, document)
    assert [field.path for field in one.fields] == ["issue_date", "line_items[1].quantity", "gross_total"]


def test_field_says_why_and_where(store, document):
    """A waiting field carries its value, its reasons and its page."""
    field = next(field for field in waiting_of(store, document).fields if field.path == "gross_total")
    assert (field.value, field.page, field.reasons) == ("1250.00", 2, ("Reason of gross_total.",))


def test_document_says_what_waits(store, document):
    """The queue names the fields and the failed checks of each document in one sentence."""
    (one,) = waiting(store)
    assert one.why == (
        "3 fields: issue_date, line_items[1].quantity, gross_total. issue_date is required and was not found."
    )


def test_nothing_waits_in_an_accepted_document(store, document, desk):
    """What a person has accepted leaves the queue."""
    desk.accept(document, why="seen the paper")
    assert list(waiting(store)) == []


def test_nobody_waits_twice_for_places(store, document, monkeypatch):
    """While many documents are given their places this is said, at once from the second time on; then all are there."""
    going_on, reckoned = threading.Event(), queue.figures

    def slow(*about):
        assert going_on.wait(20)
        return reckoned(*about)

    monkeypatch.setattr(queue, "figures", slow)
    monkeypatch.setattr(queue, "PATIENCE", 0.01)
    ranking, shelf = Ranking(store, builtin_schemas()), DeskQueue(store.database)
    assert not ranking.kept_up()
    monkeypatch.setattr(queue, "PATIENCE", 3600.0)
    assert not ranking.kept_up()
    assert shelf.count(Wanted()) == 0
    going_on.set()
    ranking.begin().result(20)
    assert ranking.kept_up()
    assert [row.document for row in shelf.page(Wanted(), "worth", 10)[0]] == [document]
    ranking.close()


def test_what_changed_before_the_call_has_its_place(store, document, desk):
    """A page shows what was decided just before, also if other documents were at work meanwhile."""
    ranking, shelf = Ranking(store, builtin_schemas()), DeskQueue(store.database)
    ranking.begin()
    desk.set_value(document, "issue_date", "2026-11-30")
    ranking.begin().result(20)
    (row,) = shelf.page(Wanted(), "worth", 10)[0]
    assert "field:issue_date" not in row.figures.reasons
    ranking.close()


def test_a_service_that_ends_does_not_reckon_on(store, document):
    """What has no place yet when the service ends gets it from the next one."""
    ranking, shelf = Ranking(store, builtin_schemas()), DeskQueue(store.database)
    ranking.close()
    assert shelf.count(Wanted()) == 0
    assert Ranking(store, builtin_schemas()).kept_up()
    assert shelf.count(Wanted()) == 1
