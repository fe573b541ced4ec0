"""How good an answer's words are: exact match and token F1.

Normalised as SQuAD does (Rajpurkar et al., 2016): lower case, no punctuation, no articles, single spaces.
Chinese has no spaces, so there each character is a token, as in DRCD's and CMRC's own measures.
"""

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence

from index import Hit

ANSWER_MEASURES = ("answer EM", "answer F1", "answer in first passage", "answer in 5 passages")

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_IDEOGRAPH = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")


def given_answer(hits: Sequence[Hit]) -> str:
    """The answer that is judged: the best sentence of the first passage; empty when nothing was found."""
    if not hits:
        return ""
    passage = hits[0].passage
    sentence = passage.sentences[hits[0].best_sentence]
    return passage.text[sentence.start - passage.start : sentence.end - passage.start]


def answer_measures(hits: Sequence[Hit], answers: Sequence[str]) -> dict[str, float]:
    """Exact match and F1 of the given answer, and whether the passages hold one of the judged answers."""
    given = given_answer(hits)
    values = (
        max(exact_match(given, answer) for answer in answers),
        max(token_f1(given, answer) for answer in answers),
        float(any(contains(hit.passage.text, answer) for hit in hits[:1] for answer in answers)),
        float(any(contains(hit.passage.text, answer) for hit in hits[:5] for answer in answers)),
    )
    return dict(zip(ANSWER_MEASURES, values, strict=True))


def exact_match(given: str, answer: str) -> float:
    """1.0 when both are the same tokens, else 0.0."""
    return float(tokens(given) == tokens(answer))


def token_f1(given: str, answer: str) -> float:
    """The harmonic mean of token precision and recall; 1.0 when both are empty."""
    first, second = tokens(given), tokens(answer)
    if not first or not second:
        return float(first == second)
    shared = (Counter(first) & Counter(second)).total()
    return 2 * shared / (len(first) + len(second))


def contains(text: str, answer: str) -> bool:
    """Whether the answer's tokens stand side by side in the text."""
    wanted = tokens(answer)
    return bool(wanted) and f" {' '.join(wanted)} " in f" {' '.join(tokens(text))} "


def tokens(text: str) -> list[str]:
    """The words of a text, normalised."""
    lower = unicodedata.normalize("NFKC", text).lower()
    bare = "".join(" " if _is_foreign_punctuation(c) else c for c in lower if c not in string.punctuation)
    return _ARTICLES.sub(" ", _IDEOGRAPH.sub(r" \1 ", bare)).split()


def _is_foreign_punctuation(character: str) -> bool:
    return ord(character) > 0x2FFF and unicodedata.category(character).startswith("P")
