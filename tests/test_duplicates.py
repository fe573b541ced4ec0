"""Near-duplicates: what counts as one, and how the results fold them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents import Document
from index import Embedder, Index, rebuild_from
from index.duplicates import are_near_duplicates, shingles

NOTE = (
    "The harbour board approved the new breakwater on Tuesday. Work begins in May and will take two years. "
    "The cost is put at eleven million crowns, of which the state pays half."
)
WIRE = (
    "SEAPORT -- The harbour board approved the new breakwater on Tuesday. Work begins in May and will take "
    "two years. (Edited for length.)"
)
OTHER = "The harbour board rejected a second pier on Friday, because the cost of eleven million is too high."


def alike(one: str, other: str) -> bool:
    return are_near_duplicates(shingles(one), shingles(other))


def test_a_shortened_copy_is_a_near_duplicate() -> None:
    assert alike(NOTE, WIRE)
    assert alike(WIRE, NOTE)


def test_another_report_on_the_same_subject_is_none() -> None:
    assert not alike(NOTE, OTHER)


def test_chinese_copies_are_recognised() -> None:
    assert alike("港口委员会周二批准了新防波堤，工程将于五月开始。", "快讯：港口委员会周二批准了新防波堤。")
    assert not alike("港口委员会周二批准了新防波堤。", "港口委员会周五否决了第二座码头。")


def test_texts_of_a_few_words_are_duplicates_only_if_they_are_the_same() -> None:
    assert alike("See annex.", "see annex")
    assert not alike("See annex.", "See page.")


def test_punctuation_alone_equals_itself() -> None:
    assert alike("...", "!")


@given(st.text(max_size=300), st.text(max_size=300))
def test_being_near_duplicates_is_mutual_and_reflexive(one: str, other: str) -> None:
    assert alike(one, one)
    assert alike(one, other) == alike(other, one)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Index:
    folder: Path = tmp_path_factory.mktemp("index")
    texts = {"note.txt": NOTE, "other.txt": OTHER, "wire.txt": WIRE, "z.txt": "Bread needs flour and time."}
    rebuild_from([Document(doc_id, "", text, "0" * 64) for doc_id, text in texts.items()], folder, embedder)
    return Index.open(folder, embedder)


QUESTION = "when was the breakwater approved by the harbour board?"


def test_copies_take_one_place_and_the_next_passage_moves_up(index: Index) -> None:
    hits = index.search(QUESTION, top_k=3)
    assert [hit.rank for hit in hits] == [1, 2, 3]
    first = hits[0]
    copies = {first.passage.doc_id, *(copy.passage.doc_id for copy in first.duplicates)}
    assert copies == {"note.txt", "wire.txt"}
    assert [hit.passage.doc_id for hit in hits[1:]] == ["other.txt", "z.txt"]
    assert all(not hit.duplicates for hit in hits[1:])
    assert first.score >= first.duplicates[0].score


def test_without_diversity_each_copy_has_a_place(index: Index) -> None:
    hits = index.search(QUESTION, top_k=3, diversity=False)
    assert {hit.passage.doc_id for hit in hits[:2]} == {"note.txt", "wire.txt"}
    assert all(not hit.duplicates for hit in hits)
