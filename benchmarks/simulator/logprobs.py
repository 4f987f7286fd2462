"""Tokens of an answer and their log-probabilities, with the oddities of real servers.

How sure the model is of a value is drawn from one of two Beta distributions, for right and for wrong values. Their
means are moved apart until a right value has the higher probability in the wanted share of pairs (the AUROC).
Tokens are no words: they glue a quotation mark to the first letters of a value, cut values anywhere, and cut letters of
several bytes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Any

from benchmarks.simulator.answer import Leaf, Piece
from benchmarks.simulator.draws import Draw, share
from benchmarks.simulator.profiles import Certainty

STEPS = 2_000  # points at which a distribution is tabulated
_TOKEN = re.compile(r'[\s"{}\[\]:,]+\w?|\w{1,4}|[^\w\s"{}\[\]:,]', re.DOTALL)
_SURE = -1e-5  # of marks that the format dictates
_MAIN = 0.8  # share of a value's doubt that sits in one of its tokens


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the answer, and the value that it is a part of."""

    data: bytes
    leaf: Leaf | None = None


def tokens(pieces: Iterable[Piece]) -> list[Token]:
    """Cut an answer into tokens; together they are its bytes. A letter of several bytes may be cut in two."""
    whole: list[Piece] = [piece for piece in pieces if piece.text]
    content = "".join(piece.text for piece in whole)
    ends = list(accumulate(len(piece.text) for piece in whole))
    out: list[Token] = []
    at = 0
    for match in _TOKEN.finditer(content):
        while at < len(ends) and ends[at] <= match.end() - 1:
            at += 1
        leaf = whole[at].leaf if at < len(whole) else None
        out.extend(Token(data, leaf) for data in _cut(match[0]))
    return out


def _cut(text: str) -> tuple[bytes, ...]:
    data = text.encode()
    broad = next((place for place, char in enumerate(text) if not char.isascii()), None)
    if broad is None:
        return (data,)
    middle = len(text[:broad].encode()) + 1
    return data[:middle], data[middle:]


@lru_cache(maxsize=64)
def _quantiles(mean: float, concentration: float) -> tuple[float, ...]:
    """Return the distribution function of a Beta distribution at STEPS points in the middle of equal steps."""
    a, b = mean * concentration, (1 - mean) * concentration
    logs = [(a - 1) * math.log(x) + (b - 1) * math.log1p(-x) for x in _points()]
    highest = max(logs)
    sums = list(accumulate(math.exp(each - highest) for each in logs))
    return tuple(each / sums[-1] for each in sums)


def _points() -> list[float]:
    return [(step + 0.5) / STEPS for step in range(STEPS)]


def _auroc(right: Sequence[float], wrong: Sequence[float]) -> float:
    """Return how often a draw from `right` is above one from `wrong`; both are distribution functions."""
    before, total = 0.0, 0.0
    for step, each in enumerate(right):
        below = wrong[step - 1] if step else 0.0
        total += (each - before) * (below + wrong[step]) / 2
        before = each
    return total


@lru_cache(maxsize=64)
def means(certainty: Certainty) -> tuple[float, float]:
    """Return the means of the probabilities of right and of wrong values that give the wanted AUROC."""
    low, high = 0.0, min(certainty.centre, 1 - certainty.centre) * 0.98
    k = certainty.concentration
    for _ in range(40):
        half = (low + high) / 2
        found = _auroc(_quantiles(certainty.centre + half, k), _quantiles(certainty.centre - half, k))
        low, high = (half, high) if found < certainty.auroc else (low, half)
    return certainty.centre + low, certainty.centre - low


def probability(certainty: Certainty, right: bool, point: float) -> float:
    """Return the probability that stands at `point` (0 to 1) of its distribution."""
    mean = means(certainty)[0 if right else 1]
    levels = _quantiles(mean, certainty.concentration)
    low, high = 0, STEPS - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if levels[middle] < point else (low, middle)
    return (low + 0.5) / STEPS


def logprobs(cut: Sequence[Token], certainty: Certainty, draw: Draw, top: int) -> list[dict[str, Any]]:
    """Return the log-probabilities of all tokens in the form of the protocol.

    Those of the tokens of one value add up to the logarithm of the probability that was drawn for it. Now and then a
    blank follows the last token, which the content of the message does not have.
    """
    members: dict[int, list[int]] = {}
    for place, token in enumerate(cut):
        if token.leaf is not None:
            members.setdefault(id(token.leaf), []).append(place)
    levels = [_SURE * (1 + place % 3) for place in range(len(cut))]
    for places in members.values():
        leaf = cut[places[0]].leaf
        if leaf is None or leaf.reading is None:
            continue
        key = (draw.seed, draw.document, leaf.key, draw.model, draw.sample)
        convinced = leaf.reading.right or leaf.reading.mistake == "obeyed"  # it does as it was told
        doubt = math.log(probability(certainty, convinced, share(*key, "certainty")))
        main = places[int(share(*key, "main token") * len(places))]
        for place in places:
            rest = (1 - _MAIN) / max(1, len(places) - 1)
            levels[place] = doubt * (1.0 if len(places) == 1 else _MAIN if place == main else rest)
    out = [_entry(token.data, level, top) for token, level in zip(cut, levels, strict=True)]
    if draw.share("trailing blank") < certainty.trailing_blank:
        out.append(_entry(b" \n", _SURE, top))
    return out


def _entry(data: bytes, level: float, top: int) -> dict[str, Any]:
    entry = {"token": data.decode("utf-8", "backslashreplace"), "logprob": level, "bytes": list(data)}
    rest = max(1e-9, -math.expm1(level))
    others = [
        {"token": other, "logprob": math.log(rest / 2**rank), "bytes": list(other.encode())}
        for rank, other in enumerate(("the", " 1", "null", '"', "0", " a", "\n", ".")[: max(0, top - 1)], 1)
    ]
    return {**entry, "top_logprobs": [dict(entry), *others] if top else []}
