"""The scorecard: what each circumstance is worth, in one table, and how they make a score from 0 to 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# How sure a value is that stands here in relation to its label, before anything else is known.
RELATION = {"inline": 0.92, "right": 0.90, "below": 0.80, "before": 0.80}
PER_RANK = 0.975  # each further wording of a field's label is a little less telling than the one before
GENERIC_WORDING = 0.80  # a label that other owners share too ("Total" is a column as well)
OTHER_LANGUAGE = 0.90  # the wording is not of a language that the document is written in
FAR_PER_LINE = 0.93  # for each line height between the label and a value to its right, beyond the first five
QUALIFIED = 0.62  # a word before or after makes it the label of something else ("Alt Order", "Agency Ref")
EXTENDED = 0.92  # the label goes on before its colon ("Order / Rev:")
LONGER_LABEL = 0.70  # other words stand between the label and its colon ("Fecha de cargo:")
OF_OTHER_AMOUNT = 0.35  # the label is a rate's ("VAT %") or part of another amount's ("Total excl. VAT")
SUM_OF_COLUMN = 1.12  # the amounts between a label and this one add up to it
WHOLE_PERIOD = 1.05  # two days in one stretch of text with a dash or "to" between them
DAYS_IN_ROW = 0.85  # two days in one row where a label of a period stands
LONE_DAY_BELOW = 0.7  # one day under a label that names one end of a period
LONE_DAY = 0.5  # one day alone where a label of a period stands
IN_COLUMN = 0.90  # a value in the column that its label heads, though a label stands left of it
OF_ONE_RATE = 0.95  # a label with a rate can be one of several parts
DAY_OF_DISCOUNT = 0.30  # a day by which less is to be paid
OF_TABLE = 0.60  # under a label that heads a column of such values
NO_COLON = 0.85  # text behind a label without any mark between them
IN_SENTENCE = 0.35  # a name that begins in lower case: the label is a word of a sentence
TITLE_LINE = 1.12  # the line is printed larger than the rest
OTHER_LABEL_BETWEEN = 0.45  # another field's label stands nearer to the value
DECOY_NEARER = 0.35
CANDIDATES_IN_BETWEEN = 0.85  # for each other value of the kind that is nearer to the label
WRONG_FORMAT = 0.55  # an amount without cents, a number without a digit
TOTAL_WITHOUT_CENTS = 0.35  # a total without cents and currency, on a document that writes cents
SWAPPABLE_DATE = 0.90  # day and month could change places and nothing on the document tells
OTHER_PARTY = 0.40  # a number in the block of another party, or told to be the reader's ("Your VAT no.")
OWN_PARTY = 1.08  # a number in the block of the party that it belongs to
FIRST_NAME = 0.6  # one word behind a label of the seller: somebody who works there
IMPRINT = 0.74  # a name that begins the line of a company's register, tax number and bank
UNDER_FROM = 0.85  # a name under a lone "From", "Von", "De"
OTHER_ROLE = 0.40  # the same name is likelier the other party of the document
ADDRESSED = 1.35  # a word such as "An", "Para", "Spett." above or before a name in an address
TOPMOST_ADDRESS = 0.75  # the uppermost of several addresses below each other is the sender's more often
BELOW_TITLE = 0.80  # a number sign and a number under the line that says what the document is
PLACE_AND_DAY = 0.62  # a line of a place and a day and nothing else dates the letter
LATER_PAGE = 0.94  # for each page after the first, for values of a document's head
AGAIN = 0.35  # share of the remaining doubt that another place with the same value takes away
RIVAL = 0.30  # share of the second best value's score that the best one loses
MUCH_SMALLER = 0.55  # less than half of another amount with a label of the same total
LIKELY = 0.65  # what a listed label leads to has this score at least, or others are looked for
UNLABELLED = 0.40  # a value of the right kind in the right place, without any label
SUM_ROW = 0.92  # the last row of a summary by rates, which the rows above it add up to
SUM_OF_RATES = 0.75  # the sum of a summary's rows, printed elsewhere
SUM_NOT_PRINTED = 0.60  # the sum of a summary's rows, printed nowhere
PART_OF_SUM = 0.35  # a row of a summary by rates is no total
PAID = 0.90  # cash less change comes to it
PAID_EXACTLY = 0.75  # what was handed over comes to it, and no change is printed
NEARLY_ADDS_UP = 0.50  # to a cent or two: totals can be rounded before they are to be paid
SETTLED = 0.45  # share of the remaining doubt left after amounts add up (net + tax = gross)


def product(factors: Mapping[str, float]) -> float:
    """Return the score of one sighting of a value: the product of what its circumstances are worth."""
    score = 1.0
    for factor in factors.values():
        score *= factor
    return score


def seen_again(best: float, others: Iterable[float]) -> float:
    """Return the score of a value that stands at several places."""
    score = best
    for other in others:
        score += (1.0 - score) * AGAIN * other
    return score


def against(score: float, rival: float) -> float:
    """Return the score of the best value when another one has the score `rival`."""
    return score * (1.0 - RIVAL * rival * rival) if rival < score else score * (1.0 - RIVAL)


def settled(score: float) -> float:
    """Return the score of an amount that adds up with others."""
    return 1.0 - (1.0 - score) * SETTLED
