"""What every request passes first: it gets an id, and its body a largest size and a type."""

import re
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = re.compile(r"[A-Za-z0-9._~:/+=@-]{1,128}")
JSON_MEDIA_TYPE = re.compile(r"application/(?:[\w.+-]+\+)?json\s*(?:;.*)?", re.IGNORECASE)
MOST_BODY_BYTES = 64 * 1024


class Intake:
    """Names each request and refuses a body that is too large or not JSON, while it is still arriving.

    The refusals are HTTPExceptions raised where the body is read, so that they become problem documents
    like any other; the framework's own body limit would answer in plain text.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = named(headers.get("x-request-id"))
        scope.setdefault("state", {})["request_id"] = request_id

        async def named_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        await self.app(scope, checked_body(headers, receive), named_send)


def named(given: str | None) -> str:
    """Return the caller's request id if it is a sane one, else a new one."""
    return given if given is not None and REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def checked_body(headers: Headers, receive: Receive) -> Receive:
    """Return a ``receive`` that refuses a body once it turns out too large (413) or no JSON (415)."""
    declared = headers.get("content-length", "0")
    media_type = headers.get("content-type", "")
    size = int(declared) if declared.isascii() and declared.isdigit() else 0
    arrived = 0

    async def checked_receive() -> Message:
        nonlocal arrived
        if size > MOST_BODY_BYTES:
            raise too_large()
        message = await receive()
        arrived += len(message.get("body", b""))
        if arrived > MOST_BODY_BYTES:
            raise too_large()
        if arrived and not JSON_MEDIA_TYPE.fullmatch(media_type.strip()):
            raise HTTPException(415, "send JSON, with the header Content-Type: application/json")
        return message

    return checked_receive


def too_large() -> HTTPException:
    """Say how large a body may be."""
    return HTTPException(413, f"larger than {MOST_BODY_BYTES:,} bytes; send a shorter question")
