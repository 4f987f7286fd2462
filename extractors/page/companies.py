"""What marks a line as the name of a company, a person or neither."""

from __future__ import annotations

import re

# As recognition misreads them: "SON BHD", "SDN 8HD", "SDN 1 BHD", "5/B".
_MISREAD_SDN_BHD = r"[S5][DO0]N\.?[ ]*(?:[1Il|.,][ ])?[B8]H[DO0]"
_MISREAD_S_B = r"5/B|S/8"
LEGAL_FORM = re.compile(
    rf"""(?<![\w])(?:
        [Gg][Mm][Bb][Hh](?:\s*&\s*Co\.?(?:\s*KG(?:aA)?)?)? | g?GmbH | Ges\.?\s?m\.?\s?b\.?\s?H\.? | mbH | UG | AG
      | KGaA | KG | OHG | GbR | e\.?\s?[KVGU]\. | e\.?\s?Kfr\. | eG | SE | Part(?:G|GmbB|G\s?mbB)
      | Ltd\.? | LTD\.? | Limited | LIMITED | LLP | L\.?L\.?C\.? | PLC | plc | DAC | CLG | CIC
      | Inc\.? | INC\.? | Incorporated | Corp\.? | Corporation | L\.?P\.? | Co\.
      | S\.?A\.?\s?de\s?C\.?V\.? | S\.?\s?de\s?R\.?L\.?(?:\s?de\s?C\.?V\.?)?
      | S\.?A\.?R\.?L\.? | S\.?A\.?S\.?U? | S\.?A\.?U\.? | S\.?A\.? | EURL | SCI | SNC | SEL(?:ARL|AS) | SCOP | GAEC
      | S\.?L\.?U\.? | S\.?L\.?L\.? | S\.?L\.?P\.? | S\.?L\.? | S\.\s?C\.\s?L\.? | S\.\s?Coop\.?
      | C\.\s?B\.(?=\s*(?:$|[,–-]))
      | S\.?p\.?A\.? | S\.P\.A\. | S\.?r\.?l\.?s?\.? | S\.R\.L\. | SRL | S\.?n\.?c\.? | S\.N\.C\. | S\.?a\.?s\.?
      | s\.(?:n\.c|a\.s|p\.a|r\.l)\.
      | (?:[Ss]oc\.\s?)?(?:agr|[Cc]oop)\.(?:\s[Ss]ociale)?(?:\s?a\s?r\.l\.)?
      | B\.?V\.?(?:B\.?A\.?)? | N\.?V\.? | V\.?O\.?F\.? | C\.?V\.?B\.?A\.? | SPRL | CommV | Stichting
      | vzw | VZW | asbl | ASBL
      | (?:Sdn|SDN)\.?\s*(?:Bhd|BHD)\.? | (?:Bhd|BHD)\.? | S/B | {_MISREAD_SDN_BHD} | {_MISREAD_S_B}
      | Pte\.?\s*Ltd\.? | Pty\.?\s*(?:Ltd\.?|Limited)
      | A/S | ApS | I/S | K/S | AB | HB | Oyj? | ASA?
      | S\.?\s?[aà]\s?r\.?l\.? | (?:Unipessoal,?\s)?Lda\.? | [Ss]p\.?\s?z\s?o\.?\s?o\.? | [Ss]p\.\s?[jk]\.
      | (?:spol\.\s?)?s\.?\s?r\.\s?o\.? | a\.\s?s\.
    )(?![\w])""",
    re.VERBOSE,
)
_CASELESS_FORM = re.compile(
    r"(?<!\w)(?:gmbh|sdn\.?\s*bhd|bhd|s/b|limited|ltd|s\.?a\.?r\.?l|inc|llc|enterprise|trading|restaurant|stationery|"
    r"holdings?)(?!\w)",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(
    r"https?:|www\.|@|\b(?:tel|fax|phone|telefon|iban|bic|swift|ust|vat|gst|page|seite|datum|date|invoice|rechnung|"
    r"facture|factura|fattura|factuur|receipt|quittung|bank|sparkasse|volksbank|total|summe|steuer|tax|amtsgericht|"
    r"handelsregister|geschäftsführer|copyright|thank|danke|merci|gracias|grazie|e-?mail)\b|\bco\.?\s?(?:reg|no)\b",
    re.IGNORECASE,
)
_ONE_WORD_COUNTRIES = """
deutschland germany allemagne alemania germania duitsland österreich austria schweiz suisse svizzera
switzerland france frankreich francia frankrijk italien italia italy italie españa spain spanien espagne
spanje nederland netherlands niederlande belgien belgique belgië belgium ireland irland irlande england
scotland wales uk usa luxembourg luxemburg portugal polen poland polska malaysia singapore sverige sweden
danmark denmark norge norway suomi finland
"""
_COUNTRIES = frozenset(_ONE_WORD_COUNTRIES.split()) | {
    "united kingdom",
    "united states",
    "united states of america",
    "great britain",
    "pays-bas",
    "royaume-uni",
}


_REGISTRATION = re.compile(
    r"""\s*(?:
        [(\[{][^()\[\]{}]*[0-9]{4,}[^()\[\]{}]*[)\]}]?   # (139386 X), (Co. Reg. 524463-X)
      | [0-9]{4,}\s*-\s*[A-Z]                            # 524463-X
    )\s*$""",
    re.VERBOSE,
)


def with_form_spelled(text: str) -> str:
    """Return a name that was read from a picture with its legal form as people spell it ("SDN BHD" for "SON 8HD")."""
    return re.sub(rf"\b(?:{_MISREAD_S_B})(?!\w)", "S/B", re.sub(rf"\b{_MISREAD_SDN_BHD}\b", "SDN BHD", text))


def without_registration(text: str) -> str:
    """Return the name without the number of the company's registration behind it ("… Sdn Bhd (139386-X)")."""
    return _REGISTRATION.sub("", text).rstrip(" ,;-")


def is_country(text: str) -> bool:
    """Return whether the text is the name of a country and nothing else."""
    return text.strip().lower() in _COUNTRIES


def is_mostly_form(text: str) -> bool:
    """Return whether a line holds a legal form and at most one other word: the end of a name begun above."""
    match = LEGAL_FORM.search(text)
    rest = re.sub(r"\([^)]*\)", " ", text[: match.start()] + text[match.end() :]) if match else text
    return match is not None and len(re.findall(r"[^\W\d_]+(?:&[^\W\d_]+|[^\W\d_])", LEGAL_FORM.sub(" ", rest))) <= 1


def has_legal_form(text: str) -> bool:
    """Return whether a legal form stands in the text ("GmbH", "S.r.l.", "Sdn Bhd")."""
    return LEGAL_FORM.search(text) is not None or _CASELESS_FORM.search(text) is not None


def may_be_name(text: str) -> bool:
    """Return whether the text could be somebody's name: letters, not too long, no label, no address of the web."""
    letters = sum(char.isalpha() for char in text)
    digits = sum(char.isdigit() for char in text)
    plain = text.strip()
    if letters < 3 or digits > letters / 2 or len(text) > 80 or is_country(plain):
        return False
    return _NOT_A_NAME.search(text) is None and LEGAL_FORM.fullmatch(plain) is None
