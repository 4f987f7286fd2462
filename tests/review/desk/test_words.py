"""What people read at the desk is words, not codes."""

import pytest

from review.dashboard.reasons import advice
from review.desk.words import in_words, label, reasons_to_choose, spoken
from schemas.errors import Reason
from schemas.loader import builtin_schemas

SCHEMAS = builtin_schemas()


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=lambda schema: schema.name)
def test_every_check_and_reason_has_words(schema):
    """No check of a schema, and no reason code, is shown as its bare name."""
    for code in {check.kind for check in schema.checks}:
        assert in_words(code) != code.replace("_", " ").capitalize()
    assert [in_words(reason.value) for reason in Reason] == [advice(reason).what for reason in Reason]


def test_fields_are_named_as_people_name_them():
    """A sentence names fields and columns without underscores, and begins with a capital; values stay as they are."""
    said = spoken("net_total + tax_total is 7.00, but gross_total is my_net_total: 1.00 apart.", SCHEMAS["invoice"])
    assert said == "Net total + tax total is 7.00, but gross total is my_net_total: 1.00 apart."
    said = spoken("line_items[3].line_total and line_items[12].quantity; line_items[2] is gone.", SCHEMAS["invoice"])
    assert (
        said == "Line total in row 3 of line items and quantity in row 12 of line items; row 2 of line items is gone."
    )
    assert in_words("field:due_date") == "Due date"
    assert (label("seller_vat_id"), label("iban"), spoken("iban is new.", SCHEMAS["invoice"])) == (
        "Seller VAT ID",
        "IBAN",
        "IBAN is new.",
    )


def test_what_waits_is_filtered_by_words(signed_in, store):
    """The queue offers every reason in words, also one that only the address names."""
    page = signed_in("reviewer").get("/queue?reason=field:gone").text
    assert '<option value="field:gone" selected>Gone</option>' in page
    for title, codes in reasons_to_choose([SCHEMAS["invoice"]]):
        assert f'<optgroup label="{title}">' in page
        assert all(f'<option value="{code}">{words}</option>' in page for code, words in codes)
