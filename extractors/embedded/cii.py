"""UN/CEFACT Cross Industry Invoice: ZUGFeRD 1, ZUGFeRD 2, Factur-X, XRechnung (CII).

The numbers BT-n are the business terms of EN 16931-1; ZUGFeRD 1.0 has the same terms under older element names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from extractors.embedded.terms import InvoiceTerms, children, filled, first, in_currency, price_of_one, text_at

ROOTS = ("CrossIndustryInvoice", "CrossIndustryDocument")


def read(root: etree._Element) -> InvoiceTerms:
    """Return what the invoice in CII syntax says."""
    header = _any(root, "ExchangedDocument", "HeaderExchangedDocument")
    trade = _any(root, "SupplyChainTradeTransaction", "SpecifiedSupplyChainTradeTransaction")
    agreement = _any(trade, "ApplicableHeaderTradeAgreement", "ApplicableSupplyChainTradeAgreement")
    settlement = _any(trade, "ApplicableHeaderTradeSettlement", "ApplicableSupplyChainTradeSettlement")
    sums = _any(
        settlement,
        "SpecifiedTradeSettlementHeaderMonetarySummation",
        "SpecifiedTradeSettlementMonetarySummation",
    )
    seller = first(agreement, "SellerTradeParty")
    currency = text_at(settlement, "InvoiceCurrencyCode") or _currency_of(sums)
    account = "SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount"
    values = {
        "invoice_number": text_at(header, "ID"),  # BT-1
        "issue_date": _date(first(header, "IssueDateTime/DateTimeString")),  # BT-2
        "due_date": _due_date(settlement),  # BT-9
        "currency": currency,  # BT-5
        "seller_name": text_at(seller, "Name"),  # BT-27
        "seller_vat_id": _vat_id(seller),  # BT-31
        "buyer_name": text_at(agreement, "BuyerTradeParty/Name"),  # BT-44
        "net_total": text_at(sums, "TaxBasisTotalAmount"),  # BT-109
        "tax_total": in_currency(children(sums, "TaxTotalAmount") if sums is not None else (), currency),  # BT-110
        "gross_total": text_at(sums, "GrandTotalAmount"),  # BT-112
        "iban": text_at(settlement, f"{account}/IBANID").replace(" ", ""),  # BT-84
        "order_reference": text_at(
            agreement, "BuyerOrderReferencedDocument/IssuerAssignedID", "BuyerOrderReferencedDocument/ID"
        ),  # BT-13
    }
    lines = children(trade, "IncludedSupplyChainTradeLineItem") if trade is not None else ()
    return InvoiceTerms("CII", filled(values), tuple(_rows(lines)))


def _rows(lines: Iterable[etree._Element]) -> Iterable[Mapping[str, str]]:
    for line in lines:
        product = first(line, "SpecifiedTradeProduct")
        agreement = _any(line, "SpecifiedLineTradeAgreement", "SpecifiedSupplyChainTradeAgreement")
        price = first(agreement, "NetPriceProductTradePrice")
        delivery = _any(line, "SpecifiedLineTradeDelivery", "SpecifiedSupplyChainTradeDelivery")
        settlement = _any(line, "SpecifiedLineTradeSettlement", "SpecifiedSupplyChainTradeSettlement")
        row = filled(
            {
                "description": text_at(product, "Name", "Description"),  # BT-153
                "quantity": text_at(delivery, "BilledQuantity"),  # BT-129
                "unit_price": price_of_one(
                    text_at(price, "ChargeAmount"), text_at(price, "BasisQuantity")
                ),  # BT-146 / BT-149
                "line_total": text_at(
                    settlement,
                    "SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount",
                    "SpecifiedTradeSettlementMonetarySummation/LineTotalAmount",
                ),  # BT-131
            }
        )
        if row.get("line_total"):  # ZUGFeRD 1 also keeps free text in lines; they have no amount
            yield row


def _any(element: etree._Element | None, *names: str) -> etree._Element | None:
    return next((found for name in names if (found := first(element, name)) is not None), None)


def _date(element: etree._Element | None) -> str:
    """Format 102 (CCYYMMDD) or ISO as an ISO date; empty for anything else, for a date is never guessed."""
    text = (element.text or "").strip() if element is not None else ""
    if len(text) == 8 and text.isdigit():
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return text[:10] if len(text) >= 10 and text[4] == text[7] == "-" else ""


def _due_date(settlement: etree._Element | None) -> str:
    """The last of the days named: earlier ones end a discount."""
    if settlement is None:
        return ""
    path = "SpecifiedTradePaymentTerms/DueDateDateTime/DateTimeString"
    return max((_date(element) for element in children(settlement, path)), default="")


def _vat_id(party: etree._Element | None) -> str:
    if party is None:
        return ""
    for identifier in children(party, "SpecifiedTaxRegistration/ID"):
        if identifier.get("schemeID") in ("VA", "VAT"):
            return (identifier.text or "").replace(" ", "")
    return ""


def _currency_of(sums: etree._Element | None) -> str:
    amount = first(sums, "GrandTotalAmount")
    return amount.get("currencyID", "") if amount is not None else ""
