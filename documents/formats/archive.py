"""Archives: ZIP, tar and gzip. Each member becomes a document of its own."""

import gzip
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath

from documents.reading import Attachment, Limits, Reading, Unreadable

_ENCRYPTED = 0x1
_AT_ONCE = 1 << 20
_DAMAGED = (
    *(zipfile.BadZipFile, tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, OSError, OverflowError),
)


def read(data: bytes, name: str, limits: Limits) -> Reading:
    """The members of an archive, hidden ones left out, in the order of their names."""
    lower = name.lower()
    try:
        if lower.endswith((".tar", ".tgz", ".tar.gz")):
            members = list(_tar_members(data, limits))
        elif lower.endswith(".gz"):
            inner = PurePosixPath(name).name[:-3] or "content"
            return Reading("", attachments=(Attachment(inner, unpacked_gzip(data, limits)),))
        else:
            members = list(_zip_members(data, limits))
    except _DAMAGED as error:
        raise Unreadable(f"damaged, or no archive: {error}") from error
    if not members:
        raise Unreadable("holds no files")
    return Reading("", attachments=tuple(sorted(members, key=lambda member: member.name)))


def checked_zip(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """A ZIP file whose members together unpack to no more than the limits allow, by what it says itself.

    Readers of formats that are ZIP files call it first. `Unreadable`: it is none, or unpacks to too much.
    """
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError) as error:
        raise Unreadable(f"damaged, or no ZIP file: {error}") from error
    members = archive.infolist()
    if len(members) > limits.members:
        raise Unreadable(f"holds more than the limit of {limits.members:,} files")
    limits.unpacked(len(data), sum(member.file_size for member in members))
    return archive


def unpacked_gzip(data: bytes, limits: Limits) -> bytes:
    """What a gzip file holds. `Unreadable`: more than the limits allow."""
    parts: list[bytes] = []
    size = 0
    with gzip.GzipFile(fileobj=BytesIO(data)) as file:
        while part := file.read(_AT_ONCE):
            size += len(part)
            limits.unpacked(len(data), size)
            parts.append(part)
    return b"".join(parts)


def _zip_members(data: bytes, limits: Limits) -> Iterator[Attachment]:
    with checked_zip(data, limits) as archive:
        for member in archive.infolist():
            if member.is_dir() or _is_hidden(member.filename):
                continue
            if member.flag_bits & _ENCRYPTED:
                raise Unreadable("encrypted: its files are locked with a password")
            # A member may lie about its size: no more than that is read, and zipfile checks the sum.
            with archive.open(member) as file:
                yield Attachment(member.filename, file.read(member.file_size + 1))


def _tar_members(data: bytes, limits: Limits) -> Iterator[Attachment]:
    if data.startswith(b"\x1f\x8b"):
        data = unpacked_gzip(data, limits)
    with tarfile.open(fileobj=BytesIO(data), mode="r:") as archive:
        for number, member in enumerate(archive, 1):
            if number > limits.members:
                raise Unreadable(f"holds more than the limit of {limits.members:,} files")
            file = archive.extractfile(member) if member.isreg() and not _is_hidden(member.name) else None
            if file:
                yield Attachment(member.name, file.read())


def _is_hidden(name: str) -> bool:
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".")]
    return any(part.startswith(".") and part != ".." for part in parts) or "__MACOSX" in parts
