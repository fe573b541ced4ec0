"""A document: canonical text, and what is known about it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a document's canonical text.

    Offsets count Unicode code points from 0; ``end`` is exclusive.
    """

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Section:
    """A heading: where it stands in the text, and how deep (1 is the outermost)."""

    title: str
    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a document says of itself.

    ``published`` is ISO 8601, as exact as the document is; ``published_original`` is how the document
    wrote it, where that was not the same. ``language`` is an ISO 639-1 code. ``sidecar_sha256`` is the
    hash of the file that says these things in the document's stead, if there is one.
    """

    published: str | None = None
    author: str | None = None
    url: str | None = None
    language: str | None = None
    media_type: str = "text/plain"
    published_original: str | None = None
    sidecar_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file that was read.

    ``doc_id`` is the path below the folder, with ``/``. ``text`` is canonical: every offset anywhere
    points into it. For .txt and .md it is the decoded file itself, line ends included (only a byte
    order mark is gone). ``pages`` holds the offset at which each page starts; it is empty where the
    format has no pages. ``source_sha256`` is the hash of the file's bytes, in hexadecimal.
    """

    doc_id: str
    title: str
    text: str
    source_sha256: str
    metadata: Metadata = field(default_factory=Metadata)
    pages: tuple[int, ...] = ()
    sections: tuple[Section, ...] = ()
