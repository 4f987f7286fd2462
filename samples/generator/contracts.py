"""Invented contracts: non-disclosure agreements, a long master agreement, a statement of work."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from typing import Any

from samples.generator.sheet import Sheet


@dataclass(frozen=True)
class Contract:
    """What a contract says, paragraph by paragraph, and its record."""

    title: str
    paragraphs: tuple[tuple[str, str], ...]  # heading (may be empty) and text
    truth: dict[str, Any]


_FIRMS = [
    ("Merrowdale Robotics, Inc.", "a Delaware corporation"),
    ("Tamsin Ridge Capital LLC", "a Nevada limited liability company"),
    ("Orrin & Falk Laboratories Ltd.", "a company organised under the laws of England and Wales"),
    ("Bluefern Logistics Corp.", "a Texas corporation"),
    ("Quillon Data Systems, Inc.", "a Washington corporation"),
    ("Sable Harbor Foods L.P.", "a Maine limited partnership"),
    ("Hexley Aerospace Corporation", "an Ohio corporation"),
    ("Vantry Medical Devices, Inc.", "a Minnesota corporation"),
]
_NUMBERS = {1: "one", 2: "two", 3: "three", 5: "five", 18: "eighteen", 30: "thirty", 60: "sixty", 90: "ninety"}


def _spoken(day: date) -> str:
    suffix = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}.get(day.day, "th")
    return f"{day.day}{suffix} day of {day.strftime('%B')}, {day.year}"


def non_disclosure(random_: random.Random, variant: int) -> Contract:
    """Return one of several forms of a mutual non-disclosure agreement."""
    first, second = random_.sample(_FIRMS, 2)
    signed = date(2025, random_.randrange(1, 13), random_.randrange(1, 28))
    years = random_.choice([1, 2, 3, 5])
    law = random_.choice(["New York", "Delaware", "California", "Texas", "Massachusetts"])
    said = f"{signed.strftime('%B')} {signed.day}, {signed.year}"
    dated = [
        f"effective as of {said} (the “Effective Date”)",
        f"made and entered into this {_spoken(signed)}",
        f"dated as of {said}",
    ][variant % 3]
    opening = (f"This Mutual Non-Disclosure Agreement (this “Agreement”) is {dated}, by and between {first[0]}, {first[1]} (“Discloser”), and "
               f"{second[0]}, {second[1]} (“Recipient”), each a “Party” and together the “Parties”.")  # fmt: skip
    law_text = [
        f"This Agreement shall be governed by and construed in accordance with the laws of the State of {law}, without regard to its conflict of laws principles.",
        f"The validity and interpretation of this Agreement are governed by the laws of the State of {law}.",
    ][variant % 2]
    term = [
        f"This Agreement shall remain in effect for a period of {_NUMBERS[years]} ({years}) year{'s' if years > 1 else ''} from the Effective Date.",
        f"The term of this Agreement is {_NUMBERS[years]} year{'s' if years > 1 else ''}.",
    ][variant % 2]
    paragraphs = [
        ("", opening),
        ("", "WHEREAS, the Parties wish to explore a possible business relationship and may exchange information that is not public; NOW, THEREFORE, they agree as follows:"),
        ("1. Confidential Information.", "“Confidential Information” means all information of a technical, commercial or financial nature that one Party discloses to the other, "
         "in writing, orally or by inspection, and that is marked as confidential or would reasonably be understood to be so."),
        ("2. Duties.", "The receiving Party shall hold Confidential Information in confidence, use it only for the purpose stated above, and disclose it only to those of its "
         "employees and advisers who need to know it and are bound by duties no less strict."),
        ("3. Exceptions.", "These duties do not apply to information that was known before, becomes public without fault of the receiving Party, or must be disclosed by law, "
         "provided that the other Party is told within ten (10) days of such demand."),
        ("4. Term.", term),
        ("5. Return.", "Within thirty (30) days after a written request the receiving Party shall return or destroy all copies."),
        ("6. Assignment.", "Neither Party may assign this Agreement without the prior written consent of the other Party."),
        ("7. Governing Law.", law_text),
    ]  # fmt: skip
    if variant % 2:
        paragraphs.insert(
            6,
            (
                "Termination.",
                "Either Party may terminate this Agreement for any reason upon sixty (60) days prior written notice to the other Party.",
            ),
        )
    signatures = f"IN WITNESS WHEREOF, the Parties have caused this Agreement to be signed. {first[0].upper()} By: ____________ {second[0].upper()} By: ____________"
    paragraphs.append(("", signatures))
    truth: dict[str, Any] = {"parties": [first[0], second[0]], "effective_date": signed.isoformat(), "governing_law": law,
                             "term": f"{years} year{'s' if years > 1 else ''}"}  # fmt: skip
    return Contract("MUTUAL NON-DISCLOSURE AGREEMENT", tuple(paragraphs), truth)


_TOPICS = ["Services", "Orders", "Acceptance", "Fees", "Invoices", "Taxes", "Personnel", "Facilities", "Records", "Audit", "Data Protection", "Security", "Insurance",
           "Warranties", "Intellectual Property", "Licences", "Third Parties", "Indemnity", "Force Majeure", "Publicity", "Notices", "Export", "Compliance", "Records Retention",
           "Subcontractors", "Change Control", "Escalation", "Business Continuity", "Environment", "Exit"]  # fmt: skip
_CLAUSES = [
    "The Supplier shall perform the {topic} described in each Order with the skill and care that a specialist in the field would apply, and shall tell the Customer without delay of any circumstance that may affect them.",
    "Where this Section on {topic} and an Order differ, this Section prevails unless the Order names the Section and is signed by an officer of both Parties.",
    "The Customer may ask for evidence that the duties of this Section are met, on reasonable notice and during ordinary business hours, and the Supplier shall give such evidence free of charge once in each calendar year.",
    "No failure of a Party to insist on a duty under this Section shall be a waiver of it, and a waiver in one case is none in another.",
    "The Parties shall review the arrangements for {topic} every six (6) months and record what they agree in writing.",
]


def master_agreement(random_: random.Random) -> Contract:
    """Return a master services agreement of about sixty pages."""
    first, second = _FIRMS[6], _FIRMS[4]
    opening = (f"This Master Services Agreement (the “Agreement”) is entered into as of March 2, 2026 (the “Effective Date”) by and between {first[0]}, {first[1]} "
               f"(the “Customer”), and {second[0]}, {second[1]} (the “Supplier”).")  # fmt: skip
    paragraphs: list[tuple[str, str]] = [("", opening)]
    number = 0
    for article in range(10):
        for topic in _TOPICS:
            number += 1
            text = " ".join(random_.choice(_CLAUSES).format(topic=topic) for _ in range(4))
            paragraphs.append((f"{article + 1}.{(number - 1) % len(_TOPICS) + 1} {topic}.", text))
        if article == 4:
            paragraphs.append(
                (
                    "Term and Renewal.",
                    "The initial term of this Agreement is three (3) years from the Effective Date. Thereafter it shall automatically renew for "
                    "successive periods of one year unless either Party gives ninety (90) days prior written notice.",
                )
            )
            paragraphs.append(
                (
                    "Termination for Convenience.",
                    "The Customer may terminate this Agreement for convenience at any time upon sixty (60) days prior written notice to the Supplier.",
                )
            )
        if article == 7:
            paragraphs.append(
                (
                    "Limitation of Liability.",
                    "Except for fraud, the aggregate liability of either Party under this Agreement shall not exceed the fees paid in the "
                    "twelve (12) months before the claim arose.",
                )
            )
            paragraphs.append(
                (
                    "Assignment.",
                    "The Supplier may not assign this Agreement without the Customer's prior written consent.",
                )
            )
        if article == 9:
            paragraphs.append(
                (
                    "Governing Law.",
                    "This Agreement is governed by, and shall be construed in accordance with, the laws of the State of Ohio.",
                )
            )
    paragraphs.append(
        (
            "",
            f"IN WITNESS WHEREOF, the Parties have executed this Agreement. {first[0].upper()} By: ____________ {second[0].upper()} By: ____________",
        )
    )
    truth = {
        "parties": [first[0], second[0]],
        "effective_date": "2026-03-02",
        "governing_law": "Ohio",
        "term": "3 years",
    }
    return Contract("MASTER SERVICES AGREEMENT", tuple(paragraphs), truth)


def statement_of_work() -> Contract:
    """Return a short statement of work under a master agreement."""
    first, second = _FIRMS[6], _FIRMS[4]
    paragraphs = (
        (
            "",
            f"This Statement of Work is effective as of April 15, 2026 and is made between {first[0]} (“Customer”) and {second[0]} (“Supplier”) under their Master Services Agreement.",
        ),
        (
            "1. Scope.",
            "The Supplier shall move the Customer's maintenance records of four plants to the new archive, check them against the originals, and train six users.",
        ),
        ("2. Deliverables.", "Migration plan, tested archive, report of differences, training material."),
        ("3. Term.", "This Statement of Work shall continue for a period of eighteen (18) months."),
        ("4. Fees.", "Fixed price of USD 148,500.00, payable in three parts on acceptance of each deliverable."),
        ("5. Governing Law.", "This Statement of Work is governed by the laws of the State of Ohio."),
    )
    truth = {
        "parties": [first[0], second[0]],
        "effective_date": "2026-04-15",
        "governing_law": "Ohio",
        "term": "18 months",
    }
    return Contract("STATEMENT OF WORK", paragraphs, truth)


def as_pdf(contract: Contract, *, font: str = "Times-Roman", size: float = 11) -> bytes:
    """Return the contract printed with page numbers."""
    sheet = Sheet()
    y = 90.0
    sheet.text(297, 72, contract.title, 14, True, font=font, align="center")
    for heading, text in contract.paragraphs:
        for index, line in enumerate(sheet.wrapped(f"{heading} {text}".strip(), 440, size, font)):
            if y > 770:
                sheet.text(297, 815, f"Page {sheet.pages}", 9, font=font, align="center")
                sheet.next_page()
                y = 72
            if index == 0:
                y += 6
            sheet.text(78, y, line, size, font=font)
            y += size * 1.35
    sheet.text(297, 815, f"Page {sheet.pages}", 9, font=font, align="center")
    return sheet.finish(contract.title.title())
