"""What marks a line as the name of a company, a person or neither."""

from __future__ import annotations

import re

LEGAL_FORM = re.compile(
    r"""(?<![\w])(?:
        [Gg][Mm][Bb][Hh](?:\s*&\s*Co\.?(?:\s*KG(?:aA)?)?)? | mbH | UG | AG | KGaA | KG | OHG | GbR | e\.?\s?[KVG]\. | e\.?\s?Kfr\. | SE
      | Ltd\.? | Limited | LLP | L\.?L\.?C\.? | PLC | Inc\.? | Incorporated | Corp\.? | Corporation | L\.?P\.? | Co\.
      | S\.?A\.?R\.?L\.? | S\.?A\.?S\.?U? | S\.?A\.? | EURL | SCI | SNC
      | S\.?L\.?U?\.? | S\.?p\.?A\.? | S\.?r\.?l\.?s?\.? | S\.?n\.?c\.? | S\.?a\.?s\.?
      | B\.?V\.? | N\.?V\.? | V\.?O\.?F\.? | Stichting
      | Sdn\.?\s*Bhd\.? | Bhd\.? | Pte\.?\s*Ltd\.? | Pty\.?\s*Ltd\.? | A/S | ApS | AB | Oy | AS
    )(?![\w])""",
    re.VERBOSE,
)
_CASELESS_FORM = re.compile(
    r"(?<!\w)(?:gmbh|sdn\.?\s*bhd|limited|ltd|s\.?a\.?r\.?l|inc|llc|enterprise|trading|restaurant|stationery|holdings?)(?!\w)",
    re.IGNORECASE,
)
_NOT_A_NAME = re.compile(
    r"https?:|www\.|@|\b(?:tel|fax|phone|telefon|iban|bic|swift|ust|vat|gst|page|seite|datum|date|invoice|rechnung|facture|factura|fattura|factuur|"
    r"receipt|quittung|bank|sparkasse|volksbank|total|summe|steuer|tax|amtsgericht|handelsregister|geschäftsführer|copyright|thank|danke|merci|gracias|grazie|e-?mail)\b",
    re.IGNORECASE,
)


_COUNTRIES = frozenset(
    """
    deutschland germany allemagne alemania germania duitsland österreich austria schweiz suisse svizzera switzerland france frankreich
    francia frankrijk italien italia italy italie españa spain spanien espagne spanje nederland netherlands niederlande belgien belgique
    belgië belgium ireland irland irlande england scotland wales uk usa luxembourg luxemburg portugal polen poland polska malaysia
    singapore sverige sweden danmark denmark norge norway suomi finland
    """.split()
) | {"united kingdom", "united states", "great britain", "united states of america", "pays-bas", "royaume-uni"}


def has_legal_form(text: str) -> bool:
    """Return whether a legal form stands in the text ("GmbH", "S.r.l.", "Sdn Bhd")."""
    return LEGAL_FORM.search(text) is not None or _CASELESS_FORM.search(text) is not None


def may_be_name(text: str) -> bool:
    """Return whether the text could be somebody's name: letters, not too long, no label, no address of the web."""
    letters = sum(char.isalpha() for char in text)
    digits = sum(char.isdigit() for char in text)
    return letters >= 3 and digits <= letters / 2 and len(text) <= 80 and _NOT_A_NAME.search(text) is None
