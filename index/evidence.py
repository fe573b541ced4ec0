"""The evidence: candidates from both legs, each with every kind of evidence, exactly."""

import numpy as np
from numpy.typing import NDArray

from index.lexical import LexicalIndex
from index.ranking import Candidates
from index.vectors import Vectors


def gather(
    question: str,
    legibility: float,
    query: NDArray[np.float32],
    near: NDArray[np.int64],
    depth: int,
    vectors: Vectors,
    lexical: LexicalIndex,
    allowed: NDArray[np.bool_] | None = None,
) -> Candidates:
    """The passages nearest to the query vector and the ``depth`` best by words, with all their scores.

    ``near`` holds rows of passages; ``allowed``, of shape (passages,), says which may be found by words.
    """
    words = lexical.scores(question)
    if allowed is not None:
        words *= allowed
    rows = np.union1d(near, _highest(words, depth)).astype(np.int64)
    sentence, best = vectors.best_sentences(query, rows)
    return Candidates(
        question=question,
        legibility=legibility,
        rows=rows,
        dense=vectors.cosines(query, rows),
        sentence=sentence,
        lexical=words[rows],
        best_sentence=best,
    )


def _highest(scores: NDArray[np.float32], depth: int) -> NDArray[np.int64]:
    """The rows of the highest scores above 0; which of those that tie at the edge, is left open."""
    # Partitioning is slow where most values are equal, and most scores are 0.
    rows = np.flatnonzero(scores > 0)
    if len(rows) <= depth:
        return rows
    return rows[np.argpartition(scores[rows], -depth)[-depth:]]
