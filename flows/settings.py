"""The settings: built-in, then docassay.toml, then DOCASSAY_*, then flags. Read once at the entrance, frozen after."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from documents.limits import Limits
from schemas.events import EventType

if TYPE_CHECKING:
    from review.desk.four_eyes import Rules

ExportFormat = Literal["csv", "xlsx", "parquet", "jsonl", "duckdb", "sql"]


def _cron(text: str) -> str:
    from croniter import croniter  # type: ignore[import-untyped]

    if not croniter.is_valid(text):
        raise ValueError(f"{text!r} is no cron expression; write five fields like '0 6 * * 1-5' (weekdays at six)")
    return text


def _zone(name: str) -> str:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError
        raise ValueError(f"{name!r} is no time zone; write an IANA name like Europe/Berlin") from None
    return name


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Inbox(_Group):
    """A folder whose files are taken in by themselves."""

    path: Path = Field(description="The watched folder; a subfolder named like a schema sets the schema.")
    schema_name: str | None = Field(None, alias="schema", description="Schema of everything in it; none: classified.")
    polling: bool = Field(False, description="True for network shares, which send no events: only the full scan looks.")
    archive: Path | None = Field(None, description="Where files go that are done; PATH/archive if left out.")
    failed: Path | None = Field(None, description="Where files go that failed, with the reason; PATH/failed.")

    @property
    def archive_folder(self) -> Path:
        """Where files go that are done."""
        return self.archive or self.path / "archive"

    @property
    def failed_folder(self) -> Path:
        """Where files go that could not be read, each with its reason in words."""
        return self.failed or self.path / "failed"


class Watch(_Group):
    """When a file in an inbox is taken."""

    stability_seconds: float = Field(5.0, ge=0, description="Size and time must stand still this long.")
    scan_seconds: float = Field(30.0, gt=0, description="Time between two full scans; events only make one earlier.")


class Retry(_Group):
    """How often and how late a deferred document is tried again."""

    attempts: int = Field(5, ge=1, description="Tries before a document is quarantined.")
    backoff_seconds: float = Field(60.0, gt=0, description="Wait before the second try; doubles with each further one.")


class ExportTarget(_Group):
    """Where records are written to."""

    to: str = Field(description="A folder, a file such as out.xlsx or out.duckdb, or a database address.")
    format: ExportFormat | None = Field(None, description="csv, xlsx, parquet or jsonl, for a folder; csv if left out.")
    review: bool = Field(False, description="True also writes records that wait for a person, marked as such.")


class Schedule(_Group):
    """A batch or an export at certain times."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$", description="Lower case letters, digits and dashes.")
    cron: Annotated[str, AfterValidator(_cron)] = Field(description="Five fields, local time of `timezone`.")
    timezone: str = Field("UTC", description="IANA name such as Europe/Berlin.")
    run: Path | None = Field(None, description="Folder to process.")
    schema_name: str | None = Field(None, alias="schema", description="Schema of the documents in that folder.")
    export: str | None = Field(None, description="Name of the export target to write.")
    retry: bool = Field(False, description="True: try deferred documents again whose time has come.")

    @model_validator(mode="after")
    def _one_job(self) -> Schedule:
        if sum((self.run is not None, self.export is not None, self.retry)) != 1:
            raise ValueError("a schedule does one thing: give exactly one of run, export and retry")
        return self


class Api(_Group):
    """Where `docassay serve` listens."""

    host: str = Field("127.0.0.1", description="Address; the default is reachable from this machine only.")
    port: int = Field(8017, ge=0, le=65535, description="Port; 0 lets the system choose one.")


def _origin(address: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError(f"{address!r} is no address; write it without a path, like https://desk.example.com")
    return f"{parts.scheme}://{parts.netloc}".lower()


def _network(text: str) -> str:
    from ipaddress import ip_network

    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        raise ValueError(f"{text!r} is no address or network; write 10.0.0.5 or 10.0.0.0/24") from None


class ProxySignInSettings(_Group):
    """A proxy that signs people in and names them in a header. Only its own addresses are believed."""

    header: str = Field(pattern=r"^[A-Za-z0-9-]+$", description="Header with the person's name, such as X-Remote-User.")
    peers: tuple[Annotated[str, AfterValidator(_network)], ...] = Field(
        min_length=1, description="Addresses or networks that the proxy connects from; nobody else is believed."
    )


def _issuer(address: str) -> str:
    from ipaddress import ip_address
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        here = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        here = False
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and here)):
        raise ValueError(f"{address!r} is no issuer; it is an https address such as https://login.example.com")
    return address.rstrip("/")


class ProviderSettings(_Group):
    """An identity provider with OpenID Connect; needs the extra oidc."""

    issuer: Annotated[str, AfterValidator(_issuer)] = Field(description="Its https address, as its tokens name it.")
    client_id: str = Field(description="As it was registered there, with ADDRESS/sign-in/back to return to.")
    client_secret: SecretStr | None = Field(None, description="Left out: a public client.")
    title: str = Field("identity provider", description="What the button says after 'Sign in with'.")
    scopes: tuple[str, ...] = Field(("profile", "email"), description="Asked for beside openid.")
    name_claim: str = Field("preferred_username", description="The claim that an account is named by.")
    roles_claim: str | None = Field(None, description="Claim with groups or roles; none: roles are given here.")
    roles: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="ROLE or ROLE:SCHEMA, by value of that claim; set at each sign-in."
    )
    add_people: bool = Field(False, description="True: whoever the provider signs in gets an account.")


class Access(_Group):
    """Who gets in, and under which address."""

    address: Annotated[str, AfterValidator(_origin)] | None = Field(
        None, description="What people type, such as https://desk.example.com; needed behind a proxy and for https."
    )
    session_hours: float = Field(12.0, gt=0, description="Signed out after so long without use; after a week anyway.")
    link_hours: float = Field(24.0, gt=0, description="How long a one-time link works.")
    proxy: ProxySignInSettings | None = Field(None, description="Sign-in by a proxy; off if left out.")
    provider: ProviderSettings | None = Field(None, description="Sign-in by an identity provider; off if left out.")


class Prefect(_Group):
    """The Prefect server that shows batches and runs schedules."""

    api_url: str | None = Field(None, description="Address of a server of yours; none: we start one when needed.")
    port: int = Field(4217, ge=0, le=65535, description="Where `docassay serve` lets its own server listen (loopback).")


Route = Literal["rules-first", "llm-first", "llm-only", "rules-only"]


class ModelChoice(_Group):
    """What may differ for one schema; what is left out is as in [model]."""

    route: Route | None = Field(None, description="Who reads first, for this schema.")
    name: str | None = Field(None, description="PROVIDER/MODEL for this schema.")
    strong: str | None = Field(None, description="PROVIDER/MODEL for fields that stay unsure.")
    strong_below: float | None = Field(None, ge=0, le=1, description="Confidence below which the strong one is asked.")


class Model(_Group):
    """The language model that reads what rules cannot prove. Without a name no model is asked."""

    name: str | None = Field(None, description="PROVIDER/MODEL: openai/…, anthropic/…, google/…, ollama/…")
    route: Route = Field(
        "rules-first",
        description="rules-first: only fields that rules and embedded data did not prove; llm-first: all fields, rules "
        "as a second witness; llm-only: rules stand in only when the model cannot be asked; rules-only: never asked.",
    )
    strong: str | None = Field(None, description="PROVIDER/MODEL asked again for fields that stay unsure.")
    strong_below: float = Field(0.5, ge=0, le=1, description="Confidence below which the strong one is asked.")
    second_reading: str | None = Field(
        None, description="PROVIDER/MODEL that reads unsure fields again, asked differently; a cheap one will do."
    )
    second_from: float = Field(0.5, ge=0, le=1, description="Confidence from which a field is read a second time.")
    second_below: float = Field(0.95, ge=0, le=1, description="Confidence below which a field is read a second time.")
    base_url: str | None = Field(None, description="Address of an OpenAI-compatible server of yours, with its /v1.")
    api_key: SecretStr | None = Field(None, description="The key; left out: the provider's usual variable.")
    mode: Literal["auto", "structured", "tools"] = Field(
        "auto", description="How the answer is bound to the schema; auto: structured output where the server has it."
    )
    pictures: bool = Field(False, description="True: pages of scans and photos go along as pictures.")
    logprobs: bool = Field(False, description="True: ask for log-probabilities where the provider gives them.")
    timeout_seconds: float = Field(60.0, gt=0, description="Wall clock of one call.")
    document_seconds: float = Field(300.0, gt=0, description="Wall clock of all calls for one document.")
    steps: int = Field(30, ge=1, description="Calls for one document in one run, tries again included.")
    tries: int = Field(3, ge=1, description="Attempts of one call when the provider fails.")
    parallel: int = Field(4, ge=1, description="Documents that one worker process keeps in calls at once.")
    calls_per_minute: int | None = Field(None, ge=1, description="Of all workers together.")
    tokens_per_minute: int | None = Field(None, ge=1, description="Of all workers together, worst case of each call.")
    whole_pages: int = Field(15, ge=1, description="Documents with more pages are sent as passages.")
    responses: Literal["live", "record", "replay", "replay-strict"] = Field(
        "live",
        description="live: an answer that is kept is not bought again; record: always ask; replay: only kept answers, "
        "no network; replay-strict: a missing one is an error.",
    )
    patience_hours: float = Field(
        24.0, ge=0, description="How long a document waits for a model before a person looks."
    )
    schemas: dict[str, ModelChoice] = Field(default_factory=dict, description="What differs for a schema, by its name.")

    @model_validator(mode="after")
    def _band(self) -> Model:
        if self.second_from >= self.second_below:
            raise ValueError(
                f"second_from ({self.second_from:g}) is not below second_below ({self.second_below:g}): "
                "no field would be read a second time; leave out second_reading for that"
            )
        return self


class Budget(_Group):
    """What models may cost, in US dollars. No call is made that could pass a cap."""

    day_dollars: float = Field(5.0, ge=0, description="A calendar day of `timezone`.")
    month_dollars: float | None = Field(None, ge=0, description="A calendar month of `timezone`.")
    run_dollars: float | None = Field(None, ge=0, description="One batch.")
    document_dollars: float | None = Field(None, ge=0, description="One document in one run.")
    timezone: Annotated[str, AfterValidator(_zone)] = Field("UTC", description="IANA name such as Europe/Berlin.")
    typical_dollars: float = Field(0.02, gt=0, description="Cost of a usual document until enough are known.")
    alarm_factor: int = Field(10, ge=1, description="A document at so many times the typical cost raises an alarm.")
    stop_factor: int = Field(50, ge=1, description="And at so many it is stopped.")


class Confidence(_Group):
    """What may be accepted without a person, and how that is kept true."""

    delta: float = Field(
        0.1, gt=0, lt=1, description="Chance that a promise is wrong: 0.1 makes a certificate 90 % sure."
    )
    audit_share: float = Field(
        0.05, ge=0.05, le=1, description="Share of documents whose accepted fields a person judges, drawn at random."
    )
    picture_share: float = Field(
        0.02,
        ge=0,
        le=1,
        description="Share of PDF files whose values are also read from the pictures of their pages, drawn at random; "
        "files with doubtful fonts always are.",
    )
    audits_hold_exports: bool = Field(
        False, description="True: a document is not exported before its audit is done. False: corrections come after."
    )
    pool_origins: bool = Field(
        False, description="True: one certificate for born-digital pages, scans and photos; else each needs its own."
    )
    canaries: Path | None = Field(
        None, description="Truth file (JSON lines) of documents that are read again once a day, to notice changes."
    )
    update: Annotated[str, AfterValidator(_cron)] = Field(
        "*/15 * * * *",
        description="When `docassay serve` learns from reviews and tests the promises: a cron line, UTC.",
    )


class Memory(_Group):
    """What corrections may teach about layouts."""

    evaluation: tuple[Path, ...] = Field(
        (),
        description="Truth files (JSON lines) of your evaluation set, frozen and grown: what corrections taught gives "
        "values only if none of their documents gets worse by it.",
    )


class Price(_Group):
    """The price of a model, in US dollars per million tokens; wins over the bundled list."""

    input: float | None = Field(None, ge=0, description="Per million tokens of input.")
    output: float | None = Field(None, ge=0, description="Per million tokens of output, reasoning included.")
    cached: float | None = Field(None, ge=0, description="Per million tokens read from the provider's cache.")
    free: bool = Field(False, description="True: it costs nothing (a server of yours).")

    @model_validator(mode="after")
    def _whole(self) -> Price:
        if not self.free and (self.input is None or self.output is None):
            raise ValueError("give input and output, or free = true")
        return self


class Traces(_Group):
    """What is kept of every call, and where else it goes."""

    days: int = Field(30, ge=1, description="Prompts, answers and traces are deleted after so long.")
    endpoint: str | None = Field(None, description="Address of an OpenTelemetry collector (OTLP over HTTP).")
    content: bool = Field(False, description="True: prompts and answers go to the collector too.")


class FourEyes(_Group):
    """When a second person must approve before a record is exported."""

    amount_above: Decimal | None = Field(None, ge=0, description="Totals above this amount, in the record's currency.")
    new_supplier: bool = Field(False, description="True: the first record of a supplier.")
    changed_account: bool = Field(False, description="True: a bank account that the supplier did not name before.")
    share: float = Field(0.0, ge=0, le=1, description="Share of all documents, drawn by their content.")
    second_entry: tuple[str, ...] = Field(
        (), description="Fields that the second person enters without seeing the value, such as iban."
    )

    @property
    def rules(self) -> Rules:
        """The rules as the desk uses them."""
        from review.desk.four_eyes import Rules

        return Rules(**self.model_dump())


def _address(text: str) -> str:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_one = False
        parts = urlsplit("")
    if not is_one:
        raise ValueError("this is no address; write https://host/path")
    if parts.username or parts.password or parts.fragment:
        raise ValueError("an address of a receiver has no user, password or #; the signature says who we are")
    return text


def _webhook_secret(secret: SecretStr) -> SecretStr:
    from review.webhooks import secret_of

    secret_of(secret.get_secret_value())
    return secret


class Webhook(_Group):
    """A receiver of events."""

    url: Annotated[str, AfterValidator(_address)] = Field(description="Where events are posted to, https://host/path.")
    secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] = Field(
        description="What signs them: whsec_ and base64 of 24 to 64 random bytes."
    )
    events: tuple[EventType, ...] = Field((), description="The types that it wants; all if left out.")
    timeout_seconds: float = Field(10.0, gt=0, le=60, description="Wall clock of one attempt.")
    attempts: int = Field(12, ge=1, description="Tries before an event is given up; 12 are about a day and a half.")


class Settings(_Group):
    """All settings. Relative paths of a settings file count from that file's folder."""

    data_folder: Path = Field(Path("docassay-data"), description="Everything Docassay keeps, unless said otherwise.")
    database: SecretStr | None = Field(
        None, description="sqlite:///FILE or postgresql://USER@HOST/NAME; a SQLite file in the data folder if left out."
    )
    files: str | None = Field(None, description="Folder or fsspec address for originals; DATA_FOLDER/files.")
    schemas: tuple[str, ...] = Field((), description="YAML files, folders of them, or FILE.py:Class.")
    sources: tuple[Literal["embedded", "rules"], ...] = Field(
        ("embedded", "rules"), min_length=1, description="Who reads: data embedded in the file, rules over its text."
    )
    accept_proved: bool = Field(False, description="Accept values that are proved before thresholds are certified.")
    workers: int = Field(0, ge=0, description="Worker processes; 0: one for each core.")
    lease_seconds: float = Field(60.0, ge=2, description="After so long without a heartbeat a worker counts as dead.")
    task_runner: Literal["process", "dask"] = Field(
        "process", description="Where documents are worked on: processes of this machine, or a Dask cluster."
    )
    dask_address: str | None = Field(None, description="Scheduler such as tcp://host:8786; none: a local cluster.")
    limits: Limits = Field(Limits(), description="What one document may cost.")
    watch: Watch = Watch()
    retry: Retry = Retry()
    api: Api = Api()
    access: Access = Access()
    prefect: Prefect = Prefect()
    model: Model = Model()
    budget: Budget = Budget()
    prices: dict[str, Price] = Field(default_factory=dict, description='By "PROVIDER/MODEL".')
    traces: Traces = Traces()
    four_eyes: FourEyes = FourEyes()
    confidence: Confidence = Confidence()
    memory: Memory = Memory()
    inboxes: tuple[Inbox, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    exports: dict[str, ExportTarget] = Field(default_factory=dict, description="Targets by name.")
    webhooks: dict[Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")], Webhook] = Field(
        default_factory=dict, description="Receivers of events by name; `docassay serve` sends them."
    )

    @model_validator(mode="after")
    def _names_meet(self) -> Settings:
        for schedule in self.schedules:
            if schedule.export is not None and schedule.export not in self.exports:
                known = ", ".join(self.exports) or "none"
                raise ValueError(f"schedule {schedule.name} names the export {schedule.export}; there are: {known}")
        names = [schedule.name for schedule in self.schedules]
        if len(set(names)) < len(names):
            raise ValueError("two schedules have the same name")
        return self

    @property
    def database_url(self) -> str:
        """The address with its password; never to be shown."""
        if self.database is not None:
            return self.database.get_secret_value()
        return f"sqlite:///{self.data_folder / 'docassay.db'}"

    @property
    def files_folder(self) -> str:
        """Where originals and parsed documents lie."""
        return self.files or str(self.data_folder / "files")

    @property
    def prefect_home(self) -> Path:
        """Where Prefect keeps its own database and results."""
        return self.data_folder.resolve() / "prefect"

    @property
    def asks_a_model(self) -> bool:
        """Whether any schema's documents may go to a model."""
        routes = [choice.route or self.model.route for choice in self.model.schemas.values()]
        named = [choice.name for choice in self.model.schemas.values()]
        return any((self.model.name, *named)) and any(route != "rules-only" for route in (self.model.route, *routes))

    @property
    def documents_at_once(self) -> int:
        """How many documents a worker process works on at once: waiting for a model takes no processor."""
        return self.model.parallel if self.asks_a_model else 1

    @property
    def worker_count(self) -> int:
        """How many worker processes to use."""
        return self.workers or _cores()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
