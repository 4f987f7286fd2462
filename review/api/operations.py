"""Money and the kill switch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from review.access.gate import allowed
from review.access.identity import person_of
from review.api.answers import REFUSALS
from review.context import context_of
from review.refusals import Refused
from store.switches import Switches

router = APIRouter(prefix="/api/v1", tags=["operations"], responses=REFUSALS)


class Switch(BaseModel):
    """Which calls to stop or to let go again."""

    model_config = ConfigDict(extra="forbid")

    provider: str = Field("", max_length=64, description="Only calls to this one, such as openai; empty: all.")
    why: str = Field("", max_length=1000, description="For the history.")


class Stopped(BaseModel):
    """How the switch stands."""

    changed: bool = Field(description="False: it stood so before.")
    stopped: list[str] = Field(description="A sentence for each switch that is thrown; empty: calls are made.")


@router.get("/budget", dependencies=[allowed("operate", everywhere=True)])
def budget(request: Request) -> Mapping[str, Any]:
    """Say what models cost: spent, held and left. Amounts are whole nano-dollars."""
    door = context_of(request).budget
    if door is None:
        raise Refused(503, "unavailable", "This service knows no budget.", "Use: docassay budget")
    return door()


@router.get("/stop", dependencies=[allowed("operate", everywhere=True)])
def stopped(request: Request) -> Stopped:
    """Say whether calls to models are stopped."""
    return Stopped(changed=False, stopped=[each.said for each in _switches(request).thrown()])


@router.post("/stop", dependencies=[allowed("operate", everywhere=True)])
def stop(request: Request, wanted: Switch) -> Stopped:
    """Stop all calls to models, or to one provider, within a second; documents go on with rules."""
    switches = _switches(request)
    changed = switches.stop(wanted.provider.lower(), person_of(request).name, wanted.why)
    return Stopped(changed=changed, stopped=[each.said for each in switches.thrown()])


@router.post("/resume", dependencies=[allowed("operate", everywhere=True)])
def resume(request: Request, wanted: Switch) -> Stopped:
    """Let calls to models go again."""
    switches = _switches(request)
    released = switches.resume(wanted.provider.lower(), person_of(request).name, wanted.why)
    return Stopped(changed=bool(released), stopped=[each.said for each in switches.thrown()])


def _switches(request: Request) -> Switches:
    store = context_of(request).store
    return Switches(store.database, store.now)
