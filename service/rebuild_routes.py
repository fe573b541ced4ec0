"""Asking the service for a rebuild over HTTP."""

import dataclasses
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response

from index.generation import Source
from index.lock import is_locked
from service.models import Problem, RebuildJob, RebuildRequest
from service.rebuilding import Rebuilds
from service.served_index import ServedIndex

router = APIRouter()

REFUSALS: dict[int | str, dict[str, Any]] = {
    403: {"model": Problem, "description": "Not asked on this machine, or by a page of another site"},
    409: {"model": Problem, "description": "A rebuild is running"},
    422: {"model": Problem, "description": "The service does not know which documents"},
}
UNKNOWN_JOB: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "No such job"},
    422: {"model": Problem, "description": "A field does not fit"},
}


@router.post("/v1/index/rebuild", status_code=202, responses=REFUSALS, summary="Rebuild the index")
def rebuild(request: Request, response: Response, wanted: RebuildRequest | None = None) -> RebuildJob:
    """Start a rebuild of the documents that the index was built from; the service goes over to the result."""
    refuse_strangers(request)
    served: ServedIndex = request.app.state.served
    rebuilds: Rebuilds = request.app.state.rebuilds
    source = source_of(served, request.app.state.documents)
    full = wanted is not None and wanted.full
    job = None if is_locked(served.folder) else rebuilds.start(source, full=full)
    if job is None:
        raise HTTPException(409, "a rebuild is running; wait for it to end")
    response.headers["Location"] = f"/v1/index/rebuild/{job.job}"
    return RebuildJob(**dataclasses.asdict(job))


@router.get("/v1/index/rebuild/{job}", responses=UNKNOWN_JOB, summary="See how a rebuild goes")
def rebuild_state(request: Request, job: str) -> RebuildJob:
    """Return how far a rebuild is."""
    rebuilds: Rebuilds = request.app.state.rebuilds
    found = rebuilds.find(job)
    if found is None:
        raise HTTPException(404, f"there is no rebuild {job}; ids are those that POST /v1/index/rebuild gave")
    return RebuildJob(**dataclasses.asdict(found))


def source_of(served: ServedIndex, documents: Path | None) -> Source:
    """Say which documents a rebuild is to read."""
    known = served.generation.source
    if documents is not None:
        patterns = (known.include, known.exclude) if known is not None else ((), ())
        known = Source(str(documents.resolve()), *patterns)
    if known is None:
        raise HTTPException(
            422, "the index does not say where its documents are; start the service with --documents FOLDER"
        )
    if not Path(known.folder).is_dir():
        raise HTTPException(
            422, f"there is no folder {known.folder} any more; start the service with --documents FOLDER"
        )
    return known


def refuse_strangers(request: Request) -> None:
    """Let only this machine ask, and no page of another site in a browser on this machine."""
    host = request.client.host if request.client is not None else "127.0.0.1"
    if not ip_address(host).is_loopback:
        raise HTTPException(403, "only the machine that the service runs on may ask for a rebuild")
    if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        raise HTTPException(403, "a page of another site may not ask for a rebuild")
