"""Parties are told apart by where they stand, and numbers belong to the party that they stand with."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from extractors.rules.extract import candidates
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas
from schemas.results import Value

Maker = Callable[..., ParsedDocument]
SELLER = [(40, 55, "Drukkerij Peeters NV"), (40, 67, "Industrieweg 44"), (40, 79, "3001 Leuven")]
BUYER = [(330, 120, "Brouwerij De Zwaan BVBA"), (330, 132, "Dorpsstraat 3"), (330, 144, "2800 Mechelen")]


def value(document: ParsedDocument, field: str) -> Value | None:
    found = [c for c in candidates(document, builtin_schemas()["invoice"]) if c.field == field]
    return max(found, key=lambda candidate: candidate.score).value if found else None


def test_number_in_the_buyers_block_is_the_buyers(laid_out: Maker) -> None:
    """The seller's VAT number is the one in the seller's block, though the buyer's has a label."""
    document = laid_out(
        [*SELLER, (40, 91, "BTW BE 0428.759.497"), *BUYER, (330, 156, "BTW-nr: BE 0403.170.701"), (40, 300, "Factuur")]
    )
    assert value(document, "seller_vat_id") == "BE0428759497"


def test_number_told_to_be_the_readers(laid_out: Maker) -> None:
    """ "Your VAT number" is not the seller's."""
    document = laid_out(
        [
            *BUYER,
            (40, 250, "Ihre UID: ATU57780814"),
            (40, 780, "Leitner GmbH | FN 220011k | UID ATU13585627 | Salzburg"),
        ]
    )
    assert value(document, "seller_vat_id") == "ATU13585627"


def test_lower_of_two_addresses_is_the_buyers(laid_out: Maker) -> None:
    """Of two addresses below each other that nothing else marks, the upper one is the sender's."""
    document = laid_out(
        [*SELLER, (40, 140, "Bouwbedrijf Hofstra B.V."), (40, 152, "Havenkade 21"), (40, 164, "9723 AS Groningen")]
    )
    assert value(document, "buyer_name") == "Bouwbedrijf Hofstra B.V."


def test_company_in_the_address_is_not_the_letterhead(laid_out: Maker) -> None:
    """Below a letterhead with a telephone, a company in the address is who the invoice goes to."""
    document = laid_out(
        [
            (200, 50, "THE HARBOUR LIGHTS HOTEL"), (200, 64, "Quayside, Whitby YO21 1DH Tel 01947 496000"),
            (40, 120, "Ms Eleanor Marsh"), (40, 132, "Northgate Surveyors Ltd"), (40, 144, "22 Northgate Road"),
            (40, 156, "Wakefield WF1 3BJ"),
        ]
    )  # fmt: skip
    assert value(document, "seller_name") == "THE HARBOUR LIGHTS HOTEL"


@pytest.mark.parametrize("first", ["Aan:", "Eheleute", "Firma"])
def test_salutation_is_no_name(laid_out: Maker, first: str) -> None:
    """What opens an address without being a name is passed over."""
    document = laid_out(
        [(40, 150, first), (40, 162, "Karl Wendt"), (40, 174, "Am Sonnenhang 11"), (40, 186, "37085 Göttingen")]
    )
    assert value(document, "buyer_name") == "Karl Wendt"


def test_title_is_no_part_of_the_name(laid_out: Maker) -> None:
    """ "M. Lucas Bernard" is Lucas Bernard."""
    document = laid_out([(40, 150, "M. Lucas Bernard"), (40, 162, "24 rue des Lilas"), (40, 174, "44000 Nantes")])
    assert value(document, "buyer_name") == "Lucas Bernard"


def test_number_with_wrong_digits_in_the_sellers_line(laid_out: Maker) -> None:
    """A number in the seller's line is taken though its digits are wrong, and not the buyer's right one."""
    document = laid_out(
        [
            *BUYER,
            (330, 156, "BTW BE 0403.170.701"),
            (40, 780, "Peeters NV · Industrieweg 44 · 3001 Leuven · BTW BE 0428.759.498"),
        ]
    )
    assert value(document, "seller_vat_id") == "BE0428759498"


def test_label_left_of_a_number_says_whose_it_is(laid_out: Maker) -> None:
    """ "Ihre UID" in a column of labels makes the number right of it the reader's."""
    document = laid_out(
        [*BUYER, (40, 250, "Ihre UID"), (120, 250, "ATU57780814"), (40, 300, "Leitner, Salzburg, UID ATU13585627")]
    )
    assert value(document, "seller_vat_id") == "ATU13585627"


def test_number_parted_by_the_end_of_a_line(laid_out: Maker) -> None:
    """A VAT number that goes on in the next line is read whole, and shown in both."""
    document = laid_out([*BUYER, (475, 700, "USt-IdNr. DE"), (475, 711, "136695976")])
    found = [c for c in candidates(document, builtin_schemas()["invoice"]) if c.field == "seller_vat_id"]
    assert found[0].value == "DE136695976" and len(found[0].evidence[0].boxes) == 2


def test_name_of_both_parties_goes_to_the_likelier(laid_out: Maker) -> None:
    """A company under "Bill to" is not the seller for its legal form."""
    document = laid_out(
        [
            (40, 55, "Cascina Bricco"), (40, 67, "Località Bricco 9"), (40, 79, "12060 Barolo"),
            (40, 150, "Bill to"), (40, 162, "Weinkontor Hansen GmbH"), (40, 174, "Kai 7"), (40, 186, "20457 Hamburg"),
        ]
    )  # fmt: skip
    assert (value(document, "seller_name"), value(document, "buyer_name")) == (
        "Cascina Bricco",
        "Weinkontor Hansen GmbH",
    )
