"""The only place that knows everybody: settings in, joined parts out."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from documents import drawn_words
from documents.jail import ParserPool
from extractors.assess.drawn import Places, compared_with_picture
from extractors.assess.scorer import BUILT_IN, Scorer, from_text
from extractors.classify import Classification, classify
from extractors.pipeline import NOTHING_CERTIFIED, Look, Memory, ModelSource, Occasion, extract, source_versions
from flows.settings import Settings
from schemas.confidence import Audit
from schemas.document import DOUBTFUL_FONT, Attachment, Box, Page, ParsedDocument
from schemas.draws import share
from schemas.errors import InputError, Reason, Refusal
from schemas.loader import load_schemas
from schemas.results import Extraction
from schemas.schema import Schema
from store.entities import Document
from store.instants import utc_now

if TYPE_CHECKING:
    from flows.memory import LayoutMemory
    from review.desk.lineage import CutDoor
    from review.pictures import DrawDoor
    from store.confidence import ConfidenceStore
    from store.page_index import PageShape
    from store.store import Store

ClassifyDoor = Callable[[ParsedDocument], Classification]
ExtractDoor = Callable[[ParsedDocument, Schema, Occasion], Extraction]
# Another model, prompt or lesson makes no record outdated: reading all again costs money, so a person asks for it.
_MAY_DIFFER = ("llm", "memory")
AuditDoor = Callable[[Extraction], tuple[Extraction | None, tuple[Audit, ...]]]


@dataclass(frozen=True)
class Line:
    """Everything one process needs to take documents through; the parts are doors, so tests hand in their own."""

    settings: Settings
    store: Store
    parser: ParserPool
    schemas: Mapping[str, Schema]
    classify: ClassifyDoor
    extract: ExtractDoor
    audit: AuditDoor
    parser_version: str
    extractor_version: str
    owner: str  # of leases: unique among all workers of all machines
    now: Callable[[], datetime] = utc_now


def open_store(settings: Settings) -> Store:
    """Return the store, its tables up to date; raises SettingsError or Unavailable."""
    from store.store import Store  # not needed by one file on its own, which is to answer at once

    return Store.open(settings.database_url, settings.files_folder)


def open_confidence(store: Store) -> ConfidenceStore:
    """Return labels, audits and certificates of a store."""
    from store.confidence import ConfidenceStore

    return ConfidenceStore(store.database, store.now)


def open_memory(settings: Settings, store: Store, schemas: Mapping[str, Schema]) -> LayoutMemory:
    """Return the layout memory of a store, with the evaluation set of the settings."""
    from flows.evaluation_set import EvaluationSet
    from flows.memory import LayoutMemory

    files = settings.memory.evaluation
    evaluation = EvaluationSet(files, store, versions(settings)[0], settings.sources) if files else None
    return LayoutMemory(store, schemas, evaluation)


def read_evaluation_set(settings: Settings, store: Store, told: Callable[[str], None]) -> None:
    """Read what is new in the evaluation set, and try on it what corrections taught.

    Where it cannot be read, `told` is told so, and the lessons go on waiting.
    """
    if not settings.memory.evaluation:
        return
    with ParserPool(settings.limits, workers=1) as pool:
        try:
            open_memory(settings, store, known_schemas(settings)).read_evaluation_set(pool.parse, told)
        except InputError as error:
            told(str(error))


def known_schemas(settings: Settings) -> dict[str, Schema]:
    """Return the built-in schemas and the user's; raises SchemaError."""
    return load_schemas(settings.schemas)


def versions(settings: Settings) -> tuple[str, str]:
    """Return the versions of parser and extractor: a result made with other ones may differ."""
    release = version("docassay")
    sources = ",".join(f"{name}={said}" for name, said in source_versions(settings.sources).items())
    return f"docassay-{release}", f"{sources};accept_proved={settings.accept_proved}".lower()


@contextmanager
def open_line(settings: Settings) -> Iterator[Line]:
    """Give a line with a parser child and a store of its own, and close them afterwards."""
    schemas = known_schemas(settings)
    parser_version, extractor_version = versions(settings)
    with ExitStack() as closing:
        store = open_store(settings)
        closing.callback(store.close)
        model = closing.enter_context(the_model(settings, store))
        confidence = open_confidence(store)
        pictures = closing.enter_context(ParserPool(settings.limits, workers=1, parser=drawn_words.PARSER))
        look = look_door(pictures, settings.confidence.picture_share, confidence.secret)
        yield Line(
            settings=settings,
            store=store,
            parser=closing.enter_context(ParserPool(settings.limits, workers=1)),
            schemas=schemas,
            classify=lambda document: classify(document, schemas.values()),
            extract=second_person_door(
                extract_door(settings, model, confidence, look, open_memory(settings, store, schemas).lessons),
                settings,
                store,
                schemas,
            ),
            audit=audit_door(settings, confidence),
            parser_version=parser_version,
            extractor_version=extractor_version,
            owner=f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}",
        )


@contextmanager
def the_model(settings: Settings, store: Store) -> Iterator[ModelSource | None]:
    """Give the model of the settings with its guards; None where they name none, and then nothing of it is loaded."""
    if not settings.asks_a_model:
        yield None
        return
    from flows.model import open_model

    with open_model(settings, store) as model:
        yield model


def extract_door(
    settings: Settings,
    model: ModelSource | None = None,
    confidence: ConfidenceStore | None = None,
    look: Look | None = None,
    memory: Memory | None = None,
) -> ExtractDoor:
    """Return the extraction with the sources and the policy of `settings`, and a model if there is one.

    With `confidence` every document meets the scorer and the certificates of the moment: one that was voided a second
    ago lets nothing pass any more.
    """

    def door(document: ParsedDocument, schema: Schema, occasion: Occasion) -> Extraction:
        return extract(
            document,
            schema,
            settings.sources,
            accept_proved=settings.accept_proved,
            gate=confidence.gate() if confidence else NOTHING_CERTIFIED,
            model=model,
            occasion=occasion,
            scorer=scorer_in_use(confidence) if confidence else BUILT_IN,
            look=look,
            memory=memory,
        )

    return door


def look_door(pool: ParserPool, drawn_share: float = 0.0, secret: Callable[[], str] = str) -> Look:
    """Return the comparison of values with the pictures of their pages, for doubtful fonts and a random share of PDFs.

    Args:
        pool: its children must run `documents.drawn_words`.
        drawn_share: of the files whose fonts raise no doubt.
        secret: of the installation, so that nobody can foresee the draw; asked only if there is one.
    """

    def look(document: ParsedDocument, extraction: Extraction, occasion: Occasion) -> Extraction:
        if document.media_type != "application/pdf":
            return extraction
        doubted = any(finding.code == DOUBTFUL_FONT for finding in document.findings)
        if not doubted and (not drawn_share or share(secret(), document.sha256, "picture") >= drawn_share):
            return extraction

        def read(places: Places, dots: int) -> list[list[str]]:
            if occasion.content is None:
                raise Refusal(Reason.NOT_SUPPORTED, "The file itself is not at hand.", "Look at it.")
            pages = [{**_shape(page), "boxes": [list(box) for box in boxes]} for page, boxes in places]
            answer = pool.parse(occasion.content(), occasion.name, occasion.password, pages=pages, dots=dots)
            return [[word.text for word in page.words] for page in answer.pages]

        return compared_with_picture(document, extraction, read, doubted=doubted)

    return look


def _shape(page: Page) -> dict[str, float]:
    return {"number": page.number, "width": page.width, "height": page.height, "rotation": page.rotation}


def second_person_door(
    door: ExtractDoor, settings: Settings, store: Store, schemas: Mapping[str, Schema]
) -> ExtractDoor:
    """Return an extraction whose records also say where the settings demand a second person: none passes by itself."""
    from review.desk.four_eyes import demanded
    from review.queue import refresh
    from store.suppliers import Suppliers

    rules = settings.four_eyes.rules
    if not rules.any:
        return door

    def judged(document: ParsedDocument, schema: Schema, occasion: Occasion) -> Extraction:
        found = door(document, schema, occasion)
        if rules.new_supplier or rules.changed_account:
            refresh(store, schemas)  # what was accepted meanwhile is known of its supplier
        with store.database.read() as connection:
            return demanded(found, schema, rules, Suppliers(connection))

    return judged


def audit_door(settings: Settings, confidence: ConfidenceStore) -> AuditDoor:
    """Return the drawing of audits: what people are to see of a record, and which accepted answers they judge in it."""
    from review.audit import blinded, is_drawn

    terms = settings.confidence

    def door(extraction: Extraction) -> tuple[Extraction | None, tuple[Audit, ...]]:
        if not is_drawn(confidence.secret(), extraction.document, terms.audit_share):
            return None, ()
        shown, audits = blinded(extraction, scorer_in_use(confidence).status, holds=terms.audits_hold_exports)
        return (shown, audits) if audits else (None, ())

    return door


def scorer_in_use(confidence: ConfidenceStore) -> Scorer:
    """Return the scorer that was adopted last; the written scorecard if none was."""
    text = confidence.scorer()
    return BUILT_IN if text is None else _read_scorer(text)


@lru_cache(maxsize=4)
def _read_scorer(text: str) -> Scorer:
    return from_text(text)


def draw_door(pool: ParserPool) -> DrawDoor:
    """Return the drawing of pages by the children of `pool`, which must run `documents.drawn_page`."""

    from review.pictures import Picture

    def door(
        sha256: str,
        content: Callable[[], bytes],
        page: PageShape,
        dots: int,
        words: Sequence[Sequence[Any]] | None,
        covers: Sequence[Box],
    ) -> Picture:
        boxes = [list(box) for box in covers]
        drawn = pool.parse_again(sha256, content, page=asdict(page), dots=dots, words=words, covers=boxes)
        return Picture(drawn.attachments[0].content, drawn.attachments[0].media_type)

    return door


def cut_door(pool: ParserPool) -> CutDoor:
    """Return what cuts documents into ranges of pages and joins them, in the children of `pool`."""

    def cut(contents: Sequence[bytes], name: str, ranges: Sequence[tuple[int, int]]) -> Sequence[Attachment]:
        sizes = [len(content) for content in contents]
        return pool.parse(b"".join(contents), name, sizes=sizes, ranges=[list(each) for each in ranges]).attachments

    return cut


def outdated_test(settings: Settings, store: Store) -> Callable[[Document], bool]:
    """Return what tells of a finished document whether another schema or extractor would read it today."""
    schemas = known_schemas(settings)
    sources = source_versions(settings.sources)

    def outdated(document: Document) -> bool:
        record = store.extraction(document.sha256)
        if record is None or record.schema_name not in schemas:
            return False
        asked = {name: said for name, said in record.source_versions.items() if name not in _MAY_DIFFER}
        return record.schema_version != schemas[record.schema_name].version or asked != dict(sources)

    return outdated
