"""Ask every question of an index and measure what comes back."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from documents import Passage
from eval.abstention import Abstention, abstention, confidence
from eval.answers import answer_measures
from eval.characters import character_measures
from eval.dataset import DataSet, Question
from eval.measures import judged_items, mean, measure, ranked_items
from index import Hit, Index, Ranking

# Enough passages for 20 documents when a document has a few.
DEPTH = 100
KEPT = 10
TOGETHER = 64
TIMED = 200

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and what came back.

    ``hits`` are the first ``KEPT``; ``items`` the whole ranking as judged items (see ``ranked_items``).
    ``values`` holds every measure that applies; an unanswerable question has none.
    """

    question: Question
    hits: tuple[Hit, ...]
    items: tuple[str, ...]
    confidence: float
    values: dict[str, float]


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds for one question by itself, its first 5 passages, and those of each question timed."""

    p50: float
    p99: float
    milliseconds: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Experiment:
    """All questions of a data set, asked and measured. ``abstention`` is None when nothing was asked."""

    data_set: DataSet
    asked: tuple[Asked, ...]
    measures: dict[str, float]
    abstention: Abstention | None
    latency: Latency


def run_experiment(
    index: Index, data_set: DataSet, *, ranking: Ranking | None = None, advance: Advance | None = None
) -> Experiment:
    """Ask all questions in batches; ``advance`` hears how many more are done.

    The quotes of the data set must have been located. An answerable question that finds nothing counts
    with 0; an unanswerable one counts for abstention alone.
    """
    questions = data_set.questions
    asked: list[Asked] = []
    for start in range(0, len(questions), TOGETHER):
        batch = questions[start : start + TOGETHER]
        texts = [question.text for question in batch]
        found = index.search_many(texts, DEPTH, ranking=ranking, diversity=False)
        asked += [_asked(question, hits) for question, hits in zip(batch, found, strict=True)]
        if advance is not None:
            advance(len(batch))
    asked = _ranked(asked)
    judged = abstention(
        [one.confidence for one in asked],
        [one.question.answerable for one in asked],
        [one.values.get("hit@1", 0.0) > 0 for one in asked],
    )
    measures = mean({one.question.question_id: one.values for one in asked})
    return Experiment(
        data_set=data_set,
        asked=tuple(asked),
        measures=measures | _abstention_measures(judged),
        abstention=judged,
        latency=_latency(index, questions, ranking),
    )


def _asked(question: Question, hits: Sequence[Hit]) -> Asked:
    passages = [hit.passage for hit in hits]
    values: dict[str, float] = {}
    if question.answerable:
        if question.by_span:
            values |= character_measures(question, passages)
        if question.answers:
            values |= answer_measures(hits, question.answers)
    items = tuple(ranked_items(question, passages))
    return Asked(question, tuple(hits[:KEPT]), items, confidence(hits), values)


def _ranked(asked: Sequence[Asked]) -> list[Asked]:
    """Add the ranking measures, which the library computes for all questions together."""
    answerable = [one for one in asked if one.question.answerable]
    values = measure(
        {one.question.question_id: judged_items(one.question) for one in answerable},
        {one.question.question_id: one.items for one in answerable},
    )
    return [replace(one, values=values.get(one.question.question_id, {}) | one.values) for one in asked]


def _abstention_measures(judged: Abstention | None) -> dict[str, float]:
    if judged is None or judged.auroc is None or judged.best_f1 is None:
        return {}
    return {"AUROC": judged.auroc, "best F1": judged.best_f1, "risk-coverage area": judged.area}


def _latency(index: Index, questions: Sequence[Question], ranking: Ranking | None) -> Latency:
    import numpy as np

    step = max(1, len(questions) // TIMED)
    timed = questions[::step][:TIMED]
    if not timed:
        return Latency(0.0, 0.0, ())
    index.search(timed[0].text, ranking=ranking)  # the first pays for memory-mapping and is not counted
    milliseconds = []
    for question in timed:
        began = time.perf_counter()
        index.search(question.text, ranking=ranking)
        milliseconds.append(1000 * (time.perf_counter() - began))
    p50, p99 = np.percentile(milliseconds, [50, 99])
    return Latency(float(p50), float(p99), tuple(round(one, 3) for one in milliseconds))


def measure_rankings(
    questions: Sequence[Question], rankings: Sequence[Sequence[Passage]]
) -> dict[str, dict[str, float]]:
    """Ranking measures of the answerable questions for rankings made elsewhere."""
    pairs = [(q, passages) for q, passages in zip(questions, rankings, strict=True) if q.answerable]
    return measure(
        {question.question_id: judged_items(question) for question, _ in pairs},
        {question.question_id: ranked_items(question, passages) for question, passages in pairs},
    )
