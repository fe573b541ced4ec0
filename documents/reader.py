"""Reading one file: its document, and the documents of what is inside it."""

import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import Literal

from documents.assembly import assembled
from documents.document import Document
from documents.formats import Format, format_of
from documents.isolation import Isolation, read_here
from documents.reading import Attachment, Limits, Reading, Unreadable
from documents.sidecar import SUFFIX, Sidecar


@dataclass(frozen=True, slots=True)
class Unread:
    """A file or folder that gave no document.

    ``skipped``: not meant to be read (another format, a link that leads out). ``failed``: meant to be
    read, and could not be. ``path`` is relative to the folder, with ``/``.
    """

    path: str
    kind: Literal["skipped", "failed"]
    reason: str


# What reading a file gave before, by its doc_id and SHA-256; None where it is to be read.
Known = Callable[[str, str], Sequence[Document | Unread] | None]


class Reader:
    """Reads files of every format, within limits; a context manager, because of the process it may start."""

    def __init__(self, limits: Limits | None = None, known: Known | None = None) -> None:
        self.limits = limits or Limits()
        self._known = known
        self._isolation = Isolation(self.limits)

    def __enter__(self) -> "Reader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._isolation.close()

    def read(self, path: Path, doc_id: str, *, sidecar: bool = False) -> Iterator[Document | Unread]:
        """The document of a file, then those of its attachments; never raises for what is wrong with it.

        ``sidecar``: a file of the same name and ".meta.json" has its title and metadata.
        """
        if format_of(doc_id) is None:
            yield Unread(doc_id, "skipped", unknown(doc_id))
            return
        beside: Sidecar | None = None
        if sidecar:
            try:
                beside = Sidecar.read(path.with_name(path.name + SUFFIX))
            except (Unreadable, OSError) as error:
                reason = f"cannot be read: {told(error)}" if isinstance(error, OSError) else str(error)
                yield Unread(doc_id + SUFFIX, "failed", reason)
        try:
            data = self._bytes(path)
        except Unreadable as unreadable:
            yield Unread(doc_id, "failed", str(unreadable))
        except OSError as error:
            yield Unread(doc_id, "failed", f"cannot be read: {told(error)}")
        else:
            for entry in self._known_or_read(data, doc_id, beside):
                if beside and isinstance(entry, Document) and entry.doc_id == doc_id:
                    yield beside.applied_to(entry)
                else:
                    yield entry

    def _known_or_read(self, data: bytes, doc_id: str, beside: Sidecar | None) -> Iterable[Document | Unread]:
        known = self._known(doc_id, sha256(data).hexdigest()) if self._known is not None else None
        hash_beside = beside.sha256 if beside else None
        for entry in known or ():
            if isinstance(entry, Document) and entry.doc_id == doc_id:
                known = known if entry.metadata.sidecar_sha256 == hash_beside else None
        return self._read(data, doc_id, 0, _Budget(self.limits, len(data))) if known is None else known

    def _bytes(self, path: Path) -> bytes:
        limit = self.limits.max_bytes
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable("not a regular file")
        data = b""
        if status.st_size <= limit:
            with path.open("rb") as file:
                data = file.read(limit + 1)
        if max(status.st_size, len(data)) > limit:
            raise Unreadable(f"larger than the limit of {limit:,} bytes")
        return data

    def _read(self, data: bytes, doc_id: str, depth: int, budget: "_Budget") -> Iterator[Document | Unread]:
        """The documents of a file's bytes, ``depth`` containers deep."""
        format_ = format_of(doc_id)
        if format_ is None:
            yield Unread(doc_id, "skipped", unknown(doc_id))
            return
        try:
            reading = self._reading(format_, data, doc_id)
        except Unreadable as unreadable:
            yield _unread(doc_id, unreadable, format_)
            return
        yield from self._documents(reading, doc_id, sha256(data).hexdigest(), format_, depth, budget)

    def _reading(self, format_: Format, data: bytes, doc_id: str) -> Reading:
        if not data:
            raise Unreadable("empty")
        if format_.isolated:
            return self._isolation.read(format_.module, data, doc_id)
        return read_here(format_.module, data, doc_id, self.limits)

    def _documents(
        self, reading: Reading, doc_id: str, source: str, format_: Format, depth: int, budget: "_Budget"
    ) -> Iterator[Document | Unread]:
        """What a reading gives: its own text, if any, then its attachments."""
        if reading.text.strip():
            yield assembled(reading, doc_id, source, format_.media_type)
        elif not reading.attachments:
            yield Unread(
                doc_id, "failed", "holds nothing but white space" if reading.text else "holds no text"
            )
        taken: set[str] = set()
        for attachment in reading.attachments:
            child = f"{doc_id}/{_member_name(attachment, taken)}"
            if isinstance(attachment.content, Reading):
                yield from self._documents(attachment.content, child, source, format_, depth + 1, budget)
            elif depth >= self.limits.depth:
                yield Unread(child, "failed", f"lies more than {self.limits.depth} containers deep")
            else:
                try:
                    budget.spend(len(attachment.content))
                except Unreadable as unreadable:
                    yield Unread(child, "failed", str(unreadable))
                else:
                    yield from self._read(attachment.content, child, depth + 1, budget)


class _Budget:
    """What a file and all that is inside it may still unpack to."""

    def __init__(self, limits: Limits, packed: int) -> None:
        self._limits = limits
        self._packed = packed
        self._spent = 0

    def spend(self, size: int) -> None:
        """Counts so many bytes more. `Unreadable`: more than the file may unpack to."""
        self._spent += size
        self._limits.unpacked(self._packed, self._spent)


def read_file(path: Path, doc_id: str, *, limits: Limits | None = None) -> list[Document | Unread]:
    """Reads one file: its document and those of its attachments, or why there is none.

    Never raises for what is wrong with the file.
    """
    with Reader(limits) as reader:
        return list(reader.read(path, doc_id))


def unknown(name: str) -> str:
    """Why a file of this name is not read."""
    suffix = Path(name).suffix.lower()
    return f"no reader for {suffix} files" if suffix else "no suffix to its name"


def told(error: OSError) -> str:
    """What an operating system's error says, in lower case."""
    return (error.strerror or type(error).__name__).lower()


def _unread(doc_id: str, unreadable: Unreadable, format_: Format) -> Unread:
    if unreadable.kind == "missing":
        wanted = f"pincite[{format_.extra}]" if format_.extra else str(unreadable)
        return Unread(doc_id, "skipped", f"needs {wanted}; install it: pip install '{wanted}'")
    return Unread(doc_id, unreadable.kind, str(unreadable))


def _member_name(attachment: Attachment, taken: set[str]) -> str:
    """A member's name as part of a doc_id: relative, without steps upwards, and not given twice."""
    parts = attachment.name.encode("utf-8", "replace").decode().replace("\\", "/").split("/")
    name = "/".join(part for part in parts if part.strip(". ")) or "unnamed"
    name = "".join(character if character.isprintable() else "_" for character in name)
    stem, suffix = os.path.splitext(name)  # noqa: PTH122 - a path with "/" in it stays as it is
    unique, number = name, 1
    while unique in taken:
        number += 1
        unique = f"{stem} ({number}){suffix}"
    taken.add(unique)
    return unique
