"""Kept answers: what was asked before is not asked, and not paid, again; and a batch can be played without network."""

from __future__ import annotations

from typing import Literal

from extractors.llm.guards.guard import Guard
from extractors.llm.guards.journal import Kept, key_of
from schemas.calls import Answer, Call
from schemas.errors import CallRefused, Reason, Unavailable

Mode = Literal["live", "record", "replay", "replay-strict"]


class Answered:
    """Serves kept answers, by mode.

    live: a kept answer if there is one, else the network; record: always the network; replay: never the network, fields
    without a kept answer are left to rules; replay-strict: the first answer that is missing ends the work.
    """

    def __init__(self, next_guard: Guard, kept: Kept, mode: Mode) -> None:
        self._next = next_guard
        self._kept = kept
        self._mode = mode

    def send(self, call: Call) -> Answer:
        """Return the answer, `served` from the store or the network.

        Raises:
            CallRefused: in `replay`, if none is kept.
            Unavailable: in `replay-strict`, if none is kept.
        """
        if self._mode != "record" and (answer := self._kept.find(key_of(call))) is not None:
            return answer
        if self._mode in ("live", "record"):
            return self._next.send(call)
        purpose = call.purpose
        said = f"No answer is kept for {purpose.name} about {', '.join(purpose.fields)}, and model.responses is"
        if self._mode == "replay-strict":
            raise Unavailable(
                Reason.MODEL_UNAVAILABLE, f"{said} replay-strict. Record it with model.responses = 'record'."
            )
        raise CallRefused(
            Reason.MODEL_UNAVAILABLE, f"{said} replay.", "Record it with model.responses = 'record'.", passing=False
        )
