"""What stands on an invoice in each language, and how numbers and days are written there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

WORDS = {
    "en": dict(
        title="INVOICE",
        credit="CREDIT NOTE",
        number="Invoice number",
        date="Invoice date",
        due="Due date",
        order="Your order",
        customer="Bill to",
        vat_id="VAT no",
        description="Description",
        quantity="Qty",
        price="Unit price",
        total="Amount",
        net="Subtotal",
        tax="VAT {rate}%",
        gross="Total due",
        page="Page {n} of {m}",
        carried="Carried forward",
        bank="Please pay to account IBAN",
        thanks="Thank you for your business.",
    ),
    "de": dict(
        title="Rechnung",
        credit="Gutschrift",
        number="Rechnungsnummer",
        date="Rechnungsdatum",
        due="Zahlbar bis",
        order="Ihre Bestellung",
        customer="Rechnung an",
        vat_id="USt-IdNr.",
        description="Bezeichnung",
        quantity="Menge",
        price="Einzelpreis",
        total="Gesamtpreis",
        net="Nettobetrag",
        tax="zzgl. {rate} % MwSt.",
        gross="Rechnungsbetrag",
        page="Seite {n} von {m}",
        carried="Übertrag",
        bank="Bankverbindung IBAN",
        thanks="Wir danken für Ihren Auftrag.",
    ),
    "fr": dict(
        title="FACTURE",
        credit="AVOIR",
        number="Facture n°",
        date="Date de facture",
        due="Échéance",
        order="Votre commande",
        customer="Facturé à",
        vat_id="N° TVA",
        description="Désignation",
        quantity="Qté",
        price="PU HT",
        total="Montant HT",
        net="Total HT",
        tax="TVA {rate} %",
        gross="Total TTC",
        page="Page {n} sur {m}",
        carried="Report",
        bank="Virement sur le compte IBAN",
        thanks="Merci de votre confiance.",
    ),
    "es": dict(
        title="FACTURA",
        credit="FACTURA RECTIFICATIVA",
        number="Factura nº",
        date="Fecha de factura",
        due="Vencimiento",
        order="Su pedido",
        customer="Cliente",
        vat_id="NIF",
        description="Concepto",
        quantity="Cantidad",
        price="Precio unitario",
        total="Importe",
        net="Base imponible",
        tax="IVA {rate} %",
        gross="Total factura",
        page="Página {n} de {m}",
        carried="Suma y sigue",
        bank="Transferencia a IBAN",
        thanks="Gracias por su pedido.",
    ),
    "it": dict(
        title="FATTURA",
        credit="NOTA DI CREDITO",
        number="Fattura n.",
        date="Data fattura",
        due="Scadenza",
        order="Vs. ordine",
        customer="Cliente",
        vat_id="Partita IVA",
        description="Descrizione",
        quantity="Q.tà",
        price="Prezzo unitario",
        total="Importo",
        net="Imponibile",
        tax="IVA {rate}%",
        gross="Totale fattura",
        page="Pagina {n} di {m}",
        carried="A riportare",
        bank="Bonifico su IBAN",
        thanks="Grazie per la fiducia.",
    ),
    "nl": dict(
        title="FACTUUR",
        credit="CREDITNOTA",
        number="Factuurnummer",
        date="Factuurdatum",
        due="Vervaldatum",
        order="Uw order",
        customer="Factuur aan",
        vat_id="Btw-nummer",
        description="Omschrijving",
        quantity="Aantal",
        price="Stukprijs",
        total="Bedrag",
        net="Totaal excl. btw",
        tax="Btw {rate}%",
        gross="Totaal incl. btw",
        page="Pagina {n} van {m}",
        carried="Transport",
        bank="Graag overmaken op IBAN",
        thanks="Dank voor uw opdracht.",
    ),
}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
}
SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$", "CHF": "CHF", "SEK": "SEK", "PLN": "PLN"}


@dataclass(frozen=True)
class Style:
    """How a document writes numbers and days."""

    language: str
    currency: str
    decimal: str  # "." or ","
    group: str  # "", ".", ",", " " or "'"
    days: str  # "dotted", "slashed", "named", "iso"
    symbol: str  # "before", "after" or "none"

    def amount(self, value: Decimal) -> str:
        """The amount as printed, with its currency where the style shows it."""
        text = f"{value:,.2f}".replace(",", "\0").replace(".", self.decimal).replace("\0", self.group)
        sign = SYMBOLS[self.currency]
        if self.symbol == "before":
            return f"{sign}{text}" if len(sign) == 1 else f"{sign} {text}"
        return f"{text} {sign}" if self.symbol == "after" else text

    def bare(self, value: Decimal) -> str:
        """The amount without a currency."""
        return Style(self.language, self.currency, self.decimal, self.group, self.days, "none").amount(value)

    def day(self, value: date) -> str:
        """The day as printed."""
        month = _MONTHS[self.language].split()[value.month - 1]
        if self.days == "named":
            return {
                "en": f"{value.day} {month} {value.year}",
                "de": f"{value.day}. {month} {value.year}",
                "es": f"{value.day} de {month} de {value.year}",
            }.get(self.language, f"{value.day} {month} {value.year}")
        return {
            "dotted": value.strftime("%d.%m.%Y"),
            "slashed": value.strftime("%d/%m/%Y"),
            "dashed": value.strftime("%d-%m-%Y"),
            "iso": value.isoformat(),
        }[self.days]
