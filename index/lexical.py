"""The lexical leg: BM25 over terms, on a scale that means the same for every question."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.initialisms import Initialisms
from index.language import DEFAULT, language_of
from index.words import alternatives, terms

# Passages are of one size and hold a word once or twice: repetition and length say less than in whole
# documents, for which 1.2 and 0.75 are usual. Measured on English and Chinese sets: eval/LOG.md.
K1 = 0.4
B = 0.4
_LEARNED = "learned.json"
# A language is one of the index's if it is that of so large a share of the passages.
_SPOKEN = 0.02


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """BM25 scores of every passage for a question, from memory-mapped arrays.

    A score is divided by what was attainable: the sum of the inverse document frequencies of the question's
    terms, unknown ones counted. It is therefore 0 to 1, falls silent by itself when the documents do not hold
    the question's words, and can be compared between questions.
    """

    initialisms: Initialisms
    languages: tuple[str, ...]
    _arrays: dict[str, NDArray[Any]]
    _vocabulary: dict[str, int]
    _passages: int

    @staticmethod
    def write(texts: Callable[[], Iterable[str]], folder: Path) -> None:
        """Index the texts, in the order of their passage rows, into a new folder."""
        import bm25s

        initialisms = Initialisms.learn(texts)
        of_text, spoken = _languages(texts())
        vocabulary: dict[str, int] = {}
        rows = [
            [vocabulary.setdefault(term, len(vocabulary)) for term in initialisms.expanded(terms(text, own))]
            for text, own in zip(texts(), of_text, strict=True)
        ]
        folder.mkdir()
        learned = {"languages": spoken, "initialisms": dict(initialisms.phrases)}
        (folder / _LEARNED).write_text(json.dumps(learned, ensure_ascii=False, indent=1), encoding="utf-8")
        if not vocabulary:
            return  # nothing but punctuation: bm25s has no form for that
        bm25 = bm25s.BM25(k1=K1, b=B, method="lucene")
        bm25.index((rows, vocabulary), create_empty_token=False, show_progress=False)
        bm25.save(folder, show_progress=False)

    @classmethod
    def open(cls, folder: Path, passages: int) -> "LexicalIndex":
        """Open what ``write`` wrote; ``passages`` is how many texts it was given."""
        import bm25s

        learned = json.loads((folder / _LEARNED).read_text(encoding="utf-8"))
        initialisms, spoken = Initialisms.of(learned["initialisms"]), tuple(learned["languages"])
        if not (folder / "params.index.json").exists():
            return cls(initialisms, spoken, {}, {}, passages)
        bm25 = bm25s.BM25.load(folder, mmap=True, show_progress=False)
        # Still mapped, but without numpy's memmap class, whose every slice costs as much as a short sum.
        arrays = {name: np.asarray(bm25.scores[name]) for name in ("indptr", "indices", "data")}
        return cls(initialisms, spoken, arrays, bm25.vocab_dict, passages)

    def scores(self, question: str) -> NDArray[np.float32]:
        """The score of every passage, shape (passages,), each 0 to 1."""
        scores = np.zeros(self._passages, dtype=np.float32)
        attainable = 0.0
        for forms in alternatives(question, self.languages):
            for term in forms:
                rows, parts = self._postings(term)
                scores[rows] += parts
            attainable += self._weight(forms)
        return scores / np.float32(attainable) if attainable else scores

    def words(self, question: str, row: int) -> list[tuple[str, float, float]]:
        """Each term of the question, its share of what is attainable, and its share of a passage's score."""
        weights = {forms: self._weight(forms) for forms in alternatives(question, self.languages)}
        attainable = sum(weights.values())
        found = []
        for forms, weight in weights.items():
            adds = 0.0
            for term in forms:
                rows, parts = self._postings(term)
                adds += float(parts[rows == row].sum())
            found.append((" or ".join(forms), weight / attainable, adds / attainable))
        return found

    def _weight(self, forms: Sequence[str]) -> float:
        """The most that a word can add, of whose forms a passage holds one: that of its best known form."""
        known = [self.weight(term) for term in forms if term in self._vocabulary]
        return max(known) if known else self.weight(forms[0])

    def weight(self, term: str) -> float:
        """The inverse document frequency of a term: the most that it can add to a BM25 score."""
        frequency = len(self._postings(term)[0])
        return float(np.log1p((self._passages - frequency + 0.5) / (frequency + 0.5)))

    def last_row(self) -> int:
        """The highest row that any term names; -1 where there are no terms."""
        return int(self._arrays["indices"].max(initial=-1)) if self._vocabulary else -1

    def _postings(self, term: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The rows that hold a term and what it adds to the score of each; no row stands twice."""
        at = self._vocabulary.get(term)
        if at is None:
            return np.empty(0, dtype=np.int32), np.empty(0, dtype=np.float32)
        start, end = self._arrays["indptr"][at : at + 2]
        return self._arrays["indices"][start:end], self._arrays["data"][start:end]


def _languages(texts: Iterable[str]) -> tuple[list[str], list[str]]:
    """The language of each text, and those of more than a few; what is in another counts as English."""
    told = [language_of(text) or DEFAULT for text in texts]
    enough = max(1, _SPOKEN * len(told))
    spoken = sorted(code for code, count in Counter(told).items() if count >= enough)
    return [code if code in spoken else DEFAULT for code in told], sorted({DEFAULT, *spoken})
