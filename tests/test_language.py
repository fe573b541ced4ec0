"""Languages: told by their function words, and stemmed each in its own way."""

from pathlib import Path

import pytest

from index.language import language_of
from index.lexical import LexicalIndex
from index.words import alternatives, terms

GERMAN = [
    "Die Vereinbarungen über die Fischerei wurden von den Ministern im Mai in der Stadt unterzeichnet.",
    "Der Hafen ist nicht mit dem Zug zu erreichen, aber es gibt einen Bus von der Stadt aus.",
]
ENGLISH = [
    "The agreements on fishing were signed by the ministers in May, in the presence of the press.",
    "The harbour is not on the railway, but there is a bus to it from the centre of the town.",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GERMAN[0], "de"),
        (ENGLISH[0], "en"),
        ("Le traité sur la pêche a été signé par les deux ministres, et il est dans le journal.", "fr"),
        ("La firma del acuerdo de pesca fue el lunes por la mañana en la ciudad, con los ministros.", "es"),
        ("Министры подписали договор о рыболовстве, и он был в газете на той же неделе.", "ru"),
        ("herring treaty", None),
        ("北京与香港签署备忘录", None),
        ("", None),
    ],
)
def test_a_sentence_tells_its_language(text: str, expected: str | None) -> None:
    assert language_of(text) == expected


def test_each_language_has_its_own_stems_and_function_words() -> None:
    assert terms("die Vereinbarungen", "de") == terms("der Vereinbarung", "de") == ["vereinbar"]
    assert terms("the agreements") == terms("an agreement") == ["agreement"]


@pytest.fixture
def lexical(tmp_path: Path) -> LexicalIndex:
    texts = GERMAN + ENGLISH
    LexicalIndex.write(lambda: texts, tmp_path / "lexical")
    return LexicalIndex.open(tmp_path / "lexical", len(texts))


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("Vereinbarung", [0]),  # one word tells no language: each language's form is looked for
        ("Häfen", [1]),
        ("Welche Vereinbarung wurde von den Ministern nicht unterzeichnet?", [0]),
        ("agreement", [2]),
        ("which agreement was signed by the minister?", [2]),
    ],
)
def test_a_word_is_found_in_another_form_of_its_language(
    lexical: LexicalIndex, question: str, rows: list[int]
) -> None:
    assert lexical.languages == ("de", "en")
    scores = lexical.scores(question)
    assert [row for row in range(4) if scores[row] == scores.max()] == rows
    assert scores.max() > 0


def test_a_word_counts_once_whatever_its_forms() -> None:
    assert alternatives("Vereinbarungen", ["de", "en"]) == [("vereinbar", "vereinbarungen")]
    assert alternatives("the agreements and the agreement", ["de", "en"]) == [("agreement",)]


def test_a_language_of_a_single_passage_in_a_hundred_is_not_one_of_the_index(tmp_path: Path) -> None:
    texts = [*(ENGLISH * 60), GERMAN[0]]
    LexicalIndex.write(lambda: texts, tmp_path / "lexical")
    assert LexicalIndex.open(tmp_path / "lexical", len(texts)).languages == ("en",)
