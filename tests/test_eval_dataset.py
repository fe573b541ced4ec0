import json
from pathlib import Path

import pytest

from documents import Refusal, Span
from eval.beir import read_beir
from eval.dataset import (
    DataSet,
    Judgment,
    Question,
    as_off_topic,
    limit_documents,
    limit_questions,
    locate,
)
from eval.judged import read_questions


def beir(folder: Path, corpus: list[object], queries: list[object], qrels: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (("corpus", corpus), ("queries", queries)):
        lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    return folder


CORPUS: list[object] = [
    {"_id": "d1", "title": "Title", "text": "One two three."},
    {"_id": "d2", "title": "", "text": "四五六。"},
    {"_id": "d/3", "text": "Seven."},
]


def test_a_beir_folder_becomes_documents_questions_and_grades(tmp_path: Path) -> None:
    queries = [
        {"_id": "q1", "text": "?", "answers": ["two", "two", "three"]},
        {"_id": "q2", "text": "??", "answerable": False},
    ]
    qrels = "query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td/3\t0\n"
    (found,) = read_beir(beir(tmp_path / "set", CORPUS, list(queries), qrels))
    assert found.name == "set"
    assert [(d.doc_id, d.title, d.text) for d in found.documents] == [
        ("d1", "Title", "One two three."),
        ("d2", "", "四五六。"),
        ("d/3", "", "Seven."),
    ]
    first, second = found.questions
    assert first.judgments == (Judgment("d1", 2), Judgment("d/3", 0))
    assert first.answers == ("two", "three")
    assert (first.answerable, second.answerable) == (True, False)
    assert not found.by_span


def test_a_query_that_nobody_judged_is_left_out(tmp_path: Path) -> None:
    queries: list[object] = [{"_id": "q1", "text": "?"}, {"_id": "q2", "text": "?"}]
    (found,) = read_beir(beir(tmp_path, CORPUS, queries, "q1\td1\t1\nq2\td1\t0\n"))
    assert [question.question_id for question in found.questions] == ["q1"]


def test_judgments_may_stand_in_a_folder_of_their_own(tmp_path: Path) -> None:
    folder = beir(tmp_path / "set", CORPUS, [{"_id": "q1", "text": "?"}], "q1\td1\t1\n")
    (folder / "qrels").mkdir()
    (folder / "qrels.tsv").rename(folder / "qrels" / "test.tsv")
    assert read_beir(folder)[0].questions[0].judgments == (Judgment("d1"),)


def test_evidence_spans_give_each_document_a_set_of_its_own(tmp_path: Path) -> None:
    queries: list[object] = [
        {
            "_id": "q1",
            "text": "?",
            "corpus_id": "d1",
            "evidence_spans": [{"text": "two", "start": 4, "end": 7}],
        },
        {
            "_id": "q2",
            "text": "?",
            "corpus_id": "d2",
            "evidence_spans": [{"text": "五", "start": 1, "end": 2}],
        },
    ]
    first, second = read_beir(beir(tmp_path / "set", CORPUS, queries, "q1\td1\t1\nq2\td2\t1\n"))
    assert (first.name, second.name) == ("set/d1", "set/d2")
    assert [document.doc_id for document in second.documents] == ["d2"]
    assert first.questions[0].judgments == (Judgment("d1", spans=(Span(4, 7),)),)
    assert first.by_span


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "corpus.jsonl, line 2 is no JSON"),
        ("[1]", "corpus.jsonl, line 2 is no JSON object"),
        ('{"_id": "d9"}', 'corpus.jsonl, line 2 lacks "text"'),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    folder = beir(tmp_path, CORPUS[:1], [{"_id": "q1", "text": "?"}], "q1\td1\t1\n")
    with (folder / "corpus.jsonl").open("a") as corpus:
        corpus.write(line + "\n")
    with pytest.raises(Refusal, match=complaint):
        read_beir(folder)


def test_a_missing_file_and_bad_judgments_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"no file .*corpus\.jsonl"):
        read_beir(tmp_path)
    folder = beir(tmp_path, CORPUS, [{"_id": "q1", "text": "?"}], "q1\td1\thigh\n")
    with pytest.raises(Refusal, match=r"qrels\.tsv, line 1"):
        read_beir(folder)


def judged(folder: Path, *rows: object) -> Path:
    file = folder / "mine.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


RELEVANT = [{"doc_id": "d1", "quote": "two three", "grade": 2}]


def test_judged_questions_are_read_and_drafts_left_out(tmp_path: Path) -> None:
    file = judged(
        tmp_path,
        {"id": "a", "question": "?", "relevant": RELEVANT, "tags": ["who"]},
        {"id": "b", "question": "?", "answerable": False},
        {"id": "c", "question": "?", "relevant": RELEVANT, "draft": True},
    )
    found = read_questions(file)
    assert found.name == "mine"
    assert found.questions == (
        Question("a", "?", judgments=(Judgment("d1", 2, "two three"),), tags=("who",)),
        Question("b", "?", answerable=False),
    )
    assert [question.question_id for question in read_questions(file, drafts=True).questions] == [
        "a",
        "b",
        "c",
    ]


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([{"id": "a", "question": "?", "answerable": True}], "line 1: an answerable question needs"),
        ([{"id": "a", "question": "?", "answerable": False, "relevant": RELEVANT}], "judged relevant"),
        ([{"id": "a", "question": "?", "relevant": [{"quote": "x"}]}], '"relevant" is a list of'),
        ([{"id": "a", "question": "?", "relevant": RELEVANT}] * 2, "line 2: the id 'a' stands twice"),
        ([{"id": "a", "question": "?", "relevant": RELEVANT, "draft": True}], "no judged questions"),
        ([{"question": "?"}], 'lacks "id"'),
    ],
)
def test_questions_that_cannot_be_judged_are_refused(
    tmp_path: Path, rows: list[object], complaint: str
) -> None:
    with pytest.raises(Refusal, match=complaint):
        read_questions(judged(tmp_path, *rows))


def asked(quote: str) -> DataSet:
    return DataSet("mine", (Question("a", "?", judgments=(Judgment("d1", 1, quote),)),))


def test_a_quote_is_found_wherever_it_stands_and_however_it_is_wrapped() -> None:
    text = "One two\n  three. And (two three)."
    located = locate(asked("two three"), {"d1": text}.__getitem__)
    assert located.questions[0].judgments[0].spans == (Span(4, 15), Span(22, 31))


def test_a_quote_that_is_not_there_or_of_an_unknown_document_is_refused() -> None:
    with pytest.raises(Refusal, match="question a: d1 does not hold the quote 'two four'"):
        locate(asked("two four"), {"d1": "One two three."}.__getitem__)
    empty: dict[str, str] = {}
    with pytest.raises(Refusal, match="question a: no document 'd1'"):
        locate(asked("two"), empty.__getitem__)


def large() -> DataSet:
    questions = tuple(
        Question(f"q{n}", "?", answerable=n % 3 > 0, judgments=(Judgment(f"d{n}"),) if n % 3 else ())
        for n in range(60)
    )
    (found,) = [DataSet("large", questions)]
    return found


def test_a_limit_keeps_as_many_of_each_kind_and_a_smaller_one_is_part_of_a_larger() -> None:
    five, ten = (limit_questions(large(), count).questions for count in (5, 10))
    assert sum(question.answerable for question in five) == 5
    assert sum(not question.answerable for question in five) == 5
    assert set(five) < set(ten)
    assert limit_questions(large(), 5).questions == five


def test_a_corpus_limit_keeps_every_judged_document(tmp_path: Path) -> None:
    corpus: list[object] = [{"_id": f"d{n}", "text": "x"} for n in range(50)]
    queries: list[object] = [{"_id": f"q{n}", "text": "?"} for n in range(8)]
    qrels = "".join(f"q{n}\td{n}\t1\n" for n in range(8))
    (found,) = read_beir(beir(tmp_path, corpus, queries, qrels))
    kept = [document.doc_id for document in limit_documents(found, 20).documents]
    assert len(kept) == 20
    assert set(kept) >= {f"d{n}" for n in range(8)}
    assert len(limit_documents(found, 3).documents) == 8


def test_questions_of_another_set_are_unanswerable_here() -> None:
    added = as_off_topic(large(), 4)
    assert len(added) == 4
    assert all(not question.answerable and not question.judgments for question in added)
    assert {question.question_id.partition("/")[0] for question in added} == {"large"}


def test_fingerprints_change_with_what_they_cover() -> None:
    first, second = asked("two"), asked("three")
    assert first.questions_fingerprint != second.questions_fingerprint
    assert first.documents_fingerprint == second.documents_fingerprint


def test_the_public_sets_have_the_published_counts(shared_folder: Path) -> None:
    bench = shared_folder / "bench"
    (squad,) = read_beir(bench / "squad20_dev")
    assert len(squad.documents) == 1204
    assert sum(question.answerable for question in squad.questions) == 5928
    assert sum(not question.answerable for question in squad.questions) == 5945
    parts = read_beir(bench / "chunking_eval")
    assert len(parts) == 5
    assert sum(len(part.questions) for part in parts) == 472
    assert read_beir(bench / "xquad" / "zh")[0].name == "xquad-zh"
