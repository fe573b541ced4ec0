"""The ranking: several kinds of evidence for a passage become one score."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Candidates:
    """The passages that may answer one question, each with every kind of evidence.

    All arrays have shape (n,), one entry per candidate passage. ``best_sentence`` indexes the passage's
    sentences. The other fields are those of ``Scores``.
    """

    question: str
    rows: NDArray[np.int64]
    dense: NDArray[np.float32]
    sentence: NDArray[np.float32]
    lexical: NDArray[np.float32]
    best_sentence: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ranking:
    """A weighted sum of absolute scores.

    Scores are fused, not ranks: rank fusion throws away how much better the first is than the second, and
    loses on nearly every data set that was measured (eval/LOG.md).
    """

    dense: float = 0.5
    sentence: float = 0.5
    lexical: float = 0.6

    def scores(self, candidates: Candidates) -> NDArray[np.float32]:
        """The fused score of each candidate, higher is better."""
        fused: NDArray[np.float32] = (
            np.float32(self.dense) * candidates.dense
            + np.float32(self.sentence) * candidates.sentence
            + np.float32(self.lexical) * candidates.lexical
        )
        return fused
