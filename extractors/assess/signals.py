"""The signals of an answer: named numbers that say how it was come by. They are stored with it, whatever reads them.

A scorer weighs them (see `extractors.assess.scorer`), and another one can be fitted from stored answers later: nothing
else about the document is needed for that. A signal that does not apply, or that nobody could measure, is left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, NamedTuple

Scale = Literal["plain", "log odds", "logarithm"]
SUREST = 0.999  # shares are kept this far from 0 and 1 before their odds are taken


class Signal(NamedTuple):
    """What one signal means."""

    meaning: str
    lowest: float
    highest: float
    scale: Scale = "plain"  # how a scorer takes it: as it is, by the log odds of a share, by log(1 + count)


def _flag(meaning: str) -> Signal:
    return Signal(meaning, 0.0, 1.0)


def _share(meaning: str, highest: float = 1.0) -> Signal:
    return Signal(meaning, 0.0, highest)


def _odds(meaning: str) -> Signal:
    return Signal(meaning, 0.0, 1.0, "log odds")


def _count(meaning: str) -> Signal:
    return Signal(meaning, 0.0, 1000.0, "logarithm")


SIGNALS: Mapping[str, Signal] = {
    # The sources.
    "embedded_score": _odds("what the embedded data's own scorecard gives the value; missing: they do not give it"),
    "rules_score": _odds("what the rules' own scorecard gives the value; missing: they do not give it"),
    "llm_score": _odds("what the model's answer is worth before its quote is looked up; missing: it does not give it"),
    "embedded_gives": _flag("it is the first choice of the embedded data"),
    "rules_gives": _flag("it is the first choice of the rules"),
    "llm_gives": _flag("it is the first choice of the model"),
    "embedded_second": _flag("the embedded data give it, but not as their first choice"),
    "rules_second": _flag("the rules give it, but not as their first choice"),
    "llm_second": _flag("the model gives it, but not as its first choice"),
    "embedded_disagrees": _flag("the first choice of the embedded data is another value"),
    "rules_disagrees": _flag("the first choice of the rules is another value"),
    "llm_disagrees": _flag("the first choice of the model is another value"),
    "embedded_silent": _flag("the document has embedded data, and they say nothing of this field"),
    "rules_silent": _flag("the rules were asked and found nothing"),
    "llm_silent": _flag("the model was asked about this field and gives nothing"),
    "agreeing": Signal("sources beyond the first whose first choice it is", 0.0, 3.0),
    "alone": _flag("one source gives it and every other one that was asked is silent"),
    "rival_source": _share("score of the strongest first choice of another source for another value; 0: there is none"),
    # Where it stands.
    "evidence_exact": _flag("it stands on the page as it is written in the record"),
    "evidence_normalized": _flag("it stands on the page in another form: a date in words, an amount with blanks"),
    "evidence_fuzzy": _flag("only a similar text stands on the page"),
    "evidence_none": _flag("it was not found on the page"),
    "quote_on_page": _share("the words that the model quotes stand on the page: 1, with slips: 0.5, not: 0"),
    "value_in_quote": _flag("the value stands within the words that the model quotes"),
    "quote_parses": _flag("the printed words, read again by the kind of the field, give the value"),
    "hits": _count("places of the document where these printed words stand"),
    "letters": _count("letters and digits of the value: each of them can be misread"),
    "page": _count("number of the page that it stands on"),
    "ocr_mean": _odds("mean certainty of the text recognition over its words; missing: born-digital"),
    "ocr_least": _odds("least certainty of the text recognition over its words; missing: born-digital"),
    # What else it could be.
    "label": _share("what the wording of the label beside it is worth; missing: no label points to it", 1.3),
    "nearness": _share("what its place beside that label is worth: behind it, right of it, below, and how far", 1.3),
    "doubts": _share("product of everything else that the rules hold for or against its place", 2.0),
    "rivals": _count("other values of the kind that were considered for the field"),
    "margin": Signal("its score less that of the next value of the same source, the best over sources", -1.0, 1.0),
    # What confirms or contradicts it.
    "validator_passed": _flag("the field's validators accept it"),
    "validator_failed": _flag("a validator of the field refuses it"),
    "check_digits": _flag("its check digits are right"),
    "checks_passed": Signal("cross-field checks with sums or products that it passes", 0.0, 10.0),
    "checks_failed": Signal("cross-field checks that it fails", 0.0, 10.0),
    "checks_untested": Signal("cross-field checks that could not be made because a value is missing", 0.0, 10.0),
    "order_passed": _flag("it stands in the right order with another date or number"),
    # What the model says of itself.
    "stated": _flag("the model says that the document states it"),
    "inferred": _flag("the model says that it inferred it"),
    "logprob_mean": Signal("mean natural log-probability of the value's own tokens; missing: not given", -20.0, 0.0),
    "logprob_least": Signal("least natural log-probability of the value's own tokens; missing: not given", -20.0, 0.0),
    "logprob_missing": _flag("the model gives it, without log-probabilities that can be matched with its letters"),
    "second_agrees": _flag("a second reading, framed differently, gives the same"),
    "second_disagrees": _flag("a second reading gives something else"),
    "second_silent": _flag("a second reading finds nothing"),
    # The document.
    "origin_digital": _flag("it stands on a born-digital page, or the whole document is born digital"),
    "origin_scan": _flag("it was read off the picture of a page"),
    "origin_photo": _flag("the document is a picture file, such as a photograph of a receipt"),
    "pages": _count("pages of the document"),
    "findings": _count("findings about the file that a person may overlook"),
    "findings_review": _count("findings about the file that need a person"),
    # The field.
    "required": _flag("the schema requires the field"),
    "in_table": _flag("it is a cell of a table"),
    "listed": _count("values in the list"),
    "rows": _count("rows in the table"),
    "left_out": _share("belief in the best value that was left out of the list; 0: none was"),
    "rows_missing": _count("rows that a source counted and did not give"),
    "rows_differ": _flag("another source counts another number of rows"),
    "layout_history": _odds("share of documents of its layout on which people agree with its remembered place"),
    "memory_disagrees": _flag("another value stands where people corrected it on earlier documents of this layout"),
    # Only of an answer that says that there is no value.
    "label_without_value": _flag("a label of the field stands on the page all the same"),
    "unsure_candidates": _count("values that were considered and not believed"),
}
"""Name of each signal to its meaning and range. Names are kept for good: stored answers carry them."""


def scaled(name: str, value: float) -> float:
    """Return a signal as a scorer takes it, within its range; raises KeyError for a name that there is not."""
    signal = SIGNALS[name]
    value = min(max(value, signal.lowest), signal.highest)
    if signal.scale == "log odds":
        share = min(max(value, 1 - SUREST), SUREST)
        return math.log(share / (1 - share))
    return math.log1p(value) if signal.scale == "logarithm" else value
