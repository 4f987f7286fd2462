"""Write samples/documents and samples/truth.jsonl anew: `python -m samples.generate`. The same seed gives the same content."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from samples.generator import contracts, electronic, office, orders, pictures
from samples.generator.invoice import Invoice, invoice
from samples.generator.layouts import LAYOUTS
from samples.generator.words import Style

HERE = Path(__file__).parent
SEED = 20261120
EURO_COMMA = dict(currency="EUR", decimal=",", group=".")
STYLES = {
    "classic": Style("en", "EUR", ".", ",", "named", "before"), "window": Style("de", **EURO_COMMA, days="dotted", symbol="after"),
    "strip": Style("fr", "EUR", ",", " ", "slashed", "after"), "plain": Style("es", **EURO_COMMA, days="slashed", symbol="after"),
    "sidebar": Style("it", **EURO_COMMA, days="slashed", symbol="before"), "banner": Style("nl", **EURO_COMMA, days="dashed", symbol="before"),
    "boxed": Style("fr", "CHF", ".", "'", "named", "after"), "wide": Style("en", "GBP", ".", ",", "slashed", "before"),
    "typewriter": Style("de", "SEK", ",", ".", "iso", "after"), "footer": Style("en", "USD", ".", ",", "named", "before"),
}  # fmt: skip


class Sample(NamedTuple):
    """A file, which schema it belongs to, and what should come out; no truth: it is refused."""

    name: str
    content: bytes
    kind: str
    truth: dict[str, Any] | None
    note: str


def samples() -> Iterator[Sample]:
    """Yield all samples, always the same ones."""
    random_ = random.Random(SEED)
    yield from _invoices(random_)
    yield from _electronic_invoices(random_)
    yield from _receipts(random_)
    yield from _contracts(random_)
    yield from _office_files(random_)
    yield from _orders(random_)
    yield from _troubled_files(random_)


def _invoices(random_: random.Random) -> Iterator[Sample]:
    rows = {
        "classic": 5,
        "window": 4,
        "strip": 6,
        "plain": 3,
        "sidebar": 5,
        "banner": 4,
        "boxed": 8,
        "wide": 7,
        "typewriter": 5,
        "footer": 3,
    }
    for number, (layout, draw) in enumerate(LAYOUTS.items(), 1):
        content = invoice(
            random_, STYLES[layout], rows=rows[layout], which=number, rates=(19,) if number % 3 else (19, 7)
        )
        yield _invoice(
            f"invoice-{number:02d}-{layout}-{STYLES[layout].language}.pdf", draw(content), content, f"layout {layout}"
        )
    for number, (layout, language_of) in enumerate(
        (("window", "classic"), ("plain", "banner"), ("strip", "sidebar"), ("classic", "window")), 11
    ):
        content = invoice(random_, STYLES[language_of], rows=4, which=number)
        yield _invoice(
            f"invoice-{number:02d}-{layout}-{STYLES[language_of].language}.pdf",
            LAYOUTS[layout](content),
            content,
            f"layout {layout}, other language",
        )
    many = invoice(random_, STYLES["classic"], rows=120, which=2)
    yield _invoice("invoice-15-120-rows-en.pdf", LAYOUTS["classic"](many), many, "120 rows over several pages")
    wrong = invoice(random_, STYLES["window"], rows=3, which=2)
    printed = LAYOUTS["window"](replace(wrong, items=(*wrong.items[:-1], replace(wrong.items[-1], rate=Decimal(7)))))
    mixed = replace(wrong, items=(*wrong.items[:-1], replace(wrong.items[-1], rate=Decimal(7))))
    yield _invoice("invoice-16-two-rates-de.pdf", printed, mixed, "two rates of tax")


def _electronic_invoices(random_: random.Random) -> Iterator[Sample]:
    agreeing = invoice(random_, STYLES["window"], rows=4, which=1)
    pdf = electronic.with_attachment(LAYOUTS["window"](agreeing), electronic.cross_industry(agreeing))
    yield _invoice("einvoice-01-embedded-de.pdf", pdf, agreeing, "Factur-X inside the PDF")
    differing = invoice(random_, STYLES["strip"], rows=3, which=1)
    xml = electronic.cross_industry(differing, gross_error=Decimal("1.00"))
    pdf = electronic.with_attachment(LAYOUTS["strip"](differing), xml)
    yield _invoice(
        "einvoice-02-page-differs-fr.pdf", pdf, differing, "the XML's total is 1.00 above the page's: goes to review"
    )
    alone = invoice(random_, STYLES["window"], rows=5, which=2)
    yield _invoice(
        "einvoice-03-xrechnung-ubl.xml",
        electronic.universal_business_language(alone),
        alone,
        "XRechnung as a file of its own (UBL)",
    )
    alone = invoice(random_, STYLES["strip"], rows=2, which=2)
    yield _invoice(
        "einvoice-04-cross-industry.xml", electronic.cross_industry(alone), alone, "CII as a file of its own"
    )


def _receipts(random_: random.Random) -> Iterator[Sample]:
    for number, receipt in enumerate(pictures.RECEIPTS, 1):
        picture = pictures.rendered(pictures.receipt_page(receipt), 220)[0]
        photo = pictures.photographed(picture, random_, angle=random_.uniform(-3, 3))
        yield Sample(f"receipt-{number:02d}.jpg", photo, "receipt", receipt.truth(), "photo of a receipt")


def _contracts(random_: random.Random) -> Iterator[Sample]:
    for number in range(1, 6):
        contract = contracts.non_disclosure(random_, number)
        font = "Helvetica" if number % 2 else "Times-Roman"
        yield Sample(
            f"nda-{number:02d}.pdf",
            contracts.as_pdf(contract, font=font),
            "contract",
            contract.truth,
            "non-disclosure agreement",
        )
    master = contracts.master_agreement(random_)
    yield Sample(
        "master-agreement-60-pages.pdf", contracts.as_pdf(master), "contract", master.truth, "long master agreement"
    )
    work = contracts.statement_of_work()
    yield Sample(
        "statement-of-work.pdf", contracts.as_pdf(work, font="Helvetica"), "contract", work.truth, "statement of work"
    )


def _office_files(random_: random.Random) -> Iterator[Sample]:
    contract = contracts.non_disclosure(random_, 6)
    yield Sample("nda-06.docx", office.contract_docx(contract), "contract", contract.truth, "Word file")
    contract = contracts.non_disclosure(random_, 7)
    yield Sample("nda-07.txt", office.plain_text(contract), "contract", contract.truth, "plain text")
    contract = contracts.non_disclosure(random_, 8)
    yield Sample("nda-08.rtf", office.rich_text(contract), "contract", contract.truth, "rich text")
    content = invoice(random_, STYLES["window"], rows=3, which=3)
    yield _invoice("invoice-17-word-de.docx", office.invoice_docx(content), content, "Word file with tables")
    content = invoice(random_, STYLES["banner"], rows=3, which=1)
    yield _invoice("invoice-18-page-nl.html", office.invoice_html(content), content, "web page")
    content = invoice(random_, STYLES["classic"], rows=4, which=1)
    yield _invoice("invoice-19-sheet-en.xlsx", office.invoice_xlsx(content), content, "spreadsheet")
    content = invoice(random_, STYLES["wide"], rows=3, which=2)
    attached = LAYOUTS["plain"](content)
    yield Sample(
        "mail-01-with-invoice.eml",
        office.mail(content, attached),
        "invoice",
        None,
        "mail: the attached invoice becomes a document of its own",
    )


def _orders(random_: random.Random) -> Iterator[Sample]:
    for number in (1, 2):
        content, truth = orders.purchase_order(
            invoice(random_, STYLES["wide" if number == 1 else "footer"], rows=3 + number, which=number)
        )
        yield Sample(
            f"purchase-order-{number:02d}.pdf",
            content,
            "purchase_order",
            truth,
            "for the schema samples/schemas/purchase_order.yaml",
        )


def _troubled_files(random_: random.Random) -> Iterator[Sample]:
    content = invoice(random_, STYLES["window"], rows=4, which=4)
    yield _invoice(
        "scan-01-no-text-layer-de.pdf",
        pictures.scanned(LAYOUTS["window"](content), random_),
        content,
        "scan without a text layer",
    )
    content = invoice(random_, STYLES["classic"], rows=4, which=5)
    yield _invoice("scan-02-fax-en.tiff", pictures.tiff(LAYOUTS["classic"](content)), content, "black-and-white TIFF")
    content = invoice(random_, STYLES["strip"], rows=2, which=1)
    pdf = LAYOUTS["strip"](content)
    yield Sample("locked.pdf", electronic.locked(pdf, "open sesame"), "invoice", None, "needs a password: open sesame")
    yield Sample("damaged.pdf", pdf[: len(pdf) // 4], "invoice", None, "cut off after a quarter of its bytes")
    yield Sample("empty.pdf", b"", "invoice", None, "no bytes at all")


def _invoice(name: str, content: bytes, said: Invoice, note: str) -> Sample:
    return Sample(name, content, "invoice", said.truth(), note)


def write(folder: Path) -> int:
    """Write all samples and their truth below `folder`; returns how many files there are."""
    documents = folder / "documents"
    documents.mkdir(parents=True, exist_ok=True)
    for old in documents.iterdir():
        old.unlink()
    rows = []
    for sample in samples():
        (documents / sample.name).write_bytes(sample.content)
        if sample.truth is not None:
            identity = sample.name.rsplit(".", 1)[0]
            rows.append(
                {
                    "id": identity,
                    "file": f"documents/{sample.name}",
                    "kind": sample.kind,
                    "note": sample.note,
                    "fields": sample.truth,
                }
            )
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "truth.jsonl").write_text(lines, encoding="utf-8")
    return len(list(documents.iterdir()))


if __name__ == "__main__":
    print(f"{write(HERE)} documents written to samples/documents")
