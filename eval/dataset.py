"""Questions with known answers, and the documents they are asked of."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from documents import Document, Refusal, Span


@dataclass(frozen=True, slots=True)
class Judgment:
    """What a good answer to a question must bring.

    ``grade`` 0 means judged and not relevant. With neither ``quote`` nor ``spans`` the whole document is
    meant. ``spans`` are the places in the document's text where the evidence stands; any one of them
    will do. A ``quote`` waits for the document's text to find its spans (``locate``).
    """

    doc_id: str
    grade: int = 1
    quote: str | None = None
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A judged question. ``answerable`` is False when the documents are known to hold no answer."""

    question_id: str
    text: str
    answerable: bool = True
    answers: tuple[str, ...] = ()
    judgments: tuple[Judgment, ...] = ()
    tags: tuple[str, ...] = ()

    @property
    def by_span(self) -> bool:
        """Whether relevance is a stretch of text, not a whole document."""
        return any(judgment.quote is not None or judgment.spans for judgment in self.judgments)


@dataclass(frozen=True, slots=True)
class DataSet:
    """Judged questions under one name; ``documents`` is empty when they are asked of an existing index.

    The parts of a data set that is asked of several indexes are named ``data set/part``.
    """

    name: str
    questions: tuple[Question, ...]
    documents: tuple[Document, ...] = ()

    @property
    def by_span(self) -> bool:
        """Whether any question is judged by spans; then all rankings are of passages."""
        return any(question.by_span for question in self.questions)

    @property
    def documents_fingerprint(self) -> str:
        """SHA-256 over ids, titles and texts, in hexadecimal."""
        return _fingerprint([document.doc_id, document.title, document.text] for document in self.documents)

    @property
    def questions_fingerprint(self) -> str:
        """SHA-256 over everything that is asked and judged, in hexadecimal."""
        return _fingerprint(
            [question.question_id, question.text, question.answerable, question.answers]
            + [
                [judgment.doc_id, judgment.grade, judgment.quote, [(s.start, s.end) for s in judgment.spans]]
                for judgment in question.judgments
            ]
            for question in self.questions
        )


def locate(data_set: DataSet, text_of: Callable[[str], str]) -> DataSet:
    """Find the spans of every quote. ``text_of`` gives a document's text and raises KeyError.

    Runs of white space match any run of white space, so a quote may be wrapped differently.

    Raises:
        Refusal: a document is unknown or does not hold the quote.
    """

    def located(question: Question, judgment: Judgment) -> Judgment:
        if judgment.quote is None:
            return judgment
        try:
            text = text_of(judgment.doc_id)
        except KeyError:
            raise Refusal(
                f"question {question.question_id}: no document {judgment.doc_id!r} in the index;"
                " mend the question or rebuild the index"
            ) from None
        spans = tuple(_occurrences(judgment.quote, text))
        if not spans:
            raise Refusal(
                f"question {question.question_id}: {judgment.doc_id} does not hold the quote"
                f" {judgment.quote!r}; copy it from the document"
            )
        return replace(judgment, spans=spans)

    return replace(
        data_set,
        questions=tuple(
            replace(question, judgments=tuple(located(question, judgment) for judgment in question.judgments))
            for question in data_set.questions
        ),
    )


def limit_questions(data_set: DataSet, count: int) -> DataSet:
    """Keep ``count`` answerable and at most ``count`` unanswerable questions, always the same ones.

    The choice depends on the ids alone, and a smaller count is a subset of a larger one.
    """
    chosen: set[str] = set()
    for answerable in (True, False):
        ids = [question.question_id for question in data_set.questions if question.answerable is answerable]
        chosen.update(sorted(ids, key=_shuffled)[:count])
    kept = tuple(question for question in data_set.questions if question.question_id in chosen)
    return replace(data_set, questions=kept)


def limit_documents(data_set: DataSet, count: int) -> DataSet:
    """Keep every document the questions judge, and fill up to ``count``, always with the same ones."""
    judged = {judgment.doc_id for question in data_set.questions for judgment in question.judgments}
    others = sorted((d.doc_id for d in data_set.documents if d.doc_id not in judged), key=_shuffled)
    kept = judged.union(others[: max(0, count - len(judged))])
    return replace(data_set, documents=tuple(d for d in data_set.documents if d.doc_id in kept))


def as_off_topic(data_set: DataSet, count: int) -> tuple[Question, ...]:
    """``count`` questions of another data set, as questions that nothing here answers."""
    ids = set(sorted((question.question_id for question in data_set.questions), key=_shuffled)[:count])
    return tuple(
        Question(
            f"{data_set.name}/{question.question_id}", question.text, answerable=False, tags=("off-topic",)
        )
        for question in data_set.questions
        if question.question_id in ids
    )


def _occurrences(quote: str, text: str) -> Iterator[Span]:
    words = quote.split()
    if words:
        pattern = r"\s+".join(re.escape(word) for word in words)
        yield from (Span(*found.span()) for found in re.finditer(pattern, text))


def _shuffled(identifier: str) -> str:
    """A sort key that mixes ids the same way on every machine."""
    return hashlib.sha256(f"pincite:{identifier}".encode()).hexdigest()


def _fingerprint(values: Iterable[object]) -> str:
    digest = hashlib.sha256()
    for value in values:
        digest.update(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()
