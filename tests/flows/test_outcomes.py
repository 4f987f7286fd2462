"""The line that says how a run ended adds up for whoever reads it."""

from __future__ import annotations

from flows.outcomes import BatchOutcome, Outcome
from store.states import State


def test_what_came_inside_of_files_is_told_apart_from_the_files() -> None:
    """Else three results of two files look like a mistake."""
    mail = Outcome("a" * 64, "post.eml", State.ACCEPTED, children=("b" * 64,))
    bill, other = Outcome("b" * 64, "bill.pdf", State.IN_REVIEW), Outcome("c" * 64, "other.pdf", State.IN_REVIEW)
    ended = BatchOutcome("batch", 1.5, given=2, known=0, outcomes=(mail, other, bill))
    assert ended.summary() == "2 files and 1 inside them: 1 accepted, 2 in review in 1.5 s"


def test_a_run_of_plain_files_says_no_more() -> None:
    ended = BatchOutcome(None, 0.5, given=1, known=1)
    assert ended.summary() == "1 file: 1 done before in 0.5 s"
