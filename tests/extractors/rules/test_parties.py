"""Sellers and buyers are told apart on letters of every custom: lines of particulars, brands, words of address."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from extractors.rules.extract import candidates
from schemas.document import ParsedDocument
from schemas.loader import builtin_schemas
from schemas.results import Candidate

Maker = Callable[..., ParsedDocument]
Placed = list[tuple[int, int, str]]
BUYER: Placed = [(60, 130, "Weberei Lindner GmbH"), (60, 142, "Am Wehr 3"), (60, 154, "09111 Chemnitz")]


def best(document: ParsedDocument, field: str) -> Candidate | None:
    found = [c for c in candidates(document, builtin_schemas()["invoice"]) if c.field == field]
    return max(found, key=lambda candidate: candidate.score) if found else None


def value(document: ParsedDocument, field: str) -> object:
    found = best(document, field)
    return found.value if found else None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Nordlicht Strom GmbH · Kaistr. 5 · 24103 Kiel · Amtsgericht Kiel HRB 4411", "Nordlicht Strom GmbH"),
        ("SARL Roux Toiture au capital de 8 000 € – SIRET 448 210 733 00024", "SARL Roux Toiture"),
        ("Lumen Énergie, SA au capital de 4 000 € – RCS Lyon 790 448 221", "Lumen Énergie"),
        ("Luz Directa, S.A.U. – Inscrita en el R.M. de Madrid, Tomo 28.177 – CIF A86114478", "Luz Directa, S.A.U."),
        ("Hale Moor LLP is a limited liability partnership registered in England (OC318822)", "Hale Moor LLP"),
        ("Bianchi S.n.c. – Via Callalta 240 – 31057 Silea (TV) – P.I./C.F. 00931180261", "Bianchi S.n.c."),
        ("Van Rijn advocaten, Singel 20, 1016 AB Amsterdam · KvK 34228871 · btw NL822144718B01", "Van Rijn advocaten"),
    ],
)
def test_line_of_particulars_names_the_seller(laid_out: Maker, line: str, name: str) -> None:
    """A line with register, tax number or bank begins with the seller's name, whatever brand stands at the head."""
    assert value(laid_out([(60, 40, "blitz"), *BUYER, (60, 790, line)]), "seller_name") == name


def test_line_of_an_address_is_no_line_of_particulars(laid_out: Maker) -> None:
    """What a tax number stands under is not taken for a name for that alone."""
    head = [(60, 40, "ALPHA STORES SDN BHD"), (60, 52, "CHERAS, 55100 KUALA LUMPUR"), (60, 64, "VAT 12345678")]
    document = laid_out(head)
    assert value(document, "seller_name") == "ALPHA STORES SDN BHD"


@pytest.mark.parametrize("word", ["An", "TO:", "Aan:", "For", "Spett.", "À :", "Para:"])
def test_word_of_address_before_a_name(laid_out: Maker, word: str) -> None:
    """A word that says to whom a letter goes is no part of the name, and the name is not the seller's."""
    head = [(60, 40, "Kira Holm Design"), (60, 52, "12 Sea Road"), (60, 64, "DE82 2105 0170 1400 2277 31")]
    document = laid_out([*head, (60, 130, f"{word} {BUYER[0][2]}"), *BUYER[1:]])
    assert value(document, "buyer_name") == "Weberei Lindner GmbH"
    assert value(document, "seller_name") == "Kira Holm Design"


@pytest.mark.parametrize(("sender", "to"), [("De", "Para"), ("Von", "An"), ("Da", "A"), ("Van", "Aan")])
def test_words_over_two_addresses(laid_out: Maker, sender: str, to: str) -> None:
    """Lone words over two addresses side by side say which is whose, though only the buyer has a legal form."""
    document = laid_out(
        [
            (60, 200, sender), (60, 212, "Pau Soler Mas"), (60, 224, "Calle Mayor 9"), (60, 236, "07012 Palma"),
            (300, 200, to), (300, 212, "Hafen Studios GmbH"), (300, 224, "Elbstraße 145"), (300, 236, "22767 Hamburg"),
        ]
    )  # fmt: skip
    assert (value(document, "seller_name"), value(document, "buyer_name")) == ("Pau Soler Mas", "Hafen Studios GmbH")


def test_long_address(laid_out: Maker) -> None:
    """British addresses have a house, a village and a county between name and postcode."""
    lines = ["Trent Joinery Limited", "Old Tannery Works", "Mill Lane", "Belper", "Derbyshire", "DE56 1AA"]
    document = laid_out([(60, 40, "HALE MOOR"), *((60, 130 + 12 * place, line) for place, line in enumerate(lines))])
    assert value(document, "buyer_name") == "Trent Joinery Limited"


def test_company_under_a_person(laid_out: Maker) -> None:
    """Where a person with a title heads the address of a company, the company is the buyer."""
    lines = ["Mr Liam Doyle", "Kestrel Mining Pty Ltd", "240 St Georges Terrace", "Perth WA 6000"]
    placed = [(60, 130 + 12 * place, line) for place, line in enumerate(lines)]
    foot = (60, 790, "Harbour Hotel Sydney · 88 Cumberland Street · The Rocks NSW 2000 · ABN 84 102 557 318")
    document = laid_out([(60, 40, "Harbour"), *placed, foot])
    assert value(document, "buyer_name") == "Kestrel Mining Pty Ltd"
    assert value(document, "seller_name") == "Harbour Hotel Sydney"


def test_address_in_one_line(laid_out: Maker) -> None:
    """An address in one line below the head that stands over no other address is the buyer's."""
    document = laid_out(
        [
            (60, 40, "databerg"), (60, 170, "Basisschool De Brug, Lindelaan 9, 5583 CK Waalre"),
            (60, 790, "Databerg ICT B.V. • Hurkstraat 44 • 5652 AL Eindhoven • KvK 17188420"),
        ]
    )  # fmt: skip
    assert value(document, "buyer_name") == "Basisschool De Brug"
    assert value(document, "seller_name") == "Databerg ICT B.V."


def test_name_in_short_is_completed(laid_out: Maker) -> None:
    """The whole company name stands on a later page, its legal form over two lines; a person is given in full."""
    sender = (60, 110, "Voss Elektrohandel · Zeissstraße 28 · 59229 Ahlen")
    foot = [(45, 700, "Voss Elektrohandel GmbH & Co."), (45, 709, "KG"), (45, 718, "Zeissstraße 28")]
    company = laid_out([sender, *BUYER], [(60, 60, "Seite 2"), *foot])
    assert value(company, "seller_name") == "Voss Elektrohandel GmbH & Co. KG"
    person = laid_out([(369, 59, "Katharina Wendt"), (60, 110, "RAin K. Wendt, Holstenstraße 41, 24103 Kiel"), *BUYER])
    assert value(person, "seller_name") == "Katharina Wendt"


def test_head_of_a_column_is_no_name(laid_out: Maker) -> None:
    """The word right of "CLIENTE" in a row of heads is another head."""
    heads = [(50, 140, "FACTURA"), (160, 140, "FECHA"), (260, 140, "CLIENTE"), (340, 140, "AGENTE"), (420, 140, "RUTA")]
    values = [(50, 155, "FV26"), (160, 155, "30-04-2026"), (260, 155, "000417"), (340, 155, "03"), (420, 155, "JUEVES")]
    buyer = [(304, 49, "Ana Goñi Ultramarinos"), (304, 61, "C/ Mayor, 17"), (304, 73, "31430 Aoiz")]
    document = laid_out([(45, 41, "Bodegas Ruiz, S.L."), *buyer, *heads, *values])
    assert value(document, "buyer_name") == "Ana Goñi Ultramarinos"


def test_account_holder_and_salesman(laid_out: Maker) -> None:
    """The holder of the account is the seller, and a first name behind "Verkoper" is somebody who works there."""
    head = [(37, 40, "gemeente"), (60, 90, "Postbus 1, 1470 AA Zuidland")]
    holder = laid_out(
        [*head, *BUYER, (60, 500, "Graag betalen ten name van Gemeente Zuidland onder vermelding van 8100")]
    )
    assert value(holder, "seller_name") == "Gemeente Zuidland"
    head = [(37, 62, "Bloemen De Wit B.V."), (37, 74, "Legmeerdijk 3"), (37, 86, "1431 GB Aalsmeer")]
    salesman = laid_out([*head, (472, 145, "Verkoper Ruud")])
    assert value(salesman, "seller_name") == "Bloemen De Wit B.V."


def test_two_readings_lower_the_score(laid_out: Maker) -> None:
    """Where two names have an equal claim to be the seller's, neither is sure."""
    one = "Alfa Bau GmbH · Weg 1 · 04109 Leipzig · HRB 4411"
    sole, both = laid_out([(60, 780, one)]), laid_out([(60, 780, one), (60, 795, one.replace("Alfa", "Beta"))])
    first, second = best(sole, "seller_name"), best(both, "seller_name")
    assert first is not None and second is not None and second.score < first.score - 0.1


def test_senders_line_with_a_short_postcode(laid_out: Maker) -> None:
    """A sender's line of commas is known by a postcode of four figures too, and is no part of the address below it."""
    address = [(60, 131, "Herr"), (60, 143, "Peter Zumstein"), (60, 155, "Seeweg 4"), (60, 167, "8810 Horgen")]
    document = laid_out([(60, 110, "Muster Treuhand AG, Bahnhofstrasse 1, 8001 Zürich"), *address])
    assert value(document, "seller_name") == "Muster Treuhand AG"
    assert value(document, "buyer_name") == "Peter Zumstein"


def test_title_of_two_people_stays(laid_out: Maker) -> None:
    """ "M. et Mme" belongs to both, so that the name is given as printed."""
    document = laid_out([(60, 40, "Nordlicht Strom GmbH"), (60, 130, "M. et Mme Étienne Garnier"), *BUYER[1:]])
    assert value(document, "buyer_name") == "M. et Mme Étienne Garnier"


def test_city_is_no_name(laid_out: Maker) -> None:
    """The letters of a Dutch postcode are no Swedish legal form."""
    lines = ["Leverancier", "Van Dam Advies N.V.", "Dorpsstraat 33", "1012 AB Amsterdam", "Btw-nummer NL058841295B01"]
    document = laid_out([(60, 128 + 12 * place, line) for place, line in enumerate(lines)])
    assert value(document, "seller_name") == "Van Dam Advies N.V."
