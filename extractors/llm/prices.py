"""What a model costs: from the settings, else from the bundled list; a price that is not known refuses the call.

Money is whole nano-dollars everywhere. A rate is what a million tokens cost.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING, Any

from extractors.llm.wire import Usage
from schemas.errors import CallRefused, Reason

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo

DOLLAR = 1_000_000_000  # nano-dollars
MILLION = 1_000_000  # tokens
DATED = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2})$")  # how providers name a frozen version of a model


@dataclass(frozen=True, slots=True)
class Price:
    """Rates of one model in nano-dollars for a million tokens; checked at birth.

    Raises:
        ValueError: a rate is negative, or reading from a cache is dearer than reading.
    """

    input: int
    output: int  # with reasoning
    cached: int  # read from the provider's prefix cache
    cache_written: int  # put into it

    def __post_init__(self) -> None:
        if min(self.input, self.output, self.cached, self.cache_written) < 0:
            raise ValueError(f"A price is below zero: {self}")

    @property
    def is_free(self) -> bool:
        """Whether nothing is paid at all."""
        return not (self.input or self.output or self.cached or self.cache_written)

    @property
    def dearest_input(self) -> int:
        """The most that a million tokens of input can cost."""
        return max(self.input, self.cached, self.cache_written)

    def worst(self, input_tokens: int, output_tokens: int) -> int:
        """Return the most that so many tokens can cost, in nano-dollars."""
        return _cost(input_tokens * self.dearest_input + output_tokens * self.output)

    def of(self, usage: Usage) -> int:
        """Return what `usage` costs, in nano-dollars."""
        plain = usage.input - usage.cached - usage.cache_written
        parts = (plain * self.input, usage.cached * self.cached, usage.cache_written * self.cache_written)
        return _cost(sum(parts) + usage.output * self.output)


def _cost(millionths: int) -> int:
    """Nano-dollars for tokens times rate, rounded up: a sum of rounded parts is never below the bill."""
    return -(-millionths // MILLION)


FREE = Price(0, 0, 0, 0)


def nano_dollars(dollars: float | Decimal) -> int:
    """Return an amount of dollars as whole nano-dollars, rounded up."""
    return int((Decimal(str(dollars)) * DOLLAR).to_integral_value(ROUND_CEILING))


def price_of(provider: str, model: str, own: Mapping[str, Price], at: datetime, *, own_server: bool = False) -> Price:
    """Return the price of a model.

    Args:
        provider: as settings call it.
        model: as the provider calls it.
        own: prices that the operator gave, by "PROVIDER/MODEL"; they win.
        at: when the call is made; lists know prices that change on a day.
        own_server: the requests go to another address than the provider's, so its list says nothing.

    Raises:
        CallRefused: nobody knows the price.
    """
    name = f"{provider}/{model}"
    if name in own:
        return own[name]
    price = None if own_server else _listed(provider, model, at)
    if price is None:
        raise CallRefused(
            Reason.PRICE_UNKNOWN,
            f"The price of {name} is not known, so nothing was sent.",
            f'Correct the name, or state its price under [prices."{name}"] (free = true for a server of yours).',
            passing=False,
        )
    return price


def _listed(provider: str, model: str, at: datetime) -> Price | None:
    from genai_prices import data  # 0.1 s, and only those who ask a model need it

    for listed in data.providers:
        if listed.id == provider:
            found = [info for info in listed.models if _is_called(info, model)]
            return _rates(found[0].get_prices(at)) if len(found) == 1 else None
    return None


def _is_called(info: ModelInfo, model: str) -> bool:
    """Whether `model` is its name in full, or that with a date. The list itself also takes what begins alike."""
    names = {info.id, *_equal_names(info.match)}
    bare = DATED.sub("", model)
    return model in names or (bare != model and bare in names and info.is_match(model))


def _equal_names(clause: Any) -> set[str]:
    if hasattr(clause, "equals"):
        return {clause.equals}
    if hasattr(clause, "or_"):
        return {name for part in clause.or_ for name in _equal_names(part)}
    return set()


def _rates(prices: Any) -> Price | None:
    given, answered = _dearest(prices.input_mtok), _dearest(prices.output_mtok)
    if given is None or answered is None:
        return None
    cached, written = _dearest(prices.cache_read_mtok), _dearest(prices.cache_write_mtok)
    return Price(given, answered, given if cached is None else cached, given if written is None else written)


def _dearest(rate: Any) -> int | None:
    """A rate in nano-dollars; of one that rises with the length of the request, the highest."""
    if rate is None:
        return None
    if isinstance(rate, Decimal):
        return nano_dollars(rate)
    return max(nano_dollars(rate.base), *(nano_dollars(tier.price) for tier in rate.tiers))
