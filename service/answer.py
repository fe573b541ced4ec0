"""From a question to the response that the HTTP interface and `pincite ask --json` both give."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from index import DocumentSummary, Explanation, Filter, Generation, Hit, Index
from service.citation import cite
from service.models import (
    AskResponse,
    Citation,
    Duplicate,
    Explained,
    ExplainedWord,
    FoundPassage,
    Highlight,
    IndexIdentity,
    ScoreParts,
)
from service.question import USUAL_PASSAGES

DECIMALS = 6

SummaryOf = Callable[[str], DocumentSummary]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was checked, and how it is to be answered."""

    question: str
    top_k: int = USUAL_PASSAGES
    filter_: Filter | None = None
    diversity: bool = True
    explain: bool = False


def answer_question(index: Index, asked: Asked, *, request_id: str, arrived: float) -> AskResponse:
    """Find the passages for a question, and cite them.

    ``arrived`` is `time.perf_counter()` at the moment the question came in.
    """
    question = asked.question
    hits = index.search(question, asked.top_k, filter_=asked.filter_, diversity=asked.diversity)
    explanations = {hit.row: index.explain(question, hit) for hit in hits} if asked.explain else {}
    summary = cache(index.summary)  # passages of one document share it
    return AskResponse(
        question=question,
        answer=None,
        abstained=False,
        abstain_reason=None,
        passages=[found(summary, hit, explanations.get(hit.row)) for hit in hits],
        index=identity(index.generation),
        took_ms=round((time.perf_counter() - arrived) * 1000, 3),
        request_id=request_id,
    )


def identity(generation: Generation) -> IndexIdentity:
    """Say which generation answered."""
    return IndexIdentity(
        generation=generation.id, fingerprint=generation.fingerprint, built_at=generation.built_at
    )


def found(summary: SummaryOf, hit: Hit, explanation: Explanation | None) -> FoundPassage:
    """Put a hit into the interface's words."""
    best = hit.passage.sentences[hit.best_sentence]
    return FoundPassage(
        rank=hit.rank,
        score=rounded(hit.score),
        text=hit.passage.text,
        highlights=[Highlight(start=best.start, end=best.end)],
        scores=ScoreParts(
            dense=rounded(hit.scores.dense),
            sentence=rounded(hit.scores.sentence),
            lexical=rounded(hit.scores.lexical),
        ),
        citation=cited(summary, hit),
        duplicates=[
            Duplicate(score=rounded(other.score), citation=cited(summary, other)) for other in hit.duplicates
        ],
        explanation=None if explanation is None else explained(explanation),
    )


def cited(summary: SummaryOf, hit: Hit) -> Citation:
    """Say where a hit's words stand."""
    return cite(hit.passage, summary(hit.passage.doc_id))


def explained(explanation: Explanation) -> Explained:
    """Put an explanation into the interface's words."""
    return Explained(
        read_as=explanation.read_as,
        trust=rounded(explanation.trust),
        dense=rounded(explanation.dense),
        sentence=rounded(explanation.sentence),
        lexical=rounded(explanation.lexical),
        words=[
            ExplainedWord(term=word.term, weight=rounded(word.weight), adds=rounded(word.adds))
            for word in explanation.words
        ],
    )


def rounded(value: float) -> float:
    """Leave out digits that say nothing."""
    return round(float(value), DECIMALS)
