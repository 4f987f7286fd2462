"""Exports: ask for tables of the records that one may see, and download them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Literal

from fastapi import APIRouter, status
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from review.access.bank_data import mask_for
from review.access.gate import allowed
from review.access.identity import person_of
from review.access.permissions import Person
from review.api.answers import BYTES, REFUSALS
from review.context import Context, context_of
from review.export_jobs import ExportJob, ExportJobs, Format
from review.refusals import Refused
from schemas.errors import InvalidValue, UnknownDocument
from schemas.results import Extraction

router = APIRouter(prefix="/api/v1", tags=["exports"], responses=REFUSALS)


class Wanted(BaseModel):
    """An export."""

    model_config = ConfigDict(extra="forbid")

    format: Format = "csv"
    schemas: list[str] | None = Field(None, max_length=100, description="Only of these; left out: all one may see.")
    review: bool = Field(False, description="True: also records that wait for a person, marked as such.")


class File(BaseModel):
    """A file of an export."""

    name: str
    url: str


class Export(BaseModel):
    """How an export stands."""

    id: str
    state: Literal["running", "done", "failed"]
    format: Format
    review: bool
    queues: list[str] | None = Field(description="Schemas that are in it; null: all.")
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None
    records: int
    rows: dict[str, int] | None = Field(description="By table.")
    files: list[File]
    message: str = Field(description="Why it failed.")
    url: str


@router.post("/exports", status_code=status.HTTP_202_ACCEPTED, dependencies=[allowed("operate")])
def start(request: Request, wanted: Wanted) -> Export:
    """Begin to write tables of all records that one may see; bank data is hidden from those without see_bank_data."""
    context, person = context_of(request), person_of(request)
    unknown = sorted(set(wanted.schemas or ()) - set(context.schemas))
    if unknown:
        raise InvalidValue(f"There is no schema {', '.join(unknown)}. There are: {', '.join(context.schemas)}.")
    held = person.queues("operate")
    asked = set(wanted.schemas if wanted.schemas is not None else context.schemas)
    queues = sorted(asked if held is None else asked & held)
    shown = _shown(context, person, frozenset(queues))
    return _told(_jobs(context).start(wanted.format, wanted.review, queues, person.name, shown))


@router.get("/exports", dependencies=[allowed("operate")])
def exports(request: Request) -> list[Export]:
    """List one's own exports of the last week, newest first; an admin's list has everybody's."""
    person = person_of(request)
    return [_told(job) for job in _jobs(context_of(request)).all() if _may(person, job)]


@router.get("/exports/{id}", dependencies=[allowed("operate")])
def export(request: Request, id: str) -> Export:
    """Say whether an export is done, and which files it has."""
    return _told(_found(request, id))


@router.get(
    "/exports/{id}/files/{name:path}",
    dependencies=[allowed("operate")],
    response_class=Response,
    responses={200: {"content": BYTES, "description": "The file."}},
)
def file(request: Request, id: str, name: str) -> Response:
    """Download a file of an export."""
    job = _found(request, id)
    path = _jobs(context_of(request)).file(job, name)
    return FileResponse(path, filename=path.name, media_type="application/octet-stream")


def _shown(context: Context, person: Person, queues: frozenset[str]) -> Callable[[Extraction], Extraction | None]:
    """What makes of a record what this person may have of it."""
    masks = {queue: mask_for(context, person, queue) for queue in queues}

    def shown(record: Extraction) -> Extraction | None:
        mask = masks.get(record.schema_name)
        return mask.record(record) if mask else None

    return shown


def _found(request: Request, id: str) -> ExportJob:
    job = _jobs(context_of(request)).find(id)
    if not _may(person_of(request), job):
        raise UnknownDocument(f"There is no export {id[:32]!r} of yours.")
    return job


def _may(person: Person, job: ExportJob) -> bool:
    """Whether an export may be had: by who asked for it; an admin does not thereby get to see bank data."""
    return job.asked_by == person.name or (person.everywhere("administer") and person.everywhere("see_bank_data"))


def _jobs(context: Context) -> ExportJobs:
    if context.exports is None:
        raise Refused(503, "unavailable", "This service writes no exports.", "Use: docassay export")
    return context.exports


def _told(job: ExportJob) -> Export:
    files = [{"name": name, "url": f"/api/v1/exports/{job.id}/files/{name}"} for name in job.files]
    return Export.model_validate({**asdict(job), "files": files, "url": f"/api/v1/exports/{job.id}"})
