"""Log-probabilities are laid beside the letters of a value, or nothing is said of them."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.llm.certainty import TokenChance, certainties, spans, token_chances

TEXT = (
    '{"total": {"basis": "stated", "quote": "Total 12.50", "value": "12.50"}, '
    '"names": [{"value": "Ärö"}, {"value": null}]}'
)
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
NESTED = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def cut(text: str, *places: int) -> list[TokenChance]:
    """The bytes of the text cut at these places, each token surer than the one before."""
    data = text.encode()
    edges = [0, *places, len(data)]
    return [TokenChance(data[one:two], -1.0 / (1 + n)) for n, (one, two) in enumerate(pairwise(edges))]


def test_only_tokens_of_the_value_count() -> None:
    """Keys and marks say nothing of a value; a token that glues a mark to its first letters does."""
    at = TEXT.index('"12.50"}')
    found = certainties(TEXT, cut(TEXT, at, at + 3, at + 6)).signals(("total", "value"))
    assert found == {"logprob_mean": round((-1 / 2 - 1 / 3) / 2, 6), "logprob_least": -0.5}


def test_letters_of_several_bytes_may_be_cut() -> None:
    """Tokens are laid out by bytes: one that ends within a letter still belongs to its value."""
    at = TEXT.encode().index("Ä".encode())
    found = certainties(TEXT, cut(TEXT, at, at + 1, at + 2)).signals(("names", 0, "value"))
    assert found["logprob_least"] == -0.5


def test_a_trimmed_end_is_forgiven_and_another_text_is_not() -> None:
    """A blank that the content lacks does no harm; tokens of anything else say nothing."""
    whole = cut(TEXT, 5)
    assert certainties(TEXT, [*whole, TokenChance(b" \n", 0.0)]).signals(("total", "value"))
    assert not certainties(TEXT, [*whole, TokenChance(b"x", 0.0)]).of
    assert not certainties(TEXT, cut(TEXT.replace("12", "21"), 5)).of
    assert not certainties(TEXT, []).of and not certainties(TEXT, whole).signals(("moon", "value"))


@pytest.mark.parametrize(
    "given_", [None, "no", [{}], [{"bytes": None, "logprob": -1}], [{"bytes": [300], "logprob": -1}], [{"bytes": [1]}],
               [{"bytes": [65], "logprob": True}], [{"bytes": [65], "logprob": math.nan}], [3]],
)  # fmt: skip
def test_what_is_not_of_the_protocol_counts_as_not_given(given_: Any) -> None:
    """A provider that leaves the bytes out, or writes nonsense, gives no log-probabilities."""
    assert token_chances(given_) == ()


def test_never_is_bounded() -> None:
    """The -9999 of some servers is a bound, not a number to reckon with."""
    (token,) = token_chances([{"bytes": [65], "logprob": -9999.0}])
    assert token == TokenChance(b"A", -20.0)


@given(
    st.dictionaries(st.text(max_size=6), NESTED, max_size=4),
    st.booleans(),
)
def test_every_value_of_any_json_is_found(data: dict[str, Any], spaced: bool) -> None:
    """Whatever an answer nests, each value stands at its path, between its quotation marks."""
    text = json.dumps(data, indent=2 if spaced else None, ensure_ascii=False)
    found = {path: text[start:end] for path, start, end in spans(text)}
    wanted = {path: json.dumps(value, ensure_ascii=False).removeprefix('"') for path, value in leaves(data)}
    for path, value in wanted.items():
        assert found[raw(path)] == (value[:-1] if isinstance(lookup(data, path), str) else value)
    assert len(found) == len(wanted)


def raw(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    return tuple(json.dumps(step, ensure_ascii=False)[1:-1] if isinstance(step, str) else step for step in path)


def leaves(node: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    if isinstance(node, dict):
        return [leaf for key, value in node.items() for leaf in leaves(value, (*path, key))]
    if isinstance(node, list):
        return [leaf for place, value in enumerate(node) for leaf in leaves(value, (*path, place))]
    return [(path, node)]


def lookup(node: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        node = node[step]
    return node
