"""Faults by script: which call meets which, and what each does.

A script is a list of rules, the first that fits wins:

    [{"when": {"call": 3}, "fault": "rate_limited", "retry_after": 2},
     {"when": {"from": 5, "to": 9, "model": "*small*"}, "fault": "server_error", "status": 503},
     {"when": {"every": 10}, "fault": "delay", "seconds": 5}]

Calls are numbered from 1 in the order of their arrival. `when` may hold `call`, `from`, `to`, `every`, `share` (of all
calls, drawn), `model` (a pattern) and `document` (an id); all that it holds must fit, and an empty one always does.
A rule may add `seconds`: for delay and refused how long, for stalls the longest; for all others a delay before them.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from benchmarks.simulator.draws import share

FAULTS: Mapping[str, str] = {
    "rate_limited": "429; `retry_after` in seconds, `as` seconds or date; without it the header is missing",
    "server_error": "`status` 500 (the default), 502, 503 or 529",
    "refused": "the connection is cut and the port stays closed for `seconds`",
    "stall_before_headers": "nothing is ever sent",
    "stall_after_headers": "headers and half of the body are sent, then nothing",
    "drip": "one byte a second",
    "cut": "the connection ends after half of the body",
    "truncated": "half an answer with finish_reason length",
    "truncated_500": "the same as llama.cpp reports it: a 500",
    "refusal": "status 200 with message.refusal",
    "content_filter": "status 200, no content, finish_reason content_filter",
    "schema_violation": "JSON that does not fit the schema; `as` wrong_type, missing or extra",
    "fenced": "the JSON stands in a Markdown fence between words",
    "duplicate_keys": "the first property stands twice, the second time as null",
    "nan": "a value is NaN, which is no JSON",
    "empty": "no content",
    "usage_missing": "the answer has no usage",
    "usage_zero": "all usage is 0",
    "usage_negative": "all usage is negative",
    "usage_inflated": "all usage is multiplied by `factor` (100)",
    "unknown_model": "404 model_not_found",
    "context_length": "400 context_length_exceeded",
    "delay": "a right answer after `seconds`",
}
_WHEN = frozenset(("call", "from", "to", "every", "share", "model", "document"))
_MORE = frozenset(("seconds", "retry_after", "as", "status", "factor"))
REFUSAL = "I'm sorry, but I can't help with that request."


@dataclass(frozen=True, slots=True)
class Fault:
    """One rule of a script."""

    name: str
    when: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def seconds(self) -> float | None:
        """The time that the rule states."""
        return self.settings.get("seconds")

    def fits(self, call: int, model: str, document: str | None) -> bool:
        """Return whether a call meets this fault."""
        when = self.when
        return (
            when.get("call", call) == call
            and when.get("from", call) <= call <= when.get("to", call)
            and call % when.get("every", 1) == 0
            and ("share" not in when or share("fault", call) < when["share"])
            and fnmatchcase(model, when.get("model", "*"))
            and when.get("document", document) == document
        )


def read_script(script: Any) -> tuple[Fault, ...]:
    """Return the rules of a script; raises ValueError that names what is wrong."""
    if not isinstance(script, list):
        raise ValueError("A script of faults is a list of rules.")
    rules = []
    for number, rule in enumerate(script, 1):
        if not isinstance(rule, dict) or rule.get("fault") not in FAULTS:
            raise ValueError(f"Rule {number} names no known fault. There are: {', '.join(FAULTS)}.")
        when = rule.get("when", {})
        if unknown := (set(when) - _WHEN) | (set(rule) - _MORE - {"when", "fault"}):
            raise ValueError(f"Rule {number}: there is no setting {', '.join(sorted(unknown))}.")
        rules.append(Fault(rule["fault"], when, {name: rule[name] for name in _MORE if name in rule}))
    return tuple(rules)


def load_script(path: Path) -> tuple[Fault, ...]:
    """Read a script from a JSON file."""
    return read_script(json.loads(path.read_text("utf-8")))


class Faults:
    """The script in force. Safe for threads."""

    def __init__(self, rules: Sequence[Fault] = ()) -> None:
        self._rules = tuple(rules)
        self._lock = threading.Lock()

    def use(self, rules: Sequence[Fault]) -> None:
        """Replace the script."""
        with self._lock:
            self._rules = tuple(rules)

    def met_by(self, call: int, model: str, document: str | None) -> Fault | None:
        """Return the fault that a call meets, if any."""
        with self._lock:
            rules = self._rules
        return next((rule for rule in rules if rule.fits(call, model, document)), None)


def refused_answer(fault: Fault, model: str, context: int) -> tuple[int, dict[str, str], dict[str, Any]] | None:
    """Return status, headers and body of a fault at which no model runs; None for the other faults."""
    if fault.name == "rate_limited":
        body = error("Rate limit reached for requests", "requests", "rate_limit_exceeded")
        return 429, _retry_after(fault), body
    if fault.name == "server_error":
        status = int(fault.settings.get("status", 500))
        return status, {}, error("The server had an error while processing your request.", "server_error", None)
    if fault.name == "unknown_model":
        message = f"The model `{model}` does not exist or you do not have access to it."
        return 404, {}, error(message, "invalid_request_error", "model_not_found")
    if fault.name == "context_length":
        return 400, {}, too_long(context, context + 1)
    return None


def too_long(context: int, wanted: int) -> dict[str, Any]:
    """Return the body of an answer to a request that does not fit the model's context."""
    message = f"This model's maximum context length is {context} tokens. However, you requested {wanted} tokens."
    return error(message, "invalid_request_error", "context_length_exceeded", "messages")


def error(message: str, type_: str, code: str | None, parameter: str | None = None) -> dict[str, Any]:
    """Return an error in the form of the protocol."""
    return {"error": {"message": message, "type": type_, "param": parameter, "code": code}}


def _retry_after(fault: Fault) -> dict[str, str]:
    seconds = fault.settings.get("retry_after")
    if seconds is None:
        return {}
    if fault.settings.get("as") == "date":
        moment = datetime.now(UTC) + timedelta(seconds=float(seconds))
        return {"Retry-After": format_datetime(moment, usegmt=True)}
    return {"Retry-After": str(seconds)}


def spoiled(fault: Fault, content: str) -> str:
    """Return the content of an answer with the fault in it; unchanged for faults that lie elsewhere."""
    if fault.name == "fenced":
        return f"Here is the JSON you asked for:\n\n```json\n{content}\n```\n\nLet me know if you need more."
    if fault.name == "empty":
        return ""
    if fault.name not in ("schema_violation", "duplicate_keys", "nan"):
        return content
    data = json.loads(content)
    first = next(iter(data), None)
    if fault.name == "duplicate_keys":
        return f"{content[:-1]},{json.dumps(first)}:null}}" if first is not None else content
    if fault.name == "nan":
        return json.dumps(_with_nan(data), ensure_ascii=False)
    way = fault.settings.get("as", "wrong_type")
    if way == "extra" or first is None:
        data["unasked_property"] = "something"
    elif way == "missing":
        del data[first]
    else:
        data[first] = 17
    return json.dumps(data, ensure_ascii=False)


def _with_nan(data: dict[str, Any]) -> dict[str, Any]:
    """Return the answer with NaN as the first value in it."""
    for name, each in data.items():
        if isinstance(each, dict) and "value" in each:
            return {**data, name: {**each, "value": float("nan")}}
    return {**data, next(iter(data), "value"): float("nan")}


def stated_usage(fault: Fault | None, usage: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the usage that the answer states; None: it states none."""
    name = fault.name if fault else ""
    if fault is None or name not in ("usage_missing", "usage_zero", "usage_negative", "usage_inflated"):
        return usage
    if name == "usage_missing":
        return None
    factor = {"usage_zero": 0, "usage_negative": -1}.get(name, fault.settings.get("factor", 100))

    def scaled(value: Any) -> Any:
        return {key: scaled(each) for key, each in value.items()} if isinstance(value, dict) else value * factor

    return {key: scaled(each) for key, each in usage.items()}
