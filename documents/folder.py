"""Reading a folder: every file becomes a document, or is named with the reason why not."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from documents.decoding import UndecodableError, decode
from documents.document import Document, Metadata
from documents.lines import lines_of
from documents.markdown import markdown_sections
from documents.metadata import published_of, title_of
from documents.refusal import Refusal
from documents.sentences import is_chinese
from documents.structure import plain_sections

MEDIA_TYPES = {".txt": "text/plain", ".md": "text/markdown"}


@dataclass(frozen=True, slots=True)
class Unread:
    """A file or folder that gave no document.

    ``skipped``: not meant to be read (another format, a link that leads out). ``failed``: meant to be
    read, and could not be. ``path`` is relative to the folder, with ``/``.
    """

    path: str
    kind: Literal["skipped", "failed"]
    reason: str


def read_folder(folder: Path, *, max_bytes: int = 50_000_000) -> Iterator[Document | Unread]:
    """Reads every .txt and .md file below a folder, in the order of their doc_ids (by code point).

    Hidden files and folders are passed over. Whatever else does not become a document comes as
    `Unread`; no file stops the rest. A file of more than ``max_bytes`` bytes fails. Raises `Refusal`
    at once when the folder is missing, is none, or cannot be read.
    """
    folder = Path(folder)
    try:
        os.scandir(folder).close()
    except FileNotFoundError as error:
        raise Refusal(f"no folder {folder}; give the folder that holds the documents") from error
    except NotADirectoryError as error:
        raise Refusal(f"{folder} is not a folder; give the folder that holds the documents") from error
    except OSError as error:
        raise Refusal(f"cannot read the folder {folder} ({_told(error)}); check its permissions") from error
    return _read(folder, max_bytes)


def _read(folder: Path, max_bytes: int) -> Iterator[Document | Unread]:
    root = folder.resolve()
    found = sorted(_walk(folder, root), key=lambda entry: entry.path if isinstance(entry, Unread) else entry)
    for entry in found:
        yield entry if isinstance(entry, Unread) else read_file(folder / entry, entry, max_bytes=max_bytes)


def _walk(folder: Path, root: Path) -> Iterator[str | Unread]:
    """The doc_ids of all files to be read below a folder, and what is not to be read."""
    pending = [(folder, "")]
    while pending:
        here, prefix = pending.pop()
        try:
            with os.scandir(here) as listing:
                entries = list(listing)
        except OSError as error:
            yield Unread(prefix.rstrip("/"), "failed", f"cannot be listed: {_told(error)}")
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            path = prefix + entry.name
            if not _is_writable_name(path):
                shown = path.encode("utf-8", "backslashreplace").decode()
                yield Unread(shown, "skipped", "its name is not valid UTF-8")
            elif entry.is_symlink():
                reason = _link_refused(Path(entry.path), root)
                yield Unread(path, "skipped", reason) if reason else _by_suffix(path, Path(entry.path))
            elif entry.is_dir(follow_symlinks=False):
                pending.append((here / entry.name, path + "/"))
            else:
                yield _by_suffix(path, Path(entry.path))


def _by_suffix(path: str, file: Path) -> str | Unread:
    suffix = file.suffix.lower()
    if suffix in MEDIA_TYPES:
        return path
    return Unread(path, "skipped", f"no reader for {suffix} files" if suffix else "no suffix to its name")


def _link_refused(link: Path, root: Path) -> str | None:
    """Why a link is not followed; None when it leads to a file inside the folder."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: how Python before 3.13 reports a circle of links
        return "a link that leads nowhere"
    if not target.is_relative_to(root):
        return "a link that leads out of the folder"
    return "a link to a folder" if target.is_dir() else None


def read_file(path: Path, doc_id: str, *, max_bytes: int = 50_000_000) -> Document | Unread:
    """Reads one text or Markdown file; never raises for what is wrong with the file."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return Unread(doc_id, "failed", "not a regular file")
        data = b""
        if status.st_size <= max_bytes:
            with path.open("rb") as file:
                data = file.read(max_bytes + 1)
        if max(status.st_size, len(data)) > max_bytes:
            return Unread(doc_id, "failed", f"larger than the limit of {max_bytes:,} bytes")
        text = decode(data)
    except UndecodableError as error:
        return Unread(doc_id, "failed", str(error))
    except OSError as error:
        return Unread(doc_id, "failed", f"cannot be read: {_told(error)}")
    if not text.strip():
        return Unread(doc_id, "failed", "holds nothing but white space" if text else "empty")
    media_type = MEDIA_TYPES.get(path.suffix.lower(), "text/plain")
    return text_document(doc_id, text, sha256(data).hexdigest(), media_type)


def text_document(doc_id: str, text: str, source_sha256: str, media_type: str = "text/plain") -> Document:
    """The document that a plain or Markdown text makes, with the title, date and headings it shows."""
    lines = lines_of(text)
    sections = markdown_sections(text) if media_type == "text/markdown" else plain_sections(lines)
    return Document(
        doc_id=doc_id,
        title=title_of(lines, sections, doc_id),
        text=text,
        source_sha256=source_sha256,
        metadata=Metadata(
            published=published_of(lines),
            language="zh" if is_chinese(text) else None,
            media_type=media_type,
        ),
        sections=sections,
    )


def _is_writable_name(path: str) -> bool:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _told(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
