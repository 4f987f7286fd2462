"""What each reason code means and what to do, in one line each; the manual says more."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.errors import Reason


@dataclass(frozen=True, slots=True)
class Advice:
    """One line about documents that stand still."""

    what: str
    todo: str


def advice(reason: Reason) -> Advice:
    """Return what a code means and what to do."""
    return _ADVICE[reason]


_AGAIN = "then: docassay retry DOCUMENT."
_ADVICE: dict[Reason, Advice] = {
    Reason.NOT_SUPPORTED: Advice("A kind of file that is not read", f"Save it as PDF or DOCX, {_AGAIN}"),
    Reason.TYPE_MISMATCH: Advice("Name and content do not fit", "Open it; get the right file, or give it its ending."),
    Reason.EMPTY: Advice("No content", "Copy or save the file again."),
    Reason.BROKEN_STRUCTURE: Advice("Damaged file", "Ask the sender for it again, or print it to a new PDF."),
    Reason.PASSWORD_NEEDED: Advice("Locked with a password", f"Set DOCASSAY_PASSWORD, or save an open copy, {_AGAIN}"),
    Reason.TOO_LARGE: Advice("Larger than allowed", "Scan it smaller, split it, or raise limits.megabytes."),
    Reason.TOO_MANY_PAGES: Advice("More pages than allowed", "Split it, or raise limits.pages."),
    Reason.TOO_SLOW: Advice("Reading took too long", "Print it to a new PDF, split it, or raise limits.seconds."),
    Reason.TOO_MUCH_MEMORY: Advice("Reading needed too much memory", "Print it to a new PDF, or raise the limit."),
    Reason.NO_TEXT: Advice("No visible text", "Scan it again: straight, well lit, 200 dots per inch or more."),
    Reason.UNSURE_SCHEMA: Advice("Unclear what kind it is", "Name its schema at the desk, or add a schema."),
    Reason.EMBEDDED_UNSAFE: Advice("Embedded data could do harm", "Ask the sender for a clean file."),
    Reason.BUDGET_EXHAUSTED: Advice("No room in a budget", "Wait for the next day or month, or raise [budget]."),
    Reason.PRICE_UNKNOWN: Advice("The price of a model is unknown", "Correct model.name, or state it under [prices]."),
    Reason.MODEL_UNAVAILABLE: Advice("No model could be asked", "Usually nothing; docassay doctor says more."),
    Reason.MODEL_REFUSED: Advice("The model gave no answer to use", "Fill the fields at the desk."),
    Reason.STOPPED: Advice("Stopped by hand, or its worker died", f"Read its message; with the cause gone, {_AGAIN}"),
    Reason.DISK_FULL: Advice("A disk is full", "Make room on it, then give the same command again."),
    Reason.DATABASE_UNAVAILABLE: Advice("The database did not answer", "Check that it runs, then start again."),
    Reason.STORAGE_UNAVAILABLE: Advice("The folder of the files was away", "Check the folder, then start again."),
}
