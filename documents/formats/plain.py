"""Plain text and Markdown: the canonical text is the decoded file itself."""

from documents.decoding import UndecodableError, decode
from documents.reading import Limits, Reading, Unreadable


def read(data: bytes, name: str, limits: Limits) -> Reading:  # noqa: ARG001 - every reader takes these
    """The text as it is, line ends included."""
    try:
        text = decode(data)
    except UndecodableError as error:
        raise Unreadable(str(error)) from error
    if not text:
        raise Unreadable("empty")
    return Reading(text)
