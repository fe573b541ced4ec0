"""The HTTP application: questions in, passages with citations out."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi_offline import FastAPIOffline

from index import Index
from service import problem, rebuild_routes
from service.answer import Asked, answer_question, identity
from service.citation import opened_text
from service.intake import Intake
from service.models import (
    Alive,
    AskParameters,
    AskRequest,
    AskResponse,
    DocumentText,
    IndexState,
    Problem,
    Ready,
    RefusedGeneration,
    TextParameters,
)
from service.rebuilding import Rebuilds
from service.served_index import ServedIndex

DESCRIPTION = "Ask a folder of documents; get ranked passages whose citations re-open the exact words."

UNFIT: dict[int | str, dict[str, Any]] = {422: {"model": Problem, "description": "A field does not fit"}}
UNFIT_BODY = UNFIT | {
    400: {"model": Problem, "description": "The body is not JSON"},
    413: {"model": Problem, "description": "The body is too large"},
    415: {"model": Problem, "description": "The body's media type is not JSON"},
}
UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "No such document"}}


def create_application(index: Index, documents: Path | None = None) -> FastAPI:
    """Return the application that answers from an open index, and from what takes its place in its folder.

    ``documents`` is the folder that a rebuild reads; None is the one that the index was built from.
    """
    served = ServedIndex(index)
    rebuilds = Rebuilds(served.folder, index.embedder.name, index.embedder.fingerprint)

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[None]:
        # One thread asks the index, so that a slow question holds up other questions, but never the
        # event loop: health, documents and errors are still answered at once.
        with (
            ThreadPoolExecutor(max_workers=1, thread_name_prefix="question") as worker,
            served.following(),
            closing(rebuilds),
        ):
            application.state.worker = worker
            yield

    application = FastAPIOffline(
        docs_url="/docs",
        redoc_url=None,
        title="pincite",
        version=version("pincite"),
        description=DESCRIPTION,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    application.state.served = served
    application.state.rebuilds = rebuilds
    application.state.documents = documents
    application.add_middleware(Intake)
    application.include_router(router)
    application.include_router(rebuild_routes.router)
    problem.install(application)
    application.openapi = with_problems(application.openapi)  # type: ignore[method-assign]  # FastAPI's way
    return application


def with_problems(openapi: Callable[[], dict[str, Any]]) -> Callable[[], dict[str, Any]]:
    """Let the OpenAPI document say that errors are problem documents."""
    return lambda: problem.described(openapi())


router = APIRouter()


@router.post("/v1/ask", responses=UNFIT_BODY, summary="Ask a question")
async def ask(request: Request, asked: AskRequest) -> AskResponse:
    """Return the passages that bear on the question, best first, each with its citation."""
    return await answered(request, asked)


@router.get("/v1/ask", responses=UNFIT, summary="Ask a question, by address")
async def ask_by_address(request: Request, asked: Annotated[AskParameters, Query()]) -> AskResponse:
    """Return the passages that bear on the question, best first, each with its citation."""
    return await answered(request, asked)


async def answered(request: Request, asked: AskParameters) -> AskResponse:
    """Answer a question in the worker thread."""
    arrived = time.perf_counter()
    state = request.app.state

    def work() -> AskResponse:
        with state.served.pinned() as index:
            return answer_question(
                index, as_asked(asked), request_id=problem.request_id(request), arrived=arrived
            )

    return await asyncio.get_running_loop().run_in_executor(state.worker, work)


def as_asked(request: AskParameters) -> Asked:
    """Take a request out of the interface's words."""
    narrowed = request.filter if isinstance(request, AskRequest) else None
    return Asked(
        question=request.question,
        top_k=request.top_k,
        filter_=narrowed.as_filter() if narrowed is not None else None,
        diversity=request.diversity,
        explain=request.explain,
    )


@router.get(
    "/v1/documents/{doc_id:path}/text", responses=UNFIT | UNKNOWN, summary="Open a document at a span"
)
def document_text(request: Request, doc_id: str, span: Annotated[TextParameters, Query()]) -> DocumentText:
    """Return the document's words from start to end, with a little of what stands around them."""
    served: ServedIndex = request.app.state.served
    try:
        with served.pinned() as index:
            document = index.document(doc_id)
    except KeyError:
        raise HTTPException(404, f"this index holds no document {doc_id}") from None
    length = len(document.text)
    end = length if span.end is None else span.end
    if end > length:
        raise outside("end", f"the document ends at {length}")
    if span.start >= end:
        raise outside("start", f"the span ends at {end}; start below that")
    return opened_text(document, span.start, end)


def outside(field: str, reason: str) -> RequestValidationError:
    """Say why a span is not one of the document's."""
    return RequestValidationError([{"type": "out_of_range", "loc": ("query", field), "msg": reason}])


@router.get("/v1/index", summary="See which index is served")
async def index_state(request: Request) -> IndexState:
    """Return the generation that is being served, and how much it holds."""
    served: ServedIndex = request.app.state.served
    generation, refused = served.generation, served.refused
    return IndexState(
        **identity(generation).model_dump(),
        documents=generation.documents,
        passages=generation.passages,
        refused=RefusedGeneration(**asdict(refused)) if refused is not None else None,
    )


@router.get("/healthz", summary="See whether the process answers")
async def healthz() -> Alive:
    """Answer as long as the process does, however busy it is."""
    return Alive()


@router.get("/readyz", summary="See whether questions are answered")
async def readyz(request: Request) -> Ready:
    """Answer when there is an index to answer from."""
    return Ready(generation=request.app.state.served.generation.id)
