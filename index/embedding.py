"""Embedding: the vectors of all passages, taken over where they are known, made where they are not."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from documents import Passage
from index.embedded import embedded_texts, key
from index.embedder import Embedder
from index.journal import Journal
from index.previous import Previous
from index.progress import Progress
from index.store import Store
from index.vectors import SentenceWriter, Vectors

# Passages embedded in one go: few enough for progress to be seen, and for little to be lost.
_TOGETHER = 128


@dataclass(frozen=True, slots=True)
class Embedded:
    """Passages whose vectors were taken over or resumed; texts that were embedded, and how long that took."""

    reused: int
    resumed: int
    texts: int
    seconds: float


def embed(
    store: Store,
    folder: Path,
    embedder: Embedder,
    previous: Previous,
    journal: Journal,
    progress: Progress,
) -> Embedded:
    """Write the vectors of all passages and sentences of a store into the folder of a generation."""
    counts = store.counts()
    work = _Work(embedder, {key(p): row for row, p in enumerate(previous.passages())}, previous, journal)
    passages = np.zeros((counts["passages"], embedder.dimension), dtype=np.float32)
    starts = np.zeros(counts["passages"] + 1, dtype=np.int64)
    row = 0
    with SentenceWriter(folder, counts["sentences"], embedder.dimension) as sentences:
        for batch in _batches(store.all_passages(), _TOGETHER):
            for own, parts in work.vectors(batch):
                passages[row] = own
                sentences.add(parts)
                starts[row + 1] = starts[row] + len(parts)
                row += 1
            progress("embedding passages", row, len(passages))
    Vectors.write(folder, passages, starts)
    return Embedded(work.reused, work.resumed, work.texts, work.seconds)


_Pair = tuple[NDArray[np.float32], NDArray[np.float16]]


class _Work:
    """Finds or makes vectors, and counts what it did."""

    def __init__(
        self, embedder: Embedder, rows: dict[bytes, int], previous: Previous, journal: Journal
    ) -> None:
        self.reused = self.resumed = self.texts = 0
        self.seconds = 0.0
        self._embedder = embedder
        self._rows = rows
        self._previous = previous
        self._journal = journal

    def vectors(self, passages: Sequence[Passage]) -> list[_Pair]:
        """The vectors of each passage and of its sentences."""
        found = [self._known(key(passage)) for passage in passages]
        fresh = [passage for passage, known in zip(passages, found, strict=True) if known is None]
        made = iter(self._made(fresh))
        return [next(made) if known is None else known for known in found]

    def _known(self, wanted: bytes) -> _Pair | None:
        if wanted in self._rows:
            self.reused += 1
            return self._previous.vectors(self._rows[wanted])
        self.resumed += self._journal.is_earlier(wanted)
        return self._journal.find(wanted)

    def _made(self, passages: Sequence[Passage]) -> Iterator[_Pair]:
        """Embed passages and their sentences, equal texts once."""
        groups = [embedded_texts(passage) for passage in passages]
        texts = list(dict.fromkeys(text for group in groups for text in group))
        unique = {text: at for at, text in enumerate(texts)}
        began = time.monotonic()
        vectors = self._embedder.encode_passages(texts)
        self.seconds += time.monotonic() - began
        self.texts += len(texts)
        for passage, (own, *parts) in zip(passages, groups, strict=True):
            pair = vectors[unique[own]], vectors[[unique[part] for part in parts]].astype(np.float16)
            self._journal.add(key(passage), *pair)
            yield pair
        self._journal.flush()


def _batches(passages: Iterable[Passage], size: int) -> Iterator[list[Passage]]:
    passages = iter(passages)
    while batch := list(islice(passages, size)):
        yield batch
