"""Reading an answer as JSON without forgiving what could change its meaning."""

from __future__ import annotations

import json
import re
from typing import Any, Never

LONGEST = 1_000_000  # characters; the longest answer that was asked for is far below
_FENCE = re.compile(r"```[A-Za-z]*[ \t]*\r?\n(?P<inside>.*?)\r?\n?```", re.DOTALL)


class NotPlain(ValueError):
    """The text is not one JSON object; says why in words that quote nothing of it."""


def strict_object(text: str) -> dict[str, Any]:
    """Return the one JSON object that `text` is; a code fence around it, and words around that, are taken off.

    Numbers with a decimal point or exponent stay the text that they were, so that no digit is lost.

    Raises:
        NotPlain: it is anything else, a key stands twice, or a number is NaN or infinite.
    """
    if len(text) > LONGEST:
        raise NotPlain(f"the answer is longer than {LONGEST} characters")
    whole = text.strip().removeprefix("\ufeff")
    try:
        data = json.loads(
            _unfenced(whole),
            object_pairs_hook=_without_twins,
            parse_constant=_no_number,
            parse_float=str,
        )
    except NotPlain:
        raise
    except (ValueError, RecursionError):
        raise NotPlain("the answer is not JSON" if whole else "the answer is empty") from None
    if not isinstance(data, dict):
        raise NotPlain("the answer is not a JSON object")
    return data


def _unfenced(text: str) -> str:
    """What stands in the only code fence of a text; the text itself if there is none, several, or braces outside."""
    fences = list(_FENCE.finditer(text))
    if len(fences) != 1:
        return text
    outside = text[: fences[0].start()] + text[fences[0].end() :]
    return text if "{" in outside else fences[0]["inside"]


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotPlain("a key stands twice in one object")
    return found


def _no_number(_name: str) -> Never:
    raise NotPlain("a number is NaN or infinite")
