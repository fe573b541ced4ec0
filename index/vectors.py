"""The dense leg: passage vectors in FAISS, sentence vectors beside them for the candidates only."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PASSAGES = "vectors.faiss"
SENTENCES = "sentences.npy"
STARTS = "sentence_starts.npy"


@dataclass(frozen=True, slots=True)
class Vectors:
    """Unit vectors of every passage and of every sentence.

    ``starts`` has one number more than there are passages: the sentences of passage ``row`` are the rows
    ``starts[row]`` to ``starts[row + 1]`` of ``sentences``, which is float16 and memory-mapped.
    """

    index: Any
    sentences: NDArray[np.float16]
    starts: NDArray[np.int64]

    @staticmethod
    def new_sentences(folder: Path, count: int, dimension: int) -> "np.memmap[Any, np.dtype[np.float16]]":
        """A new file of ``count`` sentence vectors, to be filled in place and flushed."""
        return np.lib.format.open_memmap(
            folder / SENTENCES, mode="w+", dtype=np.float16, shape=(count, dimension)
        )

    @staticmethod
    def write(folder: Path, passages: NDArray[np.float32], starts: NDArray[np.int64]) -> None:
        """Write the rest: passage vectors, shape (passages, dimension), and ``starts``."""
        import faiss

        index = faiss.IndexFlatIP(passages.shape[1])
        index.add(passages)
        faiss.write_index(index, str(folder / PASSAGES))
        np.save(folder / STARTS, starts)

    @classmethod
    def open(cls, folder: Path) -> "Vectors":
        """Open what ``write`` wrote, memory-mapped."""
        import faiss

        return cls(
            index=faiss.read_index(str(folder / PASSAGES), faiss.IO_FLAG_MMAP_IFC),
            sentences=np.load(folder / SENTENCES, mmap_mode="r"),
            starts=np.load(folder / STARTS),
        )

    def nearest(self, queries: NDArray[np.float32], depth: int) -> list[NDArray[np.int64]]:
        """For each query vector the rows of the ``depth`` nearest passages, nearest first."""
        if not self.index.ntotal:
            return [np.empty(0, dtype=np.int64) for _ in queries]
        _, rows = self.index.search(queries, min(depth, self.index.ntotal))
        return [found[found >= 0] for found in rows]

    def cosines(self, query: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The cosine of the query vector and each passage."""
        similarity: NDArray[np.float32] = self.passages(rows) @ query
        return similarity

    def passages(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """The passage vectors of these rows."""
        if not len(rows):
            return np.empty((0, self.index.d), dtype=np.float32)
        vectors: NDArray[np.float32] = self.index.reconstruct_batch(rows)
        return vectors

    def best_sentences(
        self, query: NDArray[np.float32], rows: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """For each passage the cosine of its best sentence, and which of its sentences that is."""
        cosines = np.zeros(len(rows), dtype=np.float32)
        which = np.zeros(len(rows), dtype=np.int64)
        if not len(rows):
            return cosines, which
        firsts, counts = self.starts[rows], self.starts[rows + 1] - self.starts[rows]
        wanted = np.concatenate(
            [np.arange(first, first + count) for first, count in zip(firsts, counts, strict=True)]
        )
        similarity = self.sentences[wanted].astype(np.float32) @ query
        at = 0
        for place, count in enumerate(counts):
            own = similarity[at : at + count]
            which[place] = np.argmax(own)
            cosines[place] = own[which[place]]
            at += count
        return cosines, which

    def sentences_of(self, rows: Sequence[int]) -> list[NDArray[np.float16]]:
        """The sentence vectors of each of these passages."""
        return [self.sentences[self.starts[row] : self.starts[row + 1]] for row in rows]
