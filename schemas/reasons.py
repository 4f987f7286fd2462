"""The sentences that tell a person why an answer is what it is: a closed list of plain templates.

Only a template makes a `Sentence`, and reasons are sentences: the type checker holds the list closed. Where a template
has `{said}`, `{where}`, `{fits}`, `{digits}` or `{who_read}`, another template of the list, or nothing, stands there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NewType

Sentence = NewType("Sentence", str)
Speaker = Literal["assessment", "rules", "embedded", "memory", "model", "check", "person"]


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with names in braces for what differs from document to document."""

    speaker: Speaker
    text: str

    def __call__(self, **values: object) -> Sentence:
        """Return the sentence filled in; raises KeyError if a name is missing."""
        return Sentence(self.text.format(**values))


# What speaks for a value, in one sentence of these parts.
SUMMARY = Template("assessment", "{where}{fits}{digits}{who_read}.")
NOWHERE = Template("assessment", "It stands nowhere on the pages")
SOMETHING_LIKE_IT = Template("assessment", "Something like it stands on page {page}")
ON_PAGES = Template("assessment", "It stands on {pages}")
ONCE = Template("assessment", "It stands once on {pages}")
SEVERAL_TIMES = Template("assessment", "It stands {count} times, first on {pages}")
EVERY_ONE = Template("assessment", "Every value stands on {pages}")
FITS_SUMS = Template("assessment", ", fits the sums")
DIGITS_RIGHT = Template("assessment", ", its check digits are right")
READ_BY_ALL = Template("assessment", "; {sources} agree")
READ_BY_ONE = Template("assessment", "; only {sources} read it")

# Assessment: the value beside the pages, the sources beside each other.
NOT_FOUND = Template("assessment", "No source found it.")
NOT_SURE = Template("assessment", "No candidate was sure enough to list.")
UNSEEN = Template("assessment", "The value stands nowhere on the pages.")
SIMILAR = Template("assessment", "Only something like it stands on page {page}.")
PLACES = Template("assessment", "The value stands at {count} places, and nothing tells which of them is meant.")
AGREE = Template("assessment", "{sources} agree.")
CHECK_DIGITS = Template("assessment", "Its check digits are right.")
RIVAL = Template("assessment", "Another source reads {value}.")
DERIVED = Template("assessment", "It does not stand there itself; it was worked out from {parts}.")
OUTDONE = Template("assessment", "The sum fits, but {value} may be the total as well, and it is larger.")
OF_VALUE = Template("assessment", "{value}: {said}")
PAGE_AGAINST_EMBEDDED = Template(
    "assessment", "The page says {shown}, the embedded invoice says {embedded}: an error, or fraud."
)
EMBEDDED_UNSEEN = Template(
    "assessment", "The embedded invoice says {embedded}, which stands nowhere on the page: an error, or fraud."
)
ROWS_AGAINST_EMBEDDED = Template(
    "assessment", "The page shows {shown} rows, the embedded invoice has {embedded}: an error, or fraud."
)
IN_ROW = Template("assessment", "Row {row}, {column}: {said}")
ROWS_DIFFER = Template("assessment", "{rows} rows here, but another source counts {others}.")
ROWS_ALL = Template("assessment", "{count} of {expected} rows that the pages show.")
ROWS_MISSING = Template("assessment", "{count} of {expected} rows that the pages show; missing: {missing}.")
DRAWN_OTHERWISE = Template(
    "assessment", "The picture of the page shows “{shown}” where the file says this; a font may draw other letters."
)
DRAWN_SOMEWHERE = Template(
    "assessment", "On page {page} the picture shows other letters than the file says; a font may be made to deceive."
)
DRAWN_UNCHECKED = Template("assessment", "Whether the pages show the letters that the file says could not be checked.")
ALWAYS_REVIEWED = Template("assessment", "A person always looks at this field.")
UNPROVED = Template("assessment", "Nothing proves this value.")
PERHAPS_ABSENT = Template("assessment", "No source found it, and a person must say whether the document states it.")

# Rules: how they came to a value.
BEHIND_LABEL = Template("rules", "It stands behind “{label}”.")
RIGHT_OF_LABEL = Template("rules", "It stands to the right of “{label}”.")
BELOW_LABEL = Template("rules", "It stands below “{label}”.")
BEFORE_LABEL = Template("rules", "It stands in front of “{label}”.")
END_OF_RANGE = Template("rules", "It is an end of the range at their shared label.")
SEEN_AGAIN = Template("rules", "It stands at {times} such places.")
NEARLY_AS_LIKELY = Template("rules", "{value} was nearly as likely to the rules.")
ADD_UP = Template("rules", "{one} and {other} add up to {total}.")
IN_ROW_OF_TOTAL = Template("rules", "It stands in the row of the total and adds up to it.")
LEFT_OF_TOTAL = Template("rules", "It is what {part} leaves of {total}.")
SUM_OF = Template("rules", "It is the sum of {parts}.")
NO_LABEL = Template("rules", "No label leads to it.")
HANDED_OVER = Template("rules", "It is the {given} that was handed over.")
LEFT_OF_HANDED_OVER = Template("rules", "It is what {returned} in change leaves of {given} handed over.")
LARGEST = Template("rules", "It is the largest amount.")
BESIDE_AMOUNTS = Template("rules", "It stands beside the amounts.")
FORM_OF_IBAN = Template("rules", "It has the form and check digits of an IBAN.")
FORM_OF_VAT = Template("rules", "It has the form of a VAT number.")
BEHIND_PLACE = Template("rules", "It stands behind the place “{place}”.")
NUMBER_AT_HEAD = Template("rules", "It stands behind a sign for “number” at the head of the page.")
PERIOD_WITHOUT_LABEL = Template("rules", "It is an end of a period without a label.")
DAY_WITHOUT_LABEL = Template("rules", "It is a day on the first page without a label.")
LARGEST_PRINT = Template("rules", "It is printed largest at the head.")
ADDRESS_AT_HEAD = Template("rules", "It is the address at the head of the page.")
HEADS_ADDRESS = Template("rules", "It heads a postal address near the top.")
OPENS_SENDER = Template("rules", "It opens the sender's line.")
AT_HEAD = Template("rules", "It stands at the head of the page.")
WITH_SENDERS_NUMBERS = Template("rules", "It stands with the sender's numbers.")
SPELLED_OUT = Template("rules", "It is in full what the sender's line says, “{brand}”.")
UNDER_FROM = Template("rules", "It stands under a word that says from whom the document comes.")
NAMED_LIKE_BRAND = Template("rules", "Its name begins with “{brand}”, printed largest.")
ROWS_UNDER_HEAD = Template("rules", "{count} rows under the head of the table.")
ROWS_WITHOUT_HEAD = Template("rules", "{count} rows below each other, without a head.")
ROWS_MULTIPLY = Template("rules", "The figures multiply out in {passed} of {judged} rows.")
ROWS_ADD_UP = Template("rules", "The rows add up to {total}.")
IN_COLUMN = Template("rules", "It stands in the column of this name.")
COLUMN_BY_ARITHMETIC = Template("rules", "Arithmetic tells what its column holds.")
HEADS_DOCUMENT = Template("rules", "It heads the document.")
LISTED_PARTY = Template("rules", "The opening lists it among the parties.")
DEFINED_PARTY = Template("rules", "The opening defines it as a party.")
SHORT_NAME = Template("rules", "The opening gives it a short name.")
HEADS_LETTER = Template("rules", "It stands at the head of a letter.")
ABOVE_SIGNATURE = Template("rules", "It stands above a line for a signature.")
AGREEMENT_FOR = Template("rules", "The opening says that the agreement is for it.")
PERSON_SIGNS = Template("rules", "The person signs without a title.")
PERSON_ADDRESSED = Template("rules", "The letter is addressed to this person.")
PERSON_NAMED = Template("rules", "The head names this person.")
CONFIRMED_ELSEWHERE = Template("rules", "{said} Other places confirm it.")
GOVERNING_LAW = Template("rules", "A sentence on governing law names it.")
STATE_NAMED_BEFORE = Template("rules", "The law is that of the state named.")
FOLLOWS = Template("rules", "It follows “{words}”.")
PERIOD_OF_NOTICE = Template("rules", "It is a period of notice.")
CLAUSE_SAYS = Template("rules", "It says “{words}”.")
CLAUSE_SAYS_IN = Template("rules", "It says “{words}” in the section “{heading}”.")
WORDS_BEFORE = Template("rules", "The words before it are “{words}”.")
VERY_BEGINNING = Template("rules", "It stands at the very beginning.")

# Embedded data.
EMBEDDED_SAYS = Template("embedded", "The embedded invoice ({syntax}) says so.")
EMBEDDED_ROWS = Template("embedded", "The embedded invoice ({syntax}) has {count} rows.")
FORM_FIELD_SAYS = Template("embedded", "The form field “{name}” says so.")

# The layout memory.
REMEMBERED = Template(
    "memory", "Taken from the place where a person corrected it on an earlier document of this layout."
)

# The model, and what its words are worth on the page.
MODEL_STATES = Template("model", "The model says that the document states it.")
MODEL_INFERRED = Template("model", "The model inferred it.")
MODEL_ROWS = Template("model", "The model gave {given} of {counted} rows.")
QUOTE_NOT_ON_PAGE = Template("model", "The words that the model says it read do not stand in the document.")
VALUE_NOT_IN_QUOTE = Template("model", "The value does not stand in the words that the model says it read.")
NOT_READ_BY_MODEL = Template("model", "The model did not read it: {why}")
NOT_READ_BY_STRONG_MODEL = Template("model", "The strong model did not read it: {why}")
NOT_READ_BY_SECOND = Template("model", "The second reader did not read it: {why}")
SECOND_SILENT = Template("model", "A second reading does not find it.")
SECOND_AGREES = Template("model", "A second reading, asked differently, gives the same.")
SECOND_DISAGREES = Template("model", "A second reading, asked differently, gives {value}.")

# Checks of the schema and of single values.
MATCHES = Template("check", "{left} matches {right}.")
APART = Template("check", "{left} is {got}, but {right} is {want}: {difference} apart.")
MULTIPLIES = Template("check", "{factors} is {product} in {rows} rows.")
DOES_NOT_MULTIPLY = Template("check", "{factors} is not {product} in row {rows}.")
IN_ORDER = Template("check", "{earlier} is not after {later}.")
OUT_OF_ORDER = Template("check", "{earlier} {one} is after {later} {other}.")
VALUE_MISSING = Template("check", "It cannot be checked without {missing}.")
REQUIRED = Template("check", "{field} is required and was not found.")
WRONG_DIGITS = Template("check", "Its check digits are wrong.")
WRONG_FORM = Template("check", "It does not have the form of such a number.")
NO_VAT_NUMBER = Template("check", "The check digits are not those of a VAT number.")
NOT_ABOVE_ZERO = Template("check", "The amount is not above zero.")
BELOW_ZERO = Template("check", "The amount is below zero.")
NO_PLAUSIBLE_YEAR = Template("check", "The year is before 1900 or after 2100.")

# People.
ACCEPTED = Template("person", "Accepted by {who}.")
ACCEPTED_WITH_REST = Template("person", "Accepted by {who} with the rest.")
SET = Template("person", "Set by {who}.")
SET_BECAUSE = Template("person", "Set by {who}: {why}.")
ADDED = Template("person", "Added by {who}.")
PASTED = Template("person", "Pasted by {who}.")
ROWS_ADDED = Template("person", "A person added rows.")
SENT_BACK = Template("person", "Sent back by {who}: {why}")
ENTERED_OTHERWISE = Template("person", "{who} entered something else without seeing this value.")

TEMPLATES: tuple[Template, ...] = tuple(each for each in globals().values() if isinstance(each, Template))
"""All of them, in the order above."""


def set_by(who: str, why: str) -> Sentence:
    """Return that a person set a value, with what they gave as the reason, if anything."""
    return SET_BECAUSE(who=who, why=why.strip()) if why.strip() else SET(who=who)


def listed(parts: Sequence[str]) -> str:
    """Return "one", "one and two", "one, two and three"."""
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]
