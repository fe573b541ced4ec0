"""The ranking: several kinds of evidence for a passage become one score."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from documents import Refusal

# Kept of the vectors' say where the embedder cannot read the question: enough to break ties.
_FAINT = 0.02


@dataclass(frozen=True, slots=True)
class Candidates:
    """The passages that may answer one question, each with every kind of evidence.

    All arrays have shape (n,), one entry per candidate passage. ``best_sentence`` indexes the passage's
    sentences. ``legibility`` is how much of the question the embedder can read, 0 to 1. The other fields
    are those of ``Scores``.
    """

    question: str
    legibility: float
    rows: NDArray[np.int64]
    dense: NDArray[np.float32]
    sentence: NDArray[np.float32]
    lexical: NDArray[np.float32]
    best_sentence: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ranking:
    """A weighted sum of absolute scores; the vectors count as far as the embedder reads the question.

    Scores are fused, not ranks: rank fusion throws away how much better the first is than the second, and
    loses on nearly every data set that was measured. The weights lie in the middle of a wide, flat optimum
    over all sets (eval/LOG.md).
    """

    dense: float = 0.5
    sentence: float = 0.5
    lexical: float = 0.6

    @classmethod
    def of(cls, text: str) -> "Ranking":
        """Weights from a setting, such as ``lexical=0.8 sentence=0.6``; what it leaves out stays as it is.

        Refusal: it is not of that form, or a weight is negative.
        """
        names = [field.name for field in fields(cls)]
        weights = {}
        for part in text.replace(",", " ").split():
            name, _, value = part.partition("=")
            try:
                weights[name] = float(value)
            except ValueError:
                weights[name] = -1.0
            if name not in names or not 0 <= weights[name] < float("inf"):
                raise Refusal(
                    f"{part!r} is no weight of a ranking; give {', '.join(names)}, e.g. lexical=0.8"
                )
        return cls(**weights)

    def scores(self, candidates: Candidates) -> NDArray[np.float32]:
        """The fused score of each candidate, higher is better."""
        vectors = self.dense * candidates.dense + self.sentence * candidates.sentence
        fused = self.trust(candidates.legibility) * vectors + self.lexical * candidates.lexical
        return fused.astype(np.float32)

    @staticmethod
    def trust(legibility: float) -> float:
        """How much the vectors count: fully from half of the question on, hardly where none of it is read."""
        return max(_FAINT, min(1.0, 2 * legibility))
