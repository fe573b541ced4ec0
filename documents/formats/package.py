"""Office files: zip archives of XML parts, opened within limits."""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from documents.reading import Limits, Unreadable

_COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


class Package:
    """The parts of an Office file. `Unreadable`: it is no such file, is locked, or unpacks to too much."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        if is_compound(data):
            if _ENCRYPTED in data:
                raise Unreadable("encrypted: it opens with a password only")
            raise Unreadable("not what its name says: an older, binary Office file")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED as error:
            raise Unreadable("damaged, or not what its name says: no zip archive of parts") from error
        members = self._archive.infolist()
        if len(members) > limits.members:
            raise Unreadable(f"holds more than the limit of {limits.members:,} parts")
        limits.unpacked(len(data), sum(member.file_size for member in members))
        if any(member.flag_bits & 1 for member in members):
            raise Unreadable("encrypted: its parts are locked with a password")
        self.names = frozenset(self._archive.namelist())

    def bytes_of(self, name: str) -> bytes | None:
        """A part; None where there is none of this name."""
        if name not in self.names:
            return None
        try:
            # The archive gives no more bytes than it declares, which was checked.
            return self._archive.read(name)
        except _DAMAGED as error:
            raise Unreadable(f"damaged: its part {name} cannot be unpacked") from error

    def xml(self, name: str) -> Any:
        """The root element of a part; None where there is none of this name."""
        content = self.bytes_of(name)
        return None if content is None else parsed(content, name)

    def related(self, name: str, kind: str) -> str | None:
        """The part that another points to by a relation whose type ends with ``kind``."""
        folder, base = posixpath.split(name)
        relations = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        for relation in () if relations is None else relations:
            if relation.get("Type", "").endswith(f"/{kind}") and relation.get("TargetMode") != "External":
                return posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))[1:]
        return None


def parsed(content: bytes, name: str) -> Any:
    """The root element of an XML part, its entities left alone."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"damaged: its part {name} is no well-formed XML") from error


def is_compound(data: bytes) -> bool:
    """Whether a file is a compound file, as older Office programs wrote, and newer write around a lock."""
    return data.startswith(_COMPOUND)


def local(element: Any) -> str:
    """An element's name without its namespace; empty for what is no element."""
    tag = getattr(element, "tag", None)
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """An attribute by its name without its namespace."""
    if element is None:
        return None
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return None


def child(element: Any, *path: str) -> Any:
    """The first child of this name, and of that the first of the next; None where there is none."""
    for name in path:
        if element is None:
            return None
        element = next((below for below in element if local(below) == name), None)
    return element


def below(element: Any, name: str) -> Iterator[Any]:
    """All descendants of this name, in order."""
    return (found for found in element.iter() if local(found) == name)
