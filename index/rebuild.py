"""The rebuild: documents in, a published generation out."""

import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from documents import Document, Passage, Refusal, Unread, split
from index import words
from index.embedder import Embedder
from index.generation import Generation, current, locked, new_id, publish, unfinished
from index.lexical import LexicalIndex
from index.progress import Progress, silent
from index.store import Store, StoreWriter
from index.vectors import Vectors

# Long enough to say one thing with its circumstances, short enough to be quoted (eval/LOG.md).
TARGET_TOKENS = 180
# Changes when the same passage is given to the embedder in another form: old vectors are then not taken over.
EMBEDDED = 2
# Passages embedded in one go: enough to sort them by length, few enough for progress to be seen.
_TOGETHER = 128


@dataclass(frozen=True, slots=True)
class RebuildSummary:
    """What a rebuild did. ``unread`` names every file that gave no document, and why."""

    generation: Generation
    documents: int
    passages: int
    unread: tuple[Unread, ...]
    reused: int
    seconds: float


def rebuild_from(
    documents: Iterable[Document | Unread],
    index_folder: Path,
    embedder: Embedder,
    *,
    progress: Progress = silent,
) -> RebuildSummary:
    """Index the documents and publish the result in ``index_folder``; what was published serves until then.

    Passages that the published generation holds already, word for word and in the same context, keep their
    vectors. Refusal: another rebuild is running, or there is nothing to index.
    """
    began = time.monotonic()
    with locked(index_folder), unfinished(index_folder) as folder:
        path = folder / "passages.sqlite"
        unread, fingerprint = _read(documents, path, embedder, progress)
        store = Store(path)
        try:
            reused = _embed(store, folder, embedder, index_folder, progress)
            progress("writing", 0, None)
            counts = store.counts()
            LexicalIndex.write(lambda: map(_embedded_text, store.all_passages()), folder / "lexical")
        finally:
            store.close()
        generation = publish(
            index_folder,
            folder,
            {
                "id": new_id(fingerprint),
                "fingerprint": fingerprint,
                "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "embedder": {
                    "name": embedder.name,
                    "fingerprint": embedder.fingerprint,
                    "dimension": embedder.dimension,
                },
                "settings": _settings(),
                "counts": counts,
                "unread": [{"path": u.path, "kind": u.kind, "reason": u.reason} for u in unread],
            },
        )
    return RebuildSummary(
        generation=generation,
        documents=generation.documents,
        passages=generation.passages,
        unread=tuple(unread),
        reused=reused,
        seconds=time.monotonic() - began,
    )


def _settings() -> dict[str, Any]:
    return {"target_tokens": TARGET_TOKENS, "words": words.VERSION, "embedded": EMBEDDED}


def _read(
    documents: Iterable[Document | Unread], path: Path, embedder: Embedder, progress: Progress
) -> tuple[list[Unread], str]:
    """Fill the store; give back what was not read, and the fingerprint of what was."""
    writer = StoreWriter(path)
    unread: list[Unread] = []
    digest = hashlib.sha256(repr((embedder.fingerprint, sorted(_settings().items()))).encode())
    try:
        for document in documents:
            if isinstance(document, Unread):
                unread.append(document)
                continue
            passages = split(document, embedder.count_tokens, embedder.max_tokens, TARGET_TOKENS)
            writer.add(document, passages)
            spans = [(p.start, p.end) for p in passages]
            digest.update(repr((document.doc_id, document.source_sha256, spans)).encode())
            progress("reading", writer.documents, None)
    finally:
        writer.close()
    if not writer.passages:
        raise Refusal(_nothing_to_index(unread))
    return unread, digest.hexdigest()


def _nothing_to_index(unread: list[Unread]) -> str:
    if not unread:
        return "no documents to index: the folder is empty; give one with documents in it"
    first = unread[0]
    return (
        f"no documents to index: none of {len(unread)} files could be read, e.g. {first.path}: {first.reason}"
    )


def _embed(store: Store, folder: Path, embedder: Embedder, index_folder: Path, progress: Progress) -> int:
    """Write the vectors of all passages and sentences; give back how many passages kept theirs."""
    counts = store.counts()
    passages = np.zeros((counts["passages"], embedder.dimension), dtype=np.float32)
    sentences = Vectors.new_sentences(folder, counts["sentences"], embedder.dimension)
    starts = np.zeros(counts["passages"] + 1, dtype=np.int64)
    known = _Known.of(index_folder, embedder)
    row = reused = 0
    for batch in _batches(store.all_passages(), _TOGETHER):
        fresh: list[tuple[int, Passage]] = []
        for passage in batch:
            starts[row + 1] = starts[row] + len(passage.sentences)
            old = known.row(passage)
            if old is None:
                fresh.append((row, passage))
            else:
                passages[row], sentences[starts[row] : starts[row + 1]] = known.vectors(old)
                reused += 1
            row += 1
        _embed_fresh(fresh, embedder, passages, sentences, starts)
        progress("embedding passages", row, len(passages))
    sentences.flush()
    Vectors.write(folder, passages, starts)
    return reused


def _embed_fresh(
    fresh: list[tuple[int, Passage]],
    embedder: Embedder,
    passages: NDArray[np.float32],
    sentences: NDArray[np.float16],
    starts: NDArray[np.int64],
) -> None:
    """Embed passages and their sentences, equal texts once, and put the vectors where they belong."""
    texts = [[_embedded_text(passage), *_sentence_texts(passage)] for _, passage in fresh]
    unique = {text: at for at, text in enumerate(dict.fromkeys(t for group in texts for t in group))}
    vectors = embedder.encode_passages(list(unique))
    for (row, _), (own, *parts) in zip(fresh, texts, strict=True):
        passages[row] = vectors[unique[own]]
        sentences[starts[row] : starts[row + 1]] = vectors[[unique[part] for part in parts]]


def _embedded_text(passage: Passage) -> str:
    """The context and the sentences: what lies between them (drawn lines, indentation) says nothing."""
    return _front(passage) + " ".join(_sentences(passage))


def _sentence_texts(passage: Passage) -> list[str]:
    return [_front(passage) + sentence for sentence in _sentences(passage)]


def _front(passage: Passage) -> str:
    return f"{passage.context}\n" if passage.context else ""


def _sentences(passage: Passage) -> list[str]:
    return [passage.text[s.start - passage.start : s.end - passage.start] for s in passage.sentences]


@dataclass(frozen=True, slots=True)
class _Known:
    """The passages of the published generation, by what decides their vectors."""

    rows: dict[bytes, int]
    source: Vectors | None

    @classmethod
    def of(cls, index_folder: Path, embedder: Embedder) -> "_Known":
        try:
            generation = current(index_folder)
        except Refusal:
            generation = None  # a generation that cannot be read has nothing to give
        if generation is None:
            return cls({}, None)
        made_by, how = generation.manifest["embedder"], generation.manifest["settings"]
        if made_by["fingerprint"] != embedder.fingerprint or how.get("embedded") != EMBEDDED:
            return cls({}, None)
        store = Store(generation.folder / "passages.sqlite")
        try:
            rows = {_key(passage): row for row, passage in enumerate(store.all_passages())}
        finally:
            store.close()
        return cls(rows, Vectors.open(generation.folder))

    def row(self, passage: Passage) -> int | None:
        return self.rows.get(_key(passage)) if self.rows else None

    def vectors(self, row: int) -> tuple[NDArray[np.float32], NDArray[np.float16]]:
        assert self.source is not None  # noqa: S101 - rows come from it
        return self.source.passages(np.array([row]))[0], self.source.sentences_of([row])[0]


def _key(passage: Passage) -> bytes:
    spans = [(s.start - passage.start, s.end - passage.start) for s in passage.sentences]
    return hashlib.sha256(repr((passage.context, passage.text, spans)).encode()).digest()


def _batches(passages: Iterable[Passage], size: int) -> Iterator[list[Passage]]:
    passages = iter(passages)
    while batch := list(islice(passages, size)):
        yield batch
