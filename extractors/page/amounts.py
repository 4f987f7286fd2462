"""What an amount of money looks like on paper."""

from __future__ import annotations

import re

from schemas.values.money import CURRENCIES

_SIGNS = "|".join(sorted((re.escape(sign) for sign in CURRENCIES), key=len, reverse=True))
# Letters for the rate of tax, printed right behind the cents: "12.50S", "3,98 B".
_TAX_CODE = r"(?<=[.,][0-9]{2})(?-i:SR|S|s|ZRL?|Z|TX|[TABCDENX])(?!\w)"
# Whole digits of a figure with its groups and fraction, as a piece of a pattern.
DIGITS = r"[0-9]{1,3}(?:[.,'’ \u00a0\u202f][0-9]{3})+(?:[.,][0-9]{1,4})?|[0-9]+(?:[.,][0-9]{1,4})?"
AMOUNT = re.compile(
    rf"(?<![\w.,'’#/-])\(?[-−–+]?\s?(?:(?:{_SIGNS})\s?)?[-−–+]?(?:{DIGITS})(?:,[-–]{{1,2}})?(?:\s?(?:{_SIGNS})(?![a-z]))?-?(?:\s?(?:CR|DR)\b)?\)?"
    rf"(?!\s?%|(?!{_TAX_CODE})[\w/:]|[.,][0-9])",
    re.IGNORECASE,
)
