"""The sample documents and the judged questions hold what they promise."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "documents" / "samples"
SOURCES = ROOT.parent / "shared" / "source-documents"
QUESTIONS = ROOT / "eval" / "questions"
NOT_UTF_8 = {"jing-gang-shangmao-kuaixun.txt": "utf-16", "shanghui-beijing-jiyao.txt": "gb18030"}

needs_sources = pytest.mark.skipif(not SOURCES.is_dir(), reason=f"{SOURCES} is not here")
both = pytest.mark.parametrize(
    ("name", "folder"),
    [
        pytest.param("samples.jsonl", SAMPLES, id="samples"),
        pytest.param("source_documents.jsonl", SOURCES, id="source_documents", marks=needs_sources),
    ],
)


@cache
def text_of(file: Path) -> str:
    """Decode a file without the product's reader, so that one cannot hide a fault of the other."""
    return file.read_bytes().decode(NOT_UTF_8.get(file.name, "utf-8"))


def questions(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (QUESTIONS / name).read_text(encoding="utf-8").splitlines()]


def judgments(name: str) -> Iterator[tuple[str, str, str]]:
    for question in questions(name):
        for one in question["relevant"]:
            yield question["id"], one["doc_id"], one["quote"]


def collapsed(text: str) -> str:
    return " ".join(text.split()).casefold()


def words(text: str) -> str:
    """The words alone, each between blanks."""
    found = re.findall(r"[^\W_]+", text.casefold())
    return f" {' '.join(found)} "


def in_chinese(text: str) -> bool:
    return re.search(r"[\u4e00-\u9fff]", text) is not None


@both
def test_every_quote_occurs_exactly_once_in_its_document(name: str, folder: Path) -> None:
    counts = {
        (question_id, doc_id, quote): text_of(folder / doc_id).count(quote)
        for question_id, doc_id, quote in judgments(name)
    }
    assert {place: count for place, count in counts.items() if count != 1} == {}


@both
def test_every_quote_is_unique_even_when_it_is_wrapped_differently(name: str, folder: Path) -> None:
    counts = {
        (question_id, doc_id, quote): collapsed(text_of(folder / doc_id)).count(collapsed(quote))
        for question_id, doc_id, quote in judgments(name)
    }
    assert {place: count for place, count in counts.items() if count != 1} == {}


@both
def test_every_answer_stands_in_a_document_that_is_judged_relevant(name: str, folder: Path) -> None:
    strays = [
        (question["id"], answer)
        for question in questions(name)
        for answer in question["answers"]
        if not any(
            collapsed(answer) in collapsed(text_of(folder / one["doc_id"])) for one in question["relevant"]
        )
    ]
    assert strays == []


@pytest.mark.parametrize("name", ["samples.jsonl", "source_documents.jsonl"])
def test_ids_and_questions_are_unique(name: str) -> None:
    rows = questions(name)
    assert Counter(row["id"] for row in rows).most_common(1)[0][1] == 1
    assert Counter(collapsed(row["question"]) for row in rows).most_common(1)[0][1] == 1


@pytest.mark.parametrize("name", ["samples.jsonl", "source_documents.jsonl"])
def test_a_question_has_answers_and_quotes_or_neither(name: str) -> None:
    for row in questions(name):
        assert set(row) == {"id", "question", "answerable", "answers", "relevant", "tags"}
        assert bool(row["answers"]) is bool(row["relevant"]) is row["answerable"], row["id"]
        assert {one["grade"] for one in row["relevant"]} <= {1, 2}
        places = [(one["doc_id"], one["quote"]) for one in row["relevant"]]
        assert len(set(places)) == len(places)


@pytest.mark.parametrize("name", ["samples.jsonl", "source_documents.jsonl"])
def test_every_answerable_question_has_a_full_answer_in_its_own_language(name: str) -> None:
    lacking = [
        row["id"]
        for row in questions(name)
        if row["answerable"] and "cross-language" not in row["tags"]
        if max(one["grade"] for one in row["relevant"]) != 2
    ]
    assert lacking == []


def test_a_quote_in_another_language_than_the_question_answers_only_partly() -> None:
    for row in questions("samples.jsonl"):
        for one in row["relevant"]:
            if in_chinese(row["question"]) != in_chinese(one["quote"]):
                assert one["grade"] == 1, (row["id"], one["quote"])


def test_the_samples_are_asked_enough_questions_of_every_kind() -> None:
    rows = questions("samples.jsonl")
    tags = Counter(tag for row in rows for tag in row["tags"])
    assert len(rows) >= 75
    assert sum(not row["answerable"] for row in rows) == tags["near-miss"] + tags["off-topic"] >= 18
    assert min(tags["near-miss"], tags["off-topic"]) >= 9
    assert sum(in_chinese(row["question"]) and row["answerable"] for row in rows) >= 8
    assert tags["typo"] >= 2
    for kind in ("who", "when", "where", "how much", "which", "why", "list", "paraphrase", "keywords"):
        assert tags[kind] >= 2, kind


def test_the_source_documents_are_asked_enough_questions() -> None:
    rows = questions("source_documents.jsonl")
    assert len(rows) >= 40
    assert sum(not row["answerable"] for row in rows) == 6
    assert "who signed the financial MoU?" in {row["question"] for row in rows}


def test_every_sample_document_answers_a_question() -> None:
    asked = {doc_id for _, doc_id, _ in judgments("samples.jsonl")}
    assert {file.name for file in SAMPLES.iterdir()} == asked


def test_the_samples_come_in_the_encodings_and_line_ends_of_real_life() -> None:
    assert (SAMPLES / "jing-gang-shangmao-kuaixun.txt").read_bytes().startswith(b"\xff\xfe")
    with pytest.raises(UnicodeDecodeError):
        (SAMPLES / "shanghui-beijing-jiyao.txt").read_bytes().decode()
    with_windows_line_ends = {file.name for file in SAMPLES.iterdir() if b"\r\n" in file.read_bytes()}
    assert with_windows_line_ends == {"commerce-memorandum-short-item.txt"}


def test_the_samples_are_between_150_and_900_words_long() -> None:
    for file in SAMPLES.iterdir():
        text = text_of(file)
        chinese = len(re.findall(r"[\u4e00-\u9fff]", text))
        assert 150 <= len(text.split()) + chinese <= 900, file.name


@needs_sources
def test_no_sentence_of_the_samples_is_copied_from_the_source_documents() -> None:
    sources = [words(text_of(file)) for file in SOURCES.glob("*.txt")]
    assert sources
    copied = []
    for file in SAMPLES.iterdir():
        # A blank line, a list item or a full stop ends a sentence; a wrapped line does not.
        for sentence in re.split(r"(?<=[.!?])\s+|\n\s*\n|\n\s*(?:[-*]|\d+\.)\s", text_of(file)):
            said = words(sentence)
            if len(said.split()) >= 8 and any(said in source for source in sources):
                copied.append((file.name, sentence))
    assert copied == []
