"""Invented companies and goods in six languages, with sound check digits."""

from __future__ import annotations

import random
from dataclasses import dataclass

from stdnum import iban as iban_numbers
from stdnum.eu import vat as vat_numbers
from stdnum.exceptions import ValidationError

VAT_PREFIX = {"de": "DE", "fr": "FR", "es": "ES", "it": "IT", "nl": "NL", "en": "IE"}
_VAT_SHAPE = {
    "DE": "#########",
    "FR": "###########",
    "ES": "B########",
    "IT": "###########",
    "NL": "#########B01",
    "IE": "#######T",
}
_BANK_SHAPE = {
    "de": "DE####################",
    "fr": "FR#########################",
    "es": "ES######################",
    "it": "IT##Z##########000000######",
    "nl": "NL##VERB0#########",
    "en": "IE##AIBK##############",
}


@dataclass(frozen=True)
class Company:
    """A party with its address and numbers."""

    name: str
    street: str
    city: str  # with postcode, as written in its country
    country: str
    language: str
    vat_id: str = ""
    iban: str = ""


SELLERS = {
    "en": [
        ("Harrowgate Instruments Ltd", "14 Quayside Lane", "Cork T12 X8RD", "Ireland"),
        ("Pembrook & Vale Joinery Ltd", "3 Sawmill Road", "Dublin D08 KX2P", "Ireland"),
        ("Northlight Software Ltd", "Unit 7, Foundry Park", "Galway H91 VF20", "Ireland"),
    ],
    "de": [
        ("Lindenhof Werkzeugbau GmbH", "Gerberstraße 21", "70178 Stuttgart", "Deutschland"),
        ("Ostsee Kanzleibedarf GmbH & Co. KG", "Am Speicher 4", "23552 Lübeck", "Deutschland"),
        ("Brückner Energietechnik AG", "Industrieweg 88", "04329 Leipzig", "Deutschland"),
    ],
    "fr": [
        ("Ateliers Morvandeau SARL", "8 rue des Tanneurs", "21000 Dijon", "France"),
        ("Papeterie du Vieux Pont SAS", "112 avenue Jean Moulin", "69007 Lyon", "France"),
    ],
    "es": [
        ("Cerámicas del Duero S.L.", "Calle de la Plata 17", "47003 Valladolid", "España"),
        ("Suministros Levante S.A.", "Avenida del Puerto 230", "46024 Valencia", "España"),
    ],
    "it": [
        ("Officine Bellandi S.r.l.", "Via dei Mulini 9", "25121 Brescia", "Italia"),
        ("Cartotecnica Etrusca S.p.A.", "Viale Europa 45", "53100 Siena", "Italia"),
    ],
    "nl": [
        ("Van Doornik Installaties B.V.", "Kanaaldijk 61", "3521 AB Utrecht", "Nederland"),
        ("De Witte Molen Drukwerk B.V.", "Molenpad 5", "8911 BC Leeuwarden", "Nederland"),
    ],
}
BUYERS = {
    "en": [("Calder Freight Services Ltd", "27 Station Terrace", "Limerick V94 T2K1", "Ireland")],
    "de": [
        ("Hotel Seeblick Betriebs GmbH", "Uferpromenade 2", "88045 Friedrichshafen", "Deutschland"),
        ("Stadtwerke Ahrental GmbH", "Marktplatz 1", "53501 Grafschaft", "Deutschland"),
    ],
    "fr": [("Clinique des Ormes SA", "45 boulevard Voltaire", "35000 Rennes", "France")],
    "es": [("Transportes Guadiana S.L.", "Polígono Sur, nave 12", "06006 Badajoz", "España")],
    "it": [("Alberghi Riuniti del Garda S.r.l.", "Lungolago 30", "37011 Bardolino", "Italia")],
    "nl": [("Stichting Zorggroep Veluwe", "Boslaan 12", "7311 JK Apeldoorn", "Nederland")],
}
GOODS = {
    "en": [
        "Torque wrench 20-100 Nm",
        "Bearing set 6204-2RS",
        "On-site calibration, per hour",
        "Oak panel 18 mm",
        "Support contract, monthly",
        "Safety gloves, pack of 12",
        "Hydraulic hose 1/2 in, 3 m",
        "Cable duct 40 x 60 mm",
        "Installation and testing",
        "Spare filter cartridge",
    ],
    "de": [
        "Drehmomentschlüssel 20-100 Nm",
        "Kugellager 6204-2RS",
        "Montagearbeiten, Stunde",
        "Kopierpapier A4 80 g, Karton",
        "Wartungsvertrag, Monat",
        "Arbeitshandschuhe, 12 Paar",
        "Hydraulikschlauch 3 m",
        "Kabelkanal 40 x 60 mm",
        "Anfahrt und Einweisung",
        "Ersatzfilter Typ B",
    ],
    "fr": [
        "Clé dynamométrique 20-100 Nm",
        "Roulement à billes 6204",
        "Pose et réglage, heure",
        "Papier recyclé A4, carton",
        "Contrat d'entretien, mois",
        "Gants de protection, lot de 12",
        "Flexible hydraulique 3 m",
        "Goulotte 40 x 60 mm",
    ],
    "es": [
        "Llave dinamométrica 20-100 Nm",
        "Rodamiento 6204-2RS",
        "Mano de obra, hora",
        "Azulejo esmaltado 20 x 20",
        "Mantenimiento mensual",
        "Guantes de trabajo, 12 pares",
        "Manguera hidráulica 3 m",
        "Canaleta 40 x 60 mm",
    ],
    "it": [
        "Chiave dinamometrica 20-100 Nm",
        "Cuscinetto a sfere 6204",
        "Manodopera, ora",
        "Carta riciclata A4, scatola",
        "Contratto di assistenza, mese",
        "Guanti da lavoro, 12 paia",
        "Tubo idraulico 3 m",
        "Canalina 40 x 60 mm",
    ],
    "nl": [
        "Momentsleutel 20-100 Nm",
        "Kogellager 6204-2RS",
        "Montage, per uur",
        "Kopieerpapier A4, doos",
        "Onderhoudscontract, maand",
        "Werkhandschoenen, 12 paar",
        "Hydraulische slang 3 m",
        "Kabelgoot 40 x 60 mm",
    ],
}


def company(random_: random.Random, language: str, *, seller: bool, which: int = 0) -> Company:
    """Return an invented company with a VAT number and an account whose check digits are right."""
    rows = (SELLERS if seller else BUYERS)[language]
    name, street, city, country = rows[which % len(rows)]
    return Company(
        name, street, city, country, language, _vat_id(random_, VAT_PREFIX[language]), _iban(random_, language)
    )


def _vat_id(random_: random.Random, prefix: str) -> str:
    while True:
        number = prefix + _filled(random_, _VAT_SHAPE[prefix])
        try:
            return str(vat_numbers.validate(number))
        except ValidationError:
            continue


def _iban(random_: random.Random, language: str) -> str:
    while True:
        number = _filled(random_, _BANK_SHAPE[language])
        number = number[:2] + "00" + number[4:]
        number = number[:2] + iban_numbers.calc_check_digits(number) + number[4:]
        try:
            return str(iban_numbers.validate(number))
        except ValidationError:
            continue


def _filled(random_: random.Random, shape: str) -> str:
    return "".join(str(random_.randrange(10)) if char == "#" else char for char in shape)
