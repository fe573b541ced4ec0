"""Verification: every byte of a generation, every passage against its document, vectors embedded again."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from documents import Unread, read_folder
from index.checksums import file_faults
from index.embedded import embedded_texts
from index.embedder import Embedder
from index.generation import Generation
from index.lexical import LexicalIndex
from index.sources import Sources
from index.store import Store
from index.vectors import PASSAGES, SENTENCES, STARTS, Vectors

# Passages whose vectors are made again, spread evenly over all.
SAMPLE = 32
# Far above what batches and 16-bit floats change in a number, far below what another text does.
_TOLERANCE = 2e-3


def faults_of(generation: Generation) -> list[str]:
    """What is wrong with a generation by its own word, each fault beginning with the file that it is in.

    Where bytes have changed, what they mean is not asked.
    """
    faults = file_faults(generation)
    if faults:
        return faults
    with contextlib.closing(Store(generation.folder / "passages.sqlite")) as store:
        return [*_wrong_counts(generation, store), *_wrong_passages(store)]


def vector_faults(generation: Generation, embedder: Embedder) -> Iterator[str]:
    """The vectors of a sample that are not what the embedder gives."""
    vectors = Vectors.open(generation.folder)
    rows = np.unique(np.linspace(0, generation.passages - 1, SAMPLE, dtype=np.int64))
    with contextlib.closing(Store(generation.folder / "passages.sqlite")) as store:
        sample = store.passages([int(row) for row in rows])
    for row, passage in zip(rows, sample, strict=True):
        own, *parts = embedder.encode_passages(embedded_texts(passage))
        if np.abs(own - vectors.passages(np.array([row]))[0]).max() > _TOLERANCE:
            yield f"{PASSAGES}: the vector of {passage.passage_id} is not what the embedder gives"
        kept = vectors.sentences_of([int(row)])[0].astype(np.float32)
        if parts and np.abs(np.array(parts) - kept).max() > _TOLERANCE:
            yield f"{SENTENCES}: the vectors of {passage.passage_id} are not what the embedder gives"


def source_faults(generation: Generation, folder: Path) -> Iterator[str]:
    """The files that have changed since the generation was built: changed, gone, unreadable now, or new."""
    with contextlib.closing(Store(generation.folder / "passages.sqlite")) as store:
        sources = Sources.of(store, generation.manifest)
        left = dict(sources.hashes)
        for reading in read_folder(folder, known=sources.given):
            if isinstance(reading, Unread):
                if left.pop(reading.path, None):
                    yield f"{reading.path}: {reading.reason}, since the index was built"
                continue
            before = left.pop(reading.doc_id, None)
            if before != reading.source_sha256:
                yield f"{reading.doc_id}: {'changed' if before else 'new'} since the index was built"
            elif reading != store.document(reading.doc_id):
                yield f"{reading.doc_id}: described otherwise since the index was built"
    for doc_id in sorted(left):
        yield f"{doc_id}: removed since the index was built"


def _wrong_counts(generation: Generation, store: Store) -> Iterator[str]:
    counts, folder = generation.manifest["counts"], generation.folder
    vectors = Vectors.open(folder)
    expected = (counts["passages"], generation.manifest["embedder"]["dimension"])
    if store.counts() != counts:
        yield f"passages.sqlite: holds {store.counts()}, the manifest says {counts}"
    if (vectors.index.ntotal, vectors.index.d) != expected:
        yield f"{PASSAGES}: holds {vectors.index.ntotal} vectors, the manifest says {counts['passages']}"
    if vectors.sentences.shape != (counts["sentences"], expected[1]):
        yield f"{SENTENCES}: holds {len(vectors.sentences)} vectors, the manifest says {counts['sentences']}"
    own = np.array([0, *(len(passage.sentences) for passage in store.all_passages())]).cumsum()
    if not np.array_equal(vectors.starts, own):
        yield f"{STARTS}: does not part the sentences as the passages do"
    largest = LexicalIndex.open(folder / "lexical", counts["passages"]).last_row()
    if largest >= counts["passages"]:
        yield f"lexical: names passage {largest} of {counts['passages']}"


def _wrong_passages(store: Store) -> Iterator[str]:
    doc_id, text = None, ""
    for passage in store.all_passages():
        if passage.doc_id != doc_id:
            doc_id, text = passage.doc_id, store.document(passage.doc_id).text
        if text[passage.start : passage.end] != passage.text:
            yield f"passages.sqlite: {passage.passage_id} does not hold the text at its own span"
        if any(span.start < passage.start or span.end > passage.end for span in passage.sentences):
            yield f"passages.sqlite: {passage.passage_id} has sentences outside of its span"
