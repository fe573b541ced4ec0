"""From rankings of passages to measures, one value per question.

The measures themselves are those of trec_eval, by way of ir_measures. Here is only what surrounds them:
passages become the things that were judged, and every judged question gets a value.
"""

from collections.abc import Mapping, Sequence

from documents import Passage
from eval.dataset import Question

MEASURES = ("nDCG@10", "RR@10", "R@1", "R@5", "R@20", "hit@1")
# The name it goes by in ir_measures, where it is another.
_LIBRARY_NAMES = {"hit@1": "Success@1"}


def judged_items(question: Question) -> dict[str, int]:
    """Grade by item: the judged documents, or, when spans are judged, the judgments themselves.

    The ideal ranking follows from this alone, whatever any system found.
    """
    if not question.by_span:
        return {judgment.doc_id: judgment.grade for judgment in question.judgments}
    return {_item(number): judgment.grade for number, judgment in enumerate(question.judgments)}


def ranked_items(question: Question, passages: Sequence[Passage]) -> list[str]:
    """Ranked passages as ranked items, best first, each item once.

    By document, a document stands where its first passage stands. By span, a passage stands for every
    judgment that it covers from the first to the last character and that no passage before it covered;
    one that covers none (or only such as are covered already) keeps its place as an irrelevant item.
    """
    if not question.by_span:
        return list(dict.fromkeys(passage.doc_id for passage in passages))
    ranking: dict[str, None] = {}
    for passage in passages:
        found = [item for item in covered(question, passage) if item not in ranking]
        ranking.update(dict.fromkeys(found or [passage.passage_id]))
    return list(ranking)


def covered(question: Question, passage: Passage) -> list[str]:
    """The judged items that a passage brings; when spans are judged, it must hold one of them whole."""
    if not question.by_span:
        return [passage.doc_id] if passage.doc_id in judged_items(question) else []
    return [
        _item(number)
        for number, judgment in enumerate(question.judgments)
        if judgment.doc_id == passage.doc_id
        and (
            not judgment.spans
            or any(passage.start <= span.start and span.end <= passage.end for span in judgment.spans)
        )
    ]


def grade(question: Question, passage: Passage) -> int:
    """The best grade among what the passage brings; 0 when nothing."""
    items = judged_items(question)
    return max((items[item] for item in covered(question, passage)), default=0)


def measure(
    judged: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """Every measure for every judged question: ``{question_id: {measure: value}}``.

    ``judged`` holds grades by question and item, ``rankings`` items best first. A judged question without
    a ranking, or with an empty one, gets 0. An item that stands twice counts where it stands first.
    """
    import ir_measures

    if not judged:
        return {}
    names = {ir_measures.parse_measure(_LIBRARY_NAMES.get(name, name)): name for name in MEASURES}
    # trec_eval re-sorts by score, and ties by item name: strictly falling scores keep our order.
    run = {
        question_id: {item: float(-place) for place, item in enumerate(dict.fromkeys(ranking))}
        for question_id, ranking in rankings.items()
        if ranking and question_id in judged
    }
    values = {question_id: dict.fromkeys(MEASURES, 0.0) for question_id in judged}
    for metric in ir_measures.iter_calc(list(names), {q: dict(g) for q, g in judged.items()}, run):
        values[metric.query_id][names[metric.measure]] = float(metric.value)
    return values


def mean(values: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """The mean of each measure over the questions; empty when there is no question."""
    totals: dict[str, list[float]] = {}
    for row in values.values():
        for name, value in row.items():
            totals.setdefault(name, []).append(value)
    return {name: sum(column) / len(column) for name, column in totals.items()}


def _item(number: int) -> str:
    return f"judgment {number + 1}"
