import pytest

from documents import Passage, Span
from eval.answers import answer_measures, contains, exact_match, given_answer, token_f1
from index import Hit, Scores


@pytest.mark.parametrize(
    ("given", "answer", "exact", "f1"),
    [
        ("The Normans", "normans", 1.0, 1.0),
        ("a cat, sat", "cat sat", 1.0, 1.0),
        ("in 1066 at Hastings", "1066", 0.0, 2 / 5),
        ("red red blue", "red blue blue", 0.0, 2 / 3),
        ("", "", 1.0, 1.0),
        ("", "something", 0.0, 0.0),
        ("北京市", "北京", 0.0, 4 / 5),
        ("《安排》。", "安排", 1.0, 1.0),
        ("１９９７年", "1997年", 1.0, 1.0),
    ],
)
def test_exact_match_and_f1_worked_out_by_hand(given: str, answer: str, exact: float, f1: float) -> None:
    assert exact_match(given, answer) == exact
    assert token_f1(given, answer) == pytest.approx(f1)


def test_an_answer_is_contained_as_whole_words() -> None:
    assert contains("It was signed by Mr. Paul Chan.", "paul chan")
    assert not contains("Annexes", "Annex")
    assert contains("京港合作会议在香港举行", "合作会议")
    assert not contains("anything", "the")


def hit(text: str, *sentences: tuple[int, int], best: int = 0) -> Hit:
    spans = tuple(Span(100 + start, 100 + end) for start, end in sentences or [(0, len(text))])
    passage = Passage("d#0", "d", 100, 100 + len(text), text, sentences=spans)
    return Hit(passage, 1.0, 1, Scores(0, 0, 0), best, row=0)


def test_the_given_answer_is_the_best_sentence_of_the_first_passage() -> None:
    assert given_answer([hit("One. Two.", (0, 4), (5, 9), best=1), hit("Three.")]) == "Two."
    assert given_answer([hit("One. Two.")]) == "One. Two."
    assert given_answer([]) == ""


def test_the_best_of_several_judged_answers_counts() -> None:
    found = [hit("It opened in May. Later.", (0, 17), (18, 24), best=1), hit("1997")]
    assert answer_measures(found, ["later", "1997"]) == {
        "answer EM": 1.0,
        "answer F1": 1.0,
        "answer in first passage": 1.0,
        "answer in 5 passages": 1.0,
    }
    assert answer_measures([], ["1997"]) == dict.fromkeys(answer_measures(found, ["x"]), 0.0)
