"""E-invoices and form fields are read as data, in every syntax, and nothing unsafe is followed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from documents.parse import parse_bytes
from extractors.embedded.extract import candidates
from schemas.document import Attachment, Box, FormField, ParsedDocument
from schemas.errors import Reason, Refusal
from schemas.loader import builtin_schemas
from schemas.results import Value

INVOICE = builtin_schemas()["invoice"]
CII = """<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:r" xmlns:udt="urn:u"><rsm:ExchangedDocument><ram:ID>R-1</ram:ID><ram:IssueDateTime>
 <udt:DateTimeString format="102">20260305</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction><ram:IncludedSupplyChainTradeLineItem><ram:SpecifiedTradeProduct><ram:Name>Bolt</ram:Name>
 </ram:SpecifiedTradeProduct><ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>50.00</ram:ChargeAmount>
 <ram:BasisQuantity>100</ram:BasisQuantity></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
 <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity>200</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
 <ram:SpecifiedLineTradeSettlement><ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>100.00</ram:LineTotalAmount>
 </ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>
 <ram:ApplicableHeaderTradeAgreement><ram:SellerTradeParty><ram:Name>Seller GmbH</ram:Name><ram:SpecifiedTaxRegistration>
 <ram:ID schemeID="FC">22/815</ram:ID></ram:SpecifiedTaxRegistration><ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">DE136695976</ram:ID>
 </ram:SpecifiedTaxRegistration></ram:SellerTradeParty></ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeSettlement>
 <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
 <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString>20260315</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
 <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString>20260404</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
 <ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount>
 <ram:TaxTotalAmount currencyID="CHF">18.00</ram:TaxTotalAmount><ram:TaxTotalAmount currencyID="EUR">19.00</ram:TaxTotalAmount>
 <ram:GrandTotalAmount>119.00</ram:GrandTotalAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>
 </ram:ApplicableHeaderTradeSettlement></rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"""
UBL = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cbc="c" xmlns:cac="a"><cbc:ID>U-7</cbc:ID>
 <cbc:IssueDate>2026-03-05</cbc:IssueDate><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode><cac:AccountingSupplierParty><cac:Party>
 <cac:PartyName><cbc:Name>Brand</cbc:Name></cac:PartyName><cac:PartyLegalEntity><cbc:RegistrationName>Seller B.V.</cbc:RegistrationName>
 </cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty><cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount>12.10</cbc:TaxInclusiveAmount>
 </cac:LegalMonetaryTotal><cac:InvoiceLine><cbc:InvoicedQuantity>1</cbc:InvoicedQuantity><cbc:LineExtensionAmount>10.00</cbc:LineExtensionAmount>
 <cac:Item><cbc:Name>Paper</cbc:Name></cac:Item></cac:InvoiceLine></Invoice>"""
ZUGFERD_1 = CII.replace("CrossIndustryInvoice", "CrossIndustryDocument").replace(
    "ExchangedDocument>", "HeaderExchangedDocument>"
)


def attached(xml: str) -> Attachment:
    content = xml.encode()
    return Attachment("factur-x.xml", "application/xml", content, hashlib.sha256(content).hexdigest())


def values(document: ParsedDocument) -> dict[str, Value | None]:
    return {candidate.field: candidate.value for candidate in candidates(document, INVOICE)}


def test_cross_industry_invoice(laid_out: Callable[..., ParsedDocument]) -> None:
    """CII: the VAT number and not the tax number, the last due date, tax in the invoice's currency, price of one unit."""
    document = laid_out([(60, 60, "See attachment")], attachments=(attached(CII),))
    got = values(document)
    assert got["invoice_number"] == "R-1" and got["issue_date"] == date(2026, 3, 5)
    assert got["seller_vat_id"] == "DE136695976"
    assert got["due_date"] == date(2026, 4, 4)
    assert got["tax_total"] == Decimal("19.00")
    rows = next(c.rows for c in candidates(document, INVOICE) if c.field == "line_items")
    assert {name: cell.value for name, cell in rows[0].cells.items()} == {
        "description": "Bolt", "quantity": Decimal(200), "unit_price": Decimal("0.5"), "line_total": Decimal("100.00"),
    }  # fmt: skip


def test_zugferd_1_has_the_same_terms(laid_out: Callable[..., ParsedDocument]) -> None:
    """The older root and header names lead to the same number and day."""
    got = values(laid_out([(60, 60, "x y")], attachments=(attached(ZUGFERD_1),)))
    assert got["invoice_number"] == "R-1" and got["issue_date"] == date(2026, 3, 5)


def test_universal_business_language(laid_out: Callable[..., ParsedDocument]) -> None:
    """UBL: the registered name goes before the brand."""
    got = values(laid_out([(60, 60, "x y")], attachments=(attached(UBL),)))
    assert got["seller_name"] == "Seller B.V." and got["gross_total"] == Decimal("12.10")


def test_other_xml_is_passed_over(laid_out: Callable[..., ParsedDocument]) -> None:
    """XML that is no invoice, and broken XML, give nothing and stop nothing."""
    document = laid_out([(60, 60, "x y")], attachments=(attached("<a/>"), attached("<a"), attached(UBL)))
    assert values(document)["invoice_number"] == "U-7"


def test_entities_are_refused() -> None:
    """A DTD in an invoice is refused with its own reason; what it points to is never read."""
    evil = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + UBL.replace("U-7", "&x;")
    with pytest.raises(Refusal) as refused:
        parse_bytes(evil.encode(), "invoice.xml")
    assert refused.value.reason is Reason.EMBEDDED_UNSAFE


def test_form_fields(laid_out: Callable[..., ParsedDocument]) -> None:
    """Filled form fields are matched by name or label, typed by kind, with their box as evidence; the rest is left."""
    fields = (
        FormField("invoiceNumber", "F-9", 1, Box(1, 2, 3, 4)),
        FormField("Due date", "05.03.2026", None, None),
        FormField("Grand total", "not a number", 1, None),
        FormField("Signature", "x", 1, None),
    )
    document = replace(laid_out([(60, 60, "Form")]), form_fields=fields)
    got = {candidate.field: candidate for candidate in candidates(document, INVOICE)}
    assert {name: c.value for name, c in got.items()} == {"invoice_number": "F-9", "due_date": date(2026, 3, 5)}
    assert got["invoice_number"].evidence[0].boxes == (Box(1, 2, 3, 4),)
