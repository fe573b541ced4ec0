from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from eval.dataset import DataSet, Judgment, Question
from eval.evaluation import evaluate_data_set
from eval.gate import below_floors, compare_results
from eval.plots import Series, histogram, lines
from eval.report import write_report
from eval.results import Results, as_baseline, collect, read_results, write_results
from eval.trec import write_run
from index import Index

RISKY = "who <script>alert(1)</script> signed & sealed?"


@pytest.fixture(scope="module")
def questions() -> DataSet:
    judgment = Judgment(
        "press-note-plenary.md", 2, "was signed by Paul Chan, Financial Secretary of Hong Kong"
    )
    return DataSet(
        "mine",
        (
            Question("right", "Who signed the Co-operation Memorandum?", True, ("Paul Chan",), (judgment,)),
            Question("risky", RISKY, True, (), (Judgment("canteen-rules.txt", 1, "kitchen manager"),)),
            Question("none", "How deep is the Mariana Trench?", answerable=False),
        ),
    )


@pytest.fixture(scope="module")
def results(sample_index: Index, questions: DataSet) -> Results:
    seen: list[tuple[int, int]] = []
    result, _ = evaluate_data_set(
        sample_index, questions, with_legs=True, progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (5, 5)  # three questions, then the two answerable ones for the legs
    return collect({"ranking": {"dense": 0.5}}, (result,))


def test_results_survive_being_written_and_read(results: Results, tmp_path: Path) -> None:
    write_results(results, tmp_path / "new" / "results.json")
    assert read_results(tmp_path / "new" / "results.json") == results
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["results.json"]


def test_a_baseline_holds_no_text_and_still_compares(results: Results, tmp_path: Path) -> None:
    write_results(as_baseline(results), tmp_path / "baseline.json")
    written = (tmp_path / "baseline.json").read_text(encoding="utf-8")
    assert "Mariana" not in written
    assert "Paul Chan" not in written
    comparison = compare_results(read_results(tmp_path / "baseline.json"), results)["mine"]
    assert (comparison.questions, comparison.ties) == (2, 2)


def test_each_question_has_its_values_and_the_unanswerable_none(results: Results) -> None:
    right, risky, none = results.data_sets[0].questions
    assert right.values["nDCG@10"] > 0
    assert right.values["answer in 5 passages"] == 1.0
    assert "answer F1" not in risky.values
    assert none.values == {}
    assert results.data_sets[0].values("RR@10").keys() == {"right", "risky"}


def test_every_leg_is_measured_and_the_last_is_the_ranking_in_use(results: Results) -> None:
    legs = {leg.name: leg.measures for leg in results.data_sets[0].legs}
    assert list(legs) == ["dense", "best sentence", "BM25", "RRF, k = 60", "min-max, 1/2 : 1/2", "in use"]
    assert legs["in use"]["nDCG@10"] == pytest.approx(results.measures["nDCG@10"])
    low, high = results.data_sets[0].legs[0].intervals["hit@1"]
    assert 0 <= low <= legs["dense"]["hit@1"] <= high <= 1


class _Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attributes if name in {"src", "href"}]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_report_loads_nothing_runs_nothing_and_shows_why(results: Results, tmp_path: Path) -> None:
    write_report(
        results,
        tmp_path / "report.html",
        compare_results(results, results),
        below_floors({"mine": {"AUROC": 2.0}}, {"mine": results.measures}),
    )
    outline = _Outline()
    outline.feed((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert outline.addresses == []
    assert "script" not in outline.tags
    assert outline.tags.count("svg") == 4
    assert RISKY in outline.text
    assert "Quality fell" in outline.text
    assert "kitchen manager" in outline.text


def test_two_parts_of_a_set_count_as_one(results: Results) -> None:
    part = results.data_sets[0]
    first, second = part.questions[:1], part.questions[1:2]
    thrice = tuple(replace(second[0], question_id=name) for name in "xyz")
    parts = (replace(part, name="set/a", questions=first), replace(part, name="set/b", questions=thrice))
    whole = collect({}, parts).measures["RR@10"]
    assert whole == pytest.approx((first[0].values["RR@10"] + 3 * second[0].values["RR@10"]) / 4)


def test_a_run_file_has_six_columns_whatever_the_ids(sample_index: Index, tmp_path: Path) -> None:
    judgment = Judgment("press-note-plenary.md")
    data_set = DataSet("mine", (Question("my question 100%", "Who signed?", judgments=(judgment,)),))
    _, experiment = evaluate_data_set(sample_index, data_set)
    write_run(experiment.asked, tmp_path / "run.trec")
    rows = [line.split(" ") for line in (tmp_path / "run.trec").read_text().splitlines()]
    assert {len(row) for row in rows} == {6}
    assert {row[0] for row in rows} == {"my%20question%20100%25"}
    assert [row[3] for row in rows] == [str(rank) for rank in range(1, len(rows) + 1)]
    scores = [float(row[4]) for row in rows]
    assert scores == sorted(set(scores), reverse=True)


def test_plots_put_points_where_they_belong() -> None:
    picture = lines([Series("one", [(0, 0), (1, 1)])], "x", "y", (0, 1))
    assert "points='50.0,218.0 446.0,28.0'" in picture
    assert histogram([("none", [], "a")], "x", "y") == "<p class='empty'>nothing to draw</p>"
    assert histogram([("same", [3.0, 3.0], "a")], "x", "y").count("class='bar a'") == 1
