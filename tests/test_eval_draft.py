import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from documents import Passage, Span
from eval.command import evaluate
from eval.dataset import locate
from eval.draft import drafts
from eval.judged import read_questions
from index import Index


def passage(doc_id: str, *sentences: str) -> Passage:
    text, spans = "", []
    for sentence in sentences:
        spans.append(Span(len(text), len(text) + len(sentence)))
        text += sentence + " "
    return Passage(f"{doc_id}#0", doc_id, 0, len(text), text, sentences=tuple(spans))


@pytest.mark.parametrize(
    ("kind", "sentence", "answer"),
    [
        ("date", "- The harbour bridge was opened with a regatta on 3 May 1932 by the mayor.", "3 May 1932"),
        ("number", "The harbour bridge was built at a cost of US$4.2 million in all.", "US$4.2 million"),
        ("number", "Of every hundred boats under the harbour bridge 80.8% carry timber.", "80.8%"),
        (
            "name",
            "Margaret Holloway opened the harbour bridge with a regatta in spring.",
            "Margaret Holloway",
        ),
        ("name", "The harbour bridge was opened with a regatta by Dr Lam of the council.", "Dr Lam"),
        ("date", "两地政府于2023年11月29日在香港签署了合作备忘录。", "2023年11月29日"),
        ("number", "北京对香港的直接投资为22.7亿美元，居各城市之首。", "22.7亿"),
        ("title", "两地政府在香港共同签署了《教育合作谅解备忘录》并拍照。", "《教育合作谅解备忘录》"),
    ],
)
def test_dates_numbers_names_and_titles_are_taken_out(kind: str, sentence: str, answer: str) -> None:
    (draft,) = drafts([passage("a", sentence)], 5)
    assert (draft.kind, draft.answer) == (kind, answer)
    assert draft.question == sentence.replace(answer, "____").removeprefix("- ")
    assert draft.quote == sentence


def test_headings_fragments_and_answers_given_away_are_left_alone() -> None:
    assert (
        drafts([passage("a", "Memorandum of Understanding on Co-operation between Two Large Cities")], 5)
        == []
    )
    assert drafts([passage("a", "It is 5.")], 5) == []
    repeated = "The station counted 400 trains in the morning and again 400 trains in the evening."
    assert drafts([passage("a", repeated)], 5) == []


def test_one_question_a_passage_and_the_documents_take_turns() -> None:
    sentence = "The library in district number {} lends about {} volumes every single year."
    passages = [passage(doc, sentence.format(doc, 1000 + n)) for doc in ("a", "b") for n in range(3)]
    found = drafts(passages, 4)
    assert [draft.doc_id for draft in found] == ["a", "b", "a", "b"]
    assert len(drafts(passages, 100)) == 6


def test_drafts_of_an_index_are_marked_and_can_be_accepted(
    sample_index: Index, sample_index_folder: Path, tmp_path: Path
) -> None:
    file = tmp_path / "drafts.jsonl"
    arguments = ["draft", "--questions", "12", "--index", str(sample_index_folder), "--output", str(file)]
    ran = CliRunner().invoke(evaluate, arguments, catch_exceptions=False)
    assert ran.output.startswith("12 drafts in ")
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert all(row["draft"] is True for row in rows)
    for row in rows:
        assert row["question"].count("____") == 1
        assert row["answers"][0] in row["relevant"][0]["quote"]
        del row["draft"]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    accepted = locate(read_questions(file), lambda doc_id: sample_index.document(doc_id).text)
    assert len(accepted.questions) == 12
