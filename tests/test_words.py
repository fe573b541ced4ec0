"""Words: what makes two spellings the same term, and what keeps two things apart."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.words import terms


@pytest.mark.parametrize("spelling", ["co-operation", "cooperation", "Co\u2010operation", "CO-OPERATION"])
def test_spellings_of_cooperation_are_one_term(spelling: str) -> None:
    assert terms(spelling) == ["cooper"]


def test_a_hyphen_between_two_names_separates_them() -> None:
    assert terms("Hong Kong-Beijing") == ["hong", "kong", "beij"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("US$3.03 billion", ["us", "3.03", "billion"]),
        ("1,000 and 12,345,678", ["1000", "12345678"]),
        ("80.8%", ["80.8"]),
        ("11月29日", ["11", "月", "29", "日"]),
    ],
)
def test_numbers_stay_whole(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_chinese_becomes_overlapping_pairs_and_characters_that_mean_something() -> None:
    assert terms("北京与香港") == ["北京", "京与", "与香", "香港", "北", "京", "香", "港"]


def test_a_single_chinese_character_is_a_term() -> None:
    assert terms("a 人 b") == ["人", "b"]


def test_chinese_and_english_in_one_sentence_are_both_found() -> None:
    assert terms("签署MoU协议") == ["签署", "签", "署", "mou", "协议", "协", "议"]


def test_accents_and_width_do_not_matter() -> None:
    assert terms("Café") == terms("cafe") == terms("ｃａｆｅ")


def test_possessives_are_the_word_itself() -> None:
    assert terms("Beijing's") == terms("Beijing’s") == terms("Beijing")


def test_capitals_tell_a_name_from_a_word_that_only_builds_the_sentence() -> None:
    assert terms("Did WHO tell us of IT in the US?") == ["who", "tell", "it", "us"]
    assert terms("WHO TOLD US?") == ["told"]


def test_an_initialism_in_the_plural_is_the_initialism() -> None:
    assert terms("two MoUs") == terms("two MoU")


def test_words_that_only_build_the_question_are_left_out() -> None:
    assert terms("Who signed the financial MoU?") == ["sign", "financi", "mou"]


@given(st.text(max_size=200))
def test_any_text_gives_terms_without_spaces(text: str) -> None:
    assert all(term and not any(c.isspace() for c in term) for term in terms(text))


@given(st.text(alphabet="äöüéñçabc -", max_size=60))
def test_composed_and_decomposed_accents_are_the_same(text: str) -> None:
    assert terms(unicodedata.normalize("NFC", text)) == terms(unicodedata.normalize("NFD", text))
