"""Initialisms learned from documents: what is learned, what is not, and what it does to a search."""

from pathlib import Path

from index.initialisms import Initialisms
from index.lexical import LexicalIndex
from index.words import terms


def learned(*texts: str) -> dict[str, str]:
    return dict(Initialisms.learn(lambda: texts).phrases)


def test_a_definition_in_brackets_is_enough() -> None:
    text = "The Hong Kong Trade Development Council (HKTDC) met. Later the HKTDC signed."
    assert learned(text) == {"hktdc": "Hong Kong Trade Development Council"}


def test_small_words_may_count_among_the_initials() -> None:
    texts = [
        "An MoU was signed.",
        "Memorandum of Understanding on Trade",
        "Memorandum of Understanding on Youth",
    ]
    assert learned(*texts) == {"mou": "Memorandum of Understanding"}


def test_a_phrase_seen_once_without_a_definition_is_a_coincidence() -> None:
    assert learned("The MoU is here.", "a Memorandum of Understanding") == {}


def test_a_definition_outweighs_a_coincidence() -> None:
    texts = ["Central Bank of Iceland (CBI)", "Copper Bars Incorporated", "Copper Bars Incorporated"]
    assert learned(*texts)["cbi"] == "Central Bank of Iceland"


def test_of_two_equally_frequent_phrases_neither_is_taken() -> None:
    assert learned("PMO", "Prime Minister Office " * 2, "x Port Medical Officer. Port Medical Officer.") == {}


def test_letters_that_are_more_often_an_ordinary_word_are_left_alone() -> None:
    text = "United States of Europe (USE). We use it, they use it, all use it."
    assert learned(text) == {}


def test_a_passage_is_found_by_the_form_it_does_not_hold(tmp_path: Path) -> None:
    texts = [
        "The parties signed an MoU on fish.",
        "The Memorandum of Understanding on bread was signed.",
        "Another memorandum of understanding, on cheese.",
        "A Memorandum of Understanding (MoU) is an agreement.",
        "Nothing of the kind.",
    ]
    LexicalIndex.write(lambda: texts, tmp_path / "lexical")
    lexical = LexicalIndex.open(tmp_path / "lexical", len(texts))
    assert (lexical.scores("the MoUs") > 0).tolist() == [True, True, True, True, False]
    assert (lexical.scores("memorandum of understanding") > 0).tolist() == [True, True, True, True, False]


def test_expansion_adds_each_form_as_often_as_the_other_stands_there() -> None:
    initialisms = Initialisms.of({"mou": "Memorandum of Understanding"})
    own = terms("MoU, memorandum of understanding and memorandum")
    assert initialisms.expanded(own) == [*own, "memorandum", "understand", "mou"]


def test_only_what_is_opaque_is_spelled_out() -> None:
    initialisms = Initialisms.of(
        {"mou": "Memorandum of Understanding", "un": "United Nations", "goe": "Great Oxidation Event"}
    )
    question = "Which MoUs did the UN sign? Is the mou mournful? It goes by."
    spelled_out = initialisms.spelled_out(question, lambda word: word.casefold() != "un")
    phrase = "Memorandum of Understanding"
    assert spelled_out == f"Which {phrase} did the UN sign? Is the {phrase} mournful? It goes by."
