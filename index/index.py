"""The index: a published generation, opened for questions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from documents import Document, Passage, Refusal
from index.checksums import size_faults
from index.compatibility import refuse_misfit
from index.duplicates import are_near_duplicates, shingles
from index.embedder import Embedder
from index.evidence import gather
from index.explanation import Explanation, Word
from index.filter import Filter
from index.generation import Generation, current
from index.hit import Hit, Scores
from index.lexical import LexicalIndex
from index.ranking import Candidates, Ranking
from index.reranker import DEPTH as RERANKED
from index.reranker import Reranker
from index.store import DocumentSummary, Store
from index.vectors import Vectors

DEPTH = 100
# So many times top_k are looked at, so that duplicates do not leave places empty.
_SPARE = 3
# Questions embedded and searched together; more only costs memory.
_TOGETHER = 256


@dataclass(frozen=True, slots=True)
class Index:
    """Finds and ranks the passages of one generation. Safe to use from several threads."""

    generation: Generation
    embedder: Embedder
    reranker: Reranker | None
    ranking: Ranking
    _store: Store
    _vectors: Vectors
    _lexical: LexicalIndex

    @classmethod
    def open(
        cls,
        folder: Path,
        embedder: Embedder | None = None,
        reranker: Reranker | None = None,
        ranking: Ranking | None = None,
    ) -> "Index":
        """Open the published generation in an index folder.

        Without an embedder, the one that made the generation is loaded. Refusal: there is no generation, it
        lacks files, or it was made by another embedder than the one given or by other libraries.
        """
        generation = current(folder)
        if generation is None:
            raise Refusal(f"no index in {folder}; build one: pincite rebuild --documents FOLDER")
        refuse_misfit(generation)
        made_by = generation.manifest["embedder"]
        embedder = embedder or Embedder.load(made_by["name"], fingerprint=made_by["fingerprint"])
        if embedder.fingerprint != made_by["fingerprint"]:
            raise Refusal(
                f"the index in {folder} was built with the embedder {made_by['name']!r}, its vectors mean "
                f"nothing to {embedder.name!r}; use that one or rebuild the index"
            )
        if faults := size_faults(generation):
            raise Refusal(
                f"the generation {generation.id} is damaged ({faults[0]}); go back to an older one: "
                "pincite index rollback, or rebuild the index"
            )
        place = generation.folder
        return cls(
            generation=generation,
            embedder=embedder,
            reranker=reranker,
            ranking=ranking or Ranking(),
            _store=Store(place / "passages.sqlite"),
            _vectors=Vectors.open(place),
            _lexical=LexicalIndex.open(place / "lexical", generation.passages),
        )

    def search(
        self,
        question: str,
        top_k: int = 5,
        *,
        ranking: Ranking | None = None,
        filter_: Filter | None = None,
        diversity: bool = True,
    ) -> list[Hit]:
        """The ``top_k`` best passages, best first.

        With ``diversity``, passages of nearly the same words take one place together; see ``Hit.duplicates``.
        """
        return self.search_many([question], top_k, ranking=ranking, filter_=filter_, diversity=diversity)[0]

    def search_many(
        self,
        questions: Sequence[str],
        top_k: int = 5,
        *,
        ranking: Ranking | None = None,
        filter_: Filter | None = None,
        diversity: bool = True,
    ) -> list[list[Hit]]:
        """The same for several questions, which are embedded together."""
        ranking = ranking or self.ranking
        found: list[list[Hit]] = []
        for start in range(0, len(questions), _TOGETHER):
            together = self.candidates(questions[start : start + _TOGETHER], max(DEPTH, 2 * top_k), filter_)
            for each in together:
                most = max(top_k, RERANKED) if self.reranker is not None else top_k
                hits = self.hits(each, ranking.scores(each), most, diversity=diversity)
                found.append(self.reranker.reranked(each.question, hits)[:top_k] if self.reranker else hits)
        return found

    def explain(self, question: str, hit: Hit, *, ranking: Ranking | None = None) -> Explanation:
        """Why a hit of this question has its score; ``ranking`` as it was given to ``search``."""
        ranking = ranking or self.ranking
        trust = ranking.trust(self.embedder.legibility(question))
        return Explanation(
            read_as=self._spelled_out(question),
            trust=trust,
            dense=trust * ranking.dense * hit.scores.dense,
            sentence=trust * ranking.sentence * hit.scores.sentence,
            lexical=ranking.lexical * hit.scores.lexical,
            words=tuple(
                Word(term, ranking.lexical * weight, ranking.lexical * adds)
                for term, weight, adds in self._lexical.words(question, hit.row)
            ),
        )

    def candidates(
        self, questions: Sequence[str], depth: int = DEPTH, filter_: Filter | None = None
    ) -> list[Candidates]:
        """The ``depth`` best passages of each leg together, each with every kind of evidence, exactly."""
        allowed = self._store.allowed(filter_) if filter_ is not None else None
        queries = self.embedder.encode_questions([self._spelled_out(question) for question in questions])
        nearest = self._vectors.nearest(queries, depth, allowed)
        return [
            gather(
                question,
                self.embedder.legibility(question),
                query,
                near,
                depth,
                self._vectors,
                self._lexical,
                allowed,
            )
            for question, query, near in zip(questions, queries, nearest, strict=True)
        ]

    def hits(
        self, candidates: Candidates, scores: NDArray[np.float32], top_k: int, *, diversity: bool = False
    ) -> list[Hit]:
        """The candidates with the highest scores, as hits; of equals the earlier row comes first."""
        order = np.lexsort((candidates.rows, -scores))
        if not diversity:
            return self._hits(candidates, scores, order[:top_k])
        # What a duplicate leaves free is taken by the next; copies of copies beyond that are left out.
        return _folded(self._hits(candidates, scores, order[: _SPARE * top_k]), top_k)

    def _hits(
        self, candidates: Candidates, scores: NDArray[np.float32], order: NDArray[np.int64]
    ) -> list[Hit]:
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
                best_sentence=int(candidates.best_sentence[at]),
                row=int(candidates.rows[at]),
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


def _folded(hits: list[Hit], top_k: int) -> list[Hit]:
    """The hits with near-duplicates under the first of them, ranked anew."""
    groups: list[tuple[frozenset[tuple[str, ...]], list[Hit]]] = []
    for hit in hits:
        own = shingles(hit.passage.text)
        group = next((members for first, members in groups if are_near_duplicates(first, own)), None)
        if group is not None:
            group.append(hit)
        else:
            groups.append((own, [hit]))
    return [
        replace(members[0], rank=rank, duplicates=tuple(members[1:]))
        for rank, (_, members) in enumerate(groups[:top_k], start=1)
    ]
