"""OASIS Universal Business Language 2.1 invoices and credit notes: XRechnung (UBL), Peppol BIS Billing.

The numbers BT-n are the business terms of EN 16931-1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from extractors.embedded.terms import InvoiceTerms, children, filled, first, in_currency, price_of_one, text_at

ROOTS = ("Invoice", "CreditNote")
NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"


def read(root: etree._Element) -> InvoiceTerms:
    """Return what the invoice or credit note in UBL syntax says."""
    seller = first(root, "AccountingSupplierParty/Party")
    buyer = first(root, "AccountingCustomerParty/Party")
    sums = first(root, "LegalMonetaryTotal")
    currency = text_at(root, "DocumentCurrencyCode")
    values = {
        "invoice_number": text_at(root, "ID"),  # BT-1
        "issue_date": text_at(root, "IssueDate")[:10],  # BT-2
        "due_date": text_at(root, "DueDate", "PaymentMeans/PaymentDueDate")[:10],  # BT-9
        "currency": currency,  # BT-5
        "seller_name": text_at(seller, "PartyLegalEntity/RegistrationName", "PartyName/Name"),  # BT-27
        "seller_vat_id": _vat_id(seller),  # BT-31
        "buyer_name": text_at(buyer, "PartyLegalEntity/RegistrationName", "PartyName/Name"),  # BT-44
        "net_total": text_at(sums, "TaxExclusiveAmount"),  # BT-109
        "tax_total": in_currency(children(root, "TaxTotal/TaxAmount"), currency),  # BT-110
        "gross_total": text_at(sums, "TaxInclusiveAmount"),  # BT-112
        "iban": text_at(root, "PaymentMeans/PayeeFinancialAccount/ID").replace(" ", ""),  # BT-84
        "order_reference": text_at(root, "OrderReference/ID"),  # BT-13
    }
    lines = [*children(root, "InvoiceLine"), *children(root, "CreditNoteLine")]
    return InvoiceTerms("UBL", filled(values), tuple(_rows(lines)))


def _rows(lines: Iterable[etree._Element]) -> Iterable[Mapping[str, str]]:
    for line in lines:
        yield filled(
            {
                "description": text_at(line, "Item/Name", "Item/Description"),  # BT-153
                "quantity": text_at(line, "InvoicedQuantity", "CreditedQuantity"),  # BT-129
                "unit_price": price_of_one(
                    text_at(line, "Price/PriceAmount"), text_at(line, "Price/BaseQuantity")
                ),  # BT-146 / BT-149
                "line_total": text_at(line, "LineExtensionAmount"),  # BT-131
            }
        )


def _vat_id(party: etree._Element | None) -> str:
    if party is None:
        return ""
    for scheme in children(party, "PartyTaxScheme"):
        if text_at(scheme, "TaxScheme/ID") == "VAT":
            return text_at(scheme, "CompanyID").replace(" ", "")
    return ""
