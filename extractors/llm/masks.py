"""Keys do not get into logs: values that are known and forms that keys have are replaced before a line is written."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

MASK = "[key]"
SHORTEST = 6  # characters: shorter secrets would mask half of every line
FORMS = re.compile(
    r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{8,}"  # OpenAI, Anthropic and many gateways
    r"|\bAIza[0-9A-Za-z_-]{20,}"  # Google
    r"|(?<=[Bb]earer )\S+"
    r"|(?<=api-key: )\S+|(?<=api_key=)[^\s&]+"
)
CHATTY = ("httpx2", "httpcore2", "openai", "anthropic", "google_genai", "instructor")


def masked(text: str, secrets: Iterable[str]) -> str:
    """Return `text` without the secrets, and without anything that has the form of a key."""
    for secret in sorted(secrets, key=len, reverse=True):  # one may begin another
        if len(secret) >= SHORTEST:
            text = text.replace(secret, MASK)
    return FORMS.sub(MASK, text)


class _Mask(logging.Filter):
    """Replaces secrets in what a handler is about to write."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._secrets = tuple(secrets)

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            said = record.getMessage()
        except (TypeError, ValueError):  # a line that does not fit its arguments: logging says so itself
            return True
        clean = masked(said, self._secrets)
        if clean != said:
            record.msg, record.args = clean, ()
        return True


def mask_logs(secrets: Iterable[str]) -> None:
    """Mask `secrets` in all that this process logs, and silence libraries that log requests and answers."""
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for handler in logging.getLogger().handlers:
        handler.addFilter(_Mask(secrets))
    last = logging.lastResort
    if last is not None:
        last.addFilter(_Mask(secrets))
