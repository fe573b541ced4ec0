"""Explanations: the parts add up, on the sample documents and for any question."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import Index

WORDS = [
    "who",
    "signed",
    "the",
    "MoU",
    "Hong Kong",
    "co-operation",
    "备忘录",
    "由谁签署",
    "zebra",
    "2023",
    "!?",
]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join))
def test_the_parts_add_up_to_the_score_and_the_words_to_their_part(
    sample_index: Index, question: str
) -> None:
    for hit in sample_index.search(question):
        why = sample_index.explain(question, hit)
        assert why.dense + why.sentence + why.lexical == pytest.approx(hit.score, abs=1e-5)
        assert sum(word.adds for word in why.words) == pytest.approx(why.lexical, abs=1e-5)
        assert all(0 <= word.adds <= word.weight for word in why.words)


def test_the_weights_of_all_words_are_what_a_perfect_passage_would_get(sample_index: Index) -> None:
    question = "who signed the memorandum on zebras?"
    (hit,) = sample_index.search(question, top_k=1)
    why = sample_index.explain(question, hit)
    assert [word.term for word in why.words] == ["memorandum", "sign", "zebra"]
    assert sum(word.weight for word in why.words) == pytest.approx(0.6)
    assert why.words[2].adds == 0
    assert why.trust == 1


def test_an_initialism_is_explained_as_the_embedder_read_it(sample_index: Index) -> None:
    question = "what is the HKTDC?"
    (hit,) = sample_index.search(question, top_k=1)
    assert sample_index.explain(question, hit).read_as == "what is the Hong Kong Trade Development Council?"
