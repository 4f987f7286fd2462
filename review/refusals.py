"""Refusals of the web part: what went wrong, in plain words, as a page or as JSON."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.errors import Conflict, DocassayError, InvalidValue, Unavailable, UnknownDocument


class Refused(Exception):
    """A request that is not answered as asked.

    Args:
        status: of HTTP.
        code: one word for programs.
        message: one sentence: what happened.
        hint: what to do next.
        headers: to go with the answer.
    """

    def __init__(
        self, status: int, code: str, message: str, hint: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(f"{message} {hint}".strip())
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
        self.headers = dict(headers or {})


def refusal_of(error: DocassayError) -> Refused:
    """Return what a person is told of an error of ours."""
    text = str(error)
    if isinstance(error, UnknownDocument):
        return Refused(404, "not_found", text, "Look for it in the queue.")
    if isinstance(error, Conflict):
        return Refused(409, "conflict", text, "Load the page again to see how it stands.")
    if isinstance(error, InvalidValue):
        return Refused(422, "wrong_value", text)
    if isinstance(error, Unavailable):
        return Refused(503, str(error.reason), text, "Try again in a minute.", {"Retry-After": "30"})
    return Refused(400, "refused", text)


def plain_status(status: int, detail: str = "") -> Refused:
    """Return the words for a status of HTTP that the framework gave."""
    code, message, hint = _WORDS.get(status, ("refused", "The request was refused.", ""))
    return Refused(status, code, detail if detail and detail not in _BARE else message, hint)


_BARE = {"Not Found", "Method Not Allowed", "Unauthorized", "Forbidden"}
_WORDS = {
    400: ("wrong_request", "The request cannot be read.", "Go back and try again."),
    404: ("not_found", "There is nothing at this address.", "It may have been moved, or the address has a slip in it."),
    405: ("wrong_method", "This address does not take such a request.", "See the REST reference."),
    413: ("too_large", "What was sent is too large.", "Send less, or raise limits.megabytes in the settings."),
    422: ("wrong_value", "Something in the request does not fit.", ""),
    503: ("unavailable", "The service cannot answer at the moment.", "Try again in a minute."),
}
