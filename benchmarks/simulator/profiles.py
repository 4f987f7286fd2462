"""Profiles: how often a simulated model errs, and how. They are data, written before what they test."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from schemas.fields import Kind

FOLDER = Path(__file__).parent / "profiles"
KINDS = frozenset(kind.value for kind in Kind)
MISTAKES = (
    "other_value",  # another value of the same type that stands on the page
    "invented",  # a value that stands nowhere
    "digits_swapped",
    "missing",
    "day_month_swapped",
    "wrong_currency",
    "false_quote",  # the right value with words that do not hold it
    "right_quote_wrong_value",
    "not_available",  # "N/A" as text
    "over_long",
)
"""All mistakes in one value, in the order in which they are drawn."""


@dataclass(frozen=True, slots=True)
class Certainty:
    """How log-probabilities tell right values from wrong ones."""

    auroc: float  # how often a right value has the higher probability than a wrong one
    centre: float = 0.85  # middle of the two means
    concentration: float = 8.0  # of both Beta distributions: their two parameters add up to it
    trailing_blank: float = 0.2  # share of answers whose last token is a blank that the content lacks

    def __post_init__(self) -> None:
        if not 0.5 <= self.auroc < 1 or not 0 < self.centre < 1 or not self.concentration > 0:
            raise ValueError(f"auroc is 0.5 to 1, centre 0 to 1, concentration above 0: {self}")


@dataclass(frozen=True, slots=True)
class Profile:
    """One simulated model."""

    name: str
    about: str
    rates: Mapping[str, Mapping[str, float]] = field(default_factory=dict)  # kind or "any" -> mistake -> share
    absent_answered: float = 0.0  # share of fields that the text does not hold and that get a value all the same
    rows_dropped: float = 0.0
    rows_merged: float = 0.0
    rows_per_answer: int | None = None  # it stops there, and still states how many there are
    gullible: float = 0.0  # share of instructions in the document that it obeys
    certainty: Certainty | None = None  # None: this server gives no log-probabilities
    models: Mapping[str, float] = field(default_factory=dict)  # pattern of a model's name -> factor on all rates
    context_tokens: int = 128_000

    def __post_init__(self) -> None:
        if unknown := set(self.rates) - KINDS - {"any"}:
            raise ValueError(f"{self.name}: there is no kind {', '.join(sorted(unknown))}")
        for kind, rates in self.rates.items():
            if unknown := set(rates) - set(MISTAKES):
                raise ValueError(f"{self.name}: there is no mistake {', '.join(sorted(unknown))}")
            whole = {**self.rates.get("any", {}), **rates}
            if min(whole.values(), default=0) < 0 or sum(whole.values()) > 1:
                raise ValueError(f"{self.name}: the rates of {kind} are no shares of a whole")

    def rates_for(self, kind: str, model: str) -> dict[str, float]:
        """Return mistake -> share for one kind of field and one model, in the order of MISTAKES."""
        rates = {**self.rates.get("any", {}), **self.rates.get(kind, {})}
        factor = self.factor(model)
        return {name: rates[name] * factor for name in MISTAKES if rates.get(name)}

    def factor(self, model: str) -> float:
        """Return by how much a model errs more or less than the profile says."""
        return next((factor for name, factor in self.models.items() if fnmatchcase(model, name)), 1.0)


def names() -> list[str]:
    """Return the names of the profiles that come with the simulator."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load(profile: str | Path) -> Profile:
    """Return the profile of that name, or of that file; raises ValueError that says what is wrong with it."""
    path = FOLDER / f"{profile}.yaml" if isinstance(profile, str) and profile in names() else Path(profile)
    if not path.is_file():
        raise ValueError(f"There is no profile {profile}. Give a file, or one of: {', '.join(names())}.")
    data = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(data, dict):
        raise ValueError(f"{path} is no profile: it holds no mapping.")
    known = {each.name for each in dataclasses.fields(Profile)} - {"name"}
    if unknown := set(data) - known:
        raise ValueError(f"{path}: there is no setting {', '.join(sorted(unknown))}.")
    certainty: dict[str, Any] | None = data.pop("certainty", None)
    return Profile(name=path.stem, certainty=Certainty(**certainty) if certainty else None, **data)
