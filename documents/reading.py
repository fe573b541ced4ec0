"""What a format's reader gives back, and the limits it works under."""

from dataclasses import dataclass, field
from typing import Literal

from documents.document import Metadata, Section


class Unreadable(Exception):  # noqa: N818 - it is the file's fault, and the message is for its owner
    """This file cannot be read; the message says why, in words that complete "file.pdf: …".

    ``kind`` is "skipped" where the file is whole, but not meant to be read, and "missing" where a library
    is not installed, whose name is then the message.
    """

    def __init__(self, reason: str, kind: Literal["failed", "skipped", "missing"] = "failed") -> None:
        super().__init__(reason)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. The sizes of what it unpacks to count for all its members together.

    ``expansion``: how many times larger than itself a file may unpack, once that is more than
    ``free_expansion`` bytes. ``depth``: how many containers may lie in one another.
    """

    max_bytes: int = 50_000_000
    seconds: float = 60.0
    memory: int = 1_200_000_000
    characters: int = 20_000_000
    pages: int = 10_000
    expansion: int = 100
    free_expansion: int = 10_000_000
    expanded_bytes: int = 200_000_000
    members: int = 100_000
    depth: int = 3

    def unpacked(self, packed: int, unpacked: int) -> None:
        """Check what something of ``packed`` bytes unpacks to. `Unreadable`: more than it may."""
        if unpacked > self.expanded_bytes:
            raise Unreadable(f"unpacks to more than the limit of {self.expanded_bytes:,} bytes")
        if unpacked > max(self.free_expansion, self.expansion * packed):
            raise Unreadable(f"unpacks to more than {self.expansion:,} times its size")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found in a file.

    ``text`` becomes the document's canonical text; ``sections`` (in order) and ``pages`` (the offset at
    which each page starts) point into it. ``title`` and the fields of ``metadata`` are None where the
    format does not say; the text is then asked. ``attachments`` become documents of their own. A file
    that is nothing but a container has attachments and no text.
    """

    text: str
    title: str | None = None
    metadata: Metadata = field(default_factory=Metadata)
    sections: tuple[Section, ...] = ()
    pages: tuple[int, ...] = ()
    attachments: tuple["Attachment", ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside a file: its bytes, to be read by its name; or, for a record, what was read already."""

    name: str
    content: bytes | Reading
