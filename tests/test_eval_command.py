import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from documents import Refusal
from eval.command import evaluate, read_floors
from eval.dataset import limit_questions
from eval.judged import read_questions
from eval.sources import SAMPLE_QUESTIONS, Source, narrowed, sources


@pytest.fixture(scope="module")
def question_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few of the sample questions, of both kinds."""
    chosen = {q.question_id for q in limit_questions(read_questions(SAMPLE_QUESTIONS), 5).questions}
    lines = SAMPLE_QUESTIONS.read_text(encoding="utf-8").splitlines(keepends=True)
    file = tmp_path_factory.mktemp("questions") / "mine.jsonl"
    file.write_text("".join(line for line in lines if json.loads(line)["id"] in chosen), encoding="utf-8")
    return file


class Pincite:
    """Runs ``pincite eval`` in a folder of its own, on the sample index."""

    def __init__(self, folder: Path, index_folder: Path, question_file: Path) -> None:
        self.folder = folder
        self._always = ["--questions", str(question_file), "--index", str(index_folder)]

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(evaluate, [*self._always, *arguments], catch_exceptions=False)


@pytest.fixture
def pincite(
    tmp_path: Path, sample_index_folder: Path, question_file: Path, monkeypatch: pytest.MonkeyPatch
) -> Pincite:
    monkeypatch.chdir(tmp_path)
    return Pincite(tmp_path, sample_index_folder, question_file)


def test_json_is_one_object_with_measures_and_nothing_else(pincite: Pincite) -> None:
    ran = pincite("--json", "--output", "results.json")
    found: dict[str, Any] = json.loads(ran.stdout)
    assert ran.exit_code == 0
    assert {"nDCG@10", "RR@10", "R@1", "R@5", "R@20", "hit@1", "AUROC", "best F1"} <= found["measures"].keys()
    assert found["data_sets"]["mine"]["questions"] == 10
    assert found["gate"] == {"passed": True, "comparisons": {}, "below_floors": []}
    assert "asking mine" in ran.stderr
    assert json.loads((pincite.folder / "results.json").read_text())["measures"] == found["measures"]


def test_results_are_kept_without_being_asked_for_and_legs_are_shown(pincite: Pincite) -> None:
    ran = pincite("--compare-legs")
    assert ran.exit_code == 0
    assert "mine: 5 answerable and 5 unanswerable questions" in ran.stdout
    rows = [line.strip() for line in ran.stdout.splitlines()]
    for leg in ("dense ", "best sentence ", "BM25 ", "RRF, k = 60 ", "min-max, 1/2 : 1/2 ", "in use "):
        assert any(row.startswith(leg) and row.count("±") == 6 for row in rows)
    (file,) = (pincite.folder / "eval" / "results").iterdir()
    assert file.name.endswith("Z-mine.json")


def test_a_baseline_passes_against_itself_and_fails_once_quality_falls(pincite: Pincite) -> None:
    assert pincite("--save-baseline", "good.json").exit_code == 0
    ran = pincite("--baseline", "good.json", "--report", "report.html", "--run-file", "run.trec")
    assert ran.exit_code == 0
    assert "0 better, 0 worse, 5 the same" in ran.stdout
    assert "Quality held" in (pincite.folder / "report.html").read_text(encoding="utf-8")
    assert " Q0 " in (pincite.folder / "run.trec").read_text(encoding="utf-8")

    better = json.loads((pincite.folder / "good.json").read_text())
    for question in better["data_sets"][0]["questions"]:
        if question["answerable"]:
            question["values"]["nDCG@10"] += 0.1
    (pincite.folder / "better.json").write_text(json.dumps(better))
    ran = pincite("--baseline", "better.json")
    assert ran.exit_code == 1
    assert "p = 0.0312): fell. 0 better, 5 worse, 0 the same" in ran.stdout
    compared = CliRunner().invoke(evaluate, ["compare", "better.json", "good.json", "--json"])
    assert compared.exit_code == 1
    assert json.loads(compared.stdout)["mine"]["losses"] == 5
    assert CliRunner().invoke(evaluate, ["compare", "good.json", "better.json"]).exit_code == 0


def test_a_value_below_its_floor_fails_and_is_named(pincite: Pincite) -> None:
    (pincite.folder / "floors.json").write_text('{"mine": {"nDCG@10": 1.01}, "other": {"nDCG@10": 1}}')
    ran = pincite("--floors", "floors.json")
    assert ran.exit_code == 1
    assert "mine: nDCG@10 0." in ran.stdout
    assert "below its floor 1.0100" in ran.stdout


def test_nothing_to_compare_with_is_refused(pincite: Pincite) -> None:
    pincite("--save-baseline", "mine.json")
    other = json.loads((pincite.folder / "mine.json").read_text())
    other["data_sets"][0]["name"] = "other"
    (pincite.folder / "other.json").write_text(json.dumps(other))
    with pytest.raises(Refusal, match="nothing to compare: the earlier results are of other, these of mine"):
        pincite("--baseline", "other.json")


def test_questions_need_an_index_and_the_reverse(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="go together"):
        sources([], tmp_path / "q.jsonl", None)
    with pytest.raises(Refusal, match="go together"):
        sources([], None, tmp_path)


def test_without_options_the_samples_are_asked() -> None:
    (samples,) = sources([], None, None)
    assert samples.data_set.name == "samples"
    assert len(samples.data_set.documents) >= 12
    assert sum(question.answerable for question in samples.data_set.questions) >= 60
    assert sum(not question.answerable for question in samples.data_set.questions) >= 15


def test_a_narrowed_set_says_so_in_its_name() -> None:
    (samples,) = sources([], None, None)
    few = narrowed(samples, 10, None, None)
    assert few.data_set.name == "samples (10 questions)"
    assert narrowed(few, None, None, None) == few
    assert isinstance(few, Source)


def test_off_topic_questions_join_as_unanswerable_ones(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d", "text": "x"}\n')
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "How deep is the sea?"}\n')
    (tmp_path / "qrels.tsv").write_text("q\td\t1\n")
    (samples,) = sources([], None, None)
    added = narrowed(samples, None, None, tmp_path).data_set.questions[len(samples.data_set.questions) :]
    assert [(one.question_id, one.text, one.answerable) for one in added] == [
        (f"{tmp_path.name}/q", "How deep is the sea?", False)
    ]


def test_floors_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="cannot be read"):
        read_floors(tmp_path / "missing.json")
    (tmp_path / "floors.json").write_text('["nDCG@10"]')
    with pytest.raises(Refusal, match="holds no floors"):
        read_floors(tmp_path / "floors.json")
