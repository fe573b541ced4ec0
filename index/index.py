"""The index: a published generation, opened for questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from documents import Document, Passage, Refusal
from index.embedder import Embedder
from index.generation import Generation, current
from index.hit import Hit, Scores
from index.lexical import LexicalIndex
from index.ranking import Candidates, Ranking
from index.store import DocumentSummary, Store
from index.vectors import Vectors

DEPTH = 200
# Questions embedded and searched together; more only costs memory.
_TOGETHER = 256


@dataclass(frozen=True, slots=True)
class Index:
    """Finds and ranks the passages of one generation. Safe to use from several threads."""

    generation: Generation
    embedder: Embedder
    _store: Store
    _vectors: Vectors
    _lexical: LexicalIndex

    @classmethod
    def open(cls, folder: Path, embedder: Embedder | None = None) -> "Index":
        """Open the published generation in an index folder.

        Without an embedder, the one that made the generation is loaded. Refusal: there is no generation, or
        the embedder given is another than the one that made it.
        """
        generation = current(folder)
        if generation is None:
            raise Refusal(f"no index in {folder}; build one: pincite rebuild --documents FOLDER")
        made_by = generation.manifest["embedder"]
        embedder = embedder or Embedder.load(made_by["name"], fingerprint=made_by["fingerprint"])
        if embedder.fingerprint != made_by["fingerprint"]:
            raise Refusal(
                f"the index in {folder} was built with the embedder {made_by['name']!r}, its vectors mean "
                f"nothing to {embedder.name!r}; use that one or rebuild the index"
            )
        place = generation.folder
        return cls(
            generation=generation,
            embedder=embedder,
            _store=Store(place / "passages.sqlite"),
            _vectors=Vectors.open(place),
            _lexical=LexicalIndex.open(place / "lexical", generation.passages),
        )

    def search(self, question: str, top_k: int = 5, *, ranking: Ranking | None = None) -> list[Hit]:
        """The ``top_k`` best passages, best first."""
        return self.search_many([question], top_k, ranking=ranking)[0]

    def search_many(
        self, questions: Sequence[str], top_k: int = 5, *, ranking: Ranking | None = None
    ) -> list[list[Hit]]:
        """The same for several questions, which are embedded together."""
        ranking = ranking or Ranking()
        found: list[list[Hit]] = []
        for start in range(0, len(questions), _TOGETHER):
            together = self.candidates(questions[start : start + _TOGETHER], max(DEPTH, top_k))
            found.extend(self.hits(each, ranking.scores(each), top_k) for each in together)
        return found

    def candidates(self, questions: Sequence[str], depth: int = DEPTH) -> list[Candidates]:
        """The ``depth`` best passages of each leg together, each with every kind of evidence, exactly."""
        queries = self.embedder.encode_questions([self._spelled_out(question) for question in questions])
        nearest = self._vectors.nearest(queries, depth)
        return [
            self._evidence(question, query, near, depth)
            for question, query, near in zip(questions, queries, nearest, strict=True)
        ]

    def hits(self, candidates: Candidates, scores: NDArray[np.float32], top_k: int) -> list[Hit]:
        """The candidates with the highest scores, as hits; of equals the earlier row comes first."""
        order = np.lexsort((candidates.rows, -scores))[:top_k]
        passages = self._store.passages([int(candidates.rows[at]) for at in order])
        return [
            Hit(
                passage=passage,
                score=float(scores[at]),
                rank=rank,
                scores=Scores(
                    dense=float(candidates.dense[at]),
                    sentence=float(candidates.sentence[at]),
                    lexical=float(candidates.lexical[at]),
                ),
                best_sentence=int(candidates.best_sentence[at]) if passage.sentences else None,
            )
            for rank, (at, passage) in enumerate(zip(order, passages, strict=True), start=1)
        ]

    def document(self, doc_id: str) -> Document:
        """A whole document. KeyError: there is none of that id."""
        return self._store.document(doc_id)

    def summary(self, doc_id: str) -> DocumentSummary:
        """A document without its text. KeyError: there is none of that id."""
        return self._store.summary(doc_id)

    def summaries(self, offset: int = 0, limit: int = 100) -> list[DocumentSummary]:
        """A page of the documents, in the order of their ids."""
        return self._store.summaries(offset, limit)

    def passages(self, doc_id: str | None = None) -> Iterator[Passage]:
        """Every passage, or those of one document, in order. KeyError: no such document."""
        return self._store.all_passages(doc_id)

    def close(self) -> None:
        """Let go of the files."""
        self._store.close()

    def _spelled_out(self, question: str) -> str:
        """The question as it is embedded: initialisms that are no single token are spelled out."""
        return self._lexical.initialisms.spelled_out(
            question, lambda word: self.embedder.count_tokens([word])[0] > 1
        )

    def _evidence(
        self, question: str, query: NDArray[np.float32], near: NDArray[np.int64], depth: int
    ) -> Candidates:
        lexical = self._lexical.scores(question)
        rows = np.union1d(near, _highest(lexical, depth)).astype(np.int64)
        sentence, best = self._vectors.best_sentences(query, rows)
        return Candidates(
            question=question,
            legibility=self.embedder.legibility(question),
            rows=rows,
            dense=self._vectors.cosines(query, rows),
            sentence=sentence,
            lexical=lexical[rows],
            best_sentence=best,
        )


def _highest(scores: NDArray[np.float32], depth: int) -> NDArray[np.int64]:
    """The rows of the highest scores above 0; ties at the edge go to the earlier rows."""
    positive = np.flatnonzero(scores > 0)
    if len(positive) <= depth:
        return positive
    return positive[np.argsort(-scores[positive], kind="stable")[:depth]]
