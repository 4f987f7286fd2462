"""What each reason code means to the person who meets it; `docs.reference_pages` makes the page of it."""

from __future__ import annotations

from dataclasses import dataclass

from documents.limits import Limits
from schemas.errors import Reason

_DEFAULT = Limits()


@dataclass(frozen=True)
class ReasonText:
    """One entry of the page: what happened, why it is so, what to do."""

    what: str
    why: str
    remedy: str


REASONS: dict[Reason, ReasonText] = {
    Reason.NOT_SUPPORTED: ReasonText(
        "The file is of a kind that is not read, or it is no regular file, or this user may not read it.",
        "The kind is told by the content, never by the name. Read are PDF, PNG, JPEG, TIFF, DOCX, XLSX, HTML, e-mail "
        "(.eml), plain text, RTF and XML e-invoices. Archives, presentations, OpenDocument files and the old Office "
        "formats (.doc, .xls, .msg) are not.",
        "Do what the message says: save the file as PDF or DOCX, unpack the archive, or give this user the right to "
        "read the file. Then process it again.",
    ),
    Reason.TYPE_MISMATCH: ReasonText(
        "The name says one kind of file and the content is another: for example an error page in HTML that was saved "
        "as `invoice.pdf`.",
        "Such a file is nearly always a failed download or a damaged copy. Reading it as text would give wrong fields.",
        "Open the file. If it is not the document, get it again. If it is, give it the right ending.",
    ),
    Reason.EMPTY: ReasonText(
        "The file has no bytes, or only blank ones.",
        "The copy or the scan was broken off.",
        "Copy or save the file again.",
    ),
    Reason.BROKEN_STRUCTURE: ReasonText(
        "The file is damaged: neither the first reader nor the repair can open it, or the reading process broke down "
        "on its content.",
        "Damaged PDFs are repaired where that is possible and then always go to review. What cannot be repaired is "
        "refused rather than guessed.",
        "Ask the sender for the file again, or print it to a new PDF in a viewer that still shows it.",
    ),
    Reason.PASSWORD_NEEDED: ReasonText(
        "The file is locked with a password, and none or a wrong one was given.",
        "PDF and Office files can be locked. A PDF that only forbids printing or copying opens without a password.",
        "Put the password into the variable `DOCASSAY_PASSWORD` and give `docassay retry DOCUMENT`, or save an "
        "unlocked copy and process that.",
    ),
    Reason.TOO_LARGE: ReasonText(
        f"The file has more than {_DEFAULT.megabytes} megabytes, a picture in it has more than "
        f"{_DEFAULT.pixels // 1_000_000} million pixels, or its attachments have more than "
        f"{_DEFAULT.attachment_megabytes} megabytes.",
        "A picture of a few kilobytes can unfold to gigabytes of memory. Sizes are checked before anything is "
        "unfolded.",
        "Scan at 200 to 300 dots per inch, split the file, or raise `limits.megabytes`, `limits.pixels` or "
        "`limits.attachment_megabytes`. See [settings](settings.md#limits).",
    ),
    Reason.TOO_MANY_PAGES: ReasonText(
        f"The document has more than {_DEFAULT.pages} pages.",
        "A file can claim millions of pages. The limit keeps one document from holding up all others.",
        "Split the document, or raise `limits.pages`.",
    ),
    Reason.TOO_SLOW: ReasonText(
        f"Reading took longer than {_DEFAULT.seconds:.0f} seconds, plus {_DEFAULT.seconds_per_picture:.0f} seconds for "
        "each page that has to be read from a picture.",
        "The process that read it was ended. Other documents are not affected.",
        "Print it to a new PDF, split it, or raise `limits.seconds` or `limits.seconds_per_picture`.",
    ),
    Reason.TOO_MUCH_MEMORY: ReasonText(
        f"Reading needed more than {_DEFAULT.memory_megabytes} megabytes of memory, or more than "
        f"{_DEFAULT.picture_memory_megabytes} megabytes with pictures to be read.",
        "The process that read it was ended before the machine ran out of memory. Other documents are not affected.",
        "Print it to a new PDF, scan it with fewer dots per inch, or raise `limits.memory_megabytes` or "
        "`limits.picture_memory_megabytes`.",
    ),
    Reason.NO_TEXT: ReasonText(
        "No visible text was found, neither in the file nor by reading its pictures.",
        "Blank pages, photographs without writing, or writing that is too faint or too small.",
        "If the screen shows text, scan or photograph it again: straight, well lit, 200 dots per inch or more.",
    ),
    Reason.UNSURE_SCHEMA: ReasonText(
        "It is not clear what kind of document it is, or it was sent under the name of a schema that there is not. "
        "The document waits in review, without a record.",
        "The headings and labels of no schema, or of two schemas equally, stand on it. A guess would fill the wrong "
        "table.",
        "Name the schema: `docassay retry DOCUMENT --schema NAME`. If such documents come often, "
        "[add a schema](../how-to/add-a-schema.md) or put them in a subfolder with the name of their schema.",
    ),
    Reason.EMBEDDED_UNSAFE: ReasonText(
        "Data in the file were not used because they could harm: XML with a document type or entities, XML of "
        "more than 20 million bytes, or e-mails nested too deep.",
        "Entities can read files of the machine or unfold to gigabytes. A valid e-invoice has none. When the XML is "
        "attached to a PDF, the PDF itself is read and goes to review.",
        "Ask the sender for a clean file. For an e-mail, save its attachments and process those.",
    ),
    Reason.BUDGET_EXHAUSTED: ReasonText(
        "A budget has no room for a call, or a document has used up its calls. Rules and embedded data fill what "
        "they can.",
        "The most that a call can cost is held before it goes. For the day and the month the document is deferred "
        "and taken up again at the next one; for a run, a document, its number of calls, or a cost many times the "
        "usual, a person gets it.",
        "Look with `docassay budget`, and raise `[budget]` in the settings if the work is worth it.",
    ),
    Reason.PRICE_UNKNOWN: ReasonText(
        "The price of a model is not known, so nothing was sent.",
        "A misspelt name, a model that the bundled list does not hold, or a server of your own without a stated "
        "price. A cap that cannot be computed would be none.",
        "Correct `model.name`, or state the price under `[prices]`; `free = true` for a server of yours.",
    ),
    Reason.MODEL_UNAVAILABLE: ReasonText(
        "No model could be asked: no key, no connection, no whole answer in time, too many requests, or calls "
        "pause after failures.",
        "Rules and embedded data fill what they can. Where the cause can pass, the document is deferred and taken "
        "up again by itself; without a key it is not.",
        "Usually nothing. `docassay trace DOCUMENT` shows what happened, `docassay doctor` whether name, key and "
        "price fit together.",
    ),
    Reason.MODEL_REFUSED: ReasonText(
        "The model declined to read the document, or its answer could not be used.",
        "A refusal, a filter of the provider, an answer that does not fit its schema after it was asked for "
        "again, or one that is longer than allowed. Another try would cost the same.",
        "Fill the fields in review, or name another model.",
    ),
    Reason.STOPPED: ReasonText(
        "The kill switch is thrown and the document waits; or the document was put aside because its worker ended "
        "again and again before it was done, or because a mistake in Docassay stopped it.",
        "After `docassay stop` documents keep what rules found until `docassay resume`. A document whose worker "
        "dies each time is not tried for ever: after `retry.attempts` tries it is put aside. For a mistake in "
        "Docassay the report lies in `errors/` in the data folder.",
        "Read the message. After a stop: `docassay resume`. Else, when the cause is gone: `docassay retry DOCUMENT`.",
    ),
    Reason.DISK_FULL: ReasonText(
        "A disk is full. The run stops; no document is to blame.",
        "A document counts as stored only when it is on disk. What was not stored is done by the next run.",
        "Make room on the disk that the message names and give the same command again.",
    ),
    Reason.DATABASE_UNAVAILABLE: ReasonText(
        "The database does not answer, or it was written by a newer version of Docassay. The run stops.",
        "The database is the truth about every document. Without it nothing is begun.",
        "Check that it runs and that this user may write to it, then give the same command again.",
    ),
    Reason.STORAGE_UNAVAILABLE: ReasonText(
        "The folder in which originals and parsed documents lie cannot be used. The run stops.",
        "A share that is away, or a right that is missing.",
        "Check the folder that the message names, then give the same command again.",
    ),
}
