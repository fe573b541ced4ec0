"""How many of the judged characters were retrieved, and how many others with them.

The protocol of Smith & Troynikov, "Evaluating Chunking Strategies for Retrieval" (Chroma, 2024): retrieved
passages are counted in full each, judged characters once; overlap between passages therefore costs precision.
"""

from collections.abc import Iterable, Sequence

from documents import Passage, Span
from eval.dataset import Question

TOP_K = 5
CHARACTER_MEASURES = (f"character recall@{TOP_K}", f"character precision@{TOP_K}", f"character IoU@{TOP_K}")


def character_measures(question: Question, passages: Sequence[Passage]) -> dict[str, float]:
    """Recall, precision and intersection over union in characters, of the first ``TOP_K`` passages.

    A quote that stands in several places of its document is judged where the passages hold most of it.
    """
    retrieved = passages[:TOP_K]
    found = missed = wanted = 0
    by_document: dict[str, list[Span]] = {}
    for judgment in question.judgments:
        if judgment.grade > 0 and judgment.spans:
            inside = [p for p in retrieved if p.doc_id == judgment.doc_id]
            best = max(judgment.spans, key=lambda span: _overlap([span], inside))
            by_document.setdefault(judgment.doc_id, []).append(best)
    for doc_id, spans in by_document.items():
        inside = [p for p in retrieved if p.doc_id == doc_id]
        found += _overlap(_union(spans), inside)
        missed += sum(span.end - span.start - _overlap([span], inside) for span in spans)
        wanted += sum(span.end - span.start for span in spans)
    held = sum(passage.end - passage.start for passage in retrieved)
    values = (
        found / wanted if wanted else 0.0,
        found / held if held else 0.0,
        found / (held + missed) if held + missed else 0.0,
    )
    return dict(zip(CHARACTER_MEASURES, values, strict=True))


def _overlap(spans: Sequence[Span], passages: Iterable[Passage]) -> int:
    """Characters of disjoint spans that the passages hold."""
    places = _union(Span(passage.start, passage.end) for passage in passages)
    return sum(
        max(0, min(span.end, place.end) - max(span.start, place.start)) for span in spans for place in places
    )


def _union(spans: Iterable[Span]) -> list[Span]:
    union: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        if union and span.start <= union[-1].end:
            union[-1] = Span(union[-1].start, max(union[-1].end, span.end))
        else:
            union.append(span)
    return union
