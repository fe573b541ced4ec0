"""The default ranking beside the simple ones, on the same candidates of the same questions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from documents import Passage
from eval.dataset import DataSet
from eval.experiment import DEPTH, TOGETHER, Advance, measure_rankings
from eval.gate import interval
from eval.measures import mean
from index import Candidates, Index, Ranking

CANDIDATES = 200
# Cormack, Clarke and Büttcher, "Reciprocal rank fusion" (SIGIR 2009).
RRF_K = 60

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Leg:
    """One ranking's means, the 95 % bootstrap interval of each, and its values by question."""

    name: str
    measures: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    values: dict[str, dict[str, float]]


def compare_legs(
    index: Index, data_set: DataSet, *, ranking: Ranking | None = None, advance: Advance | None = None
) -> tuple[Leg, ...]:
    """Measure each leg alone, two customary fusions, and the ranking in use (the last)."""
    legs: dict[str, Callable[[Candidates], Scores]] = {
        "dense": lambda candidates: candidates.dense,
        "best sentence": lambda candidates: candidates.sentence,
        "BM25": bm25,
        f"RRF, k = {RRF_K}": reciprocal_ranks,
        "min-max, 1/2 : 1/2": min_max,
        "in use": (ranking or Ranking()).scores,
    }
    questions = [question for question in data_set.questions if question.answerable]
    passages = list(index.passages())
    rankings: dict[str, list[list[Passage]]] = {name: [] for name in legs}
    for start in range(0, len(questions), TOGETHER):
        batch = questions[start : start + TOGETHER]
        for candidates in index.candidates([question.text for question in batch], CANDIDATES):
            for name, score in legs.items():
                rankings[name].append(_ranking(candidates.rows, score(candidates), passages))
        if advance is not None:
            advance(len(batch))
    measured = {name: measure_rankings(questions, found) for name, found in rankings.items()}
    return tuple(_leg(name, values) for name, values in measured.items())


def bm25(candidates: Candidates) -> Scores:
    """Words alone; a passage with none of the question's words is not found."""
    return np.where(candidates.lexical > 0, candidates.lexical, np.float32(-np.inf))


def reciprocal_ranks(candidates: Candidates) -> Scores:
    """The sum of 1 / (k + rank) over the dense and the lexical list, each as deep as was searched."""
    return _reciprocal(candidates.dense, candidates.rows) + _reciprocal(bm25(candidates), candidates.rows)


def min_max(candidates: Candidates) -> Scores:
    """Dense and lexical scores, each stretched to 0..1 over the candidates, in equal parts."""
    return (_stretched(candidates.dense) + _stretched(candidates.lexical)) / np.float32(2)


def _reciprocal(scores: Scores, rows: NDArray[np.int64]) -> Scores:
    order = np.lexsort((rows, -scores))
    ranks = np.empty(len(scores), dtype=np.int64)
    ranks[order] = np.arange(1, len(scores) + 1)
    listed = np.isfinite(scores) & (ranks <= CANDIDATES)
    return np.where(listed, 1 / (RRF_K + ranks), 0).astype(np.float32)


def _stretched(scores: Scores) -> Scores:
    if not len(scores):
        return scores
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)


def _ranking(rows: NDArray[np.int64], scores: Scores, passages: Sequence[Passage]) -> list[Passage]:
    order = np.lexsort((rows, -scores))[:DEPTH]
    return [passages[int(rows[at])] for at in order if np.isfinite(scores[at])]


def _leg(name: str, values: dict[str, dict[str, float]]) -> Leg:
    means = mean(values)
    return Leg(name, means, {m: interval([row[m] for row in values.values()]) for m in means}, values)
