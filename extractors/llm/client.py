"""Asking a model: instructor over the provider's SDK, whose requests all go through the guards."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx2

from extractors.llm.answer_model import Answers
from extractors.llm.certainty import TokenChance
from extractors.llm.guards.guard import Guard
from extractors.llm.quirks import Mode, Quirks, expected, lesson
from extractors.llm.transport import Exchange, GuardedTransport, Truncated, exchanging
from schemas.calls import Call, Purpose, Wire
from schemas.errors import CallRefused, Reason, SettingsError

WIRES: Mapping[str, Wire] = {"anthropic": "anthropic", "google": "google"}  # all others speak OpenAI's
OLLAMA = "http://localhost:11434/v1"
KEY_VARIABLES: Mapping[str, str] = {
    "openai": "OPENAI_API_KEY",
    "anthropic": "ANTHROPIC_API_KEY",
    "google": "GEMINI_API_KEY",
}
"""Where the providers' own tools look for a key; read by whoever makes the settings."""
NO_KEY = "none"  # what a server of one's own is sent: the SDK insists on one
TRIES = 5  # requests for one question while the server's habits are being learned

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """Which model, and how to reach it; checked at birth.

    Raises:
        SettingsError: names the setting.
    """

    name: str  # "PROVIDER/MODEL": openai, anthropic, google, ollama, or any name with a base_url
    base_url: str | None = None  # of an OpenAI-compatible server, or of a stand-in for the provider
    api_key: str | None = field(default=None, repr=False)
    mode: Literal["auto", "structured", "tools"] = "auto"
    reask: bool = True  # once, when an answer does not fit its schema; counted and paid like any other call
    logprobs: bool = False  # ask for probabilities of tokens where the protocol has them

    def __post_init__(self) -> None:
        provider, slash, model = self.name.partition("/")
        if not (provider and slash and model):
            raise SettingsError(f"model.name is {self.name!r}. Write PROVIDER/MODEL, such as openai/gpt-5-mini.")
        if provider not in (*KEY_VARIABLES, "ollama") and not self.base_url:
            raise SettingsError(
                f"model.name is {self.name!r}: {provider} is not openai, anthropic, google or ollama, so "
                "model.base_url has to say where its OpenAI-compatible server is."
            )
        if self.base_url and urlsplit(self.base_url).scheme not in ("http", "https"):
            raise SettingsError(f"model.base_url is {self.base_url!r}. Write http://HOST/v1 or https://HOST/v1.")
        if self.mode not in ("auto", "structured", "tools"):
            raise SettingsError(f"model.mode is {self.mode!r}. There are auto, structured and tools.")

    @property
    def provider(self) -> str:
        """What stands before the first slash."""
        return self.name.partition("/")[0]

    @property
    def model(self) -> str:
        """What stands after it; may hold further slashes."""
        return self.name.partition("/")[2]

    @property
    def wire(self) -> Wire:
        """Whose protocol is spoken."""
        return WIRES.get(self.provider, "openai")

    @property
    def needs_key(self) -> bool:
        """Whether a call without a key cannot work: servers of one's own mostly take none."""
        return self.base_url is None and self.provider in KEY_VARIABLES


@dataclass(frozen=True, slots=True)
class Told:
    """What a model answered to one question, as text."""

    text: str
    fits: bool  # the whole answer fits its schema
    requests: int  # with re-asks and what was learned on the way
    call: str  # id of the call that was answered so
    tokens: tuple[TokenChance, ...] = ()  # of the text, where the provider gives log-probabilities


class ModelClient:
    """One model; safe for many threads. What its server does not accept is remembered as long as the client lives."""

    def __init__(
        self, settings: ModelSettings, chain: Guard, misfit: Callable[[Call], None] = lambda _call: None
    ) -> None:
        """Ask the model of `settings` through `chain`; `misfit` is told of calls whose answer does not fit."""
        self.settings = settings
        self._misfit = misfit
        self._transport = GuardedTransport(chain, settings.provider, settings.model, settings.wire)
        self._quirks = expected(settings.provider, settings.model, settings.mode, own_server=bool(settings.base_url))
        self._makers: dict[Mode, Callable[..., Any]] = {}
        self._lock = threading.Lock()
        # It logs the answers that it cannot parse, and with them the text of documents.
        logging.getLogger("instructor").setLevel(logging.CRITICAL + 1)

    def ask(self, messages: Sequence[Message], answer: type[Answers], purpose: Purpose, max_output_tokens: int) -> Told:
        """Return what the model answers.

        Raises:
            CallRefused: it was not asked, or refused.
            Truncated: it stopped at `max_output_tokens`.
        """
        if self.settings.needs_key and not self.settings.api_key:
            raise self._without_key()
        requests = 0
        for _ in range(TRIES):
            quirks = self._quirks
            exchange = Exchange(purpose, max_output_tokens, strict=quirks.strict)
            fits = self._fits(exchange, quirks, messages, answer)
            requests += len(exchange.heard)
            if not fits and exchange.usable is not None:
                for heard in exchange.heard:
                    self._misfit(heard.call)
            if exchange.usable is not None:  # an answer that does not fit is kept when its re-ask comes to nothing
                return Told(exchange.usable.text, fits, requests, exchange.usable_call, exchange.usable.tokens)
            if exchange.raised is not None:
                raise exchange.raised
            refusal = exchange.heard[-1].answer
            learned = lesson(quirks, refusal.status, refusal.body, self.settings.mode)
            if learned is None:
                break
            with self._lock:
                self._quirks = learned
        raise self._refused(refusal.status)

    def _fits(self, exchange: Exchange, quirks: Quirks, messages: Sequence[Message], answer: type[Answers]) -> bool:
        """Send the question; return whether the answer fits. What went wrong on the way is in `exchange`."""
        try:
            maker = self._maker(quirks.mode)
        except ImportError:
            raise self._without_package() from None
        try:
            with exchanging(exchange):
                maker(
                    response_model=answer,
                    messages=[dict(message) for message in messages],
                    max_retries=1 if self.settings.reask else 0,
                    **self._options(quirks, exchange.max_output_tokens),
                )
        except Exception:
            if not exchange.heard and exchange.raised is None:
                raise  # nothing was sent: the fault is ours or the SDK's, not the model's
            if exchange.raised is not None and not isinstance(exchange.raised, (CallRefused, Truncated)):
                raise exchange.raised from None  # such as a database that is down
            return False
        return True

    def _options(self, quirks: Quirks, max_output_tokens: int) -> dict[str, Any]:
        options: dict[str, Any] = {"model": self.settings.model, quirks.output_limit: max_output_tokens}
        if quirks.temperature and self.settings.wire != "anthropic":  # whose SDK no longer knows one
            options["temperature"] = 0
        if self.settings.logprobs and quirks.logprobs and self.settings.wire == "openai":
            options |= {"logprobs": True, "top_logprobs": 3}
        return options

    def _maker(self, mode: Mode) -> Callable[..., Any]:
        with self._lock:
            if mode not in self._makers:
                self._makers[mode] = _MAKERS[self.settings.wire](self.settings, self._transport, mode)
            return self._makers[mode]

    def _without_key(self) -> CallRefused:
        provider = self.settings.provider
        return CallRefused(
            Reason.MODEL_UNAVAILABLE,
            f"There is no key for {provider}.",
            f"Set {KEY_VARIABLES[provider]} or model.api_key.",
            passing=False,
        )

    def _without_package(self) -> CallRefused:
        provider = self.settings.provider
        return CallRefused(
            Reason.MODEL_UNAVAILABLE,
            f"The package that speaks to {provider} is not installed.",
            f"Install it with: pip install 'docassay[{provider}]'",
            passing=False,
        )

    def _refused(self, status: int) -> CallRefused:
        name = self.settings.name
        if status in (401, 403):
            return CallRefused(
                Reason.MODEL_UNAVAILABLE,
                f"{name} does not accept the key (HTTP {status}).",
                f"Check {KEY_VARIABLES.get(self.settings.provider, 'model.api_key')} or model.api_key.",
            )
        if status == 404:
            return CallRefused(
                Reason.MODEL_UNAVAILABLE,
                f"The provider knows no model {self.settings.model} (HTTP 404).",
                "Check model.name and model.base_url.",
            )
        if status == 429 or status >= 500:
            return CallRefused(
                Reason.MODEL_UNAVAILABLE, f"{name} does not answer now (HTTP {status}).", "It will be asked again."
            )
        return CallRefused(
            Reason.MODEL_REFUSED,
            f"{name} did not accept the request (HTTP {status}).",
            "Look at the trace of the document for what it said.",
            passing=False,
        )


def _openai(settings: ModelSettings, transport: GuardedTransport, mode: Mode) -> Callable[..., Any]:
    import instructor
    import openai

    address = settings.base_url or (OLLAMA if settings.provider == "ollama" else None)
    client = openai.OpenAI(
        api_key=settings.api_key or NO_KEY,
        base_url=address or "https://api.openai.com/v1",
        max_retries=0,
        timeout=None,  # the guards have their own deadlines
        http_client=httpx2.Client(transport=transport),
    )
    kind = instructor.Mode.JSON_SCHEMA if mode == "structured" else instructor.Mode.TOOLS
    return instructor.from_openai(client, mode=kind).chat.completions.create


def _anthropic(settings: ModelSettings, transport: GuardedTransport, _mode: Mode) -> Callable[..., Any]:
    import anthropic
    import instructor

    client = anthropic.Anthropic(
        api_key=settings.api_key or NO_KEY,
        base_url=settings.base_url or "https://api.anthropic.com",
        max_retries=0,
        timeout=None,
        http_client=httpx2.Client(transport=transport),
    )
    # A tool held to its schema is this provider's structured output; instructor's own mode for it needs an older SDK.
    return instructor.from_anthropic(client, mode=instructor.Mode.TOOLS).chat.completions.create


def _google(settings: ModelSettings, transport: GuardedTransport, mode: Mode) -> Callable[..., Any]:
    import instructor
    from google import genai
    from google.genai import types

    client = genai.Client(
        api_key=settings.api_key or NO_KEY,
        http_options=types.HttpOptions(
            base_url=settings.base_url,
            httpx_client=httpx2.Client(transport=transport),
            retry_options=types.HttpRetryOptions(attempts=1),
        ),
    )
    kind = instructor.Mode.JSON if mode == "structured" else instructor.Mode.TOOLS
    return instructor.from_genai(client, mode=kind).chat.completions.create


_MAKERS: Mapping[Wire, Callable[[ModelSettings, GuardedTransport, Mode], Callable[..., Any]]] = {
    "openai": _openai,
    "anthropic": _anthropic,
    "google": _google,
}
