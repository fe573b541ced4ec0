"""The generation that was published before: what a rebuild can take over from it."""

import hashlib
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from re import match

import numpy as np
from numpy.typing import NDArray

import documents
from documents import Document, Passage, Refusal, Unread
from index.checksums import file_faults
from index.embedded import EMBEDDED
from index.embedder import Embedder
from index.generation import Generation, current
from index.sources import Sources
from index.store import Store
from index.vectors import Vectors

_log = logging.getLogger("pincite")


@dataclass(slots=True)
class Previous:
    """Documents and vectors of the published generation; nothing where none is of use. To be closed.

    Vectors are of use if the same embedder made them of the same texts, documents if they were also read
    and split by the same code. Of a generation that is damaged nothing is taken over.
    """

    generation: Generation | None = None
    _sources: Sources | None = None
    _store: Store | None = None
    _vectors: Vectors | None = None
    _reads_alike: bool = False
    _given: dict[str, Document] = field(default_factory=dict)

    @classmethod
    def of(cls, index_folder: Path, embedder: Embedder, *, reading: str) -> "Previous":
        """What is published in an index folder; ``reading`` is what ``reading_version`` gives."""
        try:
            generation = current(index_folder)
        except Refusal:
            return cls()  # one that cannot be read has nothing to give
        if generation is None:
            return cls()
        made_by, how = generation.manifest["embedder"], generation.manifest["settings"]
        if made_by["fingerprint"] != embedder.fingerprint or how.get("embedded") != EMBEDDED:
            return cls()
        if faults := file_faults(generation):
            _log.warning("pincite: nothing is taken over from %s: %s", generation.id, faults[0])
            return cls()
        store = Store(generation.folder / "passages.sqlite")
        return cls(
            generation=generation,
            _sources=Sources.of(store, generation.manifest),
            _store=store,
            _vectors=Vectors.open(generation.folder),
            _reads_alike=generation.manifest["reading"] == reading,
        )

    def close(self) -> None:
        """Let go of the files."""
        if self._store is not None:
            self._store.close()

    @property
    def hashes(self) -> dict[str, str]:
        """The SHA-256 of each document's source by doc_id."""
        return {} if self._sources is None else self._sources.hashes

    def given(self, doc_id: str, source_sha256: str) -> list[Document | Unread] | None:
        """What reading a file of this hash would give again; None if it is to be read."""
        if self._sources is None or not self._reads_alike:
            return None
        given = self._sources.given(doc_id, source_sha256)
        self._given.update({one.doc_id: one for one in given or () if isinstance(one, Document)})
        return given

    @property
    def store_path(self) -> Path | None:
        """The file of the documents; None if there are none of use."""
        return None if self.generation is None else self.generation.folder / "passages.sqlite"

    def has_as_it_is(self, document: Document) -> bool:
        """Whether a document came from here, and with it its passages."""
        return self._given.pop(document.doc_id, None) == document

    def passages_of(self, document: Document) -> list[Passage] | None:
        """The passages of a document that came from here as it is; None if it did not."""
        if self._store is None or not self.has_as_it_is(document):
            return None
        return list(self._store.all_passages(document.doc_id))

    def passages(self) -> Iterator[Passage]:
        """All passages, in the order of the rows."""
        return iter(()) if self._store is None else self._store.all_passages()

    def vectors(self, row: int) -> tuple[NDArray[np.float32], NDArray[np.float16]]:
        """The vector of a passage and those of its sentences."""
        assert self._vectors is not None  # noqa: S101 - rows come from its passages
        return self._vectors.passages(np.array([row]))[0], self._vectors.sentences_of([row])[0]


@cache
def reading_version(target_tokens: int) -> str:
    """Changes with anything that decides which documents and passages a file gives.

    It is a hash of the code of ``documents`` and of the versions of all our dependencies.
    """
    digest = hashlib.sha256(str(target_tokens).encode())
    folder = Path(documents.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"{path.relative_to(folder).as_posix()}\n".encode() + path.read_bytes())
    for requirement in sorted(requires("pincite") or ()):
        name = match(r"[\w.-]+", requirement)
        if name is not None:
            digest.update(f"{name[0]} {_installed(name[0])}\n".encode())
    return digest.hexdigest()


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"
