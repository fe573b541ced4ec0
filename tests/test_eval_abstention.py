from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import Passage
from eval.abstention import abstention, confidence
from index import Hit, Scores


def test_confidence_is_the_first_score_and_zero_without_passages() -> None:
    passage = Passage("d#0-1", "d", 0, 1, "x")
    hits = [Hit(passage, score, rank, Scores(0, 0, 0), 0, row=0) for rank, score in ((1, 0.7), (2, 0.6))]
    assert confidence(hits) == 0.7
    assert confidence([]) == 0.0


def test_risk_and_coverage_worked_out_by_hand() -> None:
    judged = abstention([0.9, 0.8, 0.7, 0.1], [True, True, False, True], [True, False, False, True])
    assert judged is not None
    assert judged.risk_coverage == ((0.25, 0.0), (0.5, 0.5), (0.75, 2 / 3), (1.0, 0.5))
    assert judged.area == pytest.approx((0 + 1 / 2 + 2 / 3 + 1 / 2) / 4)
    assert (judged.answerable, judged.unanswerable) == (3, 1)


def test_questions_of_equal_confidence_are_answered_together() -> None:
    for order in ([True, False], [False, True]):
        judged = abstention([0.5, 0.5], [True, True], order)
        assert judged is not None
        assert judged.risk_coverage == ((1.0, 0.5),)
        assert judged.area == 0.5


def test_answering_the_unanswerable_is_wrong_whatever_was_found() -> None:
    judged = abstention([0.5], [False], [True])
    assert judged is not None
    assert judged.risk_coverage == ((1.0, 1.0),)
    assert judged.auroc is None


def test_nothing_asked_is_nothing_judged() -> None:
    assert abstention([], [], []) is None


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), min_size=2, max_size=40))
def test_auroc_and_best_f1_agree_with_counting(rows: list[tuple[int, bool]]) -> None:
    scores, labels = [score / 10 for score, _ in rows], [label for _, label in rows]
    judged = abstention(scores, labels, labels)
    assert judged is not None
    yes = [score for score, label in zip(scores, labels, strict=True) if label]
    no = [score for score, label in zip(scores, labels, strict=True) if not label]
    if not yes or not no:
        assert judged.auroc is None
        return
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a, b in product(yes, no)]
    assert judged.auroc == pytest.approx(sum(pairs) / len(pairs))
    f1 = {
        threshold: 2 * sum(s >= threshold for s in yes) / (sum(s >= threshold for s in scores) + len(yes))
        for threshold in scores
    }
    assert judged.best_f1 == pytest.approx(max(f1.values()))
    assert judged.threshold is not None
    assert f1[judged.threshold] == pytest.approx(judged.best_f1)
