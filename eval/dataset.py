"""Questions with known answers, and the documents they are asked of.

Two sources: a folder in BEIR layout (``corpus.jsonl``, ``queries.jsonl``, ``qrels.tsv``), which brings its
own documents, and a file of judged questions (JSON Lines), which is asked of an index that exists.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

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


def read_beir(folder: Path) -> tuple[DataSet, ...]:
    """Read a folder in BEIR layout.

    Judgments come from ``qrels.tsv`` or ``qrels/test.tsv``. A query with neither a judgment nor
    ``"answerable": false`` is left out, as it is usual. Queries with ``evidence_spans`` are judged by span
    and, as published for that protocol, every document becomes a data set (an index) of its own.

    Raises:
        Refusal: a file is missing or a line cannot be read.
    """
    name = _name(folder)
    documents = tuple(_document(row, where) for row, where in _rows(folder / "corpus.jsonl"))
    judged = _qrels(folder)
    questions = tuple(
        question
        for row, where in _rows(folder / "queries.jsonl")
        for question in [_beir_question(row, where, judged)]
        if not question.answerable or any(judgment.grade > 0 for judgment in question.judgments)
    )
    if not any(question.by_span for question in questions):
        return (DataSet(name, questions, documents),)
    return tuple(
        DataSet(f"{name}/{document.doc_id}", about, (document,))
        for document in documents
        for about in [
            tuple(question for question in questions if question.judgments[0].doc_id == document.doc_id)
        ]
        if about
    )


def read_questions(file: Path, drafts: bool = False) -> DataSet:
    """Read judged questions, one JSON object per line.

    ``{"id", "question", "answerable", "answers": [], "relevant": [{"doc_id", "quote", "grade"}], "tags"}``;
    only ``id`` and ``question`` must be there. Lines with ``"draft": true`` are left out unless ``drafts``.

    Raises:
        Refusal: the file is missing, a line cannot be read, or an answerable question has no judgment.
    """
    questions: dict[str, Question] = {}
    for row, where in _rows(file):
        if row.get("draft") and not drafts:
            continue
        question = _judged_question(row, where)
        if question.question_id in questions:
            raise Refusal(
                f"{where}: the id {question.question_id!r} stands twice; give each question its own"
            )
        questions[question.question_id] = question
    if not questions:
        raise Refusal(f'no judged questions in {file}; drafts count once their "draft" is removed')
    return DataSet(file.stem, tuple(questions.values()))


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


def _document(row: Mapping[str, Any], where: str) -> Document:
    text = _field(row, "text", where)
    source = hashlib.sha256(text.encode()).hexdigest()
    return Document(_field(row, "_id", where), str(row.get("title") or ""), text, source)


def _beir_question(row: Mapping[str, Any], where: str, judged: Mapping[str, Mapping[str, int]]) -> Question:
    question_id = _field(row, "_id", where)
    evidence = row.get("evidence_spans")
    if evidence:
        doc_id = str(row.get("corpus_id") or next(iter(judged.get(question_id, {})), ""))
        judgments = tuple(
            Judgment(doc_id, spans=(Span(int(span["start"]), int(span["end"])),)) for span in evidence
        )
    else:
        judgments = tuple(Judgment(doc_id, grade) for doc_id, grade in judged.get(question_id, {}).items())
    answers = tuple(dict.fromkeys(str(answer) for answer in row.get("answers") or ()))
    answerable = bool(row.get("answerable", True))
    return Question(question_id, _field(row, "text", where), answerable, answers, judgments)


def _judged_question(row: Mapping[str, Any], where: str) -> Question:
    relevant = row.get("relevant") or []
    try:
        judgments = tuple(
            Judgment(str(one["doc_id"]), int(one.get("grade", 1)), one.get("quote") or None)
            for one in relevant
        )
    except (KeyError, TypeError, ValueError):
        raise Refusal(f'{where}: "relevant" is a list of {{"doc_id", "quote", "grade"}}') from None
    answerable = bool(row.get("answerable", bool(judgments)))
    if answerable and not any(judgment.grade > 0 for judgment in judgments):
        raise Refusal(f'{where}: an answerable question needs at least one "relevant" of grade 1 or more')
    if not answerable and any(judgment.grade > 0 for judgment in judgments):
        raise Refusal(f'{where}: "answerable" is false, yet something is judged relevant')
    return Question(
        question_id=_field(row, "id", where),
        text=_field(row, "question", where),
        answerable=answerable,
        answers=tuple(str(answer) for answer in row.get("answers") or ()),
        judgments=judgments,
        tags=tuple(str(tag) for tag in row.get("tags") or ()),
    )


def _rows(file: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Each line's object and where it stands, for messages."""
    if not file.is_file():
        raise Refusal(
            f"no file {file}; a data set is a folder with corpus.jsonl, queries.jsonl and qrels.tsv"
        )
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            where = f"{file.name}, line {number}"
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise Refusal(f"{where} is no JSON: {error}") from None
            if not isinstance(row, dict):
                raise Refusal(f"{where} is no JSON object")
            yield row, where


def _field(row: Mapping[str, Any], name: str, where: str) -> str:
    value = row.get(name)
    if not isinstance(value, str | int):
        raise Refusal(f'{where} lacks "{name}"')
    return str(value)


def _qrels(folder: Path) -> dict[str, dict[str, int]]:
    file = next((f for f in (folder / "qrels.tsv", folder / "qrels" / "test.tsv") if f.is_file()), None)
    if file is None:
        raise Refusal(f"no qrels.tsv (or qrels/test.tsv) in {folder}: query-id, corpus-id, score, by tabs")
    judged: dict[str, dict[str, int]] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        cells = line.split("\t")
        if not line.strip() or (number == 1 and cells[-1] == "score"):
            continue
        try:
            question_id, doc_id, grade = cells[0], cells[1], int(cells[2])
        except (IndexError, ValueError):
            raise Refusal(
                f"{file.name}, line {number}: expected query-id, corpus-id and a whole number"
            ) from None
        judged.setdefault(question_id, {})[doc_id] = max(0, grade)
    return judged


def _name(folder: Path) -> str:
    """The data set's own name where ``stats.json`` states one (``xquad/en``), else the folder's."""
    stats = folder / "stats.json"
    stated = json.loads(stats.read_text(encoding="utf-8")).get("name") if stats.is_file() else None
    return str(stated or folder.resolve().name).replace("/", "-")


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
