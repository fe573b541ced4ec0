"""BM25 on a scale that means the same for every question, against the formula worked out here."""

import math
from pathlib import Path

import numpy as np
import pytest

from index.lexical import K1, B, LexicalIndex

TEXTS = ["the cat sat", "dog ran fast", "...", "cat dog cat"]


@pytest.fixture
def lexical(tmp_path: Path) -> LexicalIndex:
    LexicalIndex.write(lambda: TEXTS, tmp_path / "lexical")
    return LexicalIndex.open(tmp_path / "lexical", len(TEXTS))


def inverse_document_frequency(passages: int, holding: int) -> float:
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))


def saturated(count: int, length: int, mean: float) -> float:
    return count / (count + K1 * (1 - B + B * length / mean))


def test_a_score_is_bm25_over_what_was_attainable(lexical: LexicalIndex) -> None:
    mean = (2 + 3 + 0 + 3) / 4
    expected = [saturated(1, 2, mean), 0, 0, saturated(2, 3, mean)]
    assert lexical.scores("cat") == pytest.approx(expected, abs=1e-6)


def test_an_unknown_word_counts_as_attainable(lexical: LexicalIndex) -> None:
    cat, unknown = inverse_document_frequency(4, 2), inverse_document_frequency(4, 0)
    expected = lexical.scores("cat") * cat / (cat + unknown)
    assert lexical.scores("cat zebra") == pytest.approx(expected, abs=1e-6)


def test_a_repeated_word_of_the_question_counts_once(lexical: LexicalIndex) -> None:
    assert np.array_equal(lexical.scores("cat cat dog"), lexical.scores("dog cat"))


@pytest.mark.parametrize("question", ["", "?!", "the", "zebra"])
def test_a_question_without_known_words_scores_nothing(lexical: LexicalIndex, question: str) -> None:
    assert lexical.scores(question).tolist() == [0.0] * 4


def test_scores_lie_between_zero_and_one(lexical: LexicalIndex) -> None:
    scores = lexical.scores("cat dog sat fast")
    assert scores.min() >= 0
    assert scores.max() < 1


def test_passages_without_a_single_word_can_be_indexed(tmp_path: Path) -> None:
    LexicalIndex.write(lambda: ["...", "!"], tmp_path / "lexical")
    assert LexicalIndex.open(tmp_path / "lexical", 2).scores("cat").tolist() == [0.0, 0.0]
