"""What is remembered of a layout: its anchors, and where beside them a person found a value. Frozen; computes nothing.

Lengths are thousandths of the width of the page, so that a scan in another resolution has the same ones.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

LessonState = Literal["waiting", "shadow", "promoted", "demoted", "undone"]
"""waiting: the evaluation set is not read yet; shadow: tried, and refused or not done; undone: taken back for good."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Anchor(_Frozen):
    """Words without figures, and where they stand on the first page."""

    text: str  # folded words, joined by blanks
    x: float  # left edge
    y: float  # middle of the line


class Fingerprint(_Frozen):
    """How the first page of a document is laid out, whatever its values are."""

    anchors: tuple[Anchor, ...]  # from the top


class Neighbour(_Frozen):
    """Words near a value, and where the value stands as seen from them."""

    text: str  # folded words, joined by blanks
    right: float  # from their left edge to the left edge of the value; negative: it stands further left
    down: float  # from the middle of their line to the middle of the value's; negative: it stands higher
    needed: bool = False  # the label of the value: without it, the place is not there


class ValuePlace(_Frozen):
    """Where a value stands on documents of one layout: seen from its neighbours, never from the edge of the page."""

    width: float  # of the value that was pointed to
    neighbours: tuple[Neighbour, ...]  # the nearest first


class Lesson(_Frozen):
    """One correction by a person, as what it teaches about its layout."""

    number: int
    layout: int
    schema_name: str
    field: str
    place: ValuePlace
    document: str  # sha256 of the one that was corrected
    who: str
    at: datetime
    state: LessonState
    why: str  # of the state, one sentence
    right: int  # documents where people's word agrees with what stands at the place, the corrected one included
    wrong: int  # documents where it does not
