"""Labels that no field of a schema may want but that begin or end like one: they keep their values to themselves."""

from __future__ import annotations

_DATES = """
order date; delivery date; date of delivery; ship date; shipping date; service date; print date; supply date; date of
birth; date printed; Bestelldatum; Lieferdatum; Leistungsdatum; Auftragsdatum; Datum der Lieferung; Druckdatum;
Valuta; Leistungszeitraum; Lieferscheindatum; Skonto bis; date de commande; date de livraison; date d'impression;
fecha de pedido; fecha de entrega; data ordine; data consegna; orderdatum; leverdatum; date and time of print; expiry
date; value date; statement date; run date; air date; despatch date; date shipped; date de commande; data de entrega;
data da encomenda; data sprzedaży; data dostawy; data wykonania usługi; data zamówienia; leveransdatum; orderdatum;
beställningsdatum; leveringsdato; ordredato; datum zdanitelného plnění; DUZP; datum uskutečnění plnění; datum dodání;
datum objednávky
"""
_NUMBERS = """
delivery address; ship to; shipped to; deliver to; Lieferadresse; Lieferanschrift; Warenempfänger; adresse de livraison;
dirección de entrega; indirizzo di consegna; destinazione merce; afleveradres; Zahlungsempfänger; payee; remit to;
customer no; customer number; customer id; client no; account number; account no; delivery note no; delivery note;
page no; page; phone no; tax no; registration no; company reg no; company no; gst no; gst id; gst reg no; reg no; job
no; item no; article no; reference no; table no; cashier; receipt no; trans no; Kundennummer; Kunden-Nr; Kundennr;
Kunde Nr; Lieferschein; Lieferscheinnummer; Lieferschein-Nr; Steuernummer; Steuer-Nr; St.-Nr; Artikelnummer;
Artikel-Nr; Telefon; Tel; Fax; Telefax; Mobil; HRB; HRA; Handelsregister; Amtsgericht; BLZ; Bankleitzahl; Konto;
Konto-Nr; Kontonummer; BIC; SWIFT; Seite; Projekt; Projektnummer; Vorgang; Ansprechpartner; Sachbearbeiter;
facture liée; facture d'origine; original invoice; ursprüngliche Rechnung; factura original; fattura di riferimento;
Gläubiger-ID; Mandatsreferenz; GLN; Referenzrechnung; numéro client; n° client; code client; référence
client; bon de livraison; SIRET; SIREN; RCS; code APE; téléphone; page n°; n° compte; número de cliente; nº cliente;
albarán; teléfono; página; codice cliente; codice fiscale; cod. fiscale; documento di trasporto; telefono; pagina;
REA; klantnummer; klantnr; debiteurnummer; KvK; KvK-nummer; telefoon; pakbon; pagina no; E-Mail; Email; Web; www;
Homepage; Website; capital; capital social; deliver to; livré à; enviar a; luogo di consegna; local de entrega;
morada de entrega; adres dostawy; leveransadress; leveringsadresse; dodací adresa; leveringsadres; bezorgadres;
adres van levering; indirizzo di spedizione; NIF titular; n.º cliente; código de cliente;
cliente n.º; código cliente; nr klienta; kundnummer; kundnr; kundenummer; kundenr; číslo zákazníka; contacto; osoba
kontaktowa; vår referens; vores ref; vyřizuje; your VAT no; your VAT number; votre n° TVA; votre TVA; Ihre USt-IdNr;
Ihre MWST-Nr; NIF cliente; P. IVA cliente; uw btw-nummer; v. contribuinte; NIP nabywcy; ert momsreg.nr; jeres CVR-nr;
DIČ odběratele; REGON; KRS; IČO; IČ; BDO; org.nr; organisationsnummer; bankgiro; plusgiro; telemóvel; strona; sida;
side; strana; variabilní symbol; konstantní symbol; číslo účtu; kód banky; fatture in scadenza;
oorspr. factuur; oorspronkelijke factuur; orig. invoice; original invoice no;
ursprungsrechnung; Originalrechnung; facture initiale; factura rectificada; factura rectificativa de; rif. ns. fattura;
ns. fattura; rif. fattura; fattura originaria
"""
_AMOUNTS = """
total sales excluding gst; total excluding gst; total excl gst; total before gst; total without gst; total gst;
total tax;
total excluding tax; total exclude gst; amount tendered; tendered; payment; cash tendered; visa; mastercard;
discount; deposit; prepaid; amount paid; paid; cash; change; balance brought forward; shipping; freight; handling;
rounding adjustment; rounding adj; rounding; total qty; total quantity; total item; total items; total no of items;
total saving; total savings; total discount; sub total; subtotal; service charge; item total; Rabatt; Skonto;
Anzahlung; Versand; Versandkosten; Porto; Fracht; bereits gezahlt; Übertrag; Zwischensumme; Gegeben; Rückgeld;
Rundung; remise; acompte; escompte; port; frais de port; report; rendu; descuento; anticipo; portes; suma y sigue;
cambio; sconto; acconto; spese di trasporto; a riportare; resto; korting; aanbetaling; verzendkosten; transport;
carried forward;
brought forward; agency commission; commission; net amount due; total spots; gross amount per month;
tax rate; rate; Steuersatz; taux; taux de TVA; deposit paid; balance outstanding; remaining balance; payments/credits;
Restbetrag; Akontozahlung; reste à payer; acompte versé; solde; pendiente; residuo; restant; adiantamento; em dívida;
desconto; portes; a transportar; transporte; zaliczka; pozostało do zapłaty; rabat; koszt wysyłki; do przeniesienia;
z przeniesienia; förskott; återstår; frakt; restbeløb; forudbetalt; fragt; záloha; zbývá uhradit; sleva; doprava;
převod; stawka VAT; moms %; sazba DPH; taxa IVA; avrundning; öresavrundning; zaokrouhlení; zaokrąglenie;
imposta di bollo; marca da bollo; bollo; city tax; tourist tax; stamp duty; taxe de séjour; Kurtaxe; Stromsteuer;
imposta di soggiorno; tasa turística; impuesto electricidad; impuesto eléctrico; toeristenbelasting
"""

DECOYS: tuple[str, ...] = tuple(
    " ".join(text.split()) for text in (_DATES + ";" + _NUMBERS + ";" + _AMOUNTS).split(";")
)
"""Written as printed; matched like the labels of fields, the longest label at a place wins."""
