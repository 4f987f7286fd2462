"""An outage of the provider on a smaller scale: nothing lost, one probe at a time, the same records in the end."""

import pytest

from benchmarks.outage import compare


@pytest.mark.slow
def test_documents_come_through_an_outage_as_if_there_had_been_none():
    """Forty documents, half an hour without a provider: all wait with what rules found, and end as they would have."""
    figures = compare(40, 0.5)
    assert figures["lost"] == 0 and figures["same_records"]
    assert figures["deferrals"] > 0 and figures["fields_left_to_rules"] > 0 and figures["of_these_unmarked"] == 0
    assert figures["longest_row_of_calls_between_rounds_while_down"] <= 1
    assert figures["calls_while_down"] <= 20, "a few that open the breaker, then one for each of its growing pauses"
    assert figures["spent_dollars"] <= figures["cap_dollars"]
