"""The passage store: documents, their canonical text, passages and their spans, in one SQLite file."""

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from documents import Document, Metadata, Passage, Section, Span
from index.filter import Filter

_SCHEMA = """
CREATE TABLE documents (
    document INTEGER PRIMARY KEY, doc_id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, text TEXT NOT NULL,
    source_sha256 TEXT NOT NULL, metadata TEXT NOT NULL, pages TEXT NOT NULL, sections TEXT NOT NULL,
    characters INTEGER NOT NULL, passages INTEGER NOT NULL
) STRICT;
CREATE TABLE passages (
    passage INTEGER PRIMARY KEY, passage_id TEXT NOT NULL UNIQUE, document INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL, text TEXT NOT NULL, context TEXT NOT NULL,
    section TEXT NOT NULL, page INTEGER, sentences TEXT NOT NULL
) STRICT;
CREATE INDEX passages_of_document ON passages (document);
"""
_PASSAGE = 'passage_id, doc_id, start, "end", p.text, context, section, page, sentences'
_SUMMARY = "doc_id, title, metadata, source_sha256, characters, passages"
# SQLite's limit on the variables of one statement is far above this.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A document without its text: what a citation and a list of documents need."""

    doc_id: str
    title: str
    metadata: Metadata
    source_sha256: str
    characters: int
    passages: int


class StoreWriter:
    """Writes a new store; passages get the rows 0, 1, 2 … in the order in which they come."""

    def __init__(self, path: Path, kept: Path | None = None) -> None:
        """``kept`` is another store, of which ``keep`` takes documents over."""
        self.documents = 0
        self.passages = 0
        self._connection = sqlite3.connect(path, isolation_level=None, uri=True)
        if kept is not None:
            self._connection.execute("ATTACH ? AS kept", (_unchanging(kept),))
        # The file is made durable as a whole before it is published; until then nobody reads it.
        self._connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _SCHEMA + "BEGIN;"
        )

    def add(self, document: Document, passages: Sequence[Passage]) -> None:
        """Add a document and its passages. ValueError: one is no span of it, or has no sentence."""
        for passage in passages:
            if not passage.sentences:
                raise ValueError(f"{passage.passage_id} has no sentence")
            if document.text[passage.start : passage.end] != passage.text:
                raise ValueError(f"{passage.passage_id} does not hold the text at its own span")
        self._connection.execute(
            "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.documents,
                document.doc_id,
                document.title,
                document.text,
                document.source_sha256,
                _compact(asdict(document.metadata)),
                _compact(document.pages),
                _compact([asdict(section) for section in document.sections]),
                len(document.text),
                len(passages),
            ),
        )
        self._connection.executemany(
            "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    self.passages + at,
                    p.passage_id,
                    self.documents,
                    p.start,
                    p.end,
                    p.text,
                    p.context,
                    _compact(p.section),
                    p.page,
                    _compact([(s.start, s.end) for s in p.sentences]),
                )
                for at, p in enumerate(passages)
            ),
        )
        self.documents += 1
        self.passages += len(passages)

    def keep(self, doc_id: str) -> list[tuple[int, int]]:
        """Add a document of the other store as it is, with its passages; give back the spans of these."""
        (old,) = self._connection.execute("SELECT document FROM kept.documents WHERE doc_id = ?", (doc_id,))
        self._connection.execute(
            "INSERT INTO documents SELECT ?, doc_id, title, text, source_sha256, metadata, pages, sections, "
            "characters, passages FROM kept.documents WHERE document = ?",
            (self.documents, *old),
        )
        self._connection.execute(
            "INSERT INTO passages SELECT ? + row_number() OVER (ORDER BY passage) - 1, passage_id, ?, start, "
            '"end", text, context, section, page, sentences FROM kept.passages WHERE document = ?',
            (self.passages, self.documents, *old),
        )
        spans = self._connection.execute(
            'SELECT start, "end" FROM passages WHERE document = ? ORDER BY passage', (self.documents,)
        ).fetchall()
        self.documents += 1
        self.passages += len(spans)
        return spans

    def close(self) -> None:
        """Finish the file."""
        self._connection.execute("COMMIT")
        self._connection.close()


class Store:
    """Reads a store; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(_unchanging(path), uri=True, check_same_thread=False)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def document(self, doc_id: str) -> Document:
        """The whole document. KeyError: there is none of that id."""
        row = self._one(
            "SELECT doc_id, title, text, source_sha256, metadata, pages, sections "
            "FROM documents WHERE doc_id = ?",
            doc_id,
        )
        return Document(
            doc_id=row[0],
            title=row[1],
            text=row[2],
            source_sha256=row[3],
            metadata=Metadata(**json.loads(row[4])),
            pages=tuple(json.loads(row[5])),
            sections=tuple(Section(**section) for section in json.loads(row[6])),
        )

    def summary(self, doc_id: str) -> DocumentSummary:
        """A document's summary. KeyError: there is none of that id."""
        return _summary(self._one(f"SELECT {_SUMMARY} FROM documents WHERE doc_id = ?", doc_id))

    def allowed(self, filter_: Filter) -> NDArray[np.bool_]:
        """Which passages a filter lets through, of shape (passages,)."""
        condition, values = filter_.condition()
        count = self._all("SELECT count(*) FROM passages", ())[0][0]
        rows = self._all(
            "SELECT passage FROM passages WHERE document IN "
            f"(SELECT document FROM documents WHERE {condition})",
            values,
        )
        mask = np.zeros(count, dtype=np.bool_)
        mask[[row[0] for row in rows]] = True
        return mask

    def summaries(self, offset: int = 0, limit: int = 100) -> list[DocumentSummary]:
        """A page of summaries, in the order of the rows."""
        rows = self._all(
            f"SELECT {_SUMMARY} FROM documents ORDER BY document LIMIT ? OFFSET ?", (limit, offset)
        )
        return [_summary(row) for row in rows]

    def passages(self, rows: Sequence[int]) -> list[Passage]:
        """The passages of these rows, in this order. KeyError: there is no such row."""
        found: dict[int, Passage] = {}
        for start in range(0, len(rows), _AT_ONCE):
            part = [int(row) for row in rows[start : start + _AT_ONCE]]
            marks = ", ".join("?" * len(part))
            for row in self._all(
                f"SELECT passage, {_PASSAGE} FROM passages p JOIN documents USING (document) "
                f"WHERE passage IN ({marks})",
                part,
            ):
                found[row[0]] = _passage(row[1:])
        return [found[int(row)] for row in rows]

    def counts(self) -> dict[str, int]:
        """How many documents, passages, sentences and characters there are."""
        documents, characters = self._all("SELECT count(*), coalesce(sum(characters), 0) FROM documents", ())[
            0
        ]
        passages, sentences = self._all(
            "SELECT count(*), coalesce(sum(json_array_length(sentences)), 0) FROM passages", ()
        )[0]
        return {
            "documents": documents,
            "passages": passages,
            "sentences": sentences,
            "characters": characters,
        }

    def all_passages(self, doc_id: str | None = None) -> Iterator[Passage]:
        """Every passage (of one document), in the order of the rows. KeyError: no such document."""
        where, values = "", []
        if doc_id is not None:
            where = "AND document = ?"
            values = [self._one("SELECT document FROM documents WHERE doc_id = ?", doc_id)[0]]
        after = -1
        while True:
            rows = self._all(
                f"SELECT passage, {_PASSAGE} FROM passages p JOIN documents USING (document) "
                f"WHERE passage > ? {where} ORDER BY passage LIMIT {_AT_ONCE}",
                [after, *values],
            )
            yield from (_passage(row[1:]) for row in rows)
            if len(rows) < _AT_ONCE:
                return
            after = rows[-1][0]

    def _one(self, statement: str, doc_id: str) -> tuple[Any, ...]:
        rows = self._all(statement, (doc_id,))
        if not rows:
            raise KeyError(doc_id)
        return rows[0]

    def _all(self, statement: str, values: Iterable[Any]) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, tuple(values)).fetchall()


def _unchanging(path: Path) -> str:
    """The address of a store; published files never change, so SQLite need not look for locks or journals."""
    return f"{path.resolve().as_uri()}?mode=ro&immutable=1"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _passage(row: tuple[Any, ...]) -> Passage:
    return Passage(
        passage_id=row[0],
        doc_id=row[1],
        start=row[2],
        end=row[3],
        text=row[4],
        context=row[5],
        section=tuple(json.loads(row[6])),
        page=row[7],
        sentences=tuple(Span(start, end) for start, end in json.loads(row[8])),
    )


def _summary(row: tuple[Any, ...]) -> DocumentSummary:
    return DocumentSummary(row[0], row[1], Metadata(**json.loads(row[2])), row[3], row[4], row[5])
