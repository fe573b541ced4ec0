"""The lexical leg: BM25 over terms, on a scale that means the same for every question."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.initialisms import Initialisms
from index.words import terms

# Passages are of one size and hold a word once or twice: repetition and length say less than in whole
# documents, for which 1.2 and 0.75 are usual. Measured on English and Chinese sets: eval/LOG.md.
K1 = 0.4
B = 0.4
_INITIALISMS = "initialisms.json"


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """BM25 scores of every passage for a question, from memory-mapped arrays.

    A score is divided by what was attainable: the sum of the inverse document frequencies of the question's
    terms, unknown ones counted. It is therefore 0 to 1, falls silent by itself when the documents do not hold
    the question's words, and can be compared between questions.
    """

    initialisms: Initialisms
    _bm25: Any
    _vocabulary: dict[str, int]
    _passages: int

    @staticmethod
    def write(texts: Callable[[], Iterable[str]], folder: Path) -> None:
        """Index the texts, in the order of their passage rows, into a new folder."""
        import bm25s

        initialisms = Initialisms.learn(texts)
        vocabulary: dict[str, int] = {}
        rows = [
            [vocabulary.setdefault(term, len(vocabulary)) for term in initialisms.expanded(terms(text))]
            for text in texts()
        ]
        folder.mkdir()
        (folder / _INITIALISMS).write_text(
            json.dumps(dict(initialisms.phrases), ensure_ascii=False, indent=1), encoding="utf-8"
        )
        if not vocabulary:
            return  # nothing but punctuation: bm25s has no form for that
        bm25 = bm25s.BM25(k1=K1, b=B, method="lucene")
        bm25.index((rows, vocabulary), create_empty_token=False, show_progress=False)
        bm25.save(folder, show_progress=False)

    @classmethod
    def open(cls, folder: Path, passages: int) -> "LexicalIndex":
        """Open what ``write`` wrote; ``passages`` is how many texts it was given."""
        import bm25s

        initialisms = Initialisms.of(json.loads((folder / _INITIALISMS).read_text(encoding="utf-8")))
        if not (folder / "params.index.json").exists():
            return cls(initialisms, None, {}, passages)
        bm25 = bm25s.BM25.load(folder, mmap=True, show_progress=False)
        return cls(initialisms, bm25, bm25.vocab_dict, passages)

    def scores(self, question: str) -> NDArray[np.float32]:
        """The score of every passage, shape (passages,), each 0 to 1."""
        scores = np.zeros(self._passages, dtype=np.float32)
        wanted = _wanted(question)
        for term in wanted:
            rows, parts = self._postings(term)
            scores[rows] += parts
        attainable = sum(map(self.weight, wanted))
        return scores / np.float32(attainable) if attainable else scores

    def words(self, question: str, row: int) -> list[tuple[str, float, float]]:
        """Each term of the question, its share of what is attainable, and its share of a passage's score."""
        wanted = _wanted(question)
        attainable = sum(map(self.weight, wanted))
        found = []
        for term in wanted:
            rows, parts = self._postings(term)
            adds = float(parts[rows == row].sum())
            found.append((term, self.weight(term) / attainable, adds / attainable))
        return found

    def weight(self, term: str) -> float:
        """The inverse document frequency of a term: the most that it can add to a BM25 score."""
        frequency = len(self._postings(term)[0])
        return float(np.log1p((self._passages - frequency + 0.5) / (frequency + 0.5)))

    def _postings(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The rows that hold a term and what it adds to the score of each; no row stands twice."""
        at = self._vocabulary.get(term)
        if at is None:
            return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32)
        arrays = self._bm25.scores
        start, end = arrays["indptr"][at], arrays["indptr"][at + 1]
        return arrays["indices"][start:end], arrays["data"][start:end]


def _wanted(question: str) -> list[str]:
    """The terms of a question, each once, in an order that does not depend on that of its words."""
    return sorted(set(terms(question)))
