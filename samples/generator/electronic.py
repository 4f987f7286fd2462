"""E-invoices: the same content as XML, inside a PDF or alone."""

from __future__ import annotations

import io
from decimal import Decimal

from lxml import etree
from pypdf import PdfReader, PdfWriter

from samples.generator.invoice import Invoice

_RSM = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
_RAM = "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
_UDT = "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"
_CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
_CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
_INVOICE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"


def cross_industry(invoice: Invoice, *, gross_error: Decimal = Decimal()) -> bytes:
    """Return the invoice in CII syntax (Factur-X, profile EN 16931); `gross_error` makes its total wrong."""
    root = etree.Element(f"{{{_RSM}}}CrossIndustryInvoice", nsmap={"rsm": _RSM, "ram": _RAM, "udt": _UDT})
    context = _at(root, _RSM, "ExchangedDocumentContext")
    _text(_at(context, _RAM, "GuidelineSpecifiedDocumentContextParameter"), _RAM, "ID", "urn:cen.eu:en16931:2017")
    header = _at(root, _RSM, "ExchangedDocument")
    _text(header, _RAM, "ID", invoice.number)
    _text(header, _RAM, "TypeCode", "380")
    _day(_at(header, _RAM, "IssueDateTime"), invoice.issued.strftime("%Y%m%d"))
    trade = _at(root, _RSM, "SupplyChainTradeTransaction")
    for number, item in enumerate(invoice.items, 1):
        line = _at(trade, _RAM, "IncludedSupplyChainTradeLineItem")
        _text(_at(line, _RAM, "AssociatedDocumentLineDocument"), _RAM, "LineID", str(number))
        _text(_at(line, _RAM, "SpecifiedTradeProduct"), _RAM, "Name", item.description)
        price = _at(_at(line, _RAM, "SpecifiedLineTradeAgreement"), _RAM, "NetPriceProductTradePrice")
        _text(price, _RAM, "ChargeAmount", f"{item.unit_price:f}")
        _text(_at(line, _RAM, "SpecifiedLineTradeDelivery"), _RAM, "BilledQuantity", f"{item.quantity:f}")
        settlement = _at(line, _RAM, "SpecifiedLineTradeSettlement")
        _text(
            _at(settlement, _RAM, "SpecifiedTradeSettlementLineMonetarySummation"),
            _RAM,
            "LineTotalAmount",
            str(item.total),
        )
    agreement = _at(trade, _RAM, "ApplicableHeaderTradeAgreement")
    seller = _at(agreement, _RAM, "SellerTradeParty")
    _text(seller, _RAM, "Name", invoice.seller.name)
    _text(_at(seller, _RAM, "SpecifiedTaxRegistration"), _RAM, "ID", invoice.seller.vat_id).set("schemeID", "VA")
    _text(_at(agreement, _RAM, "BuyerTradeParty"), _RAM, "Name", invoice.buyer.name)
    _text(_at(agreement, _RAM, "BuyerOrderReferencedDocument"), _RAM, "IssuerAssignedID", invoice.order)
    settlement = _at(trade, _RAM, "ApplicableHeaderTradeSettlement")
    _text(settlement, _RAM, "InvoiceCurrencyCode", invoice.style.currency)
    means = _at(settlement, _RAM, "SpecifiedTradeSettlementPaymentMeans")
    _text(_at(means, _RAM, "PayeePartyCreditorFinancialAccount"), _RAM, "IBANID", invoice.seller.iban)
    _day(
        _at(_at(settlement, _RAM, "SpecifiedTradePaymentTerms"), _RAM, "DueDateDateTime"),
        invoice.due.strftime("%Y%m%d"),
    )
    sums = _at(settlement, _RAM, "SpecifiedTradeSettlementHeaderMonetarySummation")
    _text(sums, _RAM, "LineTotalAmount", str(invoice.net))
    _text(sums, _RAM, "TaxBasisTotalAmount", str(invoice.net))
    _text(sums, _RAM, "TaxTotalAmount", str(invoice.tax)).set("currencyID", invoice.style.currency)
    _text(sums, _RAM, "GrandTotalAmount", str(invoice.gross + gross_error))
    _text(sums, _RAM, "DuePayableAmount", str(invoice.gross + gross_error))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def universal_business_language(invoice: Invoice) -> bytes:
    """Return the invoice in UBL syntax (XRechnung)."""
    root = etree.Element(f"{{{_INVOICE}}}Invoice", nsmap={None: _INVOICE, "cbc": _CBC, "cac": _CAC})
    for name, value in (("ID", invoice.number), ("IssueDate", invoice.issued.isoformat()), ("DueDate", invoice.due.isoformat()), ("InvoiceTypeCode", "380"),
                        ("DocumentCurrencyCode", invoice.style.currency)):  # fmt: skip
        _text(root, _CBC, name, value)
    _text(_at(root, _CAC, "OrderReference"), _CBC, "ID", invoice.order)
    for role, party in (("AccountingSupplierParty", invoice.seller), ("AccountingCustomerParty", invoice.buyer)):
        holder = _at(_at(root, _CAC, role), _CAC, "Party")
        scheme = _at(holder, _CAC, "PartyTaxScheme")
        _text(scheme, _CBC, "CompanyID", party.vat_id)
        _text(_at(scheme, _CAC, "TaxScheme"), _CBC, "ID", "VAT")
        _text(_at(holder, _CAC, "PartyLegalEntity"), _CBC, "RegistrationName", party.name)
    _text(_at(_at(root, _CAC, "PaymentMeans"), _CAC, "PayeeFinancialAccount"), _CBC, "ID", invoice.seller.iban)
    _text(_at(root, _CAC, "TaxTotal"), _CBC, "TaxAmount", str(invoice.tax)).set("currencyID", invoice.style.currency)
    sums = _at(root, _CAC, "LegalMonetaryTotal")
    for name, value in (
        ("LineExtensionAmount", invoice.net),
        ("TaxExclusiveAmount", invoice.net),
        ("TaxInclusiveAmount", invoice.gross),
        ("PayableAmount", invoice.gross),
    ):
        _text(sums, _CBC, name, str(value)).set("currencyID", invoice.style.currency)
    for number, item in enumerate(invoice.items, 1):
        line = _at(root, _CAC, "InvoiceLine")
        _text(line, _CBC, "ID", str(number))
        _text(line, _CBC, "InvoicedQuantity", f"{item.quantity:f}")
        _text(line, _CBC, "LineExtensionAmount", str(item.total)).set("currencyID", invoice.style.currency)
        _text(_at(line, _CAC, "Item"), _CBC, "Name", item.description)
        _text(_at(line, _CAC, "Price"), _CBC, "PriceAmount", f"{item.unit_price:f}").set(
            "currencyID", invoice.style.currency
        )
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def with_attachment(pdf: bytes, xml: bytes, name: str = "factur-x.xml") -> bytes:
    """Return the PDF with the XML attached."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.add_attachment(name, xml)
    return _written(writer)


def locked(pdf: bytes, password: str) -> bytes:
    """Return the PDF encrypted with a user password (RC4 128: AES would draw random numbers)."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(password, algorithm="RC4-128")
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _at(parent: etree._Element, namespace: str, name: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{namespace}}}{name}")


def _text(parent: etree._Element, namespace: str, name: str, text: str) -> etree._Element:
    element = _at(parent, namespace, name)
    element.text = text
    return element


def _day(parent: etree._Element, text: str) -> None:
    _text(parent, _UDT, "DateTimeString", text).set("format", "102")
