"""The pages of the dashboard: the figures, and an operator's acts with a step to confirm them; no script is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from extractors.llm.prices import DOLLAR
from review.access.gate import allowed
from review.access.identity import person_of
from review.answers import page
from review.context import Context, context_of
from review.dashboard import charts
from review.dashboard.board import SPANS, Board, read_board
from review.dashboard.thresholds import FEW, Step, what_if
from review.desk.words import label
from store.breakers import Breakers
from store.switches import Switches
from store.webhooks import Webhooks

router = APIRouter(include_in_schema=False)

Act = Literal["stop", "resume", "close", "resend"]
LONGEST = 200  # characters of a name or a reason that a form may send


@router.get("/dashboard", dependencies=[allowed("see", everywhere=True)])
def dashboard(request: Request, days: Annotated[str, Query(pattern="^(1|7|30)$")] = "7", done: str = "") -> Response:
    """Show how the line is doing."""
    context = context_of(request)
    board = read_board(context, SPANS[days])
    promises = context.promises() if context.promises else None
    steps = what_if(promises.labels if promises else ())
    return page(
        request,
        "dashboard.html",
        board=board,
        spans=SPANS,
        flow_chart=flow_chart(board),
        promises=promises,
        steps=steps,
        what_if_chart=what_if_chart(steps),
        said=said,
        few=FEW,
        level=charts.level,
        may_operate=person_of(request).everywhere("operate"),
        done=DONE.get(done, ""),
        dollars=dollars,
        duration=duration,
        label=label,
    )


@router.get("/dashboard/act", dependencies=[allowed("operate", everywhere=True)])
def confirm(request: Request, act: Act = "stop", of: Annotated[str, Query(max_length=LONGEST)] = "") -> Response:
    """Ask whether an act is meant."""
    return page(request, "dashboard_act.html", act=act, of=of)


@router.post("/dashboard/act", dependencies=[allowed("operate", everywhere=True)])
def do(
    request: Request,
    act: Annotated[Act, Form()],
    of: Annotated[str, Form(max_length=LONGEST)] = "",
    why: Annotated[str, Form(max_length=LONGEST)] = "",
) -> Response:
    """Do what was confirmed, and lead back."""
    _do(context_of(request), act, of, person_of(request).name, why)
    return RedirectResponse(f"/dashboard?done={act}", 303)


def _do(context: Context, act: Act, of: str, who: str, why: str) -> None:
    store = context.store
    switches = Switches(store.database, store.now)
    if act == "stop":
        switches.stop(of.lower(), who, why)
    elif act == "resume":
        switches.resume(of.lower(), who, why)
    elif act == "close":
        Breakers(store.database, store.now).reset(of)
    else:
        Webhooks(store.database, store.now).retry(of)


DONE = {
    "stop": "Stopped. No new call begins, and those in flight are cancelled within a second.",
    "resume": "Calls are made again, within the budget.",
    "close": "The breaker is closed: the next call goes out.",
    "resend": "The events that were given up are sent again.",
}


def flow_chart(board: Board) -> str:
    """Return the chart of the last days: accepted, and what came."""
    bars = [
        charts.Bar(
            label=f"{day.day:%d %b}",
            parts=(("straight", float(day.straight)), ("people", float(day.by_people))),
            mark=float(day.received),
            said=f"{day.day:%d %B}: {day.received} came in, {day.straight} accepted straight through, "
            f"{day.by_people} by people, {day.to_review} left to people",
        )
        for day in board.days
    ]
    came = sum(day.received for day in board.days)
    out = sum(day.straight + day.by_people for day in board.days)
    said = f"In {len(bars)} days {came} documents came in and {out} were accepted. The table below has every day."
    return charts.columns("Documents in and out, by day", said, bars)


def what_if_chart(steps: Sequence[Step]) -> str:
    """Return the chart of what each threshold would accept, and how much of that would be wrong."""
    lines = (
        ("accepted", [step.share for step in steps]),
        ("wrong", [step.wrong_share or 0.0 for step in steps]),
    )
    labels = [f"{step.threshold:g}" for step in steps]
    description = "The higher the threshold, the less is accepted. The table below has every step."
    return charts.curves("Accepted and wrong, by threshold", description, labels, lines)


def said(step: Step) -> str:
    """Return one sentence about a threshold."""
    if step.wrong_share is None or step.bound is None:
        return f"From {step.threshold:g} on nothing would be accepted."
    thin = " Too few to rely on." if step.is_thin else ""
    return (
        f"From {step.threshold:g} on {step.share:.0%} would be accepted; {step.wrong} of these {step.accepted} were "
        f"wrong ({step.wrong_share:.1%}; at most {step.bound:.1%}, 95 % sure).{thin}"
    )


def dollars(nano: int | None) -> str:
    """Return an amount of nano-dollars for people: cents, and more digits where it is less than one."""
    if nano is None:
        return "–"
    amount = nano / DOLLAR
    return f"${amount:,.2f}" if amount >= 0.01 or not nano else f"${amount:.4f}"


def duration(seconds: float | None) -> str:
    """Return a span of time for people: "45 s", "12 min", "5 h", "3 days"."""
    if seconds is None:
        return "–"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86400:.0f} days"
