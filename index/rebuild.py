"""The rebuild: documents in, a published generation out."""

import contextlib
import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from documents import Document, Passage, Refusal, Unread, read_folder, split
from index import words
from index.changes import Changes
from index.compatibility import libraries
from index.durability import require_room, told_when_full
from index.embedded import EMBEDDED, embedded_texts, key
from index.embedder import Embedder
from index.embedding import Embedded, embed
from index.generation import Generation, Source, new_id
from index.journal import Journal
from index.lexical import LexicalIndex
from index.lock import locked
from index.previous import Previous, reading_version
from index.progress import Progress, silent
from index.publication import publish, unfinished
from index.report import FileReport
from index.store import Store, StoreWriter

# Long enough to say one thing with its circumstances, short enough to be quoted (eval/LOG.md).
TARGET_TOKENS = 180
# A rate measured over fewer texts says little.
_ENOUGH_TEXTS = 200

# Documents, given what can be taken over from the generation before.
_Reader = Callable[[Previous], Iterable[Document | Unread]]


@dataclass(frozen=True, slots=True)
class RebuildSummary:
    """What a rebuild did. ``unread`` names every file that gave no document, and why.

    ``files`` tells what became of each file. ``reused`` passages kept the vectors of the generation
    before, ``resumed`` ones those of a rebuild that was interrupted.
    """

    generation: Generation
    documents: int
    passages: int
    unread: tuple[Unread, ...]
    files: tuple[FileReport, ...]
    reused: int
    resumed: int
    changes: Changes
    seconds: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What a rebuild would do. ``texts`` are to be embedded; ``seconds`` is None before any was measured."""

    changes: Changes
    unread: tuple[Unread, ...]
    passages: int
    fresh: int
    texts: int
    seconds: float | None


@dataclass(slots=True)
class _Reading:
    """What reading gave: the files that gave nothing, the hash of those that did, and of all of it."""

    unread: list[Unread]
    sources: dict[str, str]
    files: list[FileReport]
    fingerprint: str = ""


def rebuild_from(
    documents: Iterable[Document | Unread],
    index_folder: Path,
    embedder: Embedder,
    *,
    full: bool = False,
    progress: Progress = silent,
) -> RebuildSummary:
    """Index the documents and publish the result in ``index_folder``; what was published serves until then.

    Passages that the published generation holds already, word for word and in the same context, keep their
    vectors, unless it is to be a ``full`` rebuild. Refusal: another rebuild is running, there is nothing to
    index, or no room for it.
    """
    return _rebuild(lambda _: documents, None, index_folder, embedder, full, progress)


def rebuild_folder(
    folder: Path,
    index_folder: Path,
    embedder: Embedder,
    *,
    full: bool = False,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    progress: Progress = silent,
) -> RebuildSummary:
    """The same for the documents in a folder, of which only those that have changed are read and split.

    ``include`` and ``exclude`` are patterns as ``read_folder`` takes them.
    """
    source = Source(str(folder.resolve()), tuple(include), tuple(exclude))
    return _rebuild(_reader(folder, include, exclude), source, index_folder, embedder, full, progress)


def plan_folder(
    folder: Path,
    index_folder: Path,
    embedder: Embedder,
    *,
    full: bool = False,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
) -> Plan:
    """What ``rebuild_folder`` would do; nothing is written."""
    sources: dict[str, str] = {}
    unread: list[Unread] = []
    passages = fresh = texts = 0
    with contextlib.closing(_previous(index_folder, embedder)) as previous:
        taken = Previous() if full else previous
        known = {key(passage) for passage in taken.passages()}
        for document in _reader(folder, include, exclude)(taken):
            if isinstance(document, Unread):
                unread.append(document)
                continue
            sources[document.doc_id] = document.source_sha256
            for passage in _passages(document, taken, embedder):
                passages += 1
                if key(passage) not in known:
                    fresh += 1
                    texts += len(embedded_texts(passage))
    return Plan(
        changes=Changes.between(previous.hashes, sources),
        unread=tuple(unread),
        passages=passages,
        fresh=fresh,
        texts=texts,
        seconds=_estimate(previous.generation, passages, texts),
    )


def _reader(folder: Path, include: Sequence[str], exclude: Sequence[str]) -> _Reader:
    return lambda previous: read_folder(folder, known=previous.given, include=include, exclude=exclude)


def _previous(index_folder: Path, embedder: Embedder) -> Previous:
    return Previous.of(index_folder, embedder, reading=reading_version(TARGET_TOKENS))


def _estimate(measured: Generation | None, passages: int, texts: int) -> float | None:
    if measured is None:
        return None
    rates = measured.manifest["measured"]
    if texts and rates["texts_per_second"] is None:
        return None
    embedding = texts / rates["texts_per_second"] if texts else 0.0
    return float(embedding + passages * rates["other_seconds_per_passage"])


def _rebuild(
    read: _Reader,
    source: Source | None,
    index_folder: Path,
    embedder: Embedder,
    full: bool,
    progress: Progress,
) -> RebuildSummary:
    began = time.monotonic()
    with told_when_full(index_folder), locked(index_folder), contextlib.ExitStack() as stack:
        folder = stack.enter_context(unfinished(index_folder))
        previous = stack.enter_context(contextlib.closing(_previous(index_folder, embedder)))
        taken = Previous() if full else previous
        journal = Journal(index_folder / "JOURNAL", embedder.fingerprint, embedder.dimension)
        stack.enter_context(contextlib.closing(journal))
        if full:
            journal.clear()
        path = folder / "passages.sqlite"
        reading = _read(read(taken), source, path, taken, embedder, progress)
        store = stack.enter_context(contextlib.closing(Store(path)))
        counts = store.counts()
        require_room(index_folder, _needed(counts, embedder.dimension))
        embedded = embed(store, folder, embedder, taken, journal, progress)
        progress("writing", 0, None)
        texts = [embedded_texts(passage)[0] for passage in store.all_passages()]
        LexicalIndex.write(lambda: texts, folder / "lexical")
        manifest = {
            "id": new_id(reading.fingerprint),
            "fingerprint": reading.fingerprint,
            "built_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "source": None if source is None else asdict(source),
            "embedder": {
                "name": embedder.name,
                "fingerprint": embedder.fingerprint,
                "dimension": embedder.dimension,
            },
            "settings": _settings(),
            "reading": None if source is None else reading_version(TARGET_TOKENS),
            "libraries": libraries(),
            "counts": counts,
            "measured": _measured(previous, embedded, counts["passages"], time.monotonic() - began),
            "unread": [{"path": u.path, "kind": u.kind, "reason": u.reason} for u in reading.unread],
        }
        generation = publish(index_folder, folder, manifest)
        journal.remove()
        return RebuildSummary(
            generation=generation,
            documents=generation.documents,
            passages=generation.passages,
            unread=tuple(reading.unread),
            files=tuple(reading.files),
            reused=embedded.reused,
            resumed=embedded.resumed,
            changes=Changes.between(previous.hashes, reading.sources),
            seconds=time.monotonic() - began,
        )


def _settings() -> dict[str, Any]:
    return {"target_tokens": TARGET_TOKENS, "words": words.VERSION, "embedded": EMBEDDED}


def _measured(previous: Previous, embedded: Embedded, passages: int, seconds: float) -> dict[str, Any]:
    """How fast it went. A rate over few texts says less than the one of the rebuild before."""
    rate = embedded.texts / embedded.seconds if embedded.seconds else None
    if embedded.texts < _ENOUGH_TEXTS and previous.generation is not None:
        rate = previous.generation.manifest["measured"]["texts_per_second"] or rate
    return {
        "seconds": round(seconds, 3),
        "texts_per_second": rate,
        "other_seconds_per_passage": (seconds - embedded.seconds) / passages,
    }


def _needed(counts: dict[str, int], dimension: int) -> int:
    """Bytes of the files that are still to be written: vectors, where sentences start, words, the rest."""
    vectors = dimension * (4 * counts["passages"] + 2 * counts["sentences"])
    return vectors + 8 * counts["passages"] + 2 * counts["characters"] + 1_000_000


def _read(
    documents: Iterable[Document | Unread],
    source: Source | None,
    path: Path,
    previous: Previous,
    embedder: Embedder,
    progress: Progress,
) -> _Reading:
    """Fill the store."""
    writer = StoreWriter(path, previous.store_path)
    reading = _Reading([], {}, [])
    digest = hashlib.sha256(repr((embedder.fingerprint, sorted(_settings().items()))).encode())
    before = time.monotonic()
    try:
        for document in documents:
            spans = [] if isinstance(document, Unread) else _written(document, writer, previous, embedder)
            now = time.monotonic()
            reading.files.append(FileReport.of(document, len(spans), now - before))
            before = now
            if isinstance(document, Unread):
                reading.unread.append(document)
                continue
            said = (document.doc_id, document.source_sha256, document.title, document.metadata)
            digest.update(repr((*said, spans)).encode("utf-8", "surrogatepass"))
            reading.sources[document.doc_id] = document.source_sha256
            progress("reading", writer.documents, None)
    finally:
        writer.close()
    if not writer.passages:
        raise Refusal(_nothing_to_index(reading.unread, source))
    reading.fingerprint = digest.hexdigest()
    return reading


def _written(
    document: Document, writer: StoreWriter, previous: Previous, embedder: Embedder
) -> list[tuple[int, int]]:
    """Write a document and its passages; give back where these start and end."""
    if previous.has_as_it_is(document):
        return writer.keep(document.doc_id)
    passages = split(document, embedder.count_tokens, embedder.max_tokens, TARGET_TOKENS)
    writer.add(document, passages)
    return [(passage.start, passage.end) for passage in passages]


def _passages(document: Document, previous: Previous, embedder: Embedder) -> list[Passage]:
    kept = previous.passages_of(document)
    if kept is not None:
        return kept
    return split(document, embedder.count_tokens, embedder.max_tokens, TARGET_TOKENS)


def _nothing_to_index(unread: list[Unread], source: Source | None) -> str:
    place = f"{source.folder}: " if source is not None else ""
    if not unread:
        return f"{place}no documents to index: the folder is empty; give one with documents in it"
    first = unread[0]
    told = f"none of {len(unread)} files could be read, e.g. {first.path}: {first.reason}"
    return f"{place}no documents to index: {told}"
