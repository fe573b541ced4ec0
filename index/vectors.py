"""The dense leg: passage vectors in FAISS, sentence vectors beside them for the candidates only."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

PASSAGES = "vectors.faiss"
SENTENCES = "sentences.npy"
STARTS = "sentence_starts.npy"


class SentenceWriter:
    """Writes ``count`` sentence vectors, in the order in which they come, as a context.

    They are written, not mapped: on a full disk a write is an error, where a mapped page kills the process.
    """

    def __init__(self, folder: Path, count: int, dimension: int) -> None:
        self._file = (folder / SENTENCES).open("wb")
        head = {"descr": "<f2", "fortran_order": False, "shape": (count, dimension)}
        np.lib.format.write_array_header_1_0(self._file, head)

    def add(self, vectors: NDArray[np.float16]) -> None:
        """Append the vectors of one passage's sentences, shape (sentences, dimension)."""
        self._file.write(vectors.astype("<f2", copy=False).tobytes())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


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
    def write(folder: Path, passages: NDArray[np.float32], starts: NDArray[np.int64]) -> None:
        """Write the rest: passage vectors, shape (passages, dimension), and ``starts``."""
        import faiss

        index = faiss.IndexFlatIP(passages.shape[1])
        index.add(passages)
        faiss.write_index(index, str(folder / PASSAGES))
        np.save(folder / STARTS, starts, allow_pickle=False)

    @classmethod
    def open(cls, folder: Path) -> "Vectors":
        """Open what ``write`` wrote, memory-mapped."""
        import faiss

        return cls(
            index=faiss.read_index(str(folder / PASSAGES), faiss.IO_FLAG_MMAP_IFC),
            sentences=np.load(folder / SENTENCES, mmap_mode="r", allow_pickle=False),
            starts=np.load(folder / STARTS, allow_pickle=False),
        )

    def nearest(
        self, queries: NDArray[np.float32], depth: int, allowed: NDArray[np.bool_] | None = None
    ) -> list[NDArray[np.int64]]:
        """For each query vector the rows of the ``depth`` nearest passages, nearest first.

        ``allowed``, of shape (passages,), keeps the search to those passages: the best of them are found
        however few they are.
        """
        if not self.index.ntotal:
            return [np.empty(0, dtype=np.int64) for _ in queries]
        if allowed is None:
            _, rows = self.index.search(queries, min(depth, self.index.ntotal))
        else:
            import faiss

            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(bits)  # type: ignore[call-arg, arg-type]  # SWIG takes arrays
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # SWIG takes any field
            _, rows = self.index.search(queries, min(depth, self.index.ntotal), params=parameters)
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
        if not len(rows):
            return np.zeros(0, dtype=np.float32), np.zeros(0, dtype=np.int64)
        firsts = self.starts[rows]
        counts = self.starts[rows + 1] - firsts
        ends = np.cumsum(counts)
        begins = ends - counts
        # The sentence rows of all passages in one go: runs of consecutive numbers, put end to end.
        wanted = np.arange(ends[-1]) - np.repeat(begins - firsts, counts)
        similarity = self.sentences[wanted].astype(np.float32) @ query
        cosines = np.maximum.reduceat(similarity, begins)
        is_best = similarity == np.repeat(cosines, counts)
        first_best = np.where(is_best, np.arange(ends[-1]), ends[-1])
        return cosines, np.minimum.reduceat(first_best, begins) - begins

    def sentences_of(self, rows: Sequence[int]) -> list[NDArray[np.float16]]:
        """The sentence vectors of each of these passages."""
        return [self.sentences[self.starts[row] : self.starts[row + 1]] for row in rows]
