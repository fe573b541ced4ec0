"""The journal of a rebuild: what was embedded so far, for the next rebuild if this one is interrupted.

    magic, embedder fingerprint, dimension          the head: vectors of another embedder are of no use
    key, sentences, vectors, CRC-32                 one record per passage, appended

A record that was torn by a crash, and whatever follows it, is cut off when the journal is next opened.
"""

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

_MAGIC = b"pincite journal 1\n"
_RECORD = struct.Struct("<32sI")
_CHECK = struct.Struct("<I")
_FLOAT, _HALF = np.dtype("<f4"), np.dtype("<f2")


class Journal:
    """Vectors by the key of their passage. To be closed, or removed once they were published."""

    def __init__(self, path: Path, embedder_fingerprint: str, dimension: int) -> None:
        self._path = path
        self._dimension = dimension
        self._places: dict[bytes, tuple[int, int]] = {}
        self._head = _MAGIC + f"{embedder_fingerprint} {dimension}\n".encode()
        path.touch()
        self._file: BinaryIO = path.open("r+b")
        if self._file.read(len(self._head)) == self._head:
            self._end = self._read_records(len(self._head))
            self._file.truncate(self._end)
        else:
            self.clear()
        self._begin = self._end

    def __len__(self) -> int:
        return len(self._places)

    def is_earlier(self, key: bytes) -> bool:
        """Whether vectors were here when the journal was opened."""
        return key in self._places and self._places[key][0] < self._begin

    def find(self, key: bytes) -> tuple[NDArray[np.float32], NDArray[np.float16]] | None:
        """The vector of a passage and those of its sentences; None if they are not here."""
        if key not in self._places:
            return None
        start, sentences = self._places[key]
        self._file.seek(start)
        content = self._file.read(self._size(sentences))
        split = self._dimension * _FLOAT.itemsize
        parts = np.frombuffer(content[split:], dtype=_HALF).reshape(sentences, self._dimension)
        return np.frombuffer(content[:split], dtype=_FLOAT), parts

    def add(self, key: bytes, passage: NDArray[np.float32], sentences: NDArray[np.float16]) -> None:
        """Append the vectors of one passage."""
        content = passage.astype(_FLOAT).tobytes() + sentences.astype(_HALF).tobytes()
        record = _RECORD.pack(key, len(sentences)) + content
        self._file.seek(self._end)
        self._file.write(record + _CHECK.pack(zlib.crc32(record)))
        self._places[key] = (self._end + _RECORD.size, len(sentences))
        self._end += len(record) + _CHECK.size

    def clear(self) -> None:
        """Begin anew."""
        self._places.clear()
        self._file.seek(0)
        self._file.truncate()
        self._file.write(self._head)
        self._begin = self._end = len(self._head)

    def flush(self) -> None:
        """Hand what was added to the operating system, which keeps it when this process is killed."""
        self._file.flush()

    def close(self) -> None:
        """Keep it for the next rebuild."""
        self._file.close()

    def remove(self) -> None:
        """Forget it."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _size(self, sentences: int) -> int:
        return self._dimension * (_FLOAT.itemsize + sentences * _HALF.itemsize)

    def _read_records(self, start: int) -> int:
        """Note where each whole record stands; give back where the last one ends."""
        while True:
            self._file.seek(start)
            head = self._file.read(_RECORD.size)
            if len(head) < _RECORD.size:
                return start
            key, sentences = _RECORD.unpack(head)
            size = self._size(sentences)
            if size > self._left():
                return start
            content = self._file.read(size)
            check = self._file.read(_CHECK.size)
            if check != _CHECK.pack(zlib.crc32(head + content)):
                return start
            self._places[key] = (start + _RECORD.size, sentences)
            start += _RECORD.size + size + _CHECK.size

    def _left(self) -> int:
        return self._path.stat().st_size - self._file.tell()
