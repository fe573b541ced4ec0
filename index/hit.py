"""A hit: a passage, and why it was found."""

from dataclasses import dataclass

from documents import Passage


@dataclass(frozen=True, slots=True)
class Scores:
    """The evidence for one passage; each is higher when better.

    ``dense``: cosine of question and passage. ``sentence``: cosine of question and the passage's best
    sentence. ``lexical``: BM25 divided by what a passage could have attained, 0 to 1.
    """

    dense: float
    sentence: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A ranked passage. ``rank`` counts from 1. ``best_sentence`` indexes ``passage.sentences``.

    ``row`` is the passage's place in the index. ``duplicates`` are passages with nearly the same words that
    were found, too, and would have ranked behind it; they have the rank that they would have had.
    ``first_score`` is the fused score where a reranker has replaced it.
    """

    passage: Passage
    score: float
    rank: int
    scores: Scores
    best_sentence: int
    row: int
    duplicates: tuple["Hit", ...] = ()
    first_score: float | None = None
