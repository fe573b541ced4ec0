"""The explanation: what each kind of evidence, and each word, adds to a score."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """A term of the question. ``weight`` is the most it could add to the score, ``adds`` what it adds."""

    term: str
    weight: float
    adds: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """The parts of one passage's score: ``dense + sentence + lexical`` is the score, up to rounding.

    ``read_as`` is the question as it was embedded. ``trust`` is how far the vectors count, 0 to 1 (what the
    embedder cannot read, it cannot compare). ``words`` share ``lexical`` among the question's terms. Where
    a reranker has the last word, the parts add up to the score before it.
    """

    read_as: str
    trust: float
    dense: float
    sentence: float
    lexical: float
    words: tuple[Word, ...]
