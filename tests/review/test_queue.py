from review.queue import waiting, waiting_of


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
