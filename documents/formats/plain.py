"""Plain text and Markdown: the canonical text is the decoded file itself."""

from documents.decoding import UndecodableError, decode
from documents.described import described
from documents.front_matter import front_matter
from documents.reading import Limits, Reading, Unreadable


def read(data: bytes, name: str, limits: Limits) -> Reading:  # noqa: ARG001 - every reader takes these
    """The text as it is, line ends included; of Markdown with fields above it, title and metadata too."""
    try:
        text = decode(data)
    except UndecodableError as error:
        raise Unreadable(str(error)) from error
    if not text:
        raise Unreadable("empty")
    if name.lower().endswith((".md", ".markdown")):
        title, metadata = described(front_matter(text)[0])
        return Reading(text, title=title, metadata=metadata)
    return Reading(text)
