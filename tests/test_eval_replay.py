import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from documents import Refusal
from eval.command import evaluate
from eval.replay import Logged, difference, read_log
from index import Index

A, B, C = ("a.txt", "one"), ("b.txt", "two"), ("c.txt", "three")


@pytest.mark.parametrize(
    ("now", "kind", "first_changed"),
    [
        ([A, B], "same", False),
        ([B, A], "reordered", True),
        ([A, C], "changed", False),
        ([C], "changed", True),
    ],
)
def test_passages_then_and_now(now: list[tuple[str, str]], kind: str, first_changed: bool) -> None:
    found = difference(Logged("?", (A, B)), now)
    assert (found.kind, found.first_changed) == (kind, first_changed)


def test_only_as_many_passages_are_compared_as_were_given() -> None:
    assert difference(Logged("?", (A,)), [A, B, C]).kind == "same"


def answer(index: Index, question: str) -> dict[str, object]:
    hits = index.search(question, 3)
    passages = [{"text": h.passage.text, "citation": {"doc_id": h.passage.doc_id}} for h in hits]
    return {"question": question, "passages": passages}


def test_a_log_of_this_index_replays_the_same_and_a_changed_one_shows_what_changed(
    sample_index: Index, sample_index_folder: Path, tmp_path: Path
) -> None:
    same, other = answer(sample_index, "Who signed the memorandum?"), answer(sample_index, "When is lunch?")
    log = tmp_path / "log.jsonl"
    log.write_text(json.dumps(same) + "\n\n" + json.dumps(other) + "\n", encoding="utf-8")
    arguments = ["replay", str(log), "--index", str(sample_index_folder)]
    ran = CliRunner().invoke(evaluate, arguments, catch_exceptions=False)
    assert (ran.exit_code, ran.output) == (
        0,
        "2 questions: 2 the same, 0 reordered, 0 changed; another first passage for 0\n",
    )
    other["passages"] = same["passages"]
    log.write_text(json.dumps(same) + "\n" + json.dumps(other) + "\n", encoding="utf-8")
    ran = CliRunner().invoke(evaluate, [*arguments, "--json"], catch_exceptions=False)
    assert ran.exit_code == 1
    found = json.loads(ran.output)
    assert (found["same"], found["changed"], found["first_changed"]) == (1, 1, 1)
    assert found["generation"] == sample_index.generation.id
    assert [row["question"] for row in found["differences"]] == ["When is lunch?"]
    shown = CliRunner().invoke(evaluate, arguments, catch_exceptions=False).output
    assert shown.startswith("When is lunch?  (changed)\n  - 1. ")


def test_a_log_that_holds_no_answers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="cannot be read"):
        read_log(tmp_path / "missing.jsonl")
    (tmp_path / "log.jsonl").write_text('{"question": "?", "passages": []}\n{"question": "?"}\n')
    with pytest.raises(Refusal, match=r"log\.jsonl, line 2 is no answer"):
        read_log(tmp_path / "log.jsonl")
    (tmp_path / "log.jsonl").write_text("\n")
    with pytest.raises(Refusal, match="no question in"):
        read_log(tmp_path / "log.jsonl")
