"""Whether the service knows when the documents hold no answer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index import Hit

# A curve is drawn from at most so many points; the area is computed from all.
POINTS = 200


@dataclass(frozen=True, slots=True)
class Abstention:
    """How well confidence tells the questions that can be answered.

    ``auroc``: the probability that an answerable question has the higher confidence; None unless both kinds
    were asked. ``best_f1``: the highest F1 of "answerable" over all thresholds, reached at ``threshold``.
    ``risk_coverage``: (coverage, risk) with the most confident questions answered first; the risk is the
    share of those answered wrongly. ``area``: the mean risk over all coverages; lower is better.
    """

    answerable: int
    unanswerable: int
    auroc: float | None
    best_f1: float | None
    threshold: float | None
    area: float
    risk_coverage: tuple[tuple[float, float], ...]


def confidence(hits: Sequence[Hit]) -> float:
    """How sure the service is that its passages answer: the first passage's score; 0 without one."""
    return hits[0].score if hits else 0.0


def abstention(
    confidences: Sequence[float], answerable: Sequence[bool], correct: Sequence[bool]
) -> Abstention | None:
    """Judge confidences, one per question; None without any.

    ``correct`` says whether the first passage was a right one; for an unanswerable question no answer is.
    """
    if not confidences:
        return None
    scores, labels = np.asarray(confidences, dtype=np.float64), np.asarray(answerable, dtype=bool)
    right = np.asarray(correct, dtype=bool) & labels
    curve, area = _risk_coverage(scores, right)
    auroc = best_f1 = threshold = None
    if labels.any() and not labels.all():
        from sklearn.metrics import roc_auc_score

        auroc = float(roc_auc_score(labels, scores))
        best_f1, threshold = _best_f1(scores, labels)
    return Abstention(
        answerable=int(labels.sum()),
        unanswerable=int((~labels).sum()),
        auroc=auroc,
        best_f1=best_f1,
        threshold=threshold,
        area=area,
        risk_coverage=curve,
    )


def _best_f1(scores: NDArray[np.float64], labels: NDArray[np.bool_]) -> tuple[float, float]:
    from sklearn.metrics import precision_recall_curve

    precision, recall, thresholds = precision_recall_curve(labels, scores)
    total = precision + recall
    f1 = np.divide(2 * precision * recall, total, out=np.zeros_like(total), where=total > 0)[:-1]
    best = int(f1.argmax())
    return float(f1[best]), float(thresholds[best])


def _risk_coverage(
    scores: NDArray[np.float64], right: NDArray[np.bool_]
) -> tuple[tuple[tuple[float, float], ...], float]:
    """The curve over every distinct confidence: questions of equal confidence are answered together."""
    order = np.argsort(-scores, kind="stable")
    answered = np.arange(1, len(scores) + 1)
    risk = np.cumsum(~right[order]) / answered
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    # Within a group of equals the expected risk is that of the whole group's end.
    group_end = last[np.searchsorted(last, np.arange(len(scores)))]
    area = float(risk[group_end].mean())
    kept = last[np.unique(np.linspace(0, len(last) - 1, min(POINTS, len(last))).astype(int))]
    return tuple((float(answered[at] / len(scores)), float(risk[at])) for at in kept), area
