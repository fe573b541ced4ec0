"""From a question to the response that the HTTP interface and `pincite ask --json` both give."""

import time

from index import Generation, Hit, Index
from service.citation import cite
from service.models import AskResponse, Citation, FoundPassage, Highlight, IndexIdentity, ScoreParts

DECIMALS = 6


def answer_question(
    index: Index, question: str, top_k: int, *, request_id: str, arrived: float
) -> AskResponse:
    """Find the passages for a question that was checked, and cite them.

    ``arrived`` is `time.perf_counter()` at the moment the question came in.
    """
    hits = index.search(question, top_k)
    summaries = {doc_id: index.summary(doc_id) for doc_id in {hit.passage.doc_id for hit in hits}}
    return AskResponse(
        question=question,
        answer=None,
        abstained=False,
        abstain_reason=None,
        passages=[found(hit, cite(hit.passage, summaries[hit.passage.doc_id])) for hit in hits],
        index=identity(index.generation),
        took_ms=round((time.perf_counter() - arrived) * 1000, 3),
        request_id=request_id,
    )


def identity(generation: Generation) -> IndexIdentity:
    """Say which generation answered."""
    return IndexIdentity(
        generation=generation.id, fingerprint=generation.fingerprint, built_at=generation.built_at
    )


def found(hit: Hit, citation: Citation) -> FoundPassage:
    """Put a hit into the interface's words."""
    best = () if hit.best_sentence is None else (hit.passage.sentences[hit.best_sentence],)
    return FoundPassage(
        rank=hit.rank,
        score=round(float(hit.score), DECIMALS),
        text=hit.passage.text,
        highlights=[Highlight(start=span.start, end=span.end) for span in best],
        scores=ScoreParts(
            dense=round(float(hit.scores.dense), DECIMALS),
            sentence=round(float(hit.scores.sentence), DECIMALS),
            lexical=round(float(hit.scores.lexical), DECIMALS),
        ),
        citation=citation,
    )
