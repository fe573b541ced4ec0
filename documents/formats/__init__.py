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
_SAVED_PAGE = Format("multipart/related", "documents.formats.mhtml", "html")
_RECORDS = Format("application/json", "documents.formats.records")
_LINES = Format("application/jsonl", "documents.formats.records")
_TAR = Format("application/x-tar", "documents.formats.archive")
_FEED = Format("application/xml", "documents.formats.feed", "html")

_PDF = Format("application/pdf", "documents.formats.pdf", "pdf")
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_WORD = Format(f"{_OPEN_XML}wordprocessingml.document", "documents.formats.word", "office")
_SLIDES = Format(f"{_OPEN_XML}presentationml.presentation", "documents.formats.slides", "office")
_SHEETS = Format(f"{_OPEN_XML}spreadsheetml.sheet", "documents.formats.spreadsheet", "office")

# By the lower-case end of a file's name.
FORMATS: dict[str, Format] = {
    ".txt": _PLAIN,
    ".text": _PLAIN,
    ".rst": _PLAIN,
    ".org": _PLAIN,
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": Format("application/xhtml+xml", "documents.formats.html", "html"),
    ".pdf": _PDF,
    ".docx": _WORD,
    ".docm": _WORD,
    ".pptx": _SLIDES,
    ".pptm": _SLIDES,
    ".xlsx": _SHEETS,
    ".xlsm": _SHEETS,
    ".xls": Format("application/vnd.ms-excel", "documents.formats.spreadsheet", "office"),
    ".odt": Format(f"{_OPEN_DOCUMENT}text", "documents.formats.opendocument", "office"),
    ".odp": Format(f"{_OPEN_DOCUMENT}presentation", "documents.formats.opendocument", "office"),
    ".ods": Format(f"{_OPEN_DOCUMENT}spreadsheet", "documents.formats.opendocument", "office"),
    ".rtf": Format("application/rtf", "documents.formats.rtf", "office"),
    ".doc": Format("application/msword", "documents.formats.legacy", "office"),
    ".ppt": Format("application/vnd.ms-powerpoint", "documents.formats.legacy", "office"),
    ".mht": _SAVED_PAGE,
    ".mhtml": _SAVED_PAGE,
    ".xml": _FEED,
    ".rss": _FEED,
    ".atom": _FEED,
    ".epub": Format("application/epub+zip", "documents.formats.epub", "html"),
    ".eml": Format("message/rfc822", "documents.formats.mail", "html"),
    ".msg": Format("application/vnd.ms-outlook", "documents.formats.outlook", "mail"),
    ".csv": Format("text/csv", "documents.formats.delimited"),
    ".tsv": Format("text/tab-separated-values", "documents.formats.delimited"),
    ".json": _RECORDS,
    ".jsonl": _LINES,
    ".ndjson": _LINES,
    ".ipynb": Format("application/x-ipynb+json", "documents.formats.notebook"),
    ".zip": Format("application/zip", "documents.formats.archive"),
    ".gz": Format("application/gzip", "documents.formats.archive"),
    ".tar": _TAR,
    ".tgz": _TAR,
}


def format_of(name: str) -> Format | None:
    """The format of a file of this name; None where nothing here reads it."""
    return FORMATS.get(PurePath(name).suffix.lower())
