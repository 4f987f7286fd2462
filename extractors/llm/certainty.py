"""How sure a model was of the letters of a value: log-probabilities of tokens, laid beside the answer's text.

Only the tokens that touch the value itself count, never keys and marks, which the format dictates. Tokens are laid out
by their bytes, since their texts do not add up to the content: letters are cut, a blank at the end may be trimmed.
Where the bytes do not fit, nothing is said at all.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

LEAST = -20.0  # natural logarithm; providers write -9999 for "never"
Path = tuple[str | int, ...]  # keys and places that lead to a value
_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


@dataclass(frozen=True, slots=True)
class TokenChance:
    """One token of an answer."""

    data: bytes
    chance: float  # natural logarithm of its probability


def token_chances(given: Any) -> tuple[TokenChance, ...]:
    """Return the tokens of `logprobs.content` of an answer; empty if any of them is not as the protocol says."""
    if not isinstance(given, list):
        return ()
    out = []
    for entry in given:
        data, chance = (entry.get("bytes"), entry.get("logprob")) if isinstance(entry, dict) else (None, None)
        if not isinstance(data, list) or isinstance(chance, bool) or not isinstance(chance, (int, float)):
            return ()
        if math.isnan(chance):
            return ()
        try:
            out.append(TokenChance(bytes(data), min(0.0, max(LEAST, float(chance)))))
        except (TypeError, ValueError):
            return ()
    return tuple(out)


@dataclass(frozen=True, slots=True)
class Certainties:
    """The values of an answer by their path, each with the log-probabilities of its tokens."""

    of: Mapping[Path, tuple[float, ...]] = field(default_factory=dict)

    def signals(self, path: Path) -> dict[str, float]:
        """Return mean and least log-probability of the value at `path`; nothing if they are not known."""
        chances = self.of.get(path)
        if not chances:
            return {}
        return {"logprob_mean": round(sum(chances) / len(chances), 6), "logprob_least": round(min(chances), 6)}


def certainties(text: str, tokens: Sequence[TokenChance]) -> Certainties:
    """Return the certainty of each value in the JSON `text`; nothing if the tokens are not those of the text."""
    joined, content = b"".join(token.data for token in tokens), text.encode()
    if not tokens or not _same(joined, content):
        return Certainties()
    ends = list(accumulate(len(token.data) for token in tokens))
    place = [0, *accumulate(len(char.encode()) for char in text)]
    out: dict[Path, tuple[float, ...]] = {}
    for path, start, end in spans(text):
        first = bisect_right(ends, place[start])
        last = bisect_left(ends, place[end])
        if start < end and last < len(tokens):
            out[path] = tuple(token.chance for token in tokens[first : last + 1])
    return Certainties(out)


def _same(joined: bytes, content: bytes) -> bool:
    longer, shorter = (joined, content) if len(joined) >= len(content) else (content, joined)
    return longer.startswith(shorter) and not longer[len(shorter) :].strip()


def spans(text: str) -> Iterator[tuple[Path, int, int]]:
    """Yield path, first and last character of each text, number and word in a JSON text, without quotation marks.

    Words around the object, such as a code fence, are passed over. What is not JSON gives whatever it gives: it is read
    back, and refused, elsewhere.
    """
    begin = text.find("{")
    if begin < 0:
        return
    path: list[str | int] = []
    key: str | None = None
    for match in _PIECE.finditer(text, begin):
        piece = match[0]
        if piece in "{[":
            path.append(0 if piece == "[" else "")
        elif piece in "}]":
            path = path[:-1]
            if not path:
                return
        elif piece == ",":
            if path and isinstance(path[-1], int):
                path[-1] += 1
        elif piece == ":":
            if path and key is not None:
                path[-1] = key
        elif piece[0] == '"':
            key = piece[1:-1]
            if not _is_key(text, match.end()):
                yield tuple(path), match.start() + 1, match.end() - 1
        else:
            yield tuple(path), match.start(), match.end()


def _is_key(text: str, end: int) -> bool:
    return text[end : end + 50].lstrip()[:1] == ":"
