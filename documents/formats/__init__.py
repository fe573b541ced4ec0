"""The formats: one table of what is read, by which module, and which extra brings its library.

A format's module has ``read(data: bytes, name: str, limits: Limits) -> Reading``; it imports its library
inside that function and raises `Unreadable` for what is wrong with a file.
"""

from dataclasses import dataclass
from pathlib import PurePath


@dataclass(frozen=True, slots=True)
class Format:
    """How files of some suffixes are read.

    ``isolated``: in a process of its own, because its parser is native or may hang. ``extra``: the
    optional dependency that brings its library, as in ``pip install 'pincite[pdf]'``.
    """

    media_type: str
    module: str
    extra: str | None = None
    isolated: bool = True


_PLAIN = Format("text/plain", "documents.formats.plain", isolated=False)
_MARKDOWN = Format("text/markdown", "documents.formats.plain", isolated=False)
_HTML = Format("text/html", "documents.formats.html", "html")

_PDF = Format("application/pdf", "documents.formats.pdf", extra="pdf")

# By the lower-case end of a file's name.
FORMATS: dict[str, Format] = {
    ".txt": _PLAIN,
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": Format("application/xhtml+xml", "documents.formats.html", "html"),
    ".pdf": _PDF,
}


def format_of(name: str) -> Format | None:
    """The format of a file of this name; None where nothing here reads it."""
    return FORMATS.get(PurePath(name).suffix.lower())
