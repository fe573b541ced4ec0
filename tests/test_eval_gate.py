import json
from pathlib import Path

import pytest

from documents import Refusal
from eval.gate import BelowFloor, below_floors, compare, interval
from eval.results import read_results


def values(*column: float) -> dict[str, float]:
    return {f"q{number}": value for number, value in enumerate(column)}


def test_the_same_values_never_fail() -> None:
    same = values(*[0.1, 0.5, 1.0] * 40)
    comparison = compare(same, same)
    assert (comparison.wins, comparison.losses, comparison.ties) == (0, 0, 120)
    assert (comparison.p_worse, comparison.p_better, comparison.changes) == (1.0, 1.0, ())
    assert not comparison.fell
    assert not comparison.rose


def test_the_chance_of_a_fall_is_that_of_exchanged_signs() -> None:
    # Six equal falls: of 64 ways to exchange before and after, one falls as far.
    before, after = values(*[1.0] * 100), values(*[0.5] * 6, *[1.0] * 94)
    comparison = compare(before, after)
    assert comparison.p_worse == pytest.approx(1 / 64)
    assert comparison.p_better == 1.0
    assert comparison.fell
    assert comparison.losses == 6
    assert compare(after, before).rose


def test_four_falls_of_a_hundred_are_not_yet_significant() -> None:
    comparison = compare(values(*[1.0] * 100), values(*[0.5] * 4, *[1.0] * 96))
    assert comparison.p_worse == pytest.approx(1 / 16)
    assert not comparison.fell


def test_one_changed_question_proves_nothing() -> None:
    fell, rose = compare(values(1.0, 1.0), values(1.0, 0.0)), compare(values(0.0), values(1.0))
    assert (fell.p_worse, fell.p_better) == (0.5, 1.0)
    assert (rose.p_worse, rose.p_better) == (1.0, 0.5)
    assert not fell.fell


def test_many_falls_among_as_many_rises_are_chance() -> None:
    before = values(*[0.5] * 200)
    after = values(*[0.4] * 60, *[0.6] * 58, *[0.5] * 82)
    comparison = compare(before, after)
    assert comparison.after < comparison.before
    assert not comparison.fell
    assert compare(before, after) == comparison


def test_changes_come_with_the_largest_fall_first_and_rounding_is_no_change() -> None:
    comparison = compare(values(1.0, 0.5, 0.2, 0.3), values(0.9, 0.0, 0.4, 0.3 + 1e-12))
    assert comparison.changes == (("q1", 0.5, 0.0), ("q0", 1.0, 0.9), ("q2", 0.2, 0.4))
    assert comparison.ties == 1


def test_only_questions_in_both_are_compared() -> None:
    comparison = compare({"a": 1.0, "b": 0.0}, {"b": 0.5, "c": 1.0})
    assert (comparison.questions, comparison.before, comparison.after) == (1, 0.0, 0.5)
    with pytest.raises(ValueError, match="no question is in both"):
        compare({"a": 1.0}, {"b": 1.0})


def test_an_interval_holds_the_mean_and_narrows_with_more_questions() -> None:
    few, many = interval([0.0, 1.0] * 10), interval([0.0, 1.0] * 1000)
    assert few[0] < many[0] < 0.5 < many[1] < few[1]
    # 95 % of means of 2,000 draws from {0, 1} lie within 1.96 standard errors.
    assert many[1] - many[0] == pytest.approx(2 * 1.96 * 0.5 / 2000**0.5, rel=0.1)
    assert interval([0.7, 0.7]) == (0.7, 0.7)
    assert interval([]) == (0.0, 0.0)


def test_floors_hold_for_what_was_measured() -> None:
    floors = {"a": {"nDCG@10": 0.8, "hit@1": 0.5}, "b": {"nDCG@10": 0.9}, "c": {"nDCG@10": 0.1}}
    measured = {"a": {"nDCG@10": 0.8}, "b": {"nDCG@10": 0.89}}
    assert below_floors(floors, measured) == [
        BelowFloor("a", "hit@1", None, 0.5),
        BelowFloor("b", "nDCG@10", 0.89, 0.9),
    ]


def test_a_file_that_holds_no_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="cannot be read"):
        read_results(tmp_path / "missing.json")
    for content in ("{", "[]", '{"format": 1}'):
        (tmp_path / "bad.json").write_text(content)
        with pytest.raises(Refusal, match=r"bad\.json holds no results"):
            read_results(tmp_path / "bad.json")
    (tmp_path / "old.json").write_text(json.dumps({"format": 0}))
    with pytest.raises(Refusal, match="has format 0"):
        read_results(tmp_path / "old.json")
