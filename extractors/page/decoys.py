"""Labels that no field of a schema may want but that begin or end like one: they keep their values to themselves."""

from __future__ import annotations

_DATES = """
order date; delivery date; date of delivery; ship date; shipping date; service date; print date; supply date; date of
birth; date printed; Bestelldatum; Lieferdatum; Leistungsdatum; Auftragsdatum; Datum der Lieferung; Druckdatum;
Valuta; Leistungszeitraum; Lieferscheindatum; Skonto bis; date de commande; date de livraison; date d'impression;
fecha de pedido; fecha de entrega; data ordine; data consegna; orderdatum; leverdatum; date and time of print; expiry
date; value date; statement date; run date; air date
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
Gläubiger-ID; Mandatsreferenz; GLN; Referenzrechnung; numéro client; n° client; code client; référence
client; bon de livraison; SIRET; SIREN; RCS; code APE; téléphone; page n°; n° compte; número de cliente; nº cliente;
albarán; teléfono; página; codice cliente; codice fiscale; cod. fiscale; documento di trasporto; telefono; pagina;
REA; klantnummer; klantnr; debiteurnummer; KvK; KvK-nummer; telefoon; pakbon; pagina no; E-Mail; Email; Web; www;
Homepage; Website; capital; capital social
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
tax rate; rate; Steuersatz; taux; taux de TVA
"""

DECOYS: tuple[str, ...] = tuple(
    " ".join(text.split()) for text in (_DATES + ";" + _NUMBERS + ";" + _AMOUNTS).split(";")
)
"""Written as printed; matched like the labels of fields, the longest label at a place wins."""
