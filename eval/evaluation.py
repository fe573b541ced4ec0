"""One data set, from its questions to its result."""

from collections.abc import Callable
from dataclasses import asdict

from documents import Refusal
from eval.cache import Build
from eval.dataset import DataSet, Question, locate
from eval.experiment import KEPT, Advance, Asked, Experiment, run_experiment
from eval.gate import interval
from eval.legs import Leg, compare_legs
from eval.measures import MEASURES, grade, judged_items
from eval.results import DataSetResult, HitResult, LegResult, QuestionResult, Worst
from index import Hit, Index, Ranking

SHOWN = 3
WORST = 20
WORST_SHOWN = 5
LONGEST_TEXT = 1_500


def evaluate_data_set(
    index: Index,
    data_set: DataSet,
    *,
    build: Build | None = None,
    ranking: Ranking | None = None,
    with_legs: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[DataSetResult, Experiment]:
    """Locate the quotes, ask, measure, and keep what a person needs to see why.

    ``progress`` hears how many questions are done, of how many.

    Raises:
        Refusal: there is no question, or a quote is not in its document.
    """
    data_set = locate(data_set, lambda doc_id: index.document(doc_id).text)
    if not data_set.questions:
        raise Refusal(f"{data_set.name} has no judged question; see its queries and judgments")
    answerable = sum(question.answerable for question in data_set.questions)
    advance = _counter(progress, len(data_set.questions) + (answerable if with_legs else 0))
    experiment = run_experiment(index, data_set, ranking=ranking, advance=advance)
    legs = compare_legs(index, data_set, ranking=ranking, advance=advance) if with_legs else ()
    generation = index.generation
    questions = tuple(_question_result(one) for one in experiment.asked)
    result = DataSetResult(
        name=data_set.name,
        by_span=data_set.by_span,
        questions_fingerprint=data_set.questions_fingerprint,
        generation={
            "id": generation.id,
            "fingerprint": generation.fingerprint,
            "documents": generation.documents,
            "passages": generation.passages,
            "embedder": generation.manifest["embedder"],
            "settings": generation.manifest["settings"],
        },
        measures=experiment.measures,
        intervals=_intervals(questions),
        precision=_precision(experiment),
        abstention=experiment.abstention,
        latency=experiment.latency,
        build=build,
        questions=questions,
        worst=_worst(index, experiment),
        legs=tuple(_leg_result(leg) for leg in legs),
    )
    return result, experiment


def _counter(progress: Callable[[int, int], None] | None, total: int) -> Advance:
    done = 0

    def advance(more: int) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(done, total)

    return advance


def ranking_settings(ranking: Ranking | None) -> dict[str, float]:
    """The ranking in use, by name and number."""
    return asdict(ranking or Ranking())


def _question_result(asked: Asked) -> QuestionResult:
    grades = judged_items(asked.question)
    return QuestionResult(
        question_id=asked.question.question_id,
        answerable=asked.question.answerable,
        confidence=asked.confidence,
        values=asked.values,
        first_relevant=next((at for at, item in enumerate(asked.items, 1) if grades.get(item, 0) > 0), None),
        text=asked.question.text,
        hits=tuple(_hit_result(asked.question, hit) for hit in asked.hits[:SHOWN]),
    )


def _hit_result(question: Question, hit: Hit, with_text: bool = False) -> HitResult:
    text = hit.passage.text[:LONGEST_TEXT] if with_text else None
    return HitResult(hit.passage.passage_id, hit.score, grade(question, hit.passage), text)


def _intervals(questions: tuple[QuestionResult, ...]) -> dict[str, tuple[float, float]]:
    columns = {name: [q.values[name] for q in questions if name in q.values] for name in MEASURES}
    return {name: interval(column) for name, column in columns.items() if column}


def _precision(experiment: Experiment) -> tuple[float, ...]:
    """Of the answerable questions, how many have a relevant passage at each of the first ranks."""
    answerable = [one for one in experiment.asked if one.question.answerable]
    relevant = [0] * KEPT
    for one in answerable:
        for hit in one.hits:
            relevant[hit.rank - 1] += grade(one.question, hit.passage) > 0
    return tuple(count / len(answerable) for count in relevant) if answerable else ()


def _worst(index: Index, experiment: Experiment) -> tuple[Worst, ...]:
    """The answerable questions of lowest nDCG@10; of equals the most confident first."""
    answerable = [one for one in experiment.asked if one.question.answerable]
    answerable.sort(key=lambda one: (one.values["nDCG@10"], -one.confidence, one.question.question_id))
    return tuple(
        Worst(
            question_id=one.question.question_id,
            text=one.question.text,
            value=one.values["nDCG@10"],
            judged=_judged(index, one.question),
            hits=tuple(_hit_result(one.question, hit, with_text=True) for hit in one.hits[:WORST_SHOWN]),
        )
        for one in answerable[:WORST]
        if one.values["nDCG@10"] < 1
    )


def _judged(index: Index, question: Question) -> tuple[tuple[str, int, str], ...]:
    """What was judged: document, grade and quote, or the document's own beginning."""
    rows = []
    for judgment in sorted(question.judgments, key=lambda judgment: -judgment.grade)[:WORST_SHOWN]:
        if judgment.grade > 0:
            try:
                text = index.document(judgment.doc_id).text
            except KeyError:
                text = "(not in the index)"
            if judgment.spans:
                text = text[judgment.spans[0].start : judgment.spans[0].end]
            rows.append((judgment.doc_id, judgment.grade, text[:LONGEST_TEXT]))
    return tuple(rows)


def _leg_result(leg: Leg) -> LegResult:
    return LegResult(leg.name, leg.measures, leg.intervals)
