"""Measures against an implementation of their definitions written here, from the definitions."""

import math
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import Passage, Span
from eval.characters import character_measures
from eval.dataset import Judgment, Question
from eval.measures import MEASURES, covered, judged_items, mean, measure, ranked_items

ITEMS = [f"d{number}" for number in range(30)] + ["D1", "é", "文件", "a b"]


def reference(grades: Mapping[str, int], ranking: Sequence[str]) -> dict[str, float]:
    seen: list[str] = []
    for item in ranking:
        if item not in seen:
            seen.append(item)
    relevant = {item for item, grade in grades.items() if grade > 0}

    def discounted(gains: Sequence[int]) -> float:
        return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains[:10], start=1))

    ideal = discounted(sorted(grades.values(), reverse=True))
    first = next((rank for rank, item in enumerate(seen, start=1) if item in relevant), None)
    values = {
        "nDCG@10": discounted([grades.get(item, 0) for item in seen]) / ideal if ideal else 0.0,
        "RR@10": 1 / first if first and first <= 10 else 0.0,
        "hit@1": 1.0 if first == 1 else 0.0,
    }
    for cutoff in (1, 5, 20):
        found = sum(item in relevant for item in seen[:cutoff])
        values[f"R@{cutoff}"] = found / len(relevant) if relevant else 0.0
    return values


judged_sets = st.dictionaries(st.sampled_from(ITEMS), st.integers(0, 4), min_size=1, max_size=25)
found_lists = st.lists(st.sampled_from(ITEMS), max_size=60)


@given(st.lists(st.tuples(judged_sets, st.none() | found_lists), min_size=1, max_size=6))
def test_every_measure_is_what_its_definition_says(
    cases: list[tuple[dict[str, int], list[str] | None]],
) -> None:
    judged = {f"q{number}": grades for number, (grades, _) in enumerate(cases)}
    rankings = {f"q{number}": ranking for number, (_, ranking) in enumerate(cases) if ranking is not None}
    values = measure(judged, rankings)
    assert values.keys() == judged.keys()
    for question_id, grades in judged.items():
        expected = reference(grades, rankings.get(question_id, []))
        assert set(values[question_id]) == set(MEASURES)
        for name in MEASURES:
            assert values[question_id][name] == pytest.approx(expected[name], abs=1e-9, rel=0)


def test_measures_of_a_ranking_worked_out_by_hand() -> None:
    values = measure({"q": {"a": 2, "b": 1, "c": 0}}, {"q": ["c", "b", "x", "a"]})["q"]
    ideal = 2 + 1 / math.log2(3)
    assert values["nDCG@10"] == pytest.approx((1 / math.log2(3) + 2 / math.log2(5)) / ideal, abs=1e-12)
    assert values["RR@10"] == 0.5
    assert (values["R@1"], values["R@5"], values["hit@1"]) == (0.0, 1.0, 0.0)


def test_the_order_is_ours_even_where_item_names_sort_otherwise() -> None:
    assert measure({"q": {"a": 1}}, {"q": ["z", "a"]})["q"]["RR@10"] == 0.5
    assert measure({"q": {"z": 1}}, {"q": ["a", "z"]})["q"]["RR@10"] == 0.5


def test_a_question_that_found_nothing_counts_with_zero() -> None:
    values = measure(
        {"found": {"a": 1}, "empty": {"a": 1}, "missing": {"a": 1}}, {"found": ["a"], "empty": []}
    )
    assert values["empty"] == values["missing"] == dict.fromkeys(MEASURES, 0.0)
    assert mean(values)["nDCG@10"] == pytest.approx(1 / 3)


def test_questions_without_judgments_are_not_measured() -> None:
    assert measure({}, {"q": ["a"]}) == {}
    assert measure({"q": {"a": 1}}, {"q": ["a"], "other": ["a"]}).keys() == {"q"}


def passage(start: int, end: int, doc_id: str = "d") -> Passage:
    return Passage(f"{doc_id}#{start}-{end}", doc_id, start, end, "x" * (end - start))


def spans(*places: tuple[int, int, int]) -> Question:
    """A question judged by (start, end, grade) in document d."""
    return Question(
        "q", "?", judgments=tuple(Judgment("d", grade, spans=(Span(a, b),)) for a, b, grade in places)
    )


def test_a_document_stands_where_its_first_passage_stands() -> None:
    question = Question("q", "?", judgments=(Judgment("d"),))
    assert ranked_items(question, [passage(0, 5, "e"), passage(0, 9), passage(5, 9, "e")]) == ["e", "d"]


def test_a_passage_is_relevant_only_when_it_covers_the_whole_quote() -> None:
    question = spans((10, 20, 1))
    assert covered(question, passage(10, 20)) == ["judgment 1"]
    assert covered(question, passage(0, 30)) == ["judgment 1"]
    assert covered(question, passage(11, 30)) == []
    assert covered(question, passage(0, 19)) == []
    assert covered(question, passage(10, 20, "other")) == []


def test_a_passage_with_two_quotes_brings_both_and_repeating_one_brings_nothing() -> None:
    question = spans((0, 5, 1), (6, 9, 2), (50, 60, 1))
    ranking = ranked_items(question, [passage(0, 10), passage(0, 20), passage(40, 70)])
    assert ranking == ["judgment 1", "judgment 2", "d#0-20", "judgment 3"]
    assert judged_items(question) == {"judgment 1": 1, "judgment 2": 2, "judgment 3": 1}


def test_any_place_of_a_repeated_quote_will_do() -> None:
    question = Question("q", "?", judgments=(Judgment("d", spans=(Span(0, 5), Span(100, 105))),))
    assert ranked_items(question, [passage(90, 110)]) == ["judgment 1"]


def test_characters_retrieved_worked_out_by_hand() -> None:
    # 10 judged characters in two quotes; 7 of them retrieved, in 30 retrieved characters.
    values = character_measures(
        spans((0, 6, 1), (20, 24, 1)), [passage(0, 12), passage(23, 31), passage(90, 100)]
    )
    assert values == {
        "character recall@5": 7 / 10,
        "character precision@5": 7 / 30,
        "character IoU@5": 7 / (30 + 3),
    }


def test_overlapping_passages_cost_precision_and_find_nothing_twice() -> None:
    values = character_measures(spans((0, 10, 1)), [passage(0, 10), passage(0, 10)])
    assert values == {"character recall@5": 1.0, "character precision@5": 0.5, "character IoU@5": 0.5}


def test_only_the_first_five_passages_count_for_characters_and_none_is_zero() -> None:
    others = [passage(100 * n, 100 * n + 10, "other") for n in range(5)]
    assert set(character_measures(spans((0, 10, 1)), [*others, passage(0, 10)]).values()) == {0.0}
    assert set(character_measures(spans((0, 10, 1)), []).values()) == {0.0}


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30)), max_size=5),
)
def test_characters_agree_with_counting_them_one_by_one(
    judged: list[tuple[int, int]], retrieved: list[tuple[int, int]]
) -> None:
    question = spans(*((start, start + length, 1) for start, length in judged))
    passages = [passage(start, start + length) for start, length in retrieved]
    values = character_measures(question, passages)
    held = {at for p in passages for at in range(p.start, p.end)}
    wanted = [range(start, start + length) for start, length in judged]
    found = len(held & {at for span in wanted for at in span})
    total, spent = sum(map(len, wanted)), sum(p.end - p.start for p in passages)
    missed = sum(at not in held for span in wanted for at in span)
    assert values["character recall@5"] == pytest.approx(found / total)
    assert values["character precision@5"] == pytest.approx(found / spent if spent else 0)
    assert values["character IoU@5"] == pytest.approx(found / (spent + missed))
