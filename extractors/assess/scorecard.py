"""How much a reading is believed among the other readings of its field: it decides which of them is the answer.

How sure the answer is then is the scorer's to say, after the checks. Sources are treated as independent witnesses: two
that agree are wrong together only if both are wrong (noisy-or; Pearl, Probabilistic Reasoning in Intelligent Systems,
1988, section 4.3.2).
"""

from __future__ import annotations

from collections.abc import Iterable

CERTAIN = 0.995  # nothing on paper is surer than this
CONFLICT = 0.5  # share of a rival source's belief that is taken off
UNSEEN = 0.7  # factor when the value was not found on the page
FUZZY = 0.85  # factor when only a similar text was found
VALIDATOR_FAILED = 0.5
CHECK_DIGITS_PASSED = 0.3  # share of the doubt that is left


def agreed(scores: Iterable[float]) -> float:
    """Return the belief in a value that several independent sources gave, from the belief of each (0..1)."""
    doubt = 1.0
    for score in scores:
        doubt *= 1.0 - min(max(score, 0.0), CERTAIN)
    return capped(1.0 - doubt)


def contested(belief: float, rival: float) -> float:
    """Return the belief left when another source believes in another value."""
    return capped(belief * (1.0 - CONFLICT * rival))


def confirmed(belief: float, doubt_left: float) -> float:
    """Return the belief after an independent confirmation that leaves a share of the doubt."""
    return capped(1.0 - (1.0 - belief) * doubt_left)


def capped(belief: float) -> float:
    """Return the belief within what any document can give, rounded so that equal inputs print equal."""
    return round(min(max(belief, 0.0), CERTAIN), 4)
