"""Every error as a problem document: RFC 9457, one form, no internals."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from service.models import InvalidField, Problem

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 20
LONGEST_NAME = 100
LONGEST_DETAIL = 1_000

# The statuses that this service gives only because of the body.
OF_THE_BODY = (400, 413, 415)

REASONS = {"extra_forbidden": "unknown field", "missing": "required, and missing"}
DETAILS = {404: "there is nothing at this address; /docs lists what there is"}
TITLES = {413: "Content Too Large", 422: "Unprocessable Content"}  # newer than Python's list

logger = logging.getLogger("pincite")


def install(application: FastAPI) -> None:
    """Make every error of the application a problem document."""
    application.add_exception_handler(HTTPException, tell_status)
    application.add_exception_handler(RequestValidationError, tell_fields)
    application.add_exception_handler(Exception, tell_nothing)


async def tell_status(request: Request, error: Exception) -> Response:
    """Answer an error that came with its status."""
    assert isinstance(error, HTTPException)  # noqa: S101 - what the handler is registered for
    plain = error.detail == HTTPStatus(error.status_code).phrase
    detail = DETAILS.get(error.status_code, error.detail) if plain else error.detail
    fields = [InvalidField(field="body", reason=detail)] if error.status_code in OF_THE_BODY else []
    return problem(request, error.status_code, detail, fields, error.headers)


async def tell_fields(request: Request, error: Exception) -> Response:
    """Answer a request whose fields do not fit: 422, or 400 when the body is not even JSON."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what the handler is registered for
    reasons = error.errors()
    status = 400 if any(reason["type"] == "json_invalid" for reason in reasons) else 422
    fields = [invalid_field(reason) for reason in reasons[:MOST_ERRORS]]
    detail = "; ".join(f"{field.field}: {field.reason}" for field in fields)
    return problem(request, status, detail, fields)


async def tell_nothing(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the server logs it
    """Answer a bug. Its traceback goes to the log, beside the id; the caller gets only the id."""
    logger.error("request %s failed: %s %s", request_id(request), request.method, request.url.path)
    detail = "something failed here; the log of the service holds the reason under this request_id"
    # The server closes the connection after a bug; a caller that is not told would send into it.
    headers = {"Connection": "close", "X-Request-ID": request_id(request)}
    return problem(request, 500, detail, [], headers)


def problem(
    request: Request,
    status: int,
    detail: str,
    fields: Sequence[InvalidField],
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Write the document."""
    document = Problem(
        type="about:blank",
        title=TITLES.get(status) or HTTPStatus(status).phrase,
        status=status,
        detail=shortened(detail, LONGEST_DETAIL),
        errors=list(fields),
        request_id=request_id(request),
    )
    return Response(document.model_dump_json(), status, headers, MEDIA_TYPE)


def invalid_field(reason: Mapping[str, Any]) -> InvalidField:
    """Name the field, without the place (`body`, `query`, `path`) that it came in."""
    if reason["type"] == "json_invalid":
        return InvalidField(field="body", reason=f"no valid JSON: {reason['ctx']['error']}")
    place, *path = (str(part) for part in reason["loc"])
    return InvalidField(
        field=shortened(".".join(path) or place, LONGEST_NAME),
        reason=REASONS.get(reason["type"], reason["msg"]),
    )


def shortened(text: str, longest: int) -> str:
    """Cut what a caller sent to a length."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def request_id(request: Request) -> str:
    """Return the id that the intake gave to the request."""
    given: str = request.state.request_id
    return given


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """Give the problems in an OpenAPI document their own media type."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}
    return schema
